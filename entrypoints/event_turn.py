"""One tenant's log in a host's hands: read, acknowledged, kept by a lease, and given back."""

import asyncio
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

from meta_inbox.adapters.logs.log import log_named
from meta_inbox.domain.errors import Unavailable
from meta_inbox.domain.model.consuming import HELD_EVERY, ConsumerClaim
from meta_inbox.domain.model.event import LogPage
from meta_inbox.domain.ports import Consumers, EventLog

_AT_ONCE = 50
_FRESH = 1.0
"""Seconds: what was read longer ago is read again before it is told, and other tenants come in between."""
_AGAIN = 1.0
_ENDS_WITHIN = 3.0

_log = log_named("meta_inbox.events")


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """An acknowledgement on its way, whether or not it is waited for.

    Waiting for it says whether it was committed; False = the event was taken away and comes again.
    """

    task: "asyncio.Task[bool]" = field(repr=False)

    def __await__(self) -> Generator[Any, None, bool]:
        return asyncio.shield(self.task).__await__()


@dataclass(slots=True, kw_only=True, eq=False)
class Turn:
    """One tenant's log in hand. The lease is renewed until ``end``; ``lost`` = another has it now."""

    claim: ConsumerClaim
    consumers: Consumers
    log: EventLog
    lost: bool = False
    closed: bool = False
    _read_at: float = 0.0
    _over: bool = False
    _keeping: "asyncio.Task[None] | None" = None
    _acks: dict[int, Acknowledgement] = field(default_factory=dict[int, Acknowledgement])

    @property
    def is_stale(self) -> bool:
        """Whether what was read is to be read again before more of it is told."""
        return self.lost or self._over or asyncio.get_running_loop().time() - self._read_at > _FRESH

    async def page(self) -> LogPage | None:
        """What follows; None while the database is away."""
        claim = self.claim
        try:
            page = await self.log.read(claim.tenant_id, claim.seq, _AT_ONCE)
        except Unavailable as error:
            await wait_for_storage(error)
            return None
        if page.lost:
            _log.warning("events_lost", consumer=claim.consumer, tenant=claim.tenant_id, after=claim.seq)
        self._read_at = asyncio.get_running_loop().time()
        return page

    def acknowledge(self, seq: int) -> Acknowledgement:
        """Everything up to there is done with; again: the same."""
        if seq not in self._acks:
            self._acks[seq] = Acknowledgement(asyncio.ensure_future(self.advance(seq)))
        return self._acks[seq]

    async def advance(self, seq: int, *, missed: bool = False) -> bool:
        """The same, tried until the database answers; False = the log is another's now."""
        while not self.lost and not self.closed:
            try:
                self.lost = not await self.consumers.advance(self.claim, seq, missed=missed)
            except Unavailable as error:
                if self._over:
                    return False
                await wait_for_storage(error)
            else:
                return not self.lost
        return False

    def begin(self) -> None:
        """Renews the lease now and then from here on, as long as it is ours."""
        self._keeping = asyncio.create_task(self._keep())

    async def _keep(self) -> None:
        while not self.lost:
            await asyncio.sleep(HELD_EVERY.total_seconds())
            try:
                self.lost = not await self.consumers.hold(self.claim)
            except Unavailable as error:
                _log.info("event_lease_not_renewed", cause=str(error))

    async def end(self, *, release: bool = True) -> None:
        """Gives the log back, after the acknowledgements that are on their way; again: nothing happens."""
        if self._over:
            return
        self._over = True
        if self._keeping is not None:
            self._keeping.cancel()
        if under_way := {ack.task for ack in self._acks.values() if not ack.task.done()}:
            await asyncio.wait(under_way, timeout=_ENDS_WITHIN)
        if not self.lost:
            try:
                await (self.consumers.release if release else self.consumers.leave)(self.claim)
            except Unavailable as error:
                _log.info("event_lease_not_released", cause=str(error))


async def wait_for_storage(error: Unavailable) -> None:
    """Pauses for a moment, as the database is away."""
    _log.warning("events_wait", cause=str(error))
    await asyncio.sleep(_AGAIN)
