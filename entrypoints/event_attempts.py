"""A host's handler, called: in the event loop or in a thread, and what became of it."""

import asyncio
import contextvars
import inspect
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from meta_inbox.domain.model.told import Told


class Attempts:
    """Calls one handler with the events of its kind, one after the other."""

    def __init__(self, kind: type[Told], handler: Callable[[Any], Any], threads: Executor) -> None:
        self.kind = kind
        self.handler = handler
        self._threads = threads
        self.in_loop = inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(
            getattr(handler, "__call__", None)  # noqa: B004  # an object may be called as a coroutine
        )
        self._under_way: asyncio.Task[None] | None = None
        self.stopped = False

    async def __call__(self, told: Told) -> str | None:
        """Where and by what the handler failed; None when it did not."""
        task = self._under_way = asyncio.create_task(self._call(told))
        try:
            await asyncio.wait({task})
        finally:
            task.cancel()
        if task.cancelled():
            return "CancelledError"
        error = task.exception()
        return None if error is None else place_of(error)

    async def _call(self, told: Told) -> None:
        result = await (self.handler(told) if self.in_loop else self._in_thread(told))
        if inspect.isawaitable(result):
            await result

    def _in_thread(self, told: Told) -> asyncio.Future[Any]:
        run = contextvars.copy_context().run
        return asyncio.get_running_loop().run_in_executor(self._threads, run, self.handler, told)

    def stop(self) -> None:
        """Ends what is under way; a thread goes on nevertheless."""
        self.stopped = True
        if self._under_way is not None:
            self._under_way.cancel()


def place_of(error: BaseException) -> str:
    """The error's kind and where it was raised. Its text stays out: it may be what a person wrote."""
    kind, trace = type(error), error.__traceback__
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    if trace is None:
        return name
    while trace.tb_next is not None:
        trace = trace.tb_next
    frame = trace.tb_frame
    return f"{name} at {frame.f_globals.get('__name__', '?')}:{trace.tb_lineno} {frame.f_code.co_name}"
