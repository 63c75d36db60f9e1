"""Answers a second through the outbox, against calling Meta without one, and how soon an answer is there.

The Meta is ``meta-inbox sandbox``. Both ways take turns within one run, on the same sandbox, for the same
contacts. The plain way is httpx with one client: no row, no order, no second look at what went wrong. Then
both send at a steady pace, and Meta's books say when each answer came to its door. Echoes are left out:
what they cost is what receiving costs.

    python -m bench.sends [--rounds 5] [--sends 3000] [--per-second 50]
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import uvloop

from bench import parts
from bench.plain_sends import TEXT, Plain, page_tokens
from bench.send_load import Post, Sends, at_pace, flat_out
from tests.harness.business import CASA_VERDE, CASAVERDE, PADARIA_SOL, Business, bearer, business
from tests.harness.service import database_server, new_database

_PEOPLE = 200
_CONNECTIONS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What the turns need: where to send, to whom, and the other way."""

    house: Business
    people: Sequence[tuple[str, str]]
    plain: Plain

    def posts(self, name: str, count: int) -> list[Post]:
        """Requests for the service, from contact to contact."""
        accounts, token = self.house.accounts(), bearer()["Authorization"]
        return [
            _post(f"{name}-{number}", token, accounts[account], contact)
            for number, (account, contact) in enumerate(self.turn(count))
        ]

    def turn(self, count: int) -> list[tuple[str, str]]:
        """Whom to write to, everybody equally often."""
        return [self.people[number % len(self.people)] for number in range(count)]


def _post(key: str, token: str, account: str, contact: str) -> Post:
    message = {"type": "text", "text": TEXT}
    body = json.dumps({"account_id": account, "recipient_id": contact, "message": message}).encode()
    head = (
        f"POST /api/meta/send-message HTTP/1.1\r\nHost: inbox\r\nAuthorization: {token}\r\n"
        f"Content-Type: application/json\r\nIdempotency-Key: {key}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return Post(head.encode() + body, key)


async def _prepared(house: Business) -> Bench:
    await house.connect()
    people = [
        [(account, contact) for contact in await house.contacts(account, _PEOPLE)]
        for account in (CASA_VERDE, CASAVERDE, PADARIA_SOL)
    ]
    plain = Plain(meta=house.meta.url, tokens=await page_tokens(house))
    house.meta.play("PATCH", "quirks", {"webhooks_lost": True})
    with psycopg.connect(house.database, autocommit=True) as connection:
        connection.execute("analyze")  # what a database does by itself within its first minutes
    return Bench(house=house, people=[one for each in zip(*people, strict=True) for one in each], plain=plain)


def _turns(bench: Bench, rounds: int, count: int) -> tuple[list[float], list[float], float]:
    """Rates of both ways, in turns, by Meta's books; and the share of callers who were told at once."""
    ours, plain, told = list[float](), list[float](), 0
    port = bench.house.services[0].port
    for number in range(rounds + 1):
        through = uvloop.run(flat_out(port, bench.posts(f"turn-{number}", count), connections=_CONNECTIONS))
        rate = _rate(through, _arrivals(bench), _ids(through))
        without = uvloop.run(bench.plain.send(bench.turn(count), number * count, connections=_CONNECTIONS))
        plain_rate = _rate(without, _arrivals(bench), [answer.name for answer in without.answers])
        print(f"  outbox {rate:6.0f}/s   plain httpx {plain_rate:6.0f}/s", file=sys.stderr)
        if number:  # the first round warms everything
            ours.append(rate)
            plain.append(plain_rate)
            told += through.statuses().get(201, 0)
    return ours, plain, told / rounds / count


def _ids(sends: Sends) -> list[str]:
    return [str(json.loads(answer.body)["id"]) for answer in sends.answers]


def _arrivals(bench: Bench) -> dict[str, float]:
    """When each send came to Meta's door, once none is on its way any more."""
    waiting = "select count(*) from meta_inbox.messages where status in ('queued', 'sending')"
    for _ in range(600):
        if bench.house.rows(waiting) == [(0,)]:
            break
        time.sleep(0.1)
    return {
        str(sent["metadata"]): datetime.fromisoformat(str(sent["at"])).timestamp()
        for sent in bench.house.meta.ledger()
    }


def _rate(sends: Sends, arrived: dict[str, float], names: Sequence[str]) -> float:
    """Sends a second, from the first request to the last arrival. RuntimeError when one is missing."""
    if not sends.statuses().keys() <= {200, 201, 202} or any(name not in arrived for name in names):
        raise RuntimeError(f"not every answer came to Meta: {sends.statuses()}")
    began = min(answer.began for answer in sends.answers)
    return len(names) / (max(arrived[name] for name in names) - began)


def _to_the_door(bench: Bench, count: int, per_second: float) -> tuple[list[float], list[float]]:
    """Seconds from the request to Meta's door, at a steady pace."""
    through = uvloop.run(at_pace(bench.house.services[0].port, bench.posts("pace", count), per_second))
    without = uvloop.run(
        bench.plain.send(bench.turn(count), 10_000_000, connections=_CONNECTIONS, per_second=per_second)
    )
    arrived = _arrivals(bench)
    ours = zip(through.answers, _ids(through), strict=True)
    return (
        [arrived[id_] - answer.began for answer, id_ in ours],
        [arrived[answer.name] - answer.began for answer in without.answers],
    )


def _share(values: Sequence[float], share: float) -> float:
    """In milliseconds, what this share of them stayed under."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] * 1000


def _print(rows: Sequence[dict[str, Any]]) -> None:
    print("| " + " | ".join(rows[0]) + " |")
    print("|" + "---|" * len(rows[0]))
    for row in rows:
        print("| " + " | ".join(str(value) for value in row.values()) + " |")


def main() -> int:
    """Runs it and prints the table. There is no floor: nobody sends at such rates, since Meta's are lower."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--sends", type=int, default=3000)
    arguments.add_argument("--per-second", type=float, default=50)
    arguments.add_argument("--seconds", type=float, default=30)
    arguments.add_argument("--save", type=Path)
    options = arguments.parse_args()
    with database_server() as server:
        parts.settle(server)
        with business(new_database(server, "bench_sends"), processes=1) as house:
            bench = uvloop.run(_prepared(house))
            ours, plain, told = _turns(bench, options.rounds, options.sends)
            paced = int(options.per_second * options.seconds)
            ours_door, plain_door = _to_the_door(bench, paced, options.per_second)
    rates = statistics.median(ours), statistics.median(plain)
    rows = [
        {
            "way": way,
            "sends/s": round(rate),
            f"p50 ms to Meta at {options.per_second:.0f}/s": round(_share(door, 0.5), 2),
            f"p99 ms to Meta at {options.per_second:.0f}/s": round(_share(door, 0.99), 2),
        }
        for way, rate, door in (("outbox", rates[0], ours_door), ("plain httpx", rates[1], plain_door))
    ]
    _print(rows)
    print(f"\nthe outbox keeps {rates[0] / rates[1]:.2f} of the plain rate; {told:.0%} were told at once")
    if options.save:
        options.save.write_text(json.dumps(rows, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
