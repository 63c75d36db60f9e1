"""What was acknowledged is kept, once, whatever dies meanwhile.

The sizes of the release gate run with ``make soak``; the same tests in small run with ``make test``.
"""

import asyncio
import random
import time

import psutil
import psycopg
import pytest

from meta_inbox.adapters.persistence.embedded import EmbeddedPostgres
from tests.faults.meta import Ledger, deliver, post
from tests.harness.freeze import Frozen, postmaster_of
from tests.harness.service import SECRET, Service, connect_page, meta_inbox
from tests.harness.webhooks import PAGE, body_of, request_of, text_event, webhooks

pytestmark = [pytest.mark.real, pytest.mark.alone]


def _stored(database: str) -> dict[str, int]:
    with psycopg.connect(database) as connection:
        rows = connection.execute(
            "select meta_message_id, count(*) from meta_inbox.messages group by 1"
        ).fetchall()
    return {str(mid): int(times) for mid, times in rows}


def _check(database: str, ledger: Ledger, expected: int) -> None:
    stored = _stored(database)
    assert len(set(ledger.acked)) == expected
    assert [mid for mid in ledger.acked if mid not in stored] == []
    assert set(stored.values()) == {1}
    with psycopg.connect(database) as connection:
        events, seq, distinct = connection.execute(
            "select count(*), max(seq), count(distinct message_id) from meta_inbox.events"
        ).fetchone() or (0, 0, 0)
    assert events == seq == distinct == len(stored)


async def _killed_while_delivering(database: str, count: int, kills: int) -> None:
    """A share of the webhooks is under way at each kill, however fast the machine is."""
    service = meta_inbox(database).start()
    connect_page(database, PAGE)
    whole = Ledger()
    try:
        for number in range(kills):
            share = webhooks(f"kill{number}", count // kills, secret=SECRET)
            delivery = asyncio.create_task(deliver(service.port, share, give_up_after=120))
            await asyncio.sleep(random.uniform(0.02, 0.15))
            assert not delivery.done()
            await asyncio.to_thread(service.kill)
            await asyncio.to_thread(service.start)
            whole.acked += (await delivery).acked
        _check(database, whole, count)
    finally:
        await asyncio.to_thread(service.stop)


async def test_nothing_acknowledged_is_lost_when_the_service_is_killed(database: str) -> None:
    await _killed_while_delivering(database, 6000, 3)


@pytest.mark.soak
async def test_20000_webhooks_through_ten_kills(database: str) -> None:
    await _killed_while_delivering(database, 20_000, 10)


async def _postgres_restarts(postgres: EmbeddedPostgres, database: str, count: int, times: int) -> None:
    service = meta_inbox(database).start()
    connect_page(database, PAGE)
    try:
        delivery = asyncio.create_task(
            deliver(service.port, webhooks("restart", count, secret=SECRET), give_up_after=600)
        )
        for _ in range(times):
            await asyncio.sleep(1)
            await asyncio.to_thread(_crash, postgres)
            ready = time.monotonic()
            await _first_success(service)
            assert time.monotonic() - ready <= 2
        ledger = await delivery
        assert set(ledger.statuses) <= {200, 503}
        assert ledger.broken == 0
        _check_apart_from_probes(database, ledger, count)
    finally:
        await asyncio.to_thread(service.stop)


def _crash(postgres: EmbeddedPostgres) -> None:
    """Ends every process of the server at once, as a power cut would, and starts it again."""
    postmaster = postmaster_of(postgres)
    processes = [postmaster, *postmaster.children()]
    for process in processes:
        process.kill()
    psutil.wait_procs(processes, timeout=10)
    postgres.stop()
    postgres.start()


async def _first_success(service: Service) -> None:
    for number in range(1000):
        mid = f"probe_{time.monotonic_ns()}_{number}"
        if await post(service.port, request_of(body_of([text_event(mid, "7001", "probe")]), SECRET)) == 200:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never recovered")


def _check_apart_from_probes(database: str, ledger: Ledger, count: int) -> None:
    stored = _stored(database)
    assert len(set(ledger.acked)) == count
    assert [mid for mid in ledger.acked if mid not in stored] == []
    assert set(stored.values()) == {1}


async def test_a_postgres_that_crashes_costs_only_503s(postgres: EmbeddedPostgres, database: str) -> None:
    await _postgres_restarts(postgres, database, 6000, 2)


@pytest.mark.soak
async def test_twenty_crashes_of_postgres(postgres: EmbeddedPostgres, database: str) -> None:
    await _postgres_restarts(postgres, database, 40_000, 20)


async def test_a_frozen_postgres_is_answered_in_time(postgres: EmbeddedPostgres, database: str) -> None:
    service = meta_inbox(database).start()
    connect_page(database, PAGE)
    try:
        warm = await deliver(service.port, webhooks("warm", 200, secret=SECRET))
        assert warm.statuses == {200: 200}
        with Frozen(postgres, 60):
            began = time.monotonic()
            answers = await asyncio.gather(
                *(_timed(service.port, webhook.request) for webhook in webhooks("cold", 24, secret=SECRET))
            )
            ended = time.monotonic() - began
        assert {status for status, _ in answers} == {503}
        assert max(seconds for _, seconds in answers) <= 3.5
        assert ended <= 7
        thawed = time.monotonic()
        await _first_success(service)
        assert time.monotonic() - thawed <= 5
    finally:
        await asyncio.to_thread(service.stop)


async def _timed(port: int, request: bytes) -> tuple[int, float]:
    began = time.monotonic()
    status = await post(port, request)
    return status, time.monotonic() - began


async def test_the_same_message_from_two_processes_is_one_message(database: str) -> None:
    one = meta_inbox(database).start()
    two = meta_inbox(database, META_INBOX_ENCRYPTION_KEYS=one.variable("META_INBOX_ENCRYPTION_KEYS")).start()
    connect_page(database, PAGE)
    try:
        same = webhooks("twin", 300, secret=SECRET)
        ledgers = await asyncio.gather(
            *(deliver(port, same, senders=8) for port in (one.port, two.port, one.port, two.port))
        )
        assert all(ledger.statuses == {200: 300} for ledger in ledgers)
        stored = _stored(database)
        assert len(stored) == 300
        assert set(stored.values()) == {1}
        with psycopg.connect(database) as connection:
            row = connection.execute("select count(*), max(seq) from meta_inbox.events").fetchone()
        assert row == (300, 300)
    finally:
        await asyncio.to_thread(one.stop)
        await asyncio.to_thread(two.stop)
