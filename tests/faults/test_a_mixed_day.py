"""A day of everything, told in different orders by four processes at once: what remains is the same."""

import asyncio
import os
import random
import subprocess
import time
from itertools import zip_longest
from typing import Any

import psycopg
import pytest

from meta_inbox.adapters.persistence.embedded import EmbeddedPostgres
from tests.faults.meta import deliver
from tests.harness.days import bodies_of, recorded_day
from tests.harness.service import META_INBOX, SECRET, Service, connect_page, meta_inbox, new_database
from tests.harness.webhooks import PAGE, Webhook, request_of

pytestmark = pytest.mark.real

_MESSAGES = """
    select contact_id, meta_message_id, direction, type, text, attachments::text is not null, status, origin,
           reactions::text, edits::text, details::text, standby, referral::text, postback::text, edited_at,
           deleted_at, sent_at, ordered_at
    from meta_inbox.messages order by 1, 2
"""
_CONVERSATIONS = """
    select c.contact_id, m.meta_message_id, c.last_message_at, c.unread_count, c.read_up_to::text,
           c.opened_at, c.referral::text, c.thread_owner, c.delivered_to, c.read_to, c.read_through, p.name
    from meta_inbox.conversations c
    join meta_inbox.messages m on m.tenant_id = c.tenant_id and m.id = c.last_message_id
    join meta_inbox.contacts p
      on p.tenant_id = c.tenant_id and p.account_id = c.account_id and p.id = c.contact_id
    order by 1
"""


def _digest(database: str) -> tuple[list[Any], list[Any]]:
    with psycopg.connect(database) as connection:
        return connection.execute(_MESSAGES).fetchall(), connection.execute(_CONVERSATIONS).fetchall()


def _differences(one: tuple[list[Any], list[Any]], other: tuple[list[Any], list[Any]]) -> list[str]:
    """What only one of the two has, column by column."""
    found: list[str] = []
    for left, right in zip(one, other, strict=True):
        rows = {row[:2] if left is one[0] else row[:1]: row for row in right}
        for row in left:
            twin = rows.get(row[:2] if left is one[0] else row[:1], ())
            if row != twin:
                pairs = [f"{mine} / {its}" for mine, its in zip_longest(row, twin) if mine != its]
                found.append(f"{row[:2]}: {', '.join(pairs)}")
    return found


_TO_DO = """
    select count(*) from meta_inbox.journal_items i
    where i.state in ('pending', 'quarantined') or (i.state = 'waiting' and exists (
      select from meta_inbox.messages m where m.meta_message_id = i.awaits))
"""


def _to_do(database: str) -> int:
    """Items that are not done although nothing is missing; what waits for messages that never come stays."""
    with psycopg.connect(database) as connection:
        row = connection.execute(_TO_DO).fetchone()
    return int(row[0]) if row else 0


async def _quiet(database: str) -> None:
    deadline = time.monotonic() + 120
    while await asyncio.to_thread(_to_do, database):
        assert time.monotonic() < deadline, "it was not done in time"
        await asyncio.sleep(0.2)


async def _played(service: Service, bodies: list[bytes]) -> None:
    prepared = [Webhook(request_of(body, SECRET), ()) for body in bodies]
    ledger = await deliver(service.port, prepared, senders=16, give_up_after=180)
    assert set(ledger.statuses) == {200}


_FORGET = """
    with one as (
      select tenant_id, account_id, contact_id from meta_inbox.messages
      where contact_id not like 'comments:%' group by 1, 2, 3
      having count(deleted_at) = 0 order by count(*) desc limit 1
    ), talk as (
      delete from meta_inbox.conversations c using one
      where (c.tenant_id, c.account_id, c.contact_id) = (one.tenant_id, one.account_id, one.contact_id)
    ), person as (
      delete from meta_inbox.contacts c using one
      where (c.tenant_id, c.account_id, c.id) = (one.tenant_id, one.account_id, one.contact_id)
    )
    delete from meta_inbox.messages m using one
    where (m.tenant_id, m.account_id, m.contact_id) = (one.tenant_id, one.account_id, one.contact_id)
"""


async def _replayed(database: str) -> None:
    """As if an older version had understood nothing of one contact: the journal gives all of it back."""
    with psycopg.connect(database) as connection:
        assert connection.execute(_FORGET).rowcount > 5
    command = [META_INBOX, "webhooks", "replay", "--all"]
    env = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "DATABASE_URL": database}
    done = await asyncio.to_thread(subprocess.run, command, env=env, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    await _quiet(database)


async def _a_day(postgres: EmbeddedPostgres, events: int) -> None:
    day = recorded_day(7, events)
    digests: list[tuple[list[Any], list[Any]]] = []
    for order in range(3):
        dice = random.Random(order)
        told = day + dice.choices(day, k=events * 3 // 10)
        if order:
            dice.shuffle(told)
        database = new_database(postgres, f"day_{events}_{order}")
        service = meta_inbox(database, "--workers", "4").start()
        connect_page(database, PAGE)
        try:
            await _played(service, bodies_of(told, dice, most=12))
            await _quiet(database)
            digests.append(await asyncio.to_thread(_digest, database))
            if order == 2:
                await _replayed(database)
                digests.append(await asyncio.to_thread(_digest, database))
        finally:
            await asyncio.to_thread(service.stop)
    first = digests[0]
    assert len(first[0]) > events // 2
    for other in digests[1:]:
        assert not (found := _differences(first, other)), "; ".join(found[:5])


async def test_a_day_in_three_orders_ends_the_same(postgres: EmbeddedPostgres) -> None:
    await _a_day(postgres, 1500)


@pytest.mark.soak
async def test_10000_events_in_three_orders_end_the_same(postgres: EmbeddedPostgres) -> None:
    await _a_day(postgres, 10_000)
