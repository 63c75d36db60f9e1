"""Behind PgBouncer in transaction mode, with fewer connections than anybody wants: nothing changes.

Needs the program ``pgbouncer``. Where it is missing the test is passed over, but in CI.
"""

import asyncio
import os
from collections.abc import Iterator

import httpx
import pytest

from tests.faults.meta import deliver
from tests.faults.test_live_survives import SEEN_WITHIN, beside, insist, until
from tests.harness.agents import Agents, talks
from tests.harness.business import CASA_VERDE, business
from tests.harness.live import Reader, following, ticket
from tests.harness.pooler import installed, pooled
from tests.harness.service import SECRET, connect_page, meta_inbox
from tests.harness.webhooks import PAGE, webhooks

pytestmark = [
    pytest.mark.real,
    pytest.mark.alone,
    pytest.mark.skipif(
        installed() is None and "CI" not in os.environ, reason="pgbouncer is not installed on this machine"
    ),
]


@pytest.fixture
def by_pooler(database: str) -> Iterator[str]:
    """The same database through four connections."""
    with pooled(database) as dsn:
        yield dsn


async def test_webhooks_lists_and_live_connections_work_through_it(database: str, by_pooler: str) -> None:
    first = meta_inbox(by_pooler, META_INBOX_DIRECT_DATABASE_URL=database)
    other = beside(first, by_pooler, META_INBOX_DIRECT_DATABASE_URL=database)
    reader = Reader()
    try:
        await asyncio.to_thread(first.start)
        connect_page(database, PAGE, tenant="bench")
        await asyncio.to_thread(other.start)
        async with httpx.AsyncClient() as client:
            given = await ticket(client, other, "bench")
            async with following(other, given, reader.take):
                sent = webhooks("pooled", 1500, secret=SECRET)
                ledger = await deliver(first.port, sent, senders=16)
                (last,) = webhooks("last", 1, secret=SECRET)
                await insist(first, last)
                await until(lambda: last.mids[0] in reader.at, SEEN_WITHIN)
        assert (ledger.statuses, ledger.broken) == ({200: 1500}, 0)
        assert reader.seen == list(range(1, 1502))
    finally:
        first.end()
        other.end()


async def test_answers_are_sent_once_through_it(database: str, by_pooler: str) -> None:
    with business(by_pooler, META_INBOX_DIRECT_DATABASE_URL=database) as house:
        await house.connect()
        people = await house.contacts(CASA_VERDE, 20)
        written = talks("pooled", house.accounts()[CASA_VERDE], people, lambda _: 2)
        agents = Agents(bases=[house.base(0), house.base(1)], most=8)
        await agents.write(written)
        assert agents.odd == []
        ids = [answer.id for talk in written for answer in talk]
        assert {status for status, _ in house.statuses(ids).values()} == {"sent"}
        assert len(house.meta.ledger()) == len(ids) == 40
