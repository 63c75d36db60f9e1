"""From the answer to a webhook to the browser's frame, at a steady hundred webhooks a second.

One process, a few browsers of one tenant; webhooks go at their pace whether or not earlier ones were seen.
Sender and browsers share one clock. The floor is for the time after the 200; that after sending has the
receiving in it, too.

    python -m bench.live [--rounds 3] [--per-second 100] [--seconds 20] [--browsers 8]
"""

import argparse
import asyncio
import gc
import json
import statistics
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import uvloop

from tests.harness.live import Reader, following, ticket
from tests.harness.service import SECRET, Service, connect_page, database_server, meta_inbox, new_database
from tests.harness.webhooks import PAGE, Webhook, webhooks

_FLOOR_MS = 250.0
_CONNECTIONS = 16
_TENANT = "bench"


@dataclass(slots=True)
class Times:
    """When each message was sent, and when it was acknowledged."""

    sent: dict[str, float] = field(default_factory=dict[str, float])
    acked: dict[str, float] = field(default_factory=dict[str, float])


class Sender:
    """Sends webhooks at a pace over a few kept connections."""

    def __init__(self, service: Service, times: Times) -> None:
        self._service = service
        self._times = times
        self._free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()

    async def run(self, sent: list[Webhook], every: float) -> None:
        """All of them; RuntimeError when one is refused."""
        for _ in range(_CONNECTIONS):
            self._free.put_nowait(await asyncio.open_connection("127.0.0.1", self._service.port))
        begun = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for number, webhook in enumerate(sent):
                await asyncio.sleep(max(begun + number * every - time.perf_counter(), 0))
                group.create_task(self._send(webhook))
        while not self._free.empty():
            self._free.get_nowait()[1].close()

    async def _send(self, webhook: Webhook) -> None:
        reader, writer = await self._free.get()
        self._times.sent[webhook.mids[0]] = time.perf_counter()
        writer.write(webhook.request)
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head[:16]:
            raise RuntimeError(f"refused: {head[:40]!r}")
        self._times.acked[webhook.mids[0]] = time.perf_counter()
        self._free.put_nowait((reader, writer))


async def _round(service: Service, name: str, count: int, every: float, browsers: int) -> dict[str, float]:
    times, readers = Times(), [Reader() for _ in range(browsers)]
    prepared = webhooks(name, count, secret=SECRET)
    async with httpx.AsyncClient() as client, AsyncExitStack() as stack:
        for number, reader in enumerate(readers):
            given = await ticket(client, service, _TENANT, f"user-{number}")
            await stack.enter_async_context(following(service, given, reader.take))
        gc.collect()
        gc.disable()
        try:
            await Sender(service, times).run(prepared, every)
            await asyncio.sleep(1)
        finally:
            gc.enable()
    for reader in readers:
        if len(reader.at) != count or reader.seen != sorted(set(reader.seen)):
            raise RuntimeError(f"a browser saw {len(reader.at)} of {count} messages")
    return _figures(times, readers)


def _figures(times: Times, readers: list[Reader]) -> dict[str, float]:
    after_ack = sorted(at - times.acked[mid] for reader in readers for mid, at in reader.at.items())
    after_sent = sorted(at - times.sent[mid] for reader in readers for mid, at in reader.at.items())
    return {
        "p50 after the 200, ms": _at(after_ack, 0.5),
        "p99 after the 200, ms": _at(after_ack, 0.99),
        "p50 after sending, ms": _at(after_sent, 0.5),
        "p99 after sending, ms": _at(after_sent, 0.99),
    }


def _at(ordered: list[float], share: float) -> float:
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 2)


def main() -> int:
    """Runs it and prints the table; exit 1 when the floor is missed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--per-second", type=float, default=100)
    arguments.add_argument("--seconds", type=float, default=20)
    arguments.add_argument("--browsers", type=int, default=8)
    arguments.add_argument("--save", type=Path)
    options = arguments.parse_args()
    count, every = int(options.per_second * options.seconds), 1 / options.per_second
    rounds: list[dict[str, float]] = []
    with database_server() as server:
        database = new_database(server, "bench_live")
        service = meta_inbox(database).start()
        connect_page(database, PAGE, tenant=_TENANT)
        try:
            for number in range(options.rounds + 1):  # the first warms up
                found = uvloop.run(_round(service, f"r{number}", count, every, options.browsers))
                print(f"  round {number}: {found}", file=sys.stderr, flush=True)
                rounds.append(found)
        finally:
            service.stop()
    medians = {name: statistics.median(each[name] for each in rounds[1:]) for name in rounds[0]}
    print(f"\n{options.per_second:.0f} webhooks a second, {options.browsers} browsers\n")
    print("| " + " | ".join(medians) + " |\n|" + "---|" * len(medians))
    print("| " + " | ".join(str(value) for value in medians.values()) + " |")
    held = medians["p99 after the 200, ms"] <= _FLOOR_MS
    print(f"\np99 after the 200: floor {_FLOOR_MS:.0f} ms, {'held' if held else 'MISSED'}")
    if options.save:
        options.save.write_text(json.dumps(medians, indent=2) + "\n", encoding="utf-8")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
