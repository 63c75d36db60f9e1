"""What was logged is posted to endpoints, and tried again until it arrives."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from meta_inbox.adapters.http.event_bodies import JsonEventBodies
from meta_inbox.adapters.http.media_urls import MediaUrls
from meta_inbox.domain.errors import StorageUnavailable, TooManyAtOnce
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.model.webhook_delivery import LEASE, PAUSES, DeliveryState, Posted, WebhookDelivery
from meta_inbox.domain.use_cases import tell_endpoints
from meta_inbox.domain.use_cases.tell_endpoints import AT_ONCE, TellEndpoints
from meta_inbox.entrypoints.wakeups import ProcessWakeups
from tests.contracts.receivers import YesPoster
from tests.contracts.scene import CASA, SIGNING, page_candidate, wrote
from tests.unit.doubles import World, eventually

SOON = timedelta(seconds=1)


class SlowPoster(YesPoster):
    """Answers when it is told to."""

    def __post_init__(self) -> None:
        self.go.clear()


class Told(World):
    """Casa Verde has a Page and an endpoint."""

    def __init__(self, poster: YesPoster | None = None) -> None:
        super().__init__()
        self.poster = poster or YesPoster()
        self.wakeups = ProcessWakeups()
        self.unforeseen: list[BaseException] = []
        urls = MediaUrls(base_url="https://crm.example/api/meta", keys=[b"k"])
        self.tell = TellEndpoints(
            queue=self.queue,
            events=self.events,
            bodies=JsonEventBodies(urls=urls, clock=self.clock),
            poster=self.poster,
            wakeups=self.wakeups,
            unforeseen=self.unforeseen.append,
        )

    async def begins(self) -> "Told":
        """Connects, and has events posted."""
        await self.scene.connected()
        self.endpoint = await self.scene.endpoint()
        return self

    async def round(self) -> int:
        """What is due is begun, and ends."""
        taken = await self.tell()
        while self.tell.running:
            await asyncio.wait(self.tell.running)
        return taken

    async def known(self) -> Sequence[WebhookDelivery]:
        """What is known of deliveries, newest first."""
        page = await self.deliveries.list(CASA, self.endpoint.id, state=None, limit=100, before=None)
        return page.items


async def test_an_event_is_posted_with_its_id_and_what_it_is_about() -> None:
    world = await Told().begins()
    await world.scene.happens(wrote("m-1", "Olá 🎂"))
    assert await world.round() == 1
    ((url, id_, body),) = world.poster.posted
    told: dict[str, Any] = msgspec.json.decode(body)
    assert (url, world.poster.secrets) == (world.endpoint.url, [[SIGNING]])
    assert (told["id"], told["type"], told["tenant_id"], told["cursor"]) == (
        id_,
        "message.created",
        CASA,
        "2",
    )
    assert told["data"]["message"]["text"] == "Olá 🎂"
    assert told["data"]["conversation"]["unread_count"] == 1
    assert told["timestamp"].endswith("Z")
    (done,) = await world.known()
    assert (done.state, done.event.id) == (DeliveryState.DELIVERED, id_)
    assert await world.round() == 0


async def test_what_does_not_arrive_is_tried_by_the_schedule_with_one_id() -> None:
    world = await Told().begins()
    world.poster.outcomes = [Posted(status=500)] * len(PAUSES) + [Posted(error="timeout")]
    await world.scene.happens(wrote("m-1"))
    for tries, pause in enumerate([*PAUSES, timedelta(hours=1)], 1):
        await world.round()
        assert len(world.poster.posted) == tries
        await world.round()
        assert len(world.poster.posted) == tries
        world.clock.advance(1.2 * pause + SOON)
    (done,) = await world.known()
    assert (done.state, done.attempt, done.last_error) == (DeliveryState.FAILED, len(PAUSES) + 1, "timeout")
    assert len({id_ for _, id_, _ in world.poster.posted}) == 1


async def test_one_that_fails_does_not_hold_up_the_next() -> None:
    world = await Told().begins()
    world.poster.outcomes = [Posted(status=503)]
    await world.scene.happens(wrote("m-1", "first"), wrote("m-2", "second"))
    await world.round()
    second, first = await world.known()
    assert (first.state, second.state) == (DeliveryState.PENDING, DeliveryState.DELIVERED)


async def test_what_is_posted_late_is_told_as_it_is_by_then_or_not_at_all() -> None:
    world = await Told().begins()
    await world.scene.happens(wrote("m-1"))
    world.store.messages.clear()
    world.store.threads.clear()
    await world.round()
    assert world.poster.posted == []
    (done,) = await world.known()
    assert (done.state, done.last_error) == (DeliveryState.GONE, "gone")


async def test_an_attempt_that_nobody_noted_is_made_again_with_the_same_id() -> None:
    world = await Told().begins()
    await world.scene.happens(wrote("m-1"))
    await world.queue.take(10)
    (claim,) = await world.queue.claim_due(10)
    await world.poster.post(claim.endpoint.url, claim.secrets, claim.event.id, b"")  # and then the power went
    await world.round()
    assert len(world.poster.posted) == 1
    world.clock.advance(LEASE + SOON)
    await world.round()
    first, second = (id_ for _, id_, _ in world.poster.posted)
    assert first == second
    assert [each.state for each in await world.known()] == [DeliveryState.DELIVERED]


async def test_a_secret_that_cannot_be_opened_posts_nothing() -> None:
    world = await Told().begins()
    await world.scene.happens(wrote("m-1"))
    await world.queue.take(10)
    (claim,) = await world.queue.claim_due(10)
    await world.tell.deliver(replace(claim, secrets=()))
    (waits,) = await world.known()
    assert (world.poster.posted, waits.last_error) == ([], "secret_unreadable")


async def test_what_there_was_no_room_for_is_no_attempt() -> None:
    world = await Told().begins()
    world.poster.trouble = [TooManyAtOnce("every connection is in use")] * 20
    await world.scene.happens(wrote("m-1"))
    for _ in range(20):
        await world.round()
        world.clock.advance(timedelta(seconds=3))
    (waits,) = await world.known()
    assert (waits.state, waits.attempt, waits.last_error) == (DeliveryState.PENDING, 0, None)
    await world.round()
    assert [each.attempt for each in await world.known()] == [1]
    assert (await world.endpoints.get(CASA, world.endpoint.id)).failing_since is None


async def test_what_nobody_foresaw_is_told_and_counts_and_ends_some_day() -> None:
    world = await Told().begins()
    world.poster.trouble = [RuntimeError("a bug")] * 20
    await world.scene.happens(wrote("m-1"))
    for pause in [*PAUSES, timedelta()]:
        await world.round()
        world.clock.advance(1.2 * pause + SOON)
    (done,) = await world.known()
    assert (done.state, done.attempt, done.last_error) == (DeliveryState.FAILED, 9, "internal_error")
    assert len(world.unforeseen) == len(PAUSES) + 1
    found = await world.endpoints.get(CASA, world.endpoint.id)
    assert (found.enabled, found.failing_since) == (True, None)


async def test_one_whose_attempts_nobody_ever_notes_ends_some_day() -> None:
    world = await Told().begins()
    await world.scene.happens(wrote("m-1"))
    await world.queue.take(10)
    for _ in range(len(PAUSES) + 1):
        assert len(await world.queue.claim_due(10)) == 1  # and then the power went
        world.clock.advance(LEASE + SOON)
    await world.round()
    assert [each.last_error for each in await world.known()] == ["internal_error"]
    assert world.poster.posted == []


async def test_no_more_are_under_way_than_there_is_room_for() -> None:
    poster = SlowPoster()
    world = Told(poster)
    for number in range(20):
        tenant = TenantId(f"shop-{number}")
        await world.scene.endpoint(tenant)
        await world.scene.connected(tenant, page_candidate(f"2{number}"))
    for _ in range(3):
        await world.tell()
    await eventually(lambda: len(poster.posted) == AT_ONCE)
    assert len(world.tell.running) == AT_ONCE
    poster.go.set()
    await world.round()
    await world.round()
    assert len(poster.posted) == 20


async def test_an_attempt_that_ends_wakes_whoever_waits() -> None:
    world = await Told().begins()
    await world.scene.happens(wrote("m-1"))
    await world.tell()
    async with asyncio.timeout(2):
        await world.wakeups.wait("webhooks", timedelta(seconds=10))


async def test_an_outcome_is_noted_though_the_database_stutters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tell_endpoints, "_SETTLE_AGAIN", (0.0, 0.0))
    world = await Told().begins()
    plain, failures = type(world.queue).settle, [StorageUnavailable("no answer")] * 2

    async def stutters(*given: Any) -> bool:
        if failures:
            raise failures.pop()
        return await plain(*given)

    monkeypatch.setattr(type(world.queue), "settle", stutters)
    await world.scene.happens(wrote("m-1"))
    await world.round()
    assert [each.state for each in await world.known()] == [DeliveryState.DELIVERED]


@pytest.mark.parametrize("trouble", [StorageUnavailable("held up by other work"), RuntimeError("a bug")])
async def test_what_is_due_is_posted_though_no_more_can_be_taken(
    monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    world = await Told().begins()
    await world.scene.happens(wrote("m-1"))
    await world.queue.take(10)

    async def held_up(*given: Any) -> int:
        raise trouble

    monkeypatch.setattr(type(world.queue), "take", held_up)
    with pytest.raises(type(trouble)):
        await world.round()
    await asyncio.wait(world.tell.running)
    assert len(world.poster.posted) == 1


async def test_draining_waits_and_then_leaves_the_rest_to_others() -> None:
    poster = SlowPoster()
    world = await Told(poster).begins()
    await world.scene.happens(wrote("m-1"))
    await world.tell()
    await world.tell.drain(0.05)
    assert world.tell.running == set()
    await world.tell.drain(0.05)
    assert [each.state for each in await world.known()] == [DeliveryState.PENDING]
    poster.go.set()
    world.clock.advance(LEASE + SOON)
    await world.round()
    assert [each.state for each in await world.known()] == [DeliveryState.DELIVERED]
