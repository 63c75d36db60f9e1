"""Reading back what was said before, in memory."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from meta_inbox.adapters.persistence.in_memory import AccountKey, InMemoryStore, thread_key
from meta_inbox.adapters.persistence.in_memory_media import with_files
from meta_inbox.adapters.persistence.in_memory_rows import AccountRow, HistoryRow
from meta_inbox.domain.model.account import AccountStatus, WebhookSource
from meta_inbox.domain.model.comment_reply import way_of
from meta_inbox.domain.model.contact import COMMENTS
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.history import (
    HELD_AT_MOST,
    LEASE,
    REPAIR_AFTER,
    REPAIR_WITHIN,
    TOLD_EVERY,
    UNHEARD,
    History,
    PastConversation,
    Run,
    RunKind,
    RunState,
)
from meta_inbox.domain.model.ids import AccountId, ContactId, TenantId
from meta_inbox.domain.model.message import Direction, Message, MessageStatus

_UNSETTLED = (MessageStatus.QUEUED, MessageStatus.SENDING, MessageStatus.UNKNOWN)


@dataclass(frozen=True, slots=True)
class InMemoryHistories:
    """Whoever holds the fence of a run alone can add to it, or end it."""

    store: InMemoryStore

    async def of(self, tenant: TenantId, account: AccountId) -> History | None:
        """The account's present or latest run; None when there is no such account."""
        row = self.store.histories.get((tenant, account))
        return None if row is None else row.shown

    async def claim_due(self, limit: int) -> Sequence[Run]:
        """Claims due runs of active accounts; that one begins is told."""
        due = [(row.due_at, key) for key, row in self.store.histories.items() if self._is_due(key, row)]
        return [self._claim(key, self.store.histories[key]) for _, key in sorted(due)[:limit]]

    def _is_due(self, key: AccountKey, row: HistoryRow) -> bool:
        free = row.lease_until is None or row.lease_until < self.store.clock.now()
        return free and self._is_active(key) and self.store.is_due(row.due_at)

    def _is_active(self, key: AccountKey) -> bool:
        return self.store.accounts[key].account.status is AccountStatus.ACTIVE

    def _claim(self, key: AccountKey, row: HistoryRow) -> Run:
        now = self.store.clock.now()
        if row.shown.state is not RunState.RUNNING:
            kind = RunKind.IMPORT if row.complete_as_of is None else RunKind.REPAIR
            row.shown = History(state=RunState.RUNNING, kind=kind, started_at=now, missed=row.shown.missed)
            row.cursor, row.held_since, row.missed, row.attempt = None, None, 0, 0
            row.told_at = now
            self.store.log(EventType.ACCOUNT_UPDATED, *key)
        row.fence, row.lease_until = self.store.ids.new(), now + LEASE
        return Run(
            tenant_id=key[0],
            account_id=key[1],
            kind=row.shown.kind,
            fence=row.fence,
            started_at=row.shown.started_at or now,
            complete_as_of=row.complete_as_of,
            cursor=row.cursor,
            conversations=row.shown.conversations,
            attempt=row.attempt,
        )

    async def keep(self, run: Run, found: Sequence[PastConversation], cursor: str | None) -> Run | None:
        """Adds what is missing here; None when the fence is stale or the account no longer active."""
        row, now = self._held(run), self.store.clock.now()
        if row is None or not self._is_active((run.tenant_id, run.account_id)):
            return None
        added = self._add(run, found, row)
        inbound = (one for one in added if one.direction is Direction.INBOUND)
        row.missed += sum(one.ordered_at >= run.quiet_before for one in inbound)
        row.shown = replace(
            row.shown,
            conversations=row.shown.conversations + len(found),
            messages=row.shown.messages + len(added),
            problem=None,
        )
        row.cursor, row.attempt, row.lease_until = cursor, 0, now + LEASE
        if row.told_at is None or row.told_at < now - TOLD_EVERY:
            row.told_at = now
            self.store.log(EventType.ACCOUNT_UPDATED, run.tenant_id, run.account_id)
        return replace(run, cursor=cursor, conversations=run.conversations + len(found), attempt=0)

    def _add(self, run: Run, found: Sequence[PastConversation], row: HistoryRow) -> list[Message]:
        added: dict[ContactId, list[Message]] = {}
        for message in run.messages(found, self.store.clock.now(), self.store.ids.new):
            if self.store.known(run.tenant_id, run.account_id, message.meta_message_id) is not None:
                continue
            if self.store.refuses(message, imported=True):
                continue
            if message.direction is Direction.OUTBOUND and self._has_own_under_way(message):
                row.held_since = min(row.held_since or message.ordered_at, message.ordered_at)
                continue
            self.store.save(with_files(self.store, message))
            added.setdefault(message.contact_id, []).append(message)
        names = {each.contact_id: each for each in found}
        for contact, messages in sorted(added.items()):
            self._follow(run, names[contact], messages)
        return [message for messages in added.values() for message in messages]

    def _has_own_under_way(self, message: Message) -> bool:
        """In the conversation, or as an answer in private to a comment of the contact's."""
        tenant, account, contact = thread_key(message)
        public = self.store.messages_of((tenant, account, ContactId(f"{COMMENTS}{contact}")))
        near = self.store.messages_of((tenant, account, contact))
        near += [each for each in public if way_of(each) == "private"]
        return any(each.status in _UNSETTLED for each in near)

    def _follow(self, run: Run, found: PastConversation, added: Sequence[Message]) -> None:
        key = (run.tenant_id, run.account_id, found.contact_id)
        is_new = key not in self.store.contacts
        self.store.thread(key).history(added, self.store.messages_of(key), run.quiet_before)
        row = self.store.contacts[key]
        if is_new and run.kind is RunKind.IMPORT:
            row.rank = 2
        row.contact = replace(
            row.contact,
            name=row.contact.name or found.name,
            username=row.contact.username or found.username,
        )
        self.store.log(EventType.CONVERSATION_UPDATED, *key[:2], contact=key[2])

    async def put_off(self, run: Run, after: timedelta, problem: str | None) -> bool:
        """Gives the run back, to go on after a while; False when the fence is stale."""
        row = self._held(run)
        if row is None:
            return False
        row.fence = row.lease_until = None
        row.due_at, row.cursor = self.store.clock.now() + after, run.cursor
        row.attempt += problem is not None
        row.shown = replace(row.shown, problem=problem)
        return True

    async def finish(self, run: Run, next_at: datetime) -> bool:
        """The run has ended and the account is synced; False when the fence is stale."""
        row, now = self._held(run), self.store.clock.now()
        if row is None:
            return False
        since = min(run.started_at, row.held_since or run.started_at)
        row.complete_as_of = max(since, run.started_at - HELD_AT_MOST)
        missed = row.missed if run.kind is RunKind.REPAIR else row.shown.missed
        row.shown = replace(row.shown, missed=missed, problem=None)
        owner = self.store.accounts[run.tenant_id, run.account_id]
        owner.account = replace(owner.account, last_synced_at=now, updated_at=now)
        if run.kind is RunKind.REPAIR and row.missed:
            self._subscribe_again(owner, now)
        self._end(run, row, RunState.DONE, now if row.asked_at > run.started_at else next_at)
        return True

    async def fail(self, run: Run, problem: str, next_at: datetime) -> bool:
        """The run has ended for a cause that only people can mend. False when the fence is stale."""
        row = self._held(run)
        if row is None:
            return False
        row.shown = replace(row.shown, problem=problem)
        self._end(run, row, RunState.FAILED, next_at)
        return True

    def _end(self, run: Run, row: HistoryRow, state: RunState, next_at: datetime) -> None:
        row.fence = row.lease_until = row.cursor = None
        row.due_at = next_at
        row.shown = replace(row.shown, state=state, finished_at=self.store.clock.now())
        self.store.log(EventType.ACCOUNT_UPDATED, run.tenant_id, run.account_id)

    @staticmethod
    def _subscribe_again(owner: AccountRow, at: datetime) -> None:
        """Whoever missed webhooks may have lost the subscription."""
        if owner.account.webhook_source is not None and owner.subscription_due_at is None:
            owner.subscription_due_at = at

    def _held(self, run: Run) -> HistoryRow | None:
        row = self.store.histories.get((run.tenant_id, run.account_id))
        return row if row is not None and row.fence == run.fence else None

    async def repair(self, tenant: TenantId, source: WebhookSource) -> None:
        """Each active account of this source is looked at within minutes."""
        now = self.store.clock.now()
        for key, row in self.store.histories.items():
            served = self.store.accounts[key].account.webhook_source == source
            if key[0] == tenant and served and self._is_active(key):
                row.asked_at = now
                if row.shown.state in (RunState.DONE, RunState.FAILED):
                    row.due_at = min(row.due_at, now + REPAIR_AFTER)

    async def beat(self) -> bool:
        """Says that this service receives webhooks; True when nobody had said so for two minutes."""
        now, former = self.store.clock.now(), self.store.heard_at
        self.store.heard_at = now
        if former is None or former >= now - UNHEARD:
            return False
        for key, row in self.store.histories.items():
            if self._is_active(key):
                self._subscribe_again(self.store.accounts[key], now + random.random() * REPAIR_AFTER)  # noqa: S311
                row.asked_at = now
                if row.shown.state in (RunState.DONE, RunState.FAILED):
                    spread = random.random() * (REPAIR_WITHIN - REPAIR_AFTER)  # noqa: S311  # no secret
                    row.due_at = min(row.due_at, now + REPAIR_AFTER + spread)
        return True
