"""Meta as a sender of webhooks: many at once, each tried again until it is acknowledged."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.harness.webhooks import Webhook


@dataclass(slots=True)
class Ledger:
    """What Meta knows afterwards."""

    acked: list[str] = field(default_factory=list[str])
    statuses: dict[int, int] = field(default_factory=dict[int, int])
    broken: int = 0
    slowest: float = 0.0


async def post(port: int, request: bytes, *, timeout: float = 10) -> int:
    """The status of one request on a connection of its own; ConnectionError when there is no answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        return await _status(reader, timeout)
    finally:
        writer.close()


async def _status(reader: asyncio.StreamReader, timeout: float) -> int:
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), timeout)
    length = 0
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    await reader.readexactly(length)
    return int(head[9:12])


async def deliver(
    port: int, webhooks: Sequence[Webhook], *, senders: int = 16, give_up_after: float = 120
) -> Ledger:
    """Sends every webhook until it is acknowledged, as Meta does, over keep-alive connections."""
    ledger, waiting = Ledger(), list(reversed(webhooks))
    ends = time.monotonic() + give_up_after
    await asyncio.gather(*(_sender(port, waiting, ledger, ends) for _ in range(senders)))
    return ledger


async def _sender(port: int, waiting: list[Webhook], ledger: Ledger, ends: float) -> None:
    connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    while waiting and time.monotonic() < ends:
        webhook = waiting.pop()
        began = time.monotonic()
        try:
            if connection is None:
                connection = await asyncio.open_connection("127.0.0.1", port)
            connection[1].write(webhook.request)
            status = await _status(connection[0], 10)
        except (OSError, EOFError, asyncio.IncompleteReadError, TimeoutError):
            ledger.broken += 1
            if connection is not None:
                connection[1].close()
            connection = None
            waiting.append(webhook)
            await asyncio.sleep(0.02)
            continue
        ledger.slowest = max(ledger.slowest, time.monotonic() - began)
        ledger.statuses[status] = ledger.statuses.get(status, 0) + 1
        if status == 200:
            ledger.acked.extend(webhook.mids)
        else:
            waiting.append(webhook)
            await asyncio.sleep(0.05)
    if connection is not None:
        connection[1].close()
