"""A load generator: prepared requests over keep-alive connections, every answer timed and checked."""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from tests.harness.webhooks import Webhook


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of one target gave; latencies in seconds."""

    seconds: float
    latencies: tuple[float, ...]
    acked: tuple[str, ...]
    refused: int

    @property
    def rate(self) -> float:
        """Requests acknowledged a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """The latency that this share of the requests stayed under."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class _Connection(asyncio.Protocol):
    """Sends the next webhook as soon as the last one was answered."""

    def __init__(self, load: "_Load") -> None:
        self._load = load
        self._buffer = b""
        self._webhook: Webhook | None = None
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by inheritance
        self._next()

    def _next(self) -> None:
        if not self._load.waiting:
            self._webhook = None
            self._transport.close()
            self._load.closed()
            return
        self._webhook = self._load.waiting.popleft()
        self._sent_at = time.perf_counter()
        self._transport.write(self._webhook.request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, gap, rest = self._buffer.partition(b"\r\n\r\n")
        if not gap or len(rest) < _length(head):
            return
        self._buffer = b""
        assert self._webhook is not None
        self._load.answered(self._webhook, head[9:12] == b"200", time.perf_counter() - self._sent_at)
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._webhook is not None:
            self._load.fail(ConnectionError(f"the target closed a connection: {exc!r}"))


def _length(head: bytes) -> int:
    low = head.lower()
    at = low.find(b"content-length:")
    if at < 0:
        return 0
    return int(low[at + 15 :].split(b"\r\n", 1)[0])


class _Load:
    def __init__(self, webhooks: Sequence[Webhook], connections: int) -> None:
        self.waiting = deque(webhooks)
        self.latencies: list[float] = []
        self.acked: list[str] = []
        self.refused = 0
        self._open = connections
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def answered(self, webhook: Webhook, ok: bool, seconds: float) -> None:
        if ok:
            self.latencies.append(seconds)
            self.acked.extend(webhook.mids)
        else:
            self.refused += 1

    def closed(self) -> None:
        self._open -= 1
        if self._open == 0 and not self.done.done():
            self.done.set_result(None)

    def fail(self, error: Exception) -> None:
        if not self.done.done():
            self.done.set_exception(error)


async def fire(port: int, webhooks: Sequence[Webhook], *, connections: int = 32) -> Run:
    """Sends all webhooks over so many connections, one at a time on each."""
    loop = asyncio.get_running_loop()
    load = _Load(webhooks, connections)
    began = time.perf_counter()
    for _ in range(connections):
        await loop.create_connection(lambda: _Connection(load), "127.0.0.1", port)
    await asyncio.wait_for(load.done, 300)
    seconds = time.perf_counter() - began
    return Run(seconds, tuple(load.latencies), tuple(load.acked), load.refused)
