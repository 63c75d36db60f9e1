"""The outbox in memory: queued, claimed under a lease, settled once; idempotency keys beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import zip_longest

from meta_inbox.adapters.persistence.in_memory import InMemoryStore, MessageKey, thread_key
from meta_inbox.adapters.persistence.in_memory_keys import InMemoryKeys
from meta_inbox.adapters.persistence.in_memory_parts import end_behind, put_parts
from meta_inbox.adapters.persistence.in_memory_pauses import note_call, note_outcome, room_of, wake_the_next
from meta_inbox.adapters.persistence.in_memory_rows import OutboxRow
from meta_inbox.adapters.persistence.in_memory_uploads import require_uploads, show_uploads
from meta_inbox.adapters.persistence.in_memory_waiting import claim_waiting, give_up
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.account import AccountStatus
from meta_inbox.domain.model.comment_reply import require_unused, way_of
from meta_inbox.domain.model.content import Content, PrivateReplyContent
from meta_inbox.domain.model.folding import receipted
from meta_inbox.domain.model.ids import AccountId, MessageId, MetaMessageId, TenantId
from meta_inbox.domain.model.message import Message, MessageStatus, Origin, SendError
from meta_inbox.domain.model.projection import GIVEN_UP, after_outcome, is_own, is_settled_by, merged
from meta_inbox.domain.model.sending import (
    LEASE,
    UNKNOWN_BLOCKS,
    Claim,
    Failed,
    Later,
    NeedsLogin,
    Once,
    Outcome,
    Sent,
    Waiting,
)
from meta_inbox.domain.ports import RefusedAnswer

_LOST = SendError(
    code="outcome_unknown", detail="sending was interrupted; it is not known whether Meta has the message"
)


@dataclass(frozen=True, slots=True)
class InMemoryOutbox:
    """One message of a conversation at a time, in their order, and in turns between accounts."""

    store: InMemoryStore

    async def put(
        self, message: Message, content: Content, reply_to: MetaMessageId | None, once: Once | None
    ) -> None:
        """Keeps the message as queued. InFlight or KeyReused for a taken key, PrivateReplyUsed, NotFound."""
        if isinstance(content, PrivateReplyContent):
            require_unused(self._private_replies(message))
        require_uploads(self.store, message.tenant_id, content)
        if once is not None:
            InMemoryKeys(self.store).take(message, once)
        if message.parts:
            put_parts(self.store, message, reply_to)
        else:
            self.store.created(message)
            show_uploads(self.store, message, content)
            self.store.outbox[message.tenant_id, message.id] = OutboxRow(
                content=content, reply_to=reply_to, due_at=self.store.clock.now()
            )
        thread = self.store.thread(thread_key(message))
        thread.read()
        thread.follow(message)

    def _private_replies(self, like: Message) -> list[Message]:
        """Those to the same comment."""
        mid = like.reply_to.meta_message_id if like.reply_to else None
        return [
            each
            for each in self.store.messages_of(thread_key(like))
            if way_of(each) == "private" and each.reply_to and each.reply_to.meta_message_id == mid
        ]

    async def answer_of(self, tenant: TenantId, once: Once) -> Message | None:
        """The answer this key already has; None when the key is new."""
        return InMemoryKeys(self.store).answer_of(tenant, once)

    async def remember(self, tenant: TenantId, once: Once, answer: Message | RefusedAnswer) -> None:
        """Keeps the answer for 24 hours."""
        InMemoryKeys(self.store).remember(tenant, once, answer)

    async def forget_keys(self, limit: int) -> int:
        """Forgets keys of all tenants that are older than 24 hours; how many."""
        return InMemoryKeys(self.store).forget_old(limit)

    async def claim(self, tenant: TenantId, message: MessageId) -> Claim | None:
        """Claims this message, from here on ``sending``; None while it is not its turn or not queued."""
        key = (tenant, message)
        return self._claim(key) if self._may_go(key) else None

    async def claim_due(self, limit: int) -> Sequence[Claim]:
        """Claims due messages of all tenants, one of each account in turn, people's before automations'."""
        queues: dict[tuple[TenantId, AccountId], list[MessageKey]] = {}
        for key in sorted(filter(self._may_go, self.store.outbox), key=self._age):
            queues.setdefault((key[0], self.store.messages[key].account_id), []).append(key)
        ready = [queue[: room_of(self.store, account)] for account, queue in queues.items()]
        turns = (key for turn in zip_longest(*ready) for key in turn if key is not None)
        return [self._claim(key) for _, key in zip(range(limit), turns, strict=False)]

    def _age(self, key: MessageKey) -> tuple[object, ...]:
        automated = self.store.messages[key].origin is Origin.AUTOMATION
        return automated, self.store.outbox[key].due_at, key[1]

    def _may_go(self, key: MessageKey) -> bool:
        row, message = self.store.outbox.get(key), self.store.messages.get(key)
        if row is None or message is None or message.status is not MessageStatus.QUEUED:
            return False
        owner = self.store.accounts[message.tenant_id, message.account_id].account
        active = owner.status is AccountStatus.ACTIVE and room_of(self.store, (owner.tenant_id, owner.id)) > 0
        return active and self.store.is_due(row.due_at) and not self._is_blocked(message)

    def _is_blocked(self, message: Message) -> bool:
        """Whether an earlier answer of the conversation is still to go, or may just have gone."""
        place = (message.created_at, message.id)
        earlier = (
            each
            for each in self.store.messages_of(thread_key(message))
            if is_own(each) and (each.created_at, each.id) < place
        )
        return any(map(self._blocks, earlier))

    def _blocks(self, earlier: Message) -> bool:
        if earlier.status in (MessageStatus.QUEUED, MessageStatus.SENDING):
            return True
        row = self.store.outbox.get((earlier.tenant_id, earlier.id))
        if earlier.status is not MessageStatus.UNKNOWN or row is None or row.began_at is None:
            return False
        return self.store.clock.now() < row.began_at + UNKNOWN_BLOCKS

    def _claim(self, key: MessageKey) -> Claim:
        row, now = self.store.outbox[key], self.store.clock.now()
        row.attempt += 1
        row.fence, row.began_at, row.lease_until = self.store.ids.new(), now, now + LEASE
        row.handing_over = False
        message = replace(
            self.store.messages[key],
            status=MessageStatus.SENDING,
            next_attempt_at=None,
            attempted_at=now,
        )
        self.store.save(message)
        note_call(self.store, message)
        return Claim(
            message=message,
            content=row.content,
            account=self.store.accounts[message.tenant_id, message.account_id].account,
            reply_to=row.reply_to,
            attempt=row.attempt,
            fence=row.fence,
            lease_until=row.lease_until,
        )

    async def hold(self, claim: Claim, lasting: timedelta, *, handing_over: bool = False) -> bool:
        """Has the lease last this long from now; False = the claim was lost."""
        key, now = (claim.message.tenant_id, claim.message.id), self.store.clock.now()
        message, row = self.store.messages.get(key), self.store.outbox.get(key)
        if message is None or row is None or message.status is not MessageStatus.SENDING:
            return False
        if row.fence != claim.fence:
            return False
        row.began_at, row.lease_until, row.handing_over = now, now + lasting, handing_over
        return True

    async def settle(self, claim: Claim, outcome: Outcome) -> Message:
        """Records what came of it and returns the message as it now is."""
        key = (claim.message.tenant_id, claim.message.id)
        message, row = self.store.messages.get(key), self.store.outbox.get(key)
        if message is None:
            raise NotFound("no such message")
        fence_holds = row is not None and row.fence == claim.fence
        in_doubt = row is not None and row.in_doubt
        if not is_settled_by(message, outcome, fence_holds=fence_holds, in_doubt=in_doubt):
            if isinstance(outcome, Sent):  # its echo was faster
                note_outcome(self.store, message, outcome)
            return self.store.shown(message)
        final = self._final(message, outcome)
        after = after_outcome(message, final, self.store.clock.now(), in_doubt=in_doubt)
        note_outcome(self.store, message, final)
        if isinstance(outcome, Sent):
            echoed = self.store.take_mid(message, outcome.meta_message_id)
            if echoed is not None:
                now = self.store.clock.now()
                after = self.store.media.adopt(merged(message, echoed), echoed.attachments, now)
            after = receipted(after, self.store.marks_of(thread_key(message)))
        if row is not None:
            row.fence = row.lease_until = None
            row.due_at = after.next_attempt_at or self.store.clock.now()
        if after.status is MessageStatus.FAILED:
            end_behind(self.store, after)
        self.store.updated(after)
        if after.error == GIVEN_UP:
            self.store.outbox.pop(key, None)
        wake_the_next(self.store, after)
        return self.store.shown(after)

    def _final(self, message: Message, outcome: Outcome) -> Outcome:
        """Nothing waits on an account that was disconnected meanwhile."""
        owner = self.store.accounts[message.tenant_id, message.account_id].account
        gone = owner.status is AccountStatus.DISCONNECTED and isinstance(outcome, Later | NeedsLogin)
        return Failed(error=GIVEN_UP) if gone else outcome

    async def claim_waiting(self, limit: int) -> Sequence[Waiting]:
        """What waits on accounts that cannot send and is to be asked now whether it is too late."""
        return claim_waiting(self.store, limit)

    async def give_up(self, message: Message, error: SendError) -> None:
        """It is not sent any more, unless it has left, or was queued anew by a person, meanwhile."""
        give_up(self.store, message, error)

    async def expire_leases(self) -> int:
        """Ends ``sending`` of dead processes: ``unknown``, or ``queued`` if nothing was sent; how many."""
        expired = [(key, row) for key, row in self.store.outbox.items() if self._is_lost(key, row)]
        for key, row in expired:
            message = self.store.messages[key]
            if row.handing_over:
                now = self.store.clock.now()
                row.again(now, in_doubt=False)
                self.store.updated(replace(message, status=MessageStatus.QUEUED, next_attempt_at=now))
            else:
                self.store.updated(replace(message, status=MessageStatus.UNKNOWN, error=_LOST))
        return len(expired)

    def _is_lost(self, key: MessageKey, row: OutboxRow) -> bool:
        sending = self.store.messages[key].status is MessageStatus.SENDING
        return sending and self.store.is_due(row.lease_until)
