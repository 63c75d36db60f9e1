"""Queued messages leave for Meta: at once while the caller waits, or when a worker finds them due."""

import asyncio
import contextlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from meta_inbox.domain.errors import AccessRevoked, NotFound, Refused, Unavailable
from meta_inbox.domain.model.account import StatusReason
from meta_inbox.domain.model.content import Content
from meta_inbox.domain.model.message import Message, MessageStatus, SendError
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.sending import (
    CALLER_WAITS,
    Claim,
    Failed,
    Later,
    NeedsLogin,
    Outcome,
    Unsent,
    backoff,
    given_up,
    is_repeated,
)
from meta_inbox.domain.ports import Accounts, Clock, Conversations, GraphApi, Outbox
from meta_inbox.domain.use_cases.deliver_parts import LOOK_AGAIN, PartsInTurn
from meta_inbox.domain.use_cases.hand_over_files import HandOverFiles
from meta_inbox.domain.use_cases.require_still_open import require_still_open

_SETTLE_AGAIN = (0.2, 0.5, 1.0, 2.0, 4.0)
"""Seconds between tries; a lease that runs out meanwhile is the fence's affair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver:
    """One code path for both callers; a message is ``sending`` in the database before its first byte."""

    outbox: Outbox
    accounts: Accounts
    conversations: Conversations
    graph: GraphApi
    files: HandOverFiles
    clock: Clock
    running: set[asyncio.Task[Any]] = field(default_factory=set[asyncio.Task[Any]], repr=False)
    draining: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    async def __call__(self, message: Message) -> Message:
        """The message after at most ten seconds; the sending goes on when that is not enough."""
        task = asyncio.ensure_future(self._in_parts(message) if message.parts else self._at_once(message))
        self._keep(task)
        done, _ = await asyncio.wait({task}, timeout=CALLER_WAITS.total_seconds())
        try:
            if done:
                return task.result()
            if message.parts:  # some of them have gone
                return await self._present(message)
        except Unavailable:
            pass  # it is committed, and a worker goes on with it
        return replace(message, status=MessageStatus.SENDING)

    async def _at_once(self, message: Message) -> Message:
        claim = await self.outbox.claim(message.tenant_id, message.id)
        if claim is not None:
            return await self.deliver(claim)
        present = await self._present(message)
        for pause in LOOK_AGAIN:  # a worker may have been faster
            if present.status is not MessageStatus.SENDING or self.draining.is_set():
                break
            await asyncio.sleep(pause)
            present = await self._present(message)
        return present

    async def _in_parts(self, message: Message) -> Message:
        parts = PartsInTurn(outbox=self.outbox, deliver=self.deliver, present=self._present)
        await parts(message, until=self.draining.is_set)
        return await self._present(message)

    async def _present(self, message: Message) -> Message:
        return await self.conversations.message(
            message.tenant_id, message.account_id, message.contact_id, message.id
        )

    async def due(self, limit: int = 20) -> int:
        """Begins every due message, up to ``limit``, and returns how many; they end on their own.

        Whoever is cancelled while it claims leaves the claiming to end, and to be drained: a claim that
        nobody holds would end as unknown.
        """
        task = asyncio.ensure_future(self._begin_due(limit))
        self._keep(task)
        return await asyncio.shield(task)

    async def _begin_due(self, limit: int) -> int:
        claims = await self.outbox.claim_due(limit)
        for claim in claims:
            self._keep(asyncio.ensure_future(self.deliver(claim)))
        return len(claims)

    async def deliver(self, claim: Claim) -> Message:
        """Sends what was claimed and records the outcome."""
        outcome = await self._outcome(claim)
        if isinstance(outcome, NeedsLogin):  # first of all, so that nothing more of the account leaves
            with contextlib.suppress(Unavailable, NotFound):
                await self._need_login(claim, outcome.error)
        settled = await self._settle(claim, outcome)
        with contextlib.suppress(Unavailable):  # the outcome is safe; what it says of others comes again
            await self._take_note(claim, outcome)
        return settled

    async def _settle(self, claim: Claim, outcome: Outcome) -> Message:
        """What is known must not be lost to a moment's trouble: tried again while the lease lasts."""
        for pause in _SETTLE_AGAIN:
            try:
                return await self.outbox.settle(claim, outcome)
            except Unavailable:
                await asyncio.sleep(pause)
        return await self.outbox.settle(claim, outcome)

    async def _outcome(self, claim: Claim) -> Outcome:
        outcome = await self._attempt(claim)
        if isinstance(outcome, Failed) and outcome.copy_gone:  # certainly not sent, and it can be mended
            outcome = await self._attempt(claim, fresh=True)
        return await self._later(claim, outcome) if isinstance(outcome, Later) else outcome

    async def _attempt(self, claim: Claim, *, fresh: bool = False) -> Outcome:
        prepared = await self._prepared(claim, fresh=fresh)
        if isinstance(prepared, Unsent):
            return prepared
        token, content = prepared
        return await self.graph.send(claim.account, token, claim.message, content, claim.reply_to)

    async def _prepared(self, claim: Claim, *, fresh: bool) -> tuple[Secret, Content] | Unsent:
        """What is needed to send; nothing has left before that."""
        message = claim.message
        try:
            closed = await self._closed_meanwhile(claim) if self._has_waited(claim) else None
            if closed is not None:
                return closed
            token = await self.accounts.token(message.tenant_id, message.account_id)
            content = await self.files(claim, token, fresh=fresh)
        except AccessRevoked as revoked:
            return NeedsLogin(error=SendError(code="reauth_required", detail=str(revoked)))
        except Unavailable as trouble:
            error = SendError(code="storage_unavailable", detail=str(trouble))
            return Later(error=error, after=backoff(claim.attempt))
        return content if isinstance(content, Unsent) else (token, content)

    async def _later(self, claim: Claim, later: Later) -> Outcome:
        """When it is tried again, if it may be by then; that it failed before holds up itself alone."""
        if later.once and is_repeated(claim.message.error, later.error):
            return Failed(error=later.error)
        least = backoff(claim.attempt) if later.backs_off else later.after
        waits = replace(later, after=max(later.after, least), account_after=later.pauses_for)
        try:
            await self._require_open(claim, self.clock.now() + waits.after)
        except Refused as closed:
            return given_up(later, closed.code)
        except Unavailable:
            return waits
        return waits

    def _has_waited(self, claim: Claim) -> bool:
        """Whether what was checked when it was queued may no longer hold."""
        return claim.attempt > 1 or self.clock.now() - claim.message.created_at > CALLER_WAITS

    async def _closed_meanwhile(self, claim: Claim) -> Failed | None:
        try:
            await self._require_open(claim, self.clock.now())
        except Refused as closed:
            return Failed(error=SendError(code=closed.code, detail=closed.detail))
        return None

    async def _require_open(self, claim: Claim, at: datetime) -> None:
        await require_still_open(self.conversations, claim.message, claim.content, at)

    async def _take_note(self, claim: Claim, outcome: Outcome) -> None:
        message = claim.message
        match outcome:
            case NeedsLogin(error=error):
                await self._need_login(claim, error)
            case Failed(error=SendError(code="recipient_unavailable")):
                await self.conversations.unreachable(
                    message.tenant_id, message.account_id, message.contact_id
                )
            case _:
                pass

    async def _need_login(self, claim: Claim, error: SendError) -> None:
        """Marks the account, unless it was connected anew meanwhile; again: nothing happens."""
        account = claim.account
        reason = StatusReason(
            code=error.code,
            detail=error.detail,
            meta_code=error.meta_code,
            meta_subcode=error.meta_subcode,
            fbtrace_id=error.fbtrace_id,
            at=self.clock.now(),
            user_title=error.user_title,
            user_message=error.user_message,
        )
        await self.accounts.needs_login(account.tenant_id, account.id, reason, as_of=account.connected_at)

    async def drain(self, seconds: float) -> None:
        """Waits for what is on its way; what does not end is found ``unknown`` after its lease.

        Parts of a message that have not gone by then are left to the next worker.
        """
        loop = asyncio.get_running_loop()
        ends = loop.time() + seconds
        self.draining.set()
        while self.running and loop.time() < ends:
            await asyncio.wait(set(self.running), timeout=ends - loop.time())
        self.draining.clear()

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self.running.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self.running.discard(task)
        if not task.cancelled():
            task.exception()  # marks it as seen; the row's lease tells of the failure
