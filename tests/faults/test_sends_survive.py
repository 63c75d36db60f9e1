"""A process dies while Meta has taken its message and not said so: it is found, and never sent twice."""

import asyncio
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import psycopg
import pytest

from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind
from meta_inbox.domain.model.content import TextContent
from tests.acceptance.over_http import OverHttp
from tests.acceptance.real_parts import RealParts, new_world, real_parts
from tests.acceptance.stage import BIA, Stage
from tests.harness.service import JWT_SECRET, SECRET

pytestmark = [pytest.mark.real, pytest.mark.alone]

LEASE = timedelta(seconds=30)
SETTLED_WITHIN = 10.0
"""Seconds after the lease's end."""


@contextmanager
def _playing(parts: RealParts) -> Generator[Stage]:
    world = new_world(SECRET, parts.service.variable("META_WEBHOOK_VERIFY_TOKEN"))
    with asyncio.Runner() as runner, parts.switchboard.showing(world, parts.base + "/webhook"):
        client = httpx.AsyncClient(trust_env=False, timeout=15)
        doors = OverHttp(client, parts.base, JWT_SECRET, parts, _no_host)
        try:
            yield Stage(runner, world, doors, world.ground.verify_token, loop=parts.switchboard.loop)
        finally:
            runner.run(doors.close())


async def _no_host(*_: Any, **__: Any) -> Any:
    raise AssertionError("no host sends here")


async def _die_while_sending(stage: Stage, parts: RealParts, account: str, contact: str) -> None:
    """Bia's answer is with Meta, which says nothing, when the service is killed."""
    sending = asyncio.ensure_future(stage.doors.send(BIA, account, contact, TextContent(text="Bom dia!")))
    async with asyncio.timeout(10):
        while not stage.received_by("Ana"):  # noqa: ASYNC110 - another process has no event of ours
            await asyncio.sleep(0.02)
    parts.service.kill()
    with pytest.raises(httpx.HTTPError):
        await sending


def _state(database: str) -> tuple[str, str | None, int]:
    with psycopg.connect(database) as connection:
        row = connection.execute(
            "select status, meta_message_id, (select count(*) from meta_inbox.messages where direction ="
            " 'outbound') from meta_inbox.messages where direction = 'outbound'"
        ).fetchone()
    assert row is not None
    return row[0], row[1], row[2]


def _without_waiting_for_the_lease(database: str) -> timedelta:
    """As if the lease had run out; how long it was."""
    with psycopg.connect(database) as connection:
        row = connection.execute(
            "with was as (select lease_until - started_at as lease from meta_inbox.outbox)"
            " update meta_inbox.outbox set started_at = now() - lease, lease_until = now() from was"
            " returning lease"
        ).fetchone()
    assert row is not None
    found: timedelta = row[0]
    return found


def test_what_a_dead_process_sent_is_found_without_its_echo() -> None:
    with real_parts() as parts, _playing(parts) as stage:
        stage.log_in()
        stage.writes("Ana", "Casa Verde", "Oi")
        stage.sees("Ana", lambda message: message.text == "Oi", "what Ana wrote")
        account, contact = stage.thread("Ana")
        stage.lose_webhooks()
        stage.world.faults.plan("messages", Fault(kind=FaultKind.ACCEPT_THEN_HANG))
        stage.run(_die_while_sending(stage, parts, account, contact))
        assert _state(parts.database)[0] == "sending"
        assert _without_waiting_for_the_lease(parts.database) == LEASE
        parts.service.start()
        began = time.monotonic()
        while _state(parts.database)[0] != "sent":
            assert time.monotonic() - began < SETTLED_WITHIN
            time.sleep(0.1)
        (accepted,) = stage.world.ledger
        assert _state(parts.database) == ("sent", accepted.mid, 1)
