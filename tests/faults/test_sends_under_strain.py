"""Sends that Meta answers badly, and a process that is told to end: memory stays flat, outcomes are kept."""

import asyncio
import time
from collections.abc import Generator

import pytest

from meta_inbox.adapters.persistence.embedded import EmbeddedPostgres
from tests.faults.meta import deliver
from tests.harness.agents import Agents, talks
from tests.harness.business import CASA_VERDE, Business, business, until
from tests.harness.service import SECRET, Service, new_database
from tests.harness.webhooks import webhooks

pytestmark = [pytest.mark.real, pytest.mark.alone]

_BAD = {"bomb": 2, "endless": 3, "drip": 3, "accept_then_hang": 12}
"""As many as an account may have on their way at once."""


@pytest.fixture(scope="module")
def house(postgres: EmbeddedPostgres) -> Generator[Business]:
    """One process, and a Meta of which nothing but its answers tells of sends."""
    with business(new_database(postgres, "strain"), processes=1) as opened:
        asyncio.run(opened.connect())
        yield opened


async def _writing(house: Business, name: str, count: int) -> "asyncio.Task[list[str]]":
    """An answer to each of so many new contacts, all at once; their ids in the end."""
    house.meta.speaks_again()
    people = await house.contacts(CASA_VERDE, count)
    house.meta.falls_silent()
    account = house.accounts()[CASA_VERDE]
    written = talks(name, account, people, lambda _: 1)
    agents = Agents(bases=[house.base()], most=count)

    async def write() -> list[str]:
        await agents.write(written)
        assert agents.odd == []
        return [talk[0].id for talk in written]

    return asyncio.create_task(write())


async def _accepted(house: Business, before: int, count: int) -> None:
    """Waits until Meta has so many more."""
    await until(lambda: len(house.meta.ledger()) == before + count, within=5, every=0.02)


async def test_answers_without_end_cost_neither_memory_nor_webhooks(house: Business) -> None:
    service, before = house.services[0], house.services[0].memory_mb()
    for kind, count in _BAD.items():
        house.meta.fault(kind, count=count, seconds=1)
    writing, began = await _writing(house, "badly-answered", 20), time.monotonic()
    peak = asyncio.create_task(_peak(service, 16))
    ledger = await deliver(service.port, webhooks("meanwhile", 3000, secret=SECRET), senders=8)
    ids = await writing
    # Those that Meta is found to have, on looking, are no longer unknown.
    await until(lambda: {s for s, _ in house.statuses(ids).values()} <= {"unknown", "sent"}, within=17)
    assert time.monotonic() - began <= 20
    assert (ledger.statuses, ledger.broken) == ({200: 3000}, 0)
    assert ledger.slowest <= 1.5
    assert await peak - before <= 64
    assert len(house.meta.ledger()) == 20


async def _peak(service: Service, seconds: float) -> float:
    """The most memory it has meanwhile."""
    ends, most = time.monotonic() + seconds, 0.0
    while time.monotonic() < ends:
        most = max(most, await asyncio.to_thread(service.memory_mb))
        await asyncio.sleep(0.05)
    return most


async def test_a_process_that_is_told_to_end_keeps_what_it_learns(house: Business) -> None:
    house.meta.fault("answer_late", seconds=2, count=6)
    before = len(house.meta.ledger())
    writing = await _writing(house, "slowly-answered", 6)
    await _accepted(house, before, 6)
    began = time.monotonic()
    assert await asyncio.to_thread(house.services[0].stop) == 0
    assert time.monotonic() - began <= 10
    await asyncio.to_thread(house.services[0].start)
    true = {str(sent["metadata"]): ("sent", sent["mid"]) for sent in house.meta.ledger()}
    assert house.statuses(ids := await writing) == {id_: true[id_] for id_ in ids}


async def test_a_meta_that_never_answers_does_not_keep_a_process_from_ending(house: Business) -> None:
    house.meta.fault("accept_then_hang", count=4)
    before = len(house.meta.ledger())
    writing = await _writing(house, "never-answered", 4)
    await _accepted(house, before, 4)
    began = time.monotonic()
    assert await asyncio.to_thread(house.services[0].stop) == 0
    assert time.monotonic() - began <= 10
    writing.cancel()
    assert house.rows("select count(*) from meta_inbox.messages where status = 'sending'") == [(4,)]
    assert len(house.meta.ledger()) == before + 4
