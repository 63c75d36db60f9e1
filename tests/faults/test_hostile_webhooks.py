"""Whatever is sent, signed or forged: no 5xx, nothing good lost, nothing forged kept, no memory kept."""

import asyncio
import hashlib
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import jwt
import psycopg
import pytest

from tests.faults import hostile
from tests.faults.hostile import Body, request, signed_request
from tests.faults.meta import post
from tests.harness.service import JWT_SECRET, SECRET, Service, connect_page, meta_inbox, missing
from tests.harness.webhooks import PAGE, PATH, body_of, request_of, text_event

pytestmark = pytest.mark.real

_SENDERS = 8
_MEMORY_MB = 64
_TENANT = "bench"
_NOWHERE = "0190a0a0-0000-7000-8000-000000000000"


@pytest.fixture
def service(database: str) -> Iterator[Service]:
    """The service with a Page and an Instagram account, warm."""
    started = meta_inbox(database).start()
    try:
        connect_page(database, PAGE, _TENANT)
        _connect_instagram(database)
        yield started
    finally:
        started.stop()


def _connect_instagram(database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute(
            """with made as (
                 insert into meta_inbox.accounts (tenant_id, id, platform, login, external_id,
                   instagram_account_id, facebook_page_id, status, connected_at, connected_by)
                 values (%(tenant)s, gen_random_uuid(), 'instagram', 'facebook', %(account)s, %(account)s,
                   %(page)s, 'active', now(), 'somebody')
                 returning tenant_id, id
               ), nothing_to_read_back as (
                 insert into meta_inbox.history_runs (tenant_id, account_id, due_at)
                 select tenant_id, id, 'infinity' from made)
               insert into meta_inbox.account_routes (platform, external_id, login, tenant_id, account_id)
               select 'instagram', %(account)s, 'facebook', tenant_id, id from made""",
            {"tenant": _TENANT, "account": hostile.INSTAGRAM, "page": PAGE},
        )


async def _statuses(port: int, requests: Sequence[tuple[str, bytes]]) -> dict[str, int]:
    """What each was answered, several at a time; 0 = the connection was closed without an answer."""
    waiting, found = list(reversed(requests)), dict[str, int]()

    async def sender() -> None:
        while waiting:
            name, sent = waiting.pop()
            try:
                found[name] = await post(port, sent, timeout=20)
            except (ConnectionError, asyncio.IncompleteReadError):
                found[name] = 0

    await asyncio.gather(*(sender() for _ in range(_SENDERS)))
    assert len(found) == len(requests)
    return found


def _wrong(found: dict[str, int], *expected: int) -> dict[str, int]:
    return {name: status for name, status in found.items() if status not in expected}


async def _deliver(service: Service, bodies: Sequence[Body]) -> None:
    requests = [(f"{n} {body.name}", signed_request(body.bytes, SECRET)) for n, body in enumerate(bodies)]
    assert _wrong(await _statuses(service.port, requests), 200) == {}


async def _until_visible(database: str, mids: Sequence[str], within: float = 15) -> None:
    deadline = time.monotonic() + within
    while missing(database, "meta_inbox.messages", "meta_message_id", mids):
        assert time.monotonic() < deadline, _unseen(database, mids)
        await asyncio.sleep(0.1)


def _unseen(database: str, mids: Sequence[str]) -> str:
    with psycopg.connect(database) as connection:
        rows = connection.execute("select meta_message_id from meta_inbox.messages").fetchall()
    absent = sorted(set(mids) - {str(mid) for (mid,) in rows})
    return f"{len(absent)} good messages never became visible, such as {absent[:5]}"


async def _require_well(service: Service, database: str) -> None:
    assert service.process.poll() is None
    ready = await asyncio.to_thread(
        httpx.get, f"http://127.0.0.1:{service.port}/health/ready", trust_env=False
    )
    assert ready.status_code == 200, ready.text
    mid = f"m_after_{time.monotonic_ns()}"
    sound = request_of(body_of([text_event(mid, "24600333", "Ainda aí?")]), SECRET)
    assert await post(service.port, sound) == 200
    await _until_visible(database, [mid])


def _kept(database: str) -> set[bytes]:
    with psycopg.connect(database) as connection:
        rows = connection.execute("select sha256(body) from meta_inbox.journal").fetchall()
    return {bytes(digest) for (digest,) in rows}


async def test_2000_hostile_bodies_cost_nothing_but_themselves(service: Service, database: str) -> None:
    bodies = [*hostile.wrong_types(), *hostile.odd_values(), *hostile.ruined(150)]
    assert len(bodies) >= 2000
    random.Random(hostile.SEED).shuffle(bodies)
    await _deliver(service, bodies[:300])
    before = service.memory_mb()
    await _deliver(service, bodies[300:])
    await _until_visible(database, [mid for body in bodies for mid in body.good])
    grown = service.memory_mb() - before
    assert grown <= _MEMORY_MB, f"{grown:.0f} MiB more than before"
    assert {hashlib.sha256(body.bytes).digest() for body in bodies} <= _kept(database)
    await _require_well(service, database)


async def test_one_bad_item_of_a_thousand_costs_only_itself(service: Service, database: str) -> None:
    batches = hostile.batches()
    await _deliver(service, batches)
    await _until_visible(database, [mid for batch in batches for mid in batch.good])
    for number, batch in enumerate(batches):
        assert _items(database, batch.bytes) == [("quarantined", 500)], batch.name
        shown = await _read_all(service, database, f"{hostile.BATCH_CONTACT}{number}")
        assert Counter(shown) == Counter(batch.good)


def _items(database: str, body: bytes) -> list[tuple[str, int]]:
    """What of a body is not projected, and where in it that stood."""
    with psycopg.connect(database) as connection:
        rows = connection.execute(
            "select i.state, i.item from meta_inbox.journal_items i "
            "join meta_inbox.journal j on j.id = i.journal_id where j.body = %s",
            (body,),
        ).fetchall()
    return [(str(state), int(item)) for state, item in rows]


async def _read_all(service: Service, database: str, contact: str) -> list[str]:
    mids: list[str] = []
    address = f"http://127.0.0.1:{service.port}/api/meta/messages/{_account(database)}/{contact}"
    async with httpx.AsyncClient(trust_env=False, headers={"Authorization": _bearer()}) as client:
        query: dict[str, str] | None = {"limit": "100"}
        while query is not None:
            found: dict[str, Any] = (await client.get(address, params=query)).raise_for_status().json()
            mids += [message["message_id"] for message in found["messages"]]
            query = {"limit": "100", "cursor": found["next_cursor"]} if found["next_cursor"] else None
    return mids


def _bearer() -> str:
    claims = {"sub": "u", "tenant_id": _TENANT, "exp": int(time.time()) + 300}
    return "Bearer " + jwt.encode(claims, JWT_SECRET, "HS256")


async def test_what_is_not_signed_as_meta_signs_leaves_no_trace(service: Service, database: str) -> None:
    forged = list(hostile.forgeries(SECRET))
    target = PATH.encode()
    requests = [(name, request(b"POST", target, headers, body)) for name, headers, body in forged]
    assert _wrong(await _statuses(service.port, requests), 401) == {}
    assert _kept(database) == set()
    await _require_well(service, database)


async def test_no_route_breaks_over_what_it_is_sent(service: Service, database: str) -> None:
    account = _account(database)
    requests = [(f"{n} {name}", sent) for n, (name, sent) in enumerate(hostile.calls(account, _bearer()))]
    assert len(requests) >= 2000
    found = await _statuses(service.port, requests)
    assert {name: status for name, status in found.items() if status >= 500 or status == 0} == {}
    assert {200, 400, 401, 403, 404, 405, 409, 413, 415, 422, 431} <= set(found.values()), Counter(
        found.values()
    )
    await _require_well(service, database)


def _account(database: str) -> str:
    with psycopg.connect(database) as connection:
        row = connection.execute(
            "select account_id::text from meta_inbox.account_routes where platform = 'messenger'"
        ).fetchone()
    assert row is not None
    return str(row[0])
