"""A turn at a tenant's log: its lease is renewed, and a database that is away is waited for."""

import asyncio
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from meta_inbox import FakeMeta, MessageReceived, Settings, open_inbox
from meta_inbox.adapters.persistence.in_memory_consumers import InMemoryConsumers
from meta_inbox.domain.errors import StorageUnavailable
from meta_inbox.domain.model import consuming
from meta_inbox.domain.model.consuming import ConsumerClaim
from meta_inbox.entrypoints import event_handling, event_turn
from meta_inbox.entrypoints.event_attempts import place_of
from meta_inbox.entrypoints.event_stream import FollowEvents
from meta_inbox.entrypoints.event_turns import EventTurns
from meta_inbox.entrypoints.wakeups import ProcessEventHints
from tests.contracts.host_stage import host_in_memory, take, until
from tests.contracts.scene import CASA, wrote
from tests.unit.doubles import World

LEADS = "crm-leads"


class Flaky(InMemoryConsumers):
    """Away so often, whatever it is asked."""

    away: int = 0
    held: int = 0

    def _answer(self) -> None:
        if Flaky.away:
            Flaky.away -= 1
            raise StorageUnavailable("gone")

    async def advance(self, claim: ConsumerClaim, seq: int, *, missed: bool = False) -> bool:
        """When it is there again."""
        self._answer()
        return await InMemoryConsumers.advance(self, claim, seq, missed=missed)

    async def hold(self, claim: ConsumerClaim) -> bool:
        """The same."""
        Flaky.held += 1
        self._answer()
        return await InMemoryConsumers.hold(self, claim)


@pytest.fixture
def follow(world: World, monkeypatch: pytest.MonkeyPatch) -> FollowEvents:
    """A host's loops, on a database that may be away."""
    monkeypatch.setattr(event_turn, "_AGAIN", 0.01)
    monkeypatch.setattr(event_turn, "HELD_EVERY", timedelta(seconds=0.02))
    monkeypatch.setattr(Flaky, "away", 0)
    monkeypatch.setattr(Flaky, "held", 0)
    turns = EventTurns(consumers=Flaky(world.store), log=world.scene.stores.events, hints=ProcessEventHints())
    return FollowEvents(turns=turns)


async def test_an_acknowledgement_waits_until_the_database_is_back(
    world: World, follow: FollowEvents
) -> None:
    await world.scene.connected()
    await world.scene.happens(wrote("m-1"))
    stream = follow(consumer=LEADS)
    await take(stream, 1)
    Flaky.away = 3
    (event,) = await take(stream, 1)
    assert event.seq == 2
    assert world.store.consumers[CASA, LEADS].seq == 1
    await stream.aclose()


async def test_the_lease_is_renewed_as_long_as_the_host_takes(world: World, follow: FollowEvents) -> None:
    await world.scene.connected()
    stream = follow(consumer=LEADS)
    (event,) = await take(stream, 1)
    await until(lambda: Flaky.held >= 3)
    assert await event.ack()
    await stream.aclose()
    held = Flaky.held
    await asyncio.sleep(0.1)
    assert Flaky.held == held


async def test_a_lease_that_was_lost_is_not_renewed_and_not_acknowledged(
    world: World, follow: FollowEvents
) -> None:
    await world.scene.connected()
    stream = follow(consumer=LEADS)
    (event,) = await take(stream, 1)
    world.later(seconds=31)
    other = await InMemoryConsumers(world.store).claim(LEADS, None)
    assert other is not None
    await until(lambda: event.turn.lost)
    assert not await event.ack()
    await stream.aclose()
    assert world.store.consumers[CASA, LEADS].lease_until is not None


async def test_what_another_took_away_is_told_no_further(
    world: World, follow: FollowEvents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_turn, "_FRESH", 60.0)
    await world.scene.connected()
    claim = await follow.turns.claim(LEADS)
    assert claim is not None
    async with follow.turns.turn(claim) as turn:
        assert await turn.page() is not None
        assert not turn.is_stale
        world.later(seconds=31)
        assert await InMemoryConsumers(world.store).claim(LEADS, None) is not None
        await until(lambda: turn.lost)
        assert turn.is_stale


