"""Coroutines as plain calls: for code that has no event loop, and for as many threads as call them."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from concurrent.futures import CancelledError, Future
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, Self, TypeVar, overload

from meta_inbox.domain.errors import MetaInboxError

P = ParamSpec("P")
T = TypeVar("T")


class InboxClosed(MetaInboxError):
    """Its block has ended, or ends now; a call that was on its way may or may not have done its work."""

    def __init__(self) -> None:
        super().__init__("the inbox is closed")


class InboxForked(MetaInboxError):
    """It was opened before this process was forked: its connections and its thread are the parent's."""

    def __init__(self) -> None:
        super().__init__(
            "the inbox was opened in the process that this one was forked from: open one after the fork"
        )


class Loop:
    """An event loop that runs in another thread, and whoever has it work."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._process = os.getpid()
        self._turn = threading.Lock()
        self._closed = False

    @property
    def here(self) -> bool:
        """Whether it is this process's."""
        return self._process == os.getpid()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Does the work on the loop and waits for it; whatever it raises is raised here.

        InboxClosed, InboxForked; RuntimeError on the loop itself, which would wait for itself.
        """
        done = self._begun(work)
        try:
            return done.result()
        except CancelledError:
            raise InboxClosed from None
        except BaseException:
            done.cancel()  # who waits was interrupted; where the work itself failed, this changes nothing
            raise

    def _begun(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        try:
            self._require_here()
            with self._turn:
                self._require_open()
                return asyncio.run_coroutine_threadsafe(work, self._loop)
        except BaseException:
            work.close()
            raise

    def iterate(self, items: AsyncIterator[T]) -> Generator[T]:
        """The items, one by one as they come; leaving early ends what they come from."""
        try:
            while (found := self.run(_next(items))) is not None:
                yield found[0]
        finally:
            self._end(items)

    def close(self, then: Callable[[], object]) -> None:
        """Takes no more work, and has the loop do ``then``."""
        with self._turn:
            self._closed = True
            self._loop.call_soon_threadsafe(then)

    def _end(self, items: AsyncIterator[Any]) -> None:
        ending: Callable[[], Coroutine[Any, Any, None]] | None = getattr(items, "aclose", None)
        if ending is not None and self.here and not self._closed:
            self.run(ending())

    def _require_open(self) -> None:
        if self._closed:
            raise InboxClosed

    def _require_here(self) -> None:
        if not self.here:
            raise InboxForked
        if asyncio._get_running_loop() is self._loop:  # which is None where none runs, and no error
            raise RuntimeError("this thread runs the inbox: await its own coroutines instead")


class Calls(Protocol):
    """Something whose coroutines are called plainly."""

    @property
    def asynchronous(self) -> Any:
        """What has them."""
        ...

    @property
    def loop(self) -> Loop:
        """Where they run."""
        ...


class Plain(Generic[P, T]):
    """A method of ``asynchronous`` by the same name, as a plain call with the same arguments."""

    def __init__(self, method: Callable[Concatenate[Any, P], Coroutine[Any, Any, T]]) -> None:
        self.__doc__ = method.__doc__
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, calls: None, owner: type) -> Self: ...

    @overload
    def __get__(self, calls: Calls, owner: type) -> Callable[P, T]: ...

    def __get__(self, calls: Calls | None, owner: type) -> Callable[P, T] | Self:
        if calls is None:
            return self
        loop = calls.loop
        found: Callable[P, Coroutine[Any, Any, T]] = getattr(calls.asynchronous, self._name)

        def plainly(*args: P.args, **kwargs: P.kwargs) -> T:
            return loop.run(found(*args, **kwargs))

        return plainly


async def _next(items: AsyncIterator[T]) -> tuple[T] | None:
    async for item in items:
        return (item,)
    return None
