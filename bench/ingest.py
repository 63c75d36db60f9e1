"""Acknowledged and visible webhooks a second, against what a business would run instead.

The targets take turns within one run on the same machine, load generator and database included, and
every acknowledged message is looked up in the database afterwards. Only the ratios count: the absolute
rates move with the machine.

    python -m bench.ingest [--rounds 3] [--webhooks 20000] [--posts 2000]
"""

import argparse
import gc
import json
import statistics
import sys
import time
from pathlib import Path

import uvloop

from bench import parts
from bench.load import Run, fire
from tests.harness.service import (
    SECRET,
    Service,
    connect_page,
    database_server,
    meta_inbox,
    missing,
    new_database,
)
from tests.harness.webhooks import PAGE, webhooks

_FLOORS = {"rate": 1.6, "p99": 0.6, "batch": 3.0, "bare": 0.65, "memory": 0.8}
Targets = list[tuple[Service, str | None]]
_TABLES = {
    "meta-inbox": ("meta_inbox.messages", "meta_message_id"),
    "Express + pg": ("instagram_messages", "message_id"),
}


def _measure(target: Service, database: str | None, round_name: str, count: int, per_post: int) -> Run:
    prepared = webhooks(f"{round_name}_{per_post}", count, secret=SECRET, per_post=per_post)
    gc.collect()
    gc.disable()
    try:
        run = uvloop.run(fire(target.port, prepared))
    finally:
        gc.enable()
    if run.refused:
        raise RuntimeError(f"{target.name} refused {run.refused} webhooks")
    if database is not None:
        table, column = _TABLES[target.name]
        lost = missing(database, table, column, run.acked)
        if lost:
            raise RuntimeError(f"{target.name} acknowledged {lost} messages that it does not have")
    return run


def _row(name: str, runs: list[Run], per_post: int, memory: float) -> dict[str, float | str]:
    return {
        "target": name,
        "requests/s": round(statistics.median(r.rate for r in runs)),
        "messages/s": round(statistics.median(r.rate for r in runs) * per_post),
        "p50 ms": round(statistics.median(r.percentile(0.5) for r in runs) * 1000, 2),
        "p99 ms": round(statistics.median(r.percentile(0.99) for r in runs) * 1000, 2),
        "memory MB": round(memory),
    }


def _compare(targets: Targets, rounds: int, count: int, per_post: int) -> list[dict[str, float | str]]:
    runs: dict[str, list[Run]] = {target.name: [] for target, _ in targets}
    memory: dict[str, float] = {}
    for number in range(rounds):
        for target, database in targets:
            run = _measure(target, database, f"{int(time.time())}_{number}_{target.port}", count, per_post)
            runs[target.name].append(run)
            memory[target.name] = target.memory_mb()
            print(
                f"  {target.name:14} {per_post:3} a POST  {run.rate:8.0f} requests/s",
                file=sys.stderr,
                flush=True,
            )
    return [_row(name, found, per_post, memory[name]) for name, found in runs.items()]


def _print(title: str, rows: list[dict[str, float | str]]) -> None:
    base = next((row for row in rows if row["target"] == "Express + pg"), rows[0])
    print(f"\n{title}\n")
    names = [*rows[0], "ratio"]
    print("| " + " | ".join(names) + " |")
    print("|" + "---|" * len(names))
    for row in rows:
        ratio = float(row["messages/s"]) / float(base["messages/s"])
        print("| " + " | ".join(str(value) for value in (*row.values(), f"{ratio:.2f}")) + " |")


def _verdicts(
    single: list[dict[str, float | str]], batch: list[dict[str, float | str]]
) -> dict[str, tuple[float, bool]]:
    by = {str(row["target"]): row for row in single}
    ours, theirs, bare = by["meta-inbox"], by["Express + pg"], by["bare Litestar"]
    many = {str(row["target"]): row for row in batch}

    def ratio(name: str, a: dict[str, float | str], b: dict[str, float | str]) -> float:
        return float(a[name]) / float(b[name])

    figures = {
        "rate": ratio("requests/s", ours, theirs),
        "p99": ratio("p99 ms", ours, theirs),
        "batch": ratio("messages/s", many["meta-inbox"], many["Express + pg"]),
        "bare": ratio("requests/s", ours, bare),
        "memory": ratio("memory MB", ours, theirs),
    }
    lower_is_better = {"p99", "memory"}
    return {
        name: (value, value <= _FLOORS[name] if name in lower_is_better else value >= _FLOORS[name])
        for name, value in figures.items()
    }


def main() -> int:
    """Runs it and prints the tables; exit 1 when a floor is missed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--webhooks", type=int, default=20000)
    arguments.add_argument("--posts", type=int, default=1000)
    arguments.add_argument("--save", type=Path)
    options = arguments.parse_args()
    with database_server() as server:
        own, other = new_database(server, "bench_inbox"), new_database(server, "bench_express")
        targets: Targets = [
            (meta_inbox(own).start(), own),
            (parts.express(other).start(), other),
            (parts.bare_litestar().start(), None),
        ]
        try:
            connect_page(own, PAGE)
            parts.settle(server)
            _compare(targets, 1, options.webhooks, 1)  # warms caches and prepared statements
            single = _compare(targets, options.rounds, options.webhooks, 1)
            batch = _compare([t for t in targets if t[1]], options.rounds, options.posts, 50)
        finally:
            for target, _ in targets:
                target.stop()
    _print("One message a POST, 32 connections", single)
    _print("50 messages a POST, 32 connections", batch)
    verdicts = _verdicts(single, batch)
    print()
    for name, (value, held) in verdicts.items():
        print(f"{name:8} {value:5.2f}  floor {_FLOORS[name]}  {'held' if held else 'MISSED'}")
    if options.save:
        options.save.write_text(json.dumps({"single": single, "batch": batch}, indent=2) + "\n")
    return 0 if all(held for _, held in verdicts.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
