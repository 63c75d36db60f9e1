"""The two list routes at a million messages: what eight clients wait for, through the whole service.

A fresh Postgres with its durable settings, ``meta-inbox serve``, and eight clients that ask again as soon as
they were answered, all on one machine. The routes take turns.

    python -m bench.reads [--size 1000000] [--rounds 5] [--requests 600] [--write-docs]
"""

import argparse
import asyncio
import gc
import http.client
import json
import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import uvloop

from bench.fill import TENANT, Filled, fill
from bench.load import Run, fire
from bench.plans import Plan, plans
from bench.read_routes import Route, routes_to
from meta_inbox.adapters.persistence.migrate import migrate
from meta_inbox.domain.model.secret import Secret
from meta_inbox.entrypoints.cli_tokens import sign
from tests.harness.service import JWT_SECRET, Service, database_server, meta_inbox, new_database
from tests.harness.webhooks import Webhook

CLIENTS = 8
LIMIT_MS = 25.0
DOCS = Path(__file__).parent.parent / "docs" / "performance.md"


def _measure(service: Service, routes: Sequence[Route], rounds: int, requests: int) -> None:
    token = sign(Secret(JWT_SECRET), TENANT, "ana", life=timedelta(hours=1))
    for route in routes:
        route.items = _items(service.port, route.paths[0], token)
        _fire(service.port, route, token, max(requests // 5, CLIENTS))  # warms caches and prepared statements
    process = psutil.Process(service.process.pid)
    for number in range(rounds):
        for route in routes:
            before = process.cpu_times()
            route.runs.append(_fire(service.port, route, token, requests))
            after = process.cpu_times()
            route.cpu.append((after.user + after.system - before.user - before.system) / requests)
        _tell(f"round {number + 1} of {rounds}")


def _fire(port: int, route: Route, token: str, count: int) -> Run:
    head = f"HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n"
    asked = [Webhook(f"GET {route.paths[n % len(route.paths)]} {head}".encode(), ()) for n in range(count)]
    gc.collect()
    gc.disable()
    try:
        run = uvloop.run(fire(port, asked, connections=CLIENTS))
    finally:
        gc.enable()
    if run.refused:
        raise RuntimeError(f"{run.refused} of {count} requests were refused: {route.name}")
    return run


def _items(port: int, path: str, token: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    return len(answer["conversations" if "/conversations/" in path else "messages"])


def _run(size: int, rounds: int, requests: int) -> tuple[Filled, list[Route], list[Plan]]:
    with database_server() as server:
        database = new_database(server, "bench_reads")
        migrate(database)
        began = time.monotonic()
        filled = fill(database, messages=size)
        _tell(f"filled in {time.monotonic() - began:.0f} s")
        routes, places = routes_to(database, filled.account)
        service = meta_inbox(database).start()
        try:
            _measure(service, routes, rounds, requests)
        finally:
            service.stop()
        return filled, routes, asyncio.run(plans(database, places))


def _shape(filled: Filled, busy: float) -> str:
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} on a machine with {os.cpu_count()} cores, which clients, "
        f"service and database share with whatever else runs\n(load average before: {busy:.1f}): "
        f"{filled.messages:,} messages in {filled.conversations:,} conversations of two tenants, "
        f"{CLIENTS} clients."
    )


def _table(routes: Sequence[Route]) -> str:
    lines = ["| route | items | p50 ms | p99 ms | service's CPU, ms |", "|---|---|---|---|---|"]
    for route in routes:
        p50, p99 = route.percentile(0.5), route.percentile(0.99)
        lines.append(f"| {route.name} | {route.items} | {p50:.1f} | {p99:.1f} | {route.cpu_ms:.2f} |")
    return "\n".join(lines)


def _verdict(slow: Sequence[str]) -> str:
    held = "held" if not slow else "MISSED by " + "; ".join(slow)
    return f"The limit of {LIMIT_MS:.0f} ms at p99 was {held}."


def _explained(found: Sequence[Plan]) -> str:
    parts = ["| statement | ms |", "|---|---|"]
    parts += [f"| {plan.name} | {plan.took:.2f} |" for plan in found]
    parts += [f"\n### {plan.name}\n\n```\n{plan.text}\n```" for plan in found]
    return "\n".join(parts)


def _write(name: str, text: str) -> None:
    begin, end = f"<!-- {name}: written by bench/reads.py -->", f"<!-- end of {name} -->"
    before, _, rest = DOCS.read_text(encoding="utf-8").partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise RuntimeError(f"{DOCS.name} has no place for {name}")
    DOCS.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def _tell(progress: str) -> None:
    print(f"  {progress}", file=sys.stderr, flush=True)


def main() -> int:
    """Runs it and prints tables and plans; exit 1 when a list without ``q`` is slower than the limit."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--size", type=int, default=1_000_000, help="messages")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--requests", type=int, default=600, help="for each route in each round")
    arguments.add_argument("--write-docs", action="store_true")
    options = arguments.parse_args()
    busy = os.getloadavg()[0]
    filled, routes, explained = _run(options.size, options.rounds, options.requests)
    slow = [route.name for route in routes if route.judged and route.percentile(0.99) > LIMIT_MS]
    measured = f"{_shape(filled, busy)}\n\n{_table(routes)}\n\n{_verdict(slow)}"
    print(f"\n{_explained(explained)}\n\n{measured}")
    if options.write_docs:
        _write("reads", measured)
        _write("plans", _explained(explained))
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
