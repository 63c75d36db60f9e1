"""``inbox.on``: a handler that is given each event of one kind, tried again when it fails."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from meta_inbox.domain.model.consuming import consumer_name
from meta_inbox.domain.model.told import Told
from meta_inbox.domain.ports import DeadLetters
from meta_inbox.entrypoints.event_attempts import Attempts
from meta_inbox.entrypoints.event_handling import EventHandling
from meta_inbox.entrypoints.event_turns import EventTurns

T = TypeVar("T", bound=Told)
_THREADS = 64
"""Each handler takes one at most; the default pool has few, and files and the names of hosts need it too."""


def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="meta-inbox-handler")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandleEvents:
    """A host has its handlers called, in the background, until it closes the inbox or cancels them."""

    turns: EventTurns
    letters: DeadLetters
    running: list[EventHandling] = field(default_factory=list[EventHandling], repr=False)
    threads: ThreadPoolExecutor = field(default_factory=_threads, repr=False)

    def __call__(
        self, kind: type[T], handler: Callable[[T], Any], consumer: str | None = None
    ) -> EventHandling:
        """Begins to call the handler, a plain one in a thread; needs a running event loop.

        Without ``consumer`` the handler's module and name are its name. ValueError when that is none, or
        when another handler here has it: each of the two would get half of the events.
        """
        name = consumer_name(consumer or _name_of(handler))
        mine = (kind, handler)
        self.running[:] = [each for each in self.running if not each.over]
        others = [each.attempts for each in self.running if each.consumer == name]
        if any((each.kind, each.handler) != mine for each in others):
            raise ValueError(f"the consumer {name!r} has another handler already: give this one its own name")
        handling = EventHandling(
            consumer=name,
            turns=self.turns,
            letters=self.letters,
            attempts=Attempts(kind, handler, self.threads),
        )
        handling.begin()
        self.running.append(handling)
        return handling

    async def end(self) -> None:
        """Ends all of them; each has a moment for what it is doing."""
        await asyncio.gather(*(each.end() for each in self.running))
        self.threads.shutdown(wait=False, cancel_futures=True)


def _name_of(handler: Callable[..., Any]) -> str:
    module, name = getattr(handler, "__module__", None), getattr(handler, "__qualname__", None)
    if not module or not name:
        raise ValueError("this handler has no name of its own: give it one, by `consumer`")
    return f"{module}.{name}"
