"""The event log as a loop of a host's: at least once, in order, shared, and nothing lost unsaid."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from meta_inbox.domain.model.consuming import LEASE
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.entrypoints.event_stream import DeliveredEvent
from meta_inbox.entrypoints.plugin import OpenInbox
from tests.contracts.host_stage import Host, host_in_memory, host_on_postgres, take, text_of, until
from tests.contracts.scene import CASA, RIVAL

LEADS, AUDIT = "crm-leads", "crm-audit"
OVER = LEASE + timedelta(seconds=1)
TENANTS = tuple(TenantId(f"shop-{number}") for number in range(3))
KINDS = [
    pytest.param(host_in_memory, id="memory"),
    pytest.param(host_on_postgres, id="postgres", marks=pytest.mark.real),
]


@pytest.fixture(params=KINDS)
async def host(request: pytest.FixtureRequest) -> AsyncIterator[Host]:
    """A host on empty data."""
    make: Callable[[], AbstractAsyncContextManager[Host]] = request.param
    async with make() as opened:
        yield opened


async def test_a_new_consumer_is_told_everything_from_the_beginning_in_order(host: Host) -> None:
    await host.connected()
    await host.written("one", "two")
    async with aclosing(host.inbox.events(consumer=LEADS)) as events:
        told = await take(events, 3)
    assert [event.type for event in told] == [EventType.ACCOUNT_UPDATED, *[EventType.MESSAGE_CREATED] * 2]
    assert [text_of(event) for event in told] == [None, "one", "two"]
    assert {event.tenant_id for event in told} == {CASA}
    assert len({event.id for event in told}) == 3
    assert not any(event.missed_before for event in told)


async def test_the_next_turn_of_the_loop_acknowledges(host: Host) -> None:
    await host.connected()
    await host.written("one", "two")
    async with aclosing(host.inbox.events(consumer=LEADS)) as events:
        await take(events, 3)
    assert text_of(await host.next(LEADS)) == "two"


async def test_whoever_leaves_the_loop_is_told_the_same_event_again_at_once(host: Host) -> None:
    await host.connected()
    first = await host.next(LEADS)
    began = time.monotonic()
    again = await host.next(LEADS)
    assert again.id == first.id
    assert time.monotonic() - began < 1


async def test_a_stream_that_is_kept_begins_anew_with_what_is_not_acknowledged(host: Host) -> None:
    await host.connected()
    await host.written("one")
    stream = host.inbox.events(consumer=LEADS)
    told: list[str] = []
    for _ in range(2):
        async for event in stream:
            told.append(event.id)
            break
    assert len(set(told)) == 1


async def test_an_acknowledged_event_does_not_come_again_though_the_loop_is_left(host: Host) -> None:
    await host.connected()
    await host.written("one", "two")
    async for event in host.inbox.events(consumer=LEADS):
        event.ack()
        break
    async for event in host.inbox.events(consumer=LEADS):
        assert text_of(event) == "one"
        assert await event.ack()
        assert await event.ack()
        break
    assert text_of(await host.next(LEADS)) == "two"


async def test_an_acknowledgement_after_the_loop_was_left_counts_if_nobody_took_over(host: Host) -> None:
    await host.connected()
    await host.written("one")
    event = await host.next(LEADS)
    await asyncio.sleep(0.1)
    assert await event.ack()
    assert text_of(await host.next(LEADS)) == "one"


async def test_what_a_frozen_process_had_goes_to_another_and_its_late_word_changes_nothing(
    host: Host,
) -> None:
    await host.connected()
    await host.written("one", "two")
    async with (
        host.another() as other,
        aclosing(host.inbox.events(consumer=LEADS)) as frozen,
        aclosing(other.events(consumer=LEADS)) as live,
    ):
        (held,) = await take(frozen, 1)
        await host.stores.backstage.age_consumers(OVER)
        first, second = await take(live, 2)
        assert (first.id, text_of(second)) == (held.id, "one")
        assert not await held.ack()
        assert await second.ack()
    assert text_of(await host.next(LEADS)) == "two"


async def test_consumers_of_other_names_are_told_everything_too(host: Host) -> None:
    await host.connected()
    for consumer in (LEADS, AUDIT):
        event = await host.next(consumer)
        assert await event.ack()
    assert await host.is_quiet(LEADS)
    assert await host.is_quiet(AUDIT)


async def test_a_loop_for_one_tenant_is_told_of_no_other(host: Host) -> None:
    await host.connected(CASA, RIVAL)
    event = await host.next(LEADS, tenant=RIVAL)
    assert event.tenant_id == RIVAL
    assert await event.ack()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await anext(host.inbox.events(consumer=LEADS, tenant=RIVAL))
    assert (await host.next(LEADS)).tenant_id == CASA


async def test_two_processes_share_the_events_and_none_is_told_twice(host: Host) -> None:
    await host.connected(*TENANTS)
    seen: list[tuple[str, DeliveredEvent]] = []

    async def follow(name: str, inbox: OpenInbox) -> None:
        async for event in inbox.events(consumer=LEADS):
            seen.append((name, event))
            await asyncio.sleep(0.002)

    async with host.another() as other:
        tasks = [
            asyncio.create_task(follow(name, inbox)) for name, inbox in (("a", host.inbox), ("b", other))
        ]
        for number in range(30):
            await host.written(str(number), tenant=TENANTS[number % 3])
        await until(lambda: len(seen) >= 33)
        await asyncio.sleep(0.1)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    assert len({event.id for _, event in seen}) == len(seen) == 33
    assert {name for name, _ in seen} == {"a", "b"}
    for tenant in TENANTS:
        places = [event.seq for _, event in seen if event.tenant_id == tenant]
        assert places == sorted(places)


async def test_a_message_is_told_within_milliseconds(host: Host) -> None:
    await host.connected()
    async with aclosing(host.inbox.events(consumer=LEADS)) as events:
        await take(events, 1)
        waiting = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0.2)
        began = time.monotonic()
        await host.written("one")
        assert text_of(await waiting) == "one"
        assert time.monotonic() - began < 1


async def test_what_the_log_has_lost_meanwhile_is_said_with_the_next_event(host: Host) -> None:
    await host.connected()
    await (await host.next(LEADS)).ack()
    await host.written("one", "two")
    await host.stores.backstage.forget_events(CASA, up_to=2)
    with capture_logs() as logs:
        told = [await host.next(LEADS) for _ in range(2)]  # also when it comes again
    assert [(text_of(event), event.missed_before) for event in told] == [("two", True)] * 2
    assert [line["log_level"] for line in logs if line["event"] == "events_lost"] == ["warning"] * 2
    await told[-1].ack()
    await host.written("three")
    assert not (await host.next(LEADS)).missed_before


async def test_a_log_that_was_lost_to_its_end_is_said_with_the_first_event_after(host: Host) -> None:
    await host.connected()
    await (await host.next(LEADS)).ack()
    await host.written("one")
    await host.stores.backstage.forget_events(CASA, up_to=2)
    assert await host.is_quiet(LEADS)
    await host.written("two")
    event = await host.next(LEADS)
    assert (text_of(event), event.missed_before) == ("two", True)


async def test_the_loop_ends_when_the_inbox_is_closed(host: Host) -> None:
    await host.connected()
    async with host.another() as other:
        task = asyncio.create_task(_count(other))
        await until(lambda: not task.done())
        await asyncio.sleep(0.2)
        await other.events.turns.end()
        assert await asyncio.wait_for(task, 5) == 1


async def _count(inbox: OpenInbox) -> int:
    return len([event async for event in inbox.events(consumer=LEADS)])


@pytest.mark.parametrize("name", ["", "x" * 201, "a\nb"])
async def test_a_consumer_needs_a_name(host: Host, name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        host.inbox.events(consumer=name)
