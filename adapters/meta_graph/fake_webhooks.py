"""How a fake Meta hands over its webhooks: one after another, and again when they are not taken."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from meta_inbox.adapters.meta_graph.world_webhooks import Webhook
from meta_inbox.domain.errors import Unavailable

Receive = Callable[[bytes, bytes], Awaitable[None]]
"""Takes a webhook's body and its signature header."""

_PAUSE = 0.01
_ATTEMPTS = 50
_PATIENCE = 10.0


class Pump:
    """Webhooks may come from anywhere, also while no loop runs; they leave while the block lasts."""

    def __init__(self) -> None:
        self._waiting: deque[Webhook] = deque()
        self._running: asyncio.Task[None] | None = None

    def take(self, webhook: Webhook) -> None:
        """Keeps a webhook until it can be handed over."""
        self._waiting.append(webhook)

    @asynccontextmanager
    async def running(self, receive: Receive) -> AsyncGenerator[None]:
        """Hands webhooks to ``receive``."""
        self._running = asyncio.create_task(self._run(receive))
        try:
            yield
        finally:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running
            self._running = None

    async def _run(self, receive: Receive) -> None:
        while True:
            while self._waiting:
                await self._hand_over(self._waiting[0], receive)
                self._waiting.popleft()
            await asyncio.sleep(_PAUSE)

    @staticmethod
    async def _hand_over(webhook: Webhook, receive: Receive) -> None:
        for attempt in range(_ATTEMPTS):
            try:
                await receive(webhook.body, webhook.headers["X-Hub-Signature-256"].encode())
            except Unavailable:
                await asyncio.sleep(_PAUSE * (attempt + 1))
            else:
                return

    async def settled(self) -> None:
        """Waits until every webhook was taken; raises what the receiver raised."""
        async with asyncio.timeout(_PATIENCE):
            while self._waiting and self._running is not None:
                if self._running.done():
                    self._running.result()
                await asyncio.sleep(_PAUSE / 2)
