"""The sign of life of a process that webhooks reach; where it was missing, they were missed."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from meta_inbox.adapters.logs.log import log_named
from meta_inbox.domain.errors import Unavailable
from meta_inbox.domain.ports import Histories

EVERY = timedelta(seconds=30)
_LOOKS = timedelta(seconds=1)

_log = log_named("meta_inbox.heartbeat")


@dataclass(slots=True, kw_only=True)
class Heartbeat:
    """Beats from when the HTTP API is mounted; a process that runs jobs alone hears of no webhook."""

    histories: Histories
    serves: bool = False

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            if self.serves:
                await self._beat()
            await asyncio.sleep((EVERY if self.serves else _LOOKS).total_seconds())

    async def _beat(self) -> None:
        try:
            if await self.histories.beat():
                _log.warning("webhooks_may_be_missing", detail="nobody received them; accounts are looked at")
        except Unavailable as trouble:
            _log.warning("heartbeat_failed", cause=str(trouble))
        except Exception as error:  # noqa: BLE001  # the next beat may succeed
            _log.error("heartbeat_failed", exc_info=error)
