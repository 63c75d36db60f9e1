"""Names are asked for in threads of their own: a zone that does not answer holds up no other work."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, Self

from meta_inbox.domain.errors import TooManyAtOnce

AT_ONCE = 64
"""More than are asked for at a time, and as many whose askers gave up: a thread waits on for the system."""


class NameThreads:
    """Resolves names, so many at a time; a ``Resolve`` for an ``AddressGuard``."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="meta-inbox names")
        self._asked: set[Future[Any]] = set()

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncGenerator[Self]:
        """For as long as the block lasts; what is not answered by then is waited for no longer."""
        names = cls()
        try:
            yield names
        finally:
            names.close()

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """All addresses that the system knows for the name. OSError; TooManyAtOnce at once, never a queue."""
        if len(self._asked) >= self._at_once:
            raise TooManyAtOnce("too many names are asked for at the same time")
        asked = self._threads.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        self._asked.add(asked)
        asked.add_done_callback(self._asked.discard)
        return [str(address[0]) for *_, address in await asyncio.wrap_future(asked)]

    def close(self) -> None:
        """Asks for nothing more, and waits for nobody."""
        self._threads.shutdown(wait=False, cancel_futures=True)
