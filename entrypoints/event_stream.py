"""``inbox.events``: the log as a loop of the host's own."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from weakref import WeakSet

from meta_inbox.domain.model.consuming import consumer_name
from meta_inbox.domain.model.event import Event, LogPage
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.entrypoints.event_turn import Acknowledgement, Turn
from meta_inbox.entrypoints.event_turns import EventTurns


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredEvent(Event):
    """An event that comes again until it is acknowledged: by the next turn of its loop, or by ``ack``.

    ``missed_before`` = the log had lost events before this one, since nobody read them in time.
    """

    missed_before: bool = False
    turn: Turn = field(repr=False, compare=False)

    def ack(self) -> Acknowledgement:
        """Says that the event is done with; need not be awaited, and does no harm when done again.

        Awaited, it waits until that is committed; False = the event was taken away meanwhile.
        """
        return self.turn.acknowledge(self.seq)


class EventStream:
    """An endless iterator; each ``async for`` over it begins with what is not acknowledged."""

    def __init__(self, turns: EventTurns, consumer: str, tenant: TenantId | None) -> None:
        self._turns = turns
        self._consumer = consumer
        self._tenant = tenant
        self._own: AsyncGenerator[DeliveredEvent] | None = None
        self._begun: WeakSet[AsyncGenerator[DeliveredEvent]] = WeakSet()

    def __aiter__(self) -> AsyncGenerator[DeliveredEvent]:
        # One of its own for each loop: whoever leaves the loop drops it, and with it what it had in hand.
        begun = self._events()
        self._begun.add(begun)
        return begun

    async def __anext__(self) -> DeliveredEvent:
        """The next event, acknowledging the one before."""
        self._own = self._own or aiter(self)
        return await anext(self._own)

    async def aclose(self) -> None:
        """Gives back what is in hand."""
        for each in list(self._begun):
            await each.aclose()
        self._own = None

    async def _events(self) -> AsyncGenerator[DeliveredEvent]:
        seen = 0
        while not self._turns.ended:
            claim = await self._turns.claim(self._consumer, self._tenant)
            if claim is None:
                seen = await self._turns.rest(seen)
                continue
            async with self._turns.turn(claim) as turn, aclosing(_delivered(turn)) as events:
                async for event in events:
                    yield event


async def _delivered(turn: Turn) -> AsyncGenerator[DeliveredEvent]:
    page = await turn.page()
    if page is None:
        return
    missed = turn.claim.missed or page.lost
    for event in page.events:
        if turn.is_stale:
            return
        yield _delivery(event, turn, missed=missed)
        if not await turn.acknowledge(event.seq):
            return
        missed = False
    if _goes_on(page):
        await turn.advance(page.up_to, missed=missed)


def _goes_on(page: LogPage) -> bool:
    """Whether the page ends behind its last event, with what is gone."""
    return not page.events or page.up_to > page.events[-1].seq


def _delivery(event: Event, turn: Turn, *, missed: bool) -> DeliveredEvent:
    return DeliveredEvent(
        id=event.id,
        type=event.type,
        at=event.at,
        tenant_id=event.tenant_id,
        seq=event.seq,
        data=event.data,
        missed_before=missed,
        turn=turn,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowEvents:
    """A host follows the log in a loop of its own."""

    turns: EventTurns

    def __call__(self, *, consumer: str, tenant: TenantId | str | None = None) -> EventStream:
        """Events that this consumer has not acknowledged, at least once each, in order within a tenant.

        All loops of the same name share them, in whatever process. ValueError for a name that is none.
        """
        return EventStream(self.turns, consumer_name(consumer), None if tenant is None else TenantId(tenant))
