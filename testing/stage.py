"""The stage on which a host's scenarios play: one business, whoever writes to it, and Meta."""

import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

from meta_inbox.adapters.meta_graph.fake import FakeMeta
from meta_inbox.domain.errors import MetaInboxError
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.content import TextContent
from meta_inbox.domain.model.conversation import Conversation
from meta_inbox.domain.model.ids import ContactId
from meta_inbox.domain.model.message import Direction, Message
from meta_inbox.domain.model.principal import Principal
from meta_inbox.entrypoints.blocking import BlockingInbox
from meta_inbox.testing.connecting import AGENT, connected

_PATIENCE = 10.0


class Stage:
    """Everything that a step can do. ``account`` is whichever was named last; contacts go by their names.

    ``answer`` and ``refusal`` are what the latest answer led to.
    """

    def __init__(self, meta: FakeMeta, inbox: BlockingInbox, *, by: Principal = AGENT) -> None:
        self.meta = meta
        self.inbox = inbox
        self.by = by
        self.answer: Message | None = None
        self.refusal: MetaInboxError | None = None
        self._account: Account | None = None

    @property
    def account(self) -> Account:
        """The account that is meant when none is named."""
        assert self._account is not None, "no account is connected yet"
        return self._account

    def connects(self, name: str) -> None:
        """The business connects a Page, or an Instagram account, of this name."""
        self._account = self.inbox.loop.run(connected(self.inbox.asynchronous, self.meta, name, by=self.by))

    def turns_to(self, name: str) -> None:
        """From now on this account is meant, one that is connected already."""
        wanted = self.meta.account_id(name)
        self._account = next(one for one in self.inbox.list_accounts(by=self.by) if one.external_id == wanted)

    def play(self, act: Callable[[], Awaitable[None] | None]) -> None:
        """Something happens at Meta, and what Meta tells of it is here when this returns."""

        async def happen() -> None:
            done = act()
            if done is not None:
                await done

        self.inbox.loop.run(happen())

    def writes(self, contact: str, text: str, *, ago: timedelta = timedelta()) -> None:
        """Somebody writes to the account, now or some time ago."""
        at = self.meta.world.now() - ago
        self.play(lambda: self.meta.contact_writes(self.account, contact, text, at=at))

    def answers(self, contact: str, text: str) -> None:
        """The agent answers; a refusal is kept for a later step."""
        self.answer = self.refusal = None
        try:
            self.answer = self.inbox.send_message(
                by=self.by,
                account=self.account.id,
                contact=ContactId(contact),
                content=TextContent(text=text),
            )
        except MetaInboxError as refusal:
            self.refusal = refusal

    def messages(self, contact: str) -> list[Message]:
        """The conversation with somebody, newest first."""
        found = self.inbox.list_messages(by=self.by, account=self.account.id, contact=ContactId(contact))
        return list(found.items)

    def written_by(self, contact: str) -> list[str | None]:
        """The texts of what somebody wrote, as they are shown now, newest first."""
        return [one.text for one in self.messages(contact) if one.direction is Direction.INBOUND]

    def own_answer(self, contact: str) -> Message:
        """What the business said last, as it is shown now."""
        return next(one for one in self.messages(contact) if one.direction is Direction.OUTBOUND)

    def conversation(self, contact: str) -> Conversation:
        """The conversation with somebody, as the list shows it."""
        _, found = self.inbox.list_conversations(by=self.by, account=self.account.id)
        return next(one for one in found.items if one.contact.id == contact)

    def received_by(self, contact: str) -> list[str | None]:
        """The texts of what reached somebody, oldest first."""
        return [each.text for each in self.meta.sent if each.contact_id == contact]

    def eventually(self, holds: Callable[[], bool], what: str) -> None:
        """Waits until it holds; AssertionError when it does not within some seconds."""
        deadline = time.monotonic() + _PATIENCE
        while not holds():
            assert time.monotonic() < deadline, f"not within {_PATIENCE:.0f} s: {what}"
            time.sleep(0.02)
