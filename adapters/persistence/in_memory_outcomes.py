"""Sends that Meta is not known to have, in memory."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from meta_inbox.adapters.persistence.in_memory import InMemoryStore, MessageKey, thread_key
from meta_inbox.adapters.persistence.in_memory_pauses import wake_the_next
from meta_inbox.domain.errors import AccountNotSendable, CannotResend, NotFound
from meta_inbox.domain.model.account import Account, AccountStatus
from meta_inbox.domain.model.comment_reply import require_unused, way_of
from meta_inbox.domain.model.contact import COMMENTS
from meta_inbox.domain.model.content import Content
from meta_inbox.domain.model.folding import receipted
from meta_inbox.domain.model.ids import ContactId, MessageId, TenantId
from meta_inbox.domain.model.message import Message, MessageStatus
from meta_inbox.domain.model.outcome import (
    AT_ONCE,
    HELD_BACK_ENDS,
    KEPT_FOR,
    LOOK_LEASE,
    LOOKS_END,
    Doubt,
    found_at_meta,
    may_be_resent,
    requeued,
)
from meta_inbox.domain.model.projection import clamped, settled_by
from meta_inbox.domain.model.webhook import WebhookItem


@dataclass(frozen=True, slots=True)
class InMemoryOutcomes:
    """Works on the rows of the outbox."""

    store: InMemoryStore

    async def claim_due(self, limit: int) -> Sequence[Doubt]:
        """Claims unknown sends that are to be looked for, few of one account at once."""
        claimed: list[Doubt] = []
        turns: Counter[str] = Counter()
        due = [(row.look_at, key) for key, row in self.store.outbox.items() if row.look_at is not None]
        for at, key in sorted(due):
            message = self.store.messages[key]
            account = self._account(message)
            fits = len(claimed) < limit and turns[account.id] < AT_ONCE
            if fits and self.store.is_due(at) and account.status is AccountStatus.ACTIVE:
                turns[account.id] += 1
                claimed.append(self._claim(key, message, account))
        return claimed

    def _claim(self, key: MessageKey, message: Message, account: Account) -> Doubt:
        row = self.store.outbox[key]
        row.looks += 1
        row.look_at = self.store.clock.now() + LOOK_LEASE
        return Doubt(message=message, account=account, look=row.looks)

    def _account(self, message: Message) -> Account:
        return self.store.accounts[message.tenant_id, message.account_id].account

    async def look_again(self, doubt: Doubt, after: timedelta | None, *, held_back: bool = False) -> None:
        """Gives the send back; None = it is not looked for by itself any more."""
        row = self.store.outbox.get((doubt.message.tenant_id, doubt.message.id))
        if row is None or row.look_at is None or row.looks != doubt.look:
            return
        ends = row.ended_at + HELD_BACK_ENDS if held_back and row.ended_at else row.looks_end_at
        at = None if after is None else self.store.clock.now() + after
        row.look_at = at if at is not None and ends is not None and at <= ends else None
        if held_back and at is not None:
            row.looks_end_at = at + LOOKS_END

    async def settle(self, message: Message, found: Sequence[WebhookItem]) -> Message:
        """Settles the send if it must be one of these; the message as it now is."""
        own = self._own(message.tenant_id, message.id)
        known = {
            item.meta_message_id
            for item in found
            if item.meta_message_id is not None
            and self.store.known(own.tenant_id, own.account_id, item.meta_message_id) is not None
        }
        item = found_at_meta(own, found, known, self._near(own))
        if item is None:
            return self.store.shown(own)
        at = clamped(item.sent_at, self.store.clock.now())
        settled = settled_by(own, item, at)
        settled = self.store.media.adopt(settled, item.attachments, self.store.clock.now())
        settled = receipted(settled, self.store.marks_of(thread_key(own)))
        self.store.updated(settled)
        wake_the_next(self.store, settled)
        return self.store.shown(settled)

    def _near(self, own: Message) -> list[Message]:
        tenant, account, contact = thread_key(own)
        public = ContactId(f"{COMMENTS}{contact}")
        keys = ((tenant, account, contact), (tenant, account, public))
        return [message for key in keys for message in self.store.messages_of(key)]

    async def content_of(self, tenant: TenantId, message: MessageId) -> Content | None:
        """What was to be sent, as long as it is kept."""
        row = self.store.outbox.get((tenant, message))
        return None if row is None else row.content

    async def put_back(
        self, tenant: TenantId, messages: Sequence[MessageId], *, human_agent: bool
    ) -> Sequence[Message]:
        """Queues unknown or failed sends once more, all or none. NotFound, CannotResend, PrivateReplyUsed."""
        found = [self._own(tenant, each) for each in messages]
        again = [message for message in found if may_be_resent(message)]
        for message in again:
            if self._account(message).status is AccountStatus.DISCONNECTED:
                raise AccountNotSendable("the account is disconnected; connect it again to answer")
            if (tenant, message.id) not in self.store.outbox:
                raise CannotResend("what was to be sent is no longer kept; write it anew")
            if way_of(message) == "private":
                require_unused(self._other_replies(message))
        for message in again:
            doubtful = message.status is MessageStatus.UNKNOWN
            self.store.outbox[tenant, message.id].again(self.store.clock.now(), in_doubt=doubtful)
            self.store.updated(requeued(message, human_agent=human_agent))
        return [self.store.shown(self._own(tenant, each)) for each in messages]

    def _other_replies(self, reply: Message) -> list[Message]:
        """Other private answers to the same comment."""
        comment = reply.reply_to.meta_message_id if reply.reply_to else None
        return [
            each
            for each in self.store.messages_of(thread_key(reply))
            if each.id != reply.id
            and way_of(each) == "private"
            and each.reply_to is not None
            and each.reply_to.meta_message_id == comment
        ]

    async def forget(self) -> int:
        """Forgets what was to be sent, a week after it failed or became unknown; how many."""
        before = self.store.clock.now() - KEPT_FOR
        old = [key for key, row in self.store.outbox.items() if row.ended_at and row.ended_at < before]
        for key in old:
            del self.store.outbox[key]
        return len(old)

    def _own(self, tenant: TenantId, message: MessageId) -> Message:
        found = self.store.messages.get((tenant, message))
        if found is None:
            raise NotFound("no such message")
        return found
