"""Queued messages leave for Meta: at once while the caller waits, or when a worker finds them due."""

import asyncio
from dataclasses import dataclass, field, replace

from meta_inbox.domain.errors import AccessRevoked, WindowClosed
from meta_inbox.domain.model.account import StatusReason
from meta_inbox.domain.model.message import Message, MessageStatus, Origin, SendError
from meta_inbox.domain.model.sending import (
    CALLER_WAITS,
    Claim,
    Failed,
    Later,
    NeedsLogin,
    Outcome,
    backoff,
)
from meta_inbox.domain.model.window import SenderKind
from meta_inbox.domain.ports import Accounts, Clock, Conversations, GraphApi, Outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver:
    """One code path for both callers; a message is ``sending`` in the database before its first byte."""

    outbox: Outbox
    accounts: Accounts
    conversations: Conversations
    graph: GraphApi
    clock: Clock
    running: set[asyncio.Task[Message]] = field(default_factory=set[asyncio.Task[Message]], repr=False)

    async def __call__(self, message: Message) -> Message:
        """The message after at most ten seconds; the sending goes on when that is not enough."""
        task = asyncio.ensure_future(self._at_once(message))
        self._keep(task)
        done, _ = await asyncio.wait({task}, timeout=CALLER_WAITS.total_seconds())
        return task.result() if done else replace(message, status=MessageStatus.SENDING)

    async def _at_once(self, message: Message) -> Message:
        claim = await self.outbox.claim(message.tenant_id, message.id)
        if claim is None:
            return await self.conversations.message(
                message.tenant_id, message.account_id, message.contact_id, message.id
            )
        return await self.deliver(claim)

    async def due(self, limit: int = 20) -> int:
        """Begins every due message, up to ``limit``, and returns how many; they end on their own."""
        claims = await self.outbox.claim_due(limit)
        for claim in claims:
            self._keep(asyncio.ensure_future(self.deliver(claim)))
        return len(claims)

    async def deliver(self, claim: Claim) -> Message:
        """Sends what was claimed and records the outcome."""
        return await self.outbox.settle(claim, await self._outcome(claim))

    async def _outcome(self, claim: Claim) -> Outcome:
        closed = await self._closed_meanwhile(claim) if claim.attempt > 1 else None
        if closed is not None:
            return closed
        message = claim.message
        try:
            token = await self.accounts.token(message.tenant_id, message.account_id)
        except AccessRevoked as revoked:
            return NeedsLogin(error=SendError(code="reauth_required", detail=str(revoked)))
        outcome = await self.graph.send(claim.account, token, message, claim.content, claim.reply_to)
        await self._take_note(message, outcome)
        if isinstance(outcome, Later):
            return replace(outcome, after=max(outcome.after, backoff(claim.attempt)))
        return outcome

    async def _closed_meanwhile(self, claim: Claim) -> Failed | None:
        message = claim.message
        conversation = await self.conversations.find(
            message.tenant_id, message.account_id, message.contact_id
        )
        by: SenderKind = "automation" if message.origin is Origin.AUTOMATION else "person"
        try:
            conversation.require_open(self.clock.now(), by, human_agent=message.human_agent)
        except WindowClosed as closed:
            return Failed(error=SendError(code=closed.code, detail=closed.detail))
        return None

    async def _take_note(self, message: Message, outcome: Outcome) -> None:
        match outcome:
            case NeedsLogin(error=error):
                reason = StatusReason(
                    code=error.code,
                    detail=error.detail,
                    meta_code=error.meta_code,
                    meta_subcode=error.meta_subcode,
                    fbtrace_id=error.fbtrace_id,
                    at=self.clock.now(),
                )
                await self.accounts.needs_login(message.tenant_id, message.account_id, reason)
            case Failed(error=SendError(code="recipient_unavailable")):
                await self.conversations.unreachable(
                    message.tenant_id, message.account_id, message.contact_id
                )
            case _:
                pass

    async def drain(self, seconds: float) -> None:
        """Waits for what is on its way; what does not end is found ``unknown`` after its lease."""
        if self.running:
            await asyncio.wait(set(self.running), timeout=seconds)

    def _keep(self, task: asyncio.Task[Message]) -> None:
        self.running.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Message]) -> None:
        self.running.discard(task)
        if not task.cancelled():
            task.exception()  # marks it as seen; the row's lease tells of the failure
