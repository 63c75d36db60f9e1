"""What one bad event in a hundred costs the others: the time until all of them are visible.

Runs without poison and with each kind of it take turns. ``unreadable`` events are refused by the reader,
as most bad ones are; ``undigestible`` ones are read well and refused by the database (a trigger stands in
for whatever that may be), which costs everybody who shares their transaction; no such event is known.

    python -m bench.poison [--rounds 3] [--webhooks 10000]
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable

import psycopg
import uvloop

from bench import parts
from bench.load import fire
from tests.harness.service import SECRET, Service, connect_page, database_server, meta_inbox, new_database
from tests.harness.webhooks import PAGE, Webhook, body_of, request_of, text_event, webhooks

_FLOOR = 1.2
_EVERY = 100
_PATIENCE = 120.0
_REFUSE = """
    create function public.refuse() returns trigger language plpgsql as $refuse$
    begin
      raise exception 'undigestible';
    end $refuse$;
    create trigger refuse before insert on meta_inbox.messages for each row
      when (new.meta_message_id like 'undigestible%') execute function public.refuse();
    grant execute on function public.refuse() to public;
"""


def _unreadable(name: str, number: int) -> bytes:
    event = text_event(f"unreadable_{name}_{number}", "7001", "bad")
    del event["sender"]
    return body_of([event])


def _undigestible(name: str, number: int) -> bytes:
    return body_of([text_event(f"undigestible_{name}_{number}", "7001", "bad")])


_KINDS: dict[str, Callable[[str, int], bytes] | None] = {
    "clean": None,
    "unreadable": _unreadable,
    "undigestible": _undigestible,
}


def _prepared(name: str, kind: str, count: int) -> tuple[list[Webhook], list[str]]:
    """The same number of requests each time; the mids that must become visible."""
    made, poison = webhooks(name, count, secret=SECRET), _KINDS[kind]
    for number in range(0, count, _EVERY) if poison else ():
        assert poison is not None
        made[number] = Webhook(request_of(poison(name, number), SECRET), ())
    return made, [mid for webhook in made for mid in webhook.mids]


def _visible(database: str, mids: list[str]) -> int:
    query = "select count(*) from meta_inbox.messages where meta_message_id = any(%s)"
    with psycopg.connect(database) as connection:
        row = connection.execute(query, [mids]).fetchone()
    return int(row[0]) if row else 0


def _measure(service: Service, database: str, name: str, kind: str, count: int) -> float:
    """Seconds a message that is none of the poison, until the last of them is visible."""
    prepared, mids = _prepared(name, kind, count)
    began = time.monotonic()
    run = uvloop.run(fire(service.port, prepared))
    if run.refused:
        raise RuntimeError(f"{run.refused} webhooks were refused")
    while _visible(database, mids) < len(mids):
        if time.monotonic() - began > _PATIENCE:
            raise RuntimeError("some messages never became visible")
        time.sleep(0.01)
    seconds = time.monotonic() - began
    while _waiting(database):  # what failed is tried again for a while, beside whatever comes next
        time.sleep(0.1)
    return seconds / len(mids)


def _waiting(database: str) -> bool:
    with psycopg.connect(database) as connection:
        row = connection.execute(
            "select exists (select from meta_inbox.journal_items where state = 'pending')"
        ).fetchone()
    return row is not None and bool(row[0])


def main() -> int:
    """Runs it and prints the ratios; exit 1 when one is over the floor."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--webhooks", type=int, default=10_000)
    options = arguments.parse_args()
    seconds: dict[str, list[float]] = {kind: [] for kind in _KINDS}
    with database_server() as server:
        database = new_database(server, "bench_poison")
        service = meta_inbox(database).start()
        try:
            connect_page(database, PAGE)
            with psycopg.connect(database, autocommit=True) as connection:
                connection.execute(_REFUSE)
            parts.settle(server)
            _measure(service, database, "warm", "clean", options.webhooks)
            for number in range(options.rounds):
                for kind, found in seconds.items():
                    found.append(_measure(service, database, f"{kind}{number}", kind, options.webhooks))
        finally:
            service.stop()
    base = statistics.median(seconds["clean"])
    missed = False
    for kind, found in seconds.items():
        ratio = statistics.median(found) / base
        if kind == "undigestible":
            verdict = "no floor"
        else:
            verdict = f"floor {_FLOOR}  {'held' if ratio <= _FLOOR else 'MISSED'}"
        missed = missed or "MISSED" in verdict
        print(f"{kind:12} {1 / statistics.median(found):8.0f} messages/s  {ratio:5.2f}  {verdict}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
