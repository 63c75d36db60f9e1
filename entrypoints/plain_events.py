"""The event log for code without an event loop: a plain loop, or handlers that are called."""

from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass, field

from meta_inbox.domain.model.event import Event
from meta_inbox.entrypoints.event_handling import EventHandling
from meta_inbox.entrypoints.event_stream import DeliveredEvent, EventStream
from meta_inbox.entrypoints.plain_calls import InboxClosed, Loop


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainEvent(Event):
    """An event that comes again until it is acknowledged: by the next turn of its loop, or by ``ack``.

    ``missed_before`` = the log had lost events before this one, since nobody read them in time.
    """

    missed_before: bool = False
    delivered: DeliveredEvent = field(repr=False, compare=False)
    loop: Loop = field(repr=False, compare=False)

    def ack(self) -> bool:
        """Says that the event is done with, and waits until that is committed; again: the same.

        False = the event was taken away meanwhile, and comes again.
        """

        async def committed() -> bool:
            return await self.delivered.ack()

        return self.loop.run(committed())


@dataclass(frozen=True, slots=True)
class PlainHandling:
    """What ``inbox.on`` returns."""

    handling: EventHandling
    loop: Loop

    def cancel(self) -> None:
        """Begins with no further event; what the handler is doing it may finish."""

        async def cancelled() -> None:
            self.handling.cancel()

        self.loop.run(cancelled())


def plain_events(stream: EventStream, loop: Loop) -> Generator[PlainEvent]:
    """The events of a stream; ends when the inbox is closed."""
    with suppress(InboxClosed):
        for event in loop.iterate(aiter(stream)):
            yield PlainEvent(
                id=event.id,
                type=event.type,
                at=event.at,
                tenant_id=event.tenant_id,
                seq=event.seq,
                data=event.data,
                missed_before=event.missed_before,
                delivered=event,
                loop=loop,
            )
