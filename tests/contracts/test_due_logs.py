"""Whose log has more is looked for among all tenants, which costs the more the more there are: so seldom."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from meta_inbox.adapters.persistence import postgres_due_logs
from meta_inbox.adapters.persistence.postgres_consumers import PostgresConsumers
from meta_inbox.domain.model.consuming import ConsumerClaim
from tests.contracts.postgres_stores import Opened, emptied

pytestmark = pytest.mark.real

LEADS = "crm-leads"
_TENANTS = """
    insert into meta_inbox.feeds (tenant_id, seq) select 'tenant-' || n, 5 from generate_series(1, 150) n
"""


class Looks:
    """How often was looked among all."""

    def __init__(self) -> None:
        self.count = 0
        self._look = postgres_due_logs._look  # pyright: ignore[reportPrivateUsage]  # what it counts

    async def __call__(self, *given: Any) -> Any:
        self.count += 1
        return await self._look(*given)


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Looks:
    """Counted from now on."""
    counted = Looks()
    monkeypatch.setattr(postgres_due_logs, "_look", counted)
    return counted


@pytest.fixture
async def opened() -> AsyncIterator[Opened]:
    """150 tenants, of each five events."""
    async with emptied() as found:
        await found.superuser.execute(_TENANTS)
        yield found


async def claimed(consumers: PostgresConsumers) -> ConsumerClaim:
    """A log that there is more of."""
    found = await consumers.claim(LEADS, None)
    assert found is not None
    return found


async def test_one_look_serves_many_tenants_and_makes_place_for_new_ones(
    opened: Opened, looks: Looks
) -> None:
    consumers = PostgresConsumers(opened.db)
    served: Counter[str] = Counter()
    for _ in range(150):
        claim = await claimed(consumers)
        served[claim.tenant_id] += 1
        assert await consumers.advance(claim, 5)
        await consumers.release(claim)
    assert set(served.values()) == {1}
    assert len(served) == 150
    assert looks.count == 2
    assert await consumers.claim(LEADS, None) is None


async def test_two_processes_serve_each_tenant_once(opened: Opened) -> None:
    each = [PostgresConsumers(opened.db) for _ in range(2)]
    claims = [await claimed(each[number % 2]) for number in range(150)]
    assert len({claim.tenant_id for claim in claims}) == 150
    assert [await one.claim(LEADS, None) for one in each] == [None, None]


async def test_a_tenant_that_goes_on_is_served_without_a_look_until_the_next_is_due(
    opened: Opened, looks: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_due_logs, "_LONGEST_REST", 60)
    monkeypatch.setattr(postgres_due_logs, "_REST", 60_000)
    consumers = PostgresConsumers(opened.db)
    await opened.superuser.execute("delete from meta_inbox.feeds where tenant_id <> 'tenant-7'")
    for seq in range(1, 6):
        claim = await claimed(consumers)
        assert await consumers.advance(claim, seq)
        await consumers.release(claim)
    assert looks.count == 1


async def test_one_tenants_reader_looks_at_that_tenant_alone(opened: Opened) -> None:
    consumers = PostgresConsumers(opened.db)
    tenant = (await claimed(consumers)).tenant_id
    assert await consumers.claim("another", tenant) is not None
    ((count,),) = await (
        await opened.superuser.execute("select count(*) from meta_inbox.consumers where consumer = 'another'")
    ).fetchall()
    assert count == 1
