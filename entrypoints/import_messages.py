"""The first system's messages, brought over some hundreds at a time."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby

from meta_inbox.adapters.meta_graph.former_messages import read_former
from meta_inbox.adapters.persistence.postgres_adopting import PostgresAdoption
from meta_inbox.adapters.persistence.postgres_past import Added
from meta_inbox.adapters.persistence.postgres_v121 import V121Database
from meta_inbox.domain.errors import StorageUnavailable
from meta_inbox.domain.model.former import FormerMessage
from meta_inbox.domain.model.history import PastConversation
from meta_inbox.domain.model.ids import ContactId
from meta_inbox.domain.model.webhook import WebhookItem
from meta_inbox.entrypoints.import_accounts import Known
from meta_inbox.entrypoints.import_report import ImportReport

_TRIES = 5
_UNDER_WAY = "an answer in that conversation is under way, and it may be that one: import again later"


@dataclass(slots=True)
class _Thread:
    username: str | None = None
    items: list[WebhookItem] = field(default_factory=list[WebhookItem])


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageImport:
    """``progress`` is called after each batch."""

    old: V121Database
    adoption: PostgresAdoption
    known: Mapping[str, Known]
    report: ImportReport
    progress: Callable[[ImportReport], None]

    async def __call__(self) -> None:
        """Every message. StorageUnavailable."""
        async for batch in self.old.messages():
            for former_id, messages in groupby(batch, key=lambda each: each.account_id):
                await self._bring(self.known.get(former_id or ""), list(messages))
            self.progress(self.report)

    async def _bring(self, account: Known | None, messages: Sequence[FormerMessage]) -> None:
        self.report.messages_read += len(messages)
        threads: dict[str, _Thread] = {}
        now = datetime.now(UTC)
        for message in messages:
            item = "its account was not brought over" if account is None else _item(message, account, now)
            if isinstance(item, str):
                self.report.leave_out(item, message.id)
                continue
            thread = threads.setdefault(item.contact_id or "", _Thread())
            thread.items.append(item)
            inbound = item.opens is not None
            thread.username = (message.from_username if inbound else message.to_username) or thread.username
        if account is not None and threads:
            await self._add(account, [_past(contact, thread) for contact, thread in threads.items()])

    async def _add(self, account: Known, found: Sequence[PastConversation]) -> None:
        count = sum(len(each.items) for each in found)
        added = await self._patiently(account, found)
        if added is None and self.adoption.tries:  # its account is not here, since nothing is written
            added = Added(messages=count, held_back=0)
        if added is None:
            raise StorageUnavailable("an account went away while its messages were brought over")
        self.report.messages_new += added.messages
        self.report.messages_here += count - added.messages - added.held_back
        if added.held_back:
            self.report.leave_out(_UNDER_WAY, f"of account {account.former.id}", added.held_back)

    async def _patiently(self, account: Known, found: Sequence[PastConversation]) -> Added | None:
        for attempt in range(1, _TRIES):
            try:
                return await self.adoption.messages(account.adopted, found)
            except StorageUnavailable:
                await asyncio.sleep(0.2 * 2**attempt)
        return await self.adoption.messages(account.adopted, found)


def _item(message: FormerMessage, account: Known, now: datetime) -> WebhookItem | str:
    """What it says, or why it is left out."""
    if message.tenant_id is not None and message.tenant_id != account.former.tenant_id:
        return "it is of another tenant than its account"
    by_business, at = message.by_business(account.former.own_ids), message.moment(now)
    if by_business is None:
        return "nobody can tell who wrote it"
    if at is None:
        return "it has no time that can be true"
    item = read_former(message, account.platform, account.external_id, by_business=by_business)
    if isinstance(item, WebhookItem):
        item.sent_at = at
    return item


def _past(contact: str, thread: _Thread) -> PastConversation:
    newest = max(item.sent_at for item in thread.items if item.sent_at is not None)
    return PastConversation(
        contact_id=ContactId(contact),
        name=None,
        username=thread.username,
        updated_at=newest,
        items=tuple(thread.items),
    )
