"""Tells other processes that this one logged something: by one notification for all of some milliseconds.

A notification within each transaction that logs would cost more: Postgres has such commits wait for one
another.
"""

import asyncio
from collections.abc import Awaitable, Callable

from meta_inbox.adapters.logs.log import log_named

_TOGETHER = 0.02

_log = log_named("meta_inbox.events")


class EventRelay:
    """This process hears at once, the others a moment later, or by their own poll when that fails."""

    def __init__(self, here: Callable[[], None]) -> None:
        self._here = here
        self._asked = asyncio.Event()

    def tell(self) -> None:
        """Something was committed to the log."""
        self._here()
        self._asked.set()

    async def run(self, pass_on: Callable[[], Awaitable[None]]) -> None:
        """Passes hints on until cancelled; never raises for what the database does."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            try:
                await pass_on()
            except Exception as error:  # noqa: BLE001  # the others' polls do without it, the next may be passed on
                _log.info("hint_not_passed_on", cause=type(error).__name__)
            await asyncio.sleep(_TOGETHER)
