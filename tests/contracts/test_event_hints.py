"""Readers of the log are told that it has grown: in this process at once, in others by a notification."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.adapters.persistence.postgres_event_log import PostgresEventLog
from meta_inbox.adapters.persistence.postgres_events import Change, log
from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.domain.errors import StorageUnavailable
from meta_inbox.domain.model.event import EventType
from meta_inbox.entrypoints.event_relay import EventRelay
from meta_inbox.entrypoints.wakeups import ProcessEventHints
from tests.contracts.postgres_stores import emptied, stores_on
from tests.contracts.scene import CASA, Scene, wrote

KEYS = KeyRing.parse(KeyRing.generate("k1"))
SOON = timedelta(seconds=5)


@pytest.mark.real
async def test_what_is_committed_is_told_and_nothing_else() -> None:
    told: list[str] = []
    async with emptied() as opened:
        db = Database(opened.pool, told=lambda: told.append("told"))

        async def looks(connection: Connection) -> None:
            await connection.execute("select 1")

        async def logs(connection: Connection) -> None:
            await log(connection, CASA, [Change(EventType.ACCOUNT_UPDATED)])

        async def fails(connection: Connection) -> None:
            await logs(connection)
            raise LookupError

        await db.as_tenant(CASA, looks)
        with pytest.raises(LookupError):
            await db.as_tenant(CASA, fails)
        await db.as_tenant(CASA, looks)
        assert told == []
        await db.as_tenant(CASA, logs)
        assert told == ["told"]


@pytest.mark.real
async def test_a_message_that_comes_is_told() -> None:
    told: list[str] = []
    async with emptied() as opened:
        db = Database(opened.pool, told=lambda: told.append("told"))
        scene = Scene(stores_on(replace(opened, db=db), KEYS))
        await scene.connected()
        told.clear()
        await scene.comes(wrote("m-1"))
        assert told == ["told"]


@pytest.mark.real
async def test_other_processes_are_notified_once_for_much() -> None:
    async with emptied() as opened:
        relay = EventRelay(lambda: None)
        passing = asyncio.create_task(relay.run(PostgresEventLog(opened.db).pass_on))
        await opened.superuser.execute("listen meta_inbox")
        for _ in range(100):
            relay.tell()
        notes = [note.payload async for note in opened.superuser.notifies(timeout=0.3)]
        passing.cancel()
        assert notes == ["events"]


async def test_a_hint_that_cannot_be_passed_on_is_no_reason_to_stop() -> None:
    tries: list[str] = []
    here: list[str] = []

    async def pass_on() -> None:
        tries.append("tried")
        if len(tries) == 1:
            raise StorageUnavailable("gone")

    relay = EventRelay(lambda: here.append("told"))
    passing = asyncio.create_task(relay.run(pass_on))
    for _ in range(2):
        relay.tell()
        await asyncio.sleep(0.05)
    passing.cancel()
    assert (len(tries), len(here)) == (2, 2)


async def test_a_hint_wakes_everybody_who_waits() -> None:
    hints = ProcessEventHints()
    waiting = [asyncio.create_task(hints.wait(0, SOON)) for _ in range(3)]
    await asyncio.sleep(0)
    hints.tell()
    assert await asyncio.gather(*waiting) == [1, 1, 1]


async def test_a_hint_given_before_is_not_missed() -> None:
    hints = ProcessEventHints()
    hints.tell()
    assert await hints.wait(0, SOON) == 1


async def test_without_a_hint_one_looks_all_the_same() -> None:
    assert await ProcessEventHints().wait(0, timedelta(milliseconds=10)) == 0
