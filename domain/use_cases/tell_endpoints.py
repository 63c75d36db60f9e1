"""What was logged is posted to the endpoints of its tenant, and tried again until it arrives."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from meta_inbox.domain.errors import TooManyAtOnce, Unavailable
from meta_inbox.domain.model.webhook_delivery import (
    PUT_BACK,
    SUBJECT_GONE,
    UNFORESEEN,
    DeliveryClaim,
    DeliveryOutcome,
    Posted,
    outcome_of,
)
from meta_inbox.domain.ports import EventBodies, EventLog, Wakeups, WebhookPoster, WebhookQueue

AT_ONCE = 16
TAKEN_AT_ONCE = 100
"""Events for each endpoint."""
_SETTLE_AGAIN = (0.2, 1.0, 3.0)
"""Seconds between tries; what is not noted before the lease ends is posted again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TellEndpoints:
    """At least once, with the same id each time; no transaction is open while a receiver is waited for."""

    queue: WebhookQueue
    events: EventLog
    bodies: EventBodies
    poster: WebhookPoster
    wakeups: Wakeups
    unforeseen: Callable[[BaseException], None] = field(repr=False)
    """Tells the operator of what nobody foresaw."""
    running: set[asyncio.Task[Any]] = field(default_factory=set[asyncio.Task[Any]], repr=False)

    async def __call__(self) -> int:
        """Takes what is new and begins what is due, as far as there is room; how much was taken.

        Attempts end on their own, and wake whoever waits to call this again.
        """
        try:
            taken = await self.queue.take(TAKEN_AT_ONCE)
        except Exception:
            await self._begin()  # what was taken before is due all the same
            raise
        await self._begin()
        return taken

    async def _begin(self) -> None:
        room = AT_ONCE - len(self.running)
        for claim in await self.queue.claim_due(room) if room > 0 else ():
            self._keep(asyncio.ensure_future(self.deliver(claim)))

    async def forget(self, limit: int = 1000) -> int:
        """Forgets what is old; how much."""
        return await self.queue.forget(limit)

    async def deliver(self, claim: DeliveryClaim) -> None:
        """One attempt, and what follows from it."""
        outcome = await self._outcome(claim)
        await self._settle(claim, outcome)

    async def _settle(self, claim: DeliveryClaim, outcome: DeliveryOutcome) -> None:
        for pause in _SETTLE_AGAIN:
            try:
                await self.queue.settle(claim, outcome)
            except Unavailable:
                await asyncio.sleep(pause)
            else:
                return
        await self.queue.settle(claim, outcome)

    async def _outcome(self, claim: DeliveryClaim) -> DeliveryOutcome:
        if claim.beyond:
            return outcome_of(UNFORESEEN, claim.attempt)
        try:
            return await self._attempt(claim)
        except TooManyAtOnce:
            return PUT_BACK
        except Exception as error:  # noqa: BLE001  # whatever it was, it counts as an attempt and ends some day
            self.unforeseen(error)
            return outcome_of(UNFORESEEN, claim.attempt)

    async def _attempt(self, claim: DeliveryClaim) -> DeliveryOutcome:
        if not claim.secrets:
            return outcome_of(Posted(error="secret_unreadable"), claim.attempt)
        told = await self.events.tell(claim.event.tenant_id, [claim.event])
        if not told:
            return SUBJECT_GONE
        body = self.bodies.of(told[0])
        posted = await self.poster.post(claim.endpoint.url, claim.secrets, claim.event.id, body)
        return outcome_of(posted, claim.attempt)

    async def drain(self, seconds: float) -> None:
        """Waits for attempts under way, and ends the rest, which are made again when their lease is over."""
        running = set(self.running)
        if not running:
            return
        _, left = await asyncio.wait(running, timeout=seconds)
        for task in left:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*left, return_exceptions=True)

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self.running.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self.running.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:  # nothing was noted: another attempt is made when the lease is over
            self.unforeseen(error)
        self.wakeups.wake("webhooks")