async def test_what_was_read_a_while_ago_is_read_again_before_it_is_told(
    world: World, follow: FollowEvents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_turn, "_FRESH", 0.02)
    await world.scene.connected()
    await world.scene.happens(wrote("m-1", "first"), wrote("m-2", "second"))
    stream = follow(consumer=LEADS)
    (account,) = await take(stream, 1)
    first, second = await take(stream, 2)
    assert account.turn is first.turn is second.turn
    await asyncio.sleep(0.05)
    await world.scene.happens(wrote("m-3", "third"))
    (third,) = await take(stream, 1)
    assert third.turn is not second.turn
    await stream.aclose()


async def test_an_exception_is_named_by_kind_and_place_alone() -> None:
    with pytest.raises(ValueError) as raised:
        raise ValueError("Ana's telephone number")
    said = place_of(raised.value)
    assert said.startswith("ValueError at tests.unit.test_event_turns:")
    assert said.endswith(" test_an_exception_is_named_by_kind_and_place_alone")
    assert place_of(StorageUnavailable("x")) == "meta_inbox.domain.errors.StorageUnavailable"


@contextmanager
def stuck_thread() -> Generator[tuple[threading.Event, threading.Event]]:
    """What a plain handler says when it has begun, and what it waits for."""
    begun, may_end = threading.Event(), threading.Event()
    try:
        yield begun, may_end
    finally:
        may_end.set()


async def test_a_thread_that_cannot_be_ended_keeps_its_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_handling, "ENDS_WITHIN", 0.05)
    with stuck_thread() as (begun, may_end):

        def handle(event: MessageReceived) -> None:
            begun.set()
            may_end.wait(10)

        async with host_in_memory() as host:
            await host.connected()
            await host.written("one")
            host.inbox.on(MessageReceived, handle, LEADS)
            await until(begun.is_set)
            await host.inbox.on.end()
            assert await host.is_quiet(LEADS)


async def test_a_handler_that_is_cancelled_from_inside_has_failed() -> None:
    calls: list[str] = []

    async def handle(event: MessageReceived) -> None:
        calls.append(event.id)
        if len(calls) == 1:
            raise asyncio.CancelledError

    async with host_in_memory() as host:
        await host.connected()
        await host.written("one")
        host.inbox.on(MessageReceived, handle, LEADS)
        await until(lambda: len(calls) == 2)
        assert len(set(calls)) == 1


async def test_what_was_set_aside_and_is_gone_since_is_forgotten_when_replayed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(consuming, "RETRIED_AFTER", ())
    calls: list[str] = []

    async def handle(event: MessageReceived) -> None:
        calls.append(event.id)
        raise LookupError

    async with host_in_memory() as host:
        await host.connected()
        await host.written("one")
        host.inbox.on(MessageReceived, handle, LEADS)
        await until(lambda: len(calls) == 1)
        journal: Any = host.inbox.receive_webhook_event.journal
        for table in (journal.store.messages, journal.store.threads):
            table.clear()
        assert await host.inbox.replay_dead_letters(consumer=LEADS) == 1
        await until(lambda: not journal.store.dead_letters)
        assert len(calls) == 1


async def test_nothing_is_left_running_when_the_block_ends() -> None:
    before = asyncio.all_tasks()

    async def handle(event: MessageReceived) -> None: ...

    async with open_inbox(Settings.in_memory(meta=FakeMeta()), jobs=False) as inbox:
        inbox.on(MessageReceived, handle)
        following = asyncio.create_task(_follow(inbox.events))
        await asyncio.sleep(0.05)
    await asyncio.wait_for(following, 1)
    assert asyncio.all_tasks() == before


async def _follow(events: FollowEvents) -> None:
    async for _ in events(consumer=LEADS):
        pass
