"""A first import goes on where it was, whatever dies meanwhile."""

import asyncio
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, LiteralString

import httpx
import psycopg
import pytest

from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind
from meta_inbox.adapters.meta_graph.world_people import CASA_VERDE
from tests.acceptance.over_http import OverHttp
from tests.acceptance.real_parts import RealParts, new_world, real_parts
from tests.acceptance.stage import Stage
from tests.harness.service import JWT_SECRET, SECRET

pytestmark = pytest.mark.real

PEOPLE = 45
_RUN: LiteralString = """
    select h.cursor is not null, h.state, h.conversations, h.messages
    from meta_inbox.history_runs h
    join meta_inbox.accounts a on a.tenant_id = h.tenant_id and a.id = h.account_id
    where a.platform = 'messenger'
"""

_STORED: LiteralString = """
    select count(*), count(distinct meta_message_id), sum(unread_count)
    from meta_inbox.messages join meta_inbox.conversations using (tenant_id, account_id, contact_id)
"""
_TOLD: LiteralString = "select count(*) from meta_inbox.events where type = 'message.created'"


@contextmanager
def _playing(parts: RealParts) -> Generator[Stage]:
    """Meta, where many people wrote to the Page before anybody connected it, and which is slow."""
    world = new_world(SECRET, parts.service.variable("META_WEBHOOK_VERIFY_TOKEN"))
    for n in range(PEOPLE):
        contact = world.contacts.create(CASA_VERDE.id, f"N {n}")
        world.contacts.write(contact.id, f"mensagem {n}", at=world.now() - timedelta(hours=n + 1))
    world.faults.plan("conversations", Fault(kind=FaultKind.DELAY, seconds=0.4), count=None)
    with asyncio.Runner() as runner, parts.switchboard.showing(world, parts.base + "/webhook"):
        client = httpx.AsyncClient(trust_env=False, timeout=15)
        doors = OverHttp(client, parts.base, JWT_SECRET, parts, _no_host)
        try:
            yield Stage(runner, world, doors, world.ground.verify_token, loop=parts.switchboard.loop)
        finally:
            runner.run(doors.close())


async def _no_host(*_: Any, **__: Any) -> Any:
    raise AssertionError("nobody sends here")


def _asked(database: str, query: LiteralString) -> tuple[Any, ...]:
    with psycopg.connect(database) as connection:
        return connection.execute(query).fetchone() or ()


def _soon_under_way(database: str) -> None:
    deadline = time.monotonic() + 20
    while not (found := _asked(database, _RUN)) or not found[0]:
        assert time.monotonic() < deadline, "the import has kept no page"
        time.sleep(0.05)


def test_an_import_whose_worker_is_killed_ends_complete_and_once() -> None:
    with real_parts() as parts, _playing(parts) as stage:
        stage.log_in()
        _soon_under_way(parts.database)
        parts.service.kill()
        begun = _asked(parts.database, _RUN)
        assert begun[1] == "running"
        assert 0 < begun[2] < PEOPLE
        with psycopg.connect(parts.database) as connection:  # the dead worker's lease need not be waited for
            connection.execute("update meta_inbox.history_runs set lease_until = now()")
        parts.service.start()
        stage.read_back()
        assert _asked(parts.database, _RUN) == (False, "done", PEOPLE, PEOPLE)
        count = (
            "select count(*), count(distinct meta_message_id), sum(unread_count) from meta_inbox.messages m"
        )
        joined = " join meta_inbox.conversations c using (tenant_id, account_id, contact_id)"
        assert _asked(parts.database, count + joined) == (PEOPLE, PEOPLE, 0)
        told = "select count(*) from meta_inbox.events where type = 'message.created'"
        assert _asked(parts.database, told) == (0,)
