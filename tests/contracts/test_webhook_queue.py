"""Events on their way to endpoints: each once, in order, and again until it arrives."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.webhook_delivery import (
    AT_ONCE_OF_TENANT,
    FAILING_AT_MOST,
    KEPT_DELIVERED,
    KEPT_FAILED,
    LEASE,
    PUT_BACK,
    SUBJECT_GONE,
    TAKEN_TOGETHER,
    UNFORESEEN,
    DeliveryClaim,
    DeliveryOutcome,
    DeliveryState,
    Posted,
    WebhookDelivery,
)
from meta_inbox.domain.model.webhook_endpoint import (
    MOST_ENDPOINTS,
    DisabledReason,
    EndpointChange,
    WebhookEndpoint,
)
from tests.contracts.backstage import Stores
from tests.contracts.scene import ANA, CASA, RIVAL, SIGNING, Scene, page_candidate, wrote

SOON = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
TAKEN = DeliveryOutcome(state=DeliveryState.DELIVERED, posted=Posted(status=204))
LATER = DeliveryOutcome(state=DeliveryState.PENDING, posted=Posted(status=503), after=MINUTE)
SILENT = DeliveryOutcome(state=DeliveryState.FAILED, posted=Posted(error="timeout"))
UNWANTED = DeliveryOutcome(state=DeliveryState.FAILED, posted=Posted(status=410))


async def told(scene: Scene, *texts: str, **endpoint: object) -> WebhookEndpoint:
    """An endpoint for which deliveries of these messages wait."""
    await scene.connected()
    made = await scene.endpoint(**endpoint)  # type: ignore[arg-type]  # whatever the test is about
    for text in texts:
        await scene.happens(wrote(f"m-{text}", text))
    await scene.stores.queue.take(100)
    return made


async def deliveries(stores: Stores, endpoint: WebhookEndpoint) -> list[WebhookDelivery]:
    page = await stores.deliveries.list(endpoint.tenant_id, endpoint.id, state=None, limit=100, before=None)
    return list(page.items)


async def claimed(stores: Stores, count: int = 1) -> list[DeliveryClaim]:
    claims = list(await stores.queue.claim_due(10))
    assert len(claims) == count
    return claims


async def test_what_is_logged_becomes_a_delivery_once(scene: Scene, stores: Stores) -> None:
    endpoint = await told(scene)
    await scene.happens(wrote("m-1"), wrote("m-2"))
    assert await stores.queue.take(100) == 2
    assert await stores.queue.take(100) == 0
    newest, first = await deliveries(stores, endpoint)
    log = await stores.backstage.events(CASA)
    assert [first.event, newest.event] == log[-2:]
    assert (first.state, first.attempt, first.last_status) == (DeliveryState.PENDING, 0, None)


async def test_a_long_log_is_taken_page_by_page(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    endpoint = await scene.endpoint()
    for number in range(7):
        await scene.happens(wrote(f"m-{number}"))
    assert [await stores.queue.take(3) for _ in range(4)] == [3, 3, 1, 0]
    assert len(await deliveries(stores, endpoint)) == 7


async def test_several_that_take_at_once_take_each_event_once(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    endpoints = [await scene.endpoint() for _ in range(3)]
    for number in range(10):
        await scene.happens(wrote(f"m-{number}"))
    taken = 0
    for _ in range(10):
        taken += sum(await asyncio.gather(*(stores.queue.take(3) for _ in range(4))))
    assert taken == 30
    for endpoint in endpoints:
        seqs = [each.event.seq for each in await deliveries(stores, endpoint)]
        assert len(set(seqs)) == len(seqs) == 10


async def test_an_endpoint_is_told_of_what_it_wants_alone(scene: Scene, stores: Stores) -> None:
    endpoint = await told(scene, types=frozenset({EventType.CONVERSATION_UPDATED}))
    account = (await stores.accounts.list(CASA))[0]
    await scene.happens(wrote("m-1"))
    await stores.conversations.mark_read(CASA, account.id, ANA)
    await stores.queue.take(100)
    (only,) = await deliveries(stores, endpoint)
    assert only.event.type is EventType.CONVERSATION_UPDATED


async def test_days_that_the_log_has_forgotten_are_passed_over(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    endpoint = await scene.endpoint()
    for number in range(4):
        await scene.happens(wrote(f"m-{number}"))
    await stores.backstage.forget_events(CASA, up_to=3)
    assert await stores.queue.take(100) == 2
    assert await stores.queue.take(100) == 0
    assert [each.event.seq for each in await deliveries(stores, endpoint)] == [5, 4]


async def test_what_is_logged_as_midnight_passes_is_not_passed_over(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    endpoint = await scene.endpoint()
    for number in range(3):
        await scene.happens(wrote(f"m-{number}"))
    await stores.backstage.log_tomorrow(CASA, since=3)
    assert await stores.queue.take(100) == 3
    assert [each.event.seq for each in await deliveries(stores, endpoint)] == [4, 3, 2]


async def test_no_more_is_taken_at_once_than_is_written_in_a_moment(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    endpoints = [await scene.endpoint() for _ in range(MOST_ENDPOINTS)]
    count = TAKEN_TOGETHER // MOST_ENDPOINTS + 10
    await scene.happens(*(wrote(f"m-{number}") for number in range(count)))
    assert await stores.queue.take(100) == TAKEN_TOGETHER
    assert await stores.queue.take(100) == 10 * MOST_ENDPOINTS
    assert await stores.queue.take(100) == 0
    assert len(await deliveries(stores, endpoints[0])) == count


async def test_a_claim_has_what_is_needed_to_post(scene: Scene, stores: Stores) -> None:
    endpoint = await told(scene, "1")
    (claim,) = await claimed(stores)
    assert (claim.endpoint, claim.secrets, claim.attempt) == (endpoint, [SIGNING], 1)
    assert claim.event == (await stores.backstage.events(CASA))[-1]
    (event,) = await stores.events.tell(CASA, [claim.event])
    assert (event.id, event.data.message and event.data.message.text) == (claim.event.id, "1")


async def test_what_an_event_was_about_may_be_gone(scene: Scene, stores: Stores) -> None:
    await told(scene, "1")
    (claim,) = await claimed(stores)
    assert await stores.events.tell(RIVAL, [claim.event]) == []
    await stores.backstage.forget_events(CASA, up_to=2)
    assert len(await stores.events.tell(CASA, [claim.event])) == 1


async def test_claims_are_in_the_logs_order_and_no_more_than_four_to_one(
    scene: Scene, stores: Stores
) -> None:
    await told(scene, *"abcdef")
    first = await claimed(stores, 4)
    assert [claim.event.seq for claim in first] == sorted(claim.event.seq for claim in first)
    assert await stores.queue.claim_due(10) == []
    assert await stores.queue.settle(first[0], TAKEN)
    (fifth,) = await claimed(stores)
    assert fifth.event.seq == first[-1].event.seq + 1


async def test_one_endpoint_does_not_keep_others_waiting(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    one, other = await scene.endpoint(), await scene.endpoint()
    for number in range(6):
        await scene.happens(wrote(f"m-{number}"))
    await stores.queue.take(100)
    claims = await claimed(stores, AT_ONCE_OF_TENANT)
    assert {claim.endpoint.id for claim in claims} == {one.id, other.id}
    assert len(await stores.queue.claim_due(0)) == 0


async def test_a_tenant_with_many_slow_endpoints_does_not_keep_another_waiting(
    scene: Scene, stores: Stores
) -> None:
    await scene.connected()
    for _ in range(MOST_ENDPOINTS):
        await scene.endpoint()
    for number in range(3):
        await scene.happens(wrote(f"m-{number}"))
    await stores.queue.take(100)
    assert {claim.event.tenant_id for claim in await claimed(stores, AT_ONCE_OF_TENANT)} == {CASA}
    theirs = await scene.endpoint(RIVAL)
    await scene.connected(RIVAL, page_candidate("1002"))
    assert await stores.queue.take(100) == 1
    (claim,) = await stores.queue.claim_due(1)
    assert claim.endpoint.id == theirs.id
    assert await stores.queue.claim_due(10) == []


async def test_a_tenant_with_fewer_under_way_comes_first(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    for _ in range(MOST_ENDPOINTS):
        await scene.endpoint()
    await scene.happens(wrote("m-1"))
    await stores.queue.take(100)
    assert len(await stores.queue.claim_due(1)) == 1
    await stores.backstage.age_webhooks(SOON)
    theirs = await scene.endpoint(RIVAL)
    await scene.connected(RIVAL, page_candidate("1002"))
    await stores.queue.take(100)
    (claim,) = await stores.queue.claim_due(1)
    assert claim.endpoint.id == theirs.id


async def test_several_that_claim_at_once_have_no_more_under_way_than_one(
    scene: Scene, stores: Stores
) -> None:
    await told(scene, *"abcdefghij")
    found = await asyncio.gather(*(stores.queue.claim_due(10) for _ in range(4)))
    claims = [claim for each in found for claim in each]
    assert len({claim.event.seq for claim in claims}) == len(claims) == 4


async def test_a_long_queue_lets_the_first_of_another_pass(scene: Scene, stores: Stores) -> None:
    long = await told(scene, *"abcdef")
    await stores.backstage.age_webhooks(timedelta(hours=1))
    other = await scene.endpoint()
    await scene.happens(wrote("m-7"))
    await stores.queue.take(100)
    claims = await stores.queue.claim_due(2)
    assert {claim.endpoint.id for claim in claims} == {long.id, other.id}


async def test_what_arrived_is_not_claimed_again(scene: Scene, stores: Stores) -> None:
    endpoint = await told(scene, "1")
    (claim,) = await claimed(stores)
    assert await stores.queue.settle(claim, TAKEN)
    await stores.backstage.age_webhooks(timedelta(hours=1))
    assert await stores.queue.claim_due(10) == []
    (done,) = await deliveries(stores, endpoint)
    assert (done.state, done.last_status, done.last_error) == (DeliveryState.DELIVERED, 204, None)
    assert done.delivered_at is not None
    assert done.due_at is None


async def test_what_did_not_arrive_is_due_later_and_holds_up_nothing(scene: Scene, stores: Stores) -> None:
    endpoint = await told(scene, "1", "2")
    first, second = await claimed(stores, 2)
    assert await stores.queue.settle(first, LATER)
    assert await stores.queue.settle(second, TAKEN)
    assert await stores.queue.claim_due(10) == []
    _, waits = await deliveries(stores, endpoint)
    assert (waits.state, waits.last_status, waits.last_error) == (DeliveryState.PENDING, 503, "http_status")
    assert waits.due_at is not None
    await stores.backstage.age_webhooks(MINUTE + SOON)
    (again,) = await claimed(stores)
    assert (again.event, again.attempt) == (first.event, 2)


async def test_the_attempt_of_a_dead_worker_is_made_again(scene: Scene, stores: Stores) -> None:
    endpoint = await told(scene, "1")
    (dead,) = await claimed(stores)
    assert await stores.queue.claim_due(10) == []
    await stores.backstage.age_webhooks(LEASE + SOON)
    (again,) = await claimed(stores)
    assert (again.event.id, again.attempt) == (dead.event.id, 2)
    assert not await stores.queue.settle(dead, SILENT)
    assert await stores.queue.settle(again, TAKEN)
    assert not await stores.queue.settle(again, SILENT)
    (done,) = await deliveries(stores, endpoint)
    assert done.state is DeliveryState.DELIVERED


async def test_a_kind_of_event_that_a_newer_version_logs_spoils_no_claim(
    scene: Scene, stores: Stores
) -> None:
    endpoint = await told(scene, "1", "2", types=frozenset({EventType.MESSAGE_CREATED}))
    await stores.backstage.renew_kind(CASA, 2)
    newer, other = await claimed(stores, 2)
    assert await stores.events.tell(CASA, [newer.event]) == []
    assert len(await stores.events.tell(CASA, [other.event])) == 1
    assert len(await deliveries(stores, endpoint)) == 2
    assert (await stores.endpoints.get(CASA, endpoint.id)).types == {EventType.MESSAGE_CREATED}


async def test_what_was_put_back_stands_as_before(scene: Scene, stores: Stores) -> None:
    endpoint = await told(scene, "1")
    (claim,) = await claimed(stores)
    await stores.queue.settle(claim, LATER)
    await stores.backstage.age_webhooks(MINUTE + SOON)
    (again,) = await claimed(stores)
    assert await stores.queue.settle(again, PUT_BACK)
    assert not await stores.queue.settle(again, TAKEN)
    (waits,) = await deliveries(stores, endpoint)
    assert (waits.state, waits.attempt, waits.last_status) == (DeliveryState.PENDING, 1, 503)
    assert await stores.queue.claim_due(10) == []
    await stores.backstage.age_webhooks(MINUTE)
    assert [each.attempt for each in await claimed(stores)] == [2]


async def test_what_is_our_own_fault_says_nothing_of_the_receiver(scene: Scene, stores: Stores) -> None:
    endpoint = await told(scene, "1")
    (claim,) = await claimed(stores)
    assert await stores.queue.settle(claim, DeliveryOutcome(state=DeliveryState.FAILED, posted=UNFORESEEN))
    assert [each.last_error for each in await deliveries(stores, endpoint)] == ["internal_error"]
    assert (await stores.endpoints.get(CASA, endpoint.id)).failing_since is None


async def test_what_is_gone_is_told_as_that_and_says_nothing_of_the_receiver(
    scene: Scene, stores: Stores
) -> None:
    endpoint = await told(scene, "1")
    (claim,) = await claimed(stores)
    assert await stores.queue.settle(claim, SUBJECT_GONE)
    (done,) = await deliveries(stores, endpoint)
    assert (done.state, done.last_error) == (DeliveryState.GONE, "gone")
    assert (await stores.endpoints.get(CASA, endpoint.id)).failing_since is None


async def test_a_receiver_that_wants_no_more_is_left_alone(scene: Scene, stores: Stores) -> None:
    endpoint = await told(scene, "1", "2")
    first, _ = await claimed(stores, 2)
    assert await stores.queue.settle(first, UNWANTED)
    ended = await stores.endpoints.get(CASA, endpoint.id)
    assert (ended.enabled, ended.disabled_reason) == (False, DisabledReason.GONE)
    await stores.backstage.age_webhooks(timedelta(hours=1))
    assert await stores.queue.claim_due(10) == []
    await scene.happens(wrote("m-3"))
    assert await stores.queue.take(100) == 0


async def test_an_endpoint_at_which_nothing_arrived_for_three_days_is_disabled(
    scene: Scene, stores: Stores
) -> None:
    endpoint = await told(scene, "1", "2")
    first, second = await claimed(stores, 2)
    assert await stores.queue.settle(first, LATER)
    failing = await stores.endpoints.get(CASA, endpoint.id)
    assert failing.failing_since is not None
    await stores.backstage.age_webhooks(FAILING_AT_MOST - MINUTE)
    assert await stores.queue.settle(second, LATER)
    assert (await stores.endpoints.get(CASA, endpoint.id)).enabled
    await stores.backstage.age_webhooks(2 * MINUTE)
    third, _ = await claimed(stores, 2)
    assert await stores.queue.settle(third, SILENT)
    ended = await stores.endpoints.get(CASA, endpoint.id)
    assert (ended.enabled, ended.disabled_reason) == (False, DisabledReason.FAILING)
    await stores.backstage.age_webhooks(MINUTE)
    assert await stores.queue.claim_due(10) == []


async def test_one_that_arrives_ends_the_count_of_days(scene: Scene, stores: Stores) -> None:
    endpoint = await told(scene, "1", "2", "3")
    first, second, third = await claimed(stores, 3)
    await stores.queue.settle(first, LATER)
    await stores.backstage.age_webhooks(FAILING_AT_MOST - MINUTE)
    await stores.queue.settle(second, TAKEN)
    assert (await stores.endpoints.get(CASA, endpoint.id)).failing_since is None
    await stores.backstage.age_webhooks(2 * MINUTE)
    await stores.queue.settle(third, LATER)
    assert (await stores.endpoints.get(CASA, endpoint.id)).enabled


async def test_an_endpoint_that_is_enabled_again_goes_on_where_it_was(scene: Scene, stores: Stores) -> None:
    endpoint = await told(scene, "1")
    await stores.endpoints.update(CASA, endpoint.id, EndpointChange(enabled=False))
    await scene.happens(wrote("m-2", "2"))
    assert await stores.queue.take(100) == 0
    assert await stores.queue.claim_due(10) == []
    await stores.endpoints.update(CASA, endpoint.id, EndpointChange(enabled=True))
    assert await stores.queue.take(100) == 1
    assert [claim.event.seq for claim in await claimed(stores, 2)] == [2, 3]


async def test_deliveries_are_listed_by_state_and_page(scene: Scene, stores: Stores) -> None:
    endpoint = await told(scene, *"abcd")
    first, *_ = await claimed(stores, 4)
    await stores.queue.settle(first, SILENT)
    seqs: list[int] = []
    before: int | None = None
    while True:
        page = await stores.deliveries.list(CASA, endpoint.id, state=None, limit=3, before=before)
        seqs += [each.event.seq for each in page.items]
        before = page.next
        if before is None:
            break
    assert seqs == [5, 4, 3, 2]
    failed = await stores.deliveries.list(
        CASA, endpoint.id, state=DeliveryState.FAILED, limit=10, before=None
    )
    assert [each.event for each in failed.items] == [first.event]
    with pytest.raises(NotFound):
        await stores.deliveries.list(RIVAL, endpoint.id, state=None, limit=3, before=None)


async def test_a_delivery_is_made_once_more_with_the_same_id(scene: Scene, stores: Stores) -> None:
    endpoint = await told(scene, "1")
    (claim,) = await claimed(stores)
    seq = claim.event.seq
    assert not await stores.deliveries.replay(CASA, endpoint.id, seq)
    await stores.queue.settle(claim, TAKEN)
    assert await stores.deliveries.replay(CASA, endpoint.id, seq)
    (again,) = await claimed(stores)
    assert (again.event.id, again.attempt) == (claim.event.id, 1)
    for tenant, number in ((CASA, 99), (RIVAL, seq)):
        with pytest.raises(NotFound):
            await stores.deliveries.replay(tenant, endpoint.id, number)


async def test_what_failed_since_a_time_is_made_once_more(scene: Scene, stores: Stores) -> None:
    endpoint = await told(scene, "1", "2")
    for claim in await claimed(stores, 2):
        await stores.queue.settle(claim, SILENT)
    await stores.backstage.age_webhooks(timedelta(hours=2))
    await scene.happens(wrote("m-3"), wrote("m-4"))
    await stores.queue.take(100)
    arrives, fails = await claimed(stores, 2)
    await stores.queue.settle(arrives, TAKEN)
    await stores.queue.settle(fails, SILENT)
    hour_ago = scene.now - timedelta(hours=1)
    assert await stores.deliveries.replay_failed(CASA, endpoint.id, hour_ago, 10) == 1
    assert [claim.event for claim in await claimed(stores)] == [fails.event]
    day_ago = scene.now - timedelta(days=1)
    assert await stores.deliveries.replay_failed(CASA, endpoint.id, day_ago, 1) == 1
    assert [claim.event.seq for claim in await claimed(stores)] == [2]
    with pytest.raises(NotFound):
        await stores.deliveries.replay_failed(RIVAL, endpoint.id, day_ago, 10)


async def test_deliveries_are_forgotten_in_time(scene: Scene, stores: Stores) -> None:
    endpoint = await told(scene, "1", "2")
    arrives, fails = await claimed(stores, 2)
    await stores.queue.settle(arrives, TAKEN)
    await stores.queue.settle(fails, SILENT)
    await stores.backstage.age_webhooks(KEPT_DELIVERED - MINUTE)
    assert await stores.queue.forget(10) == 0
    await stores.backstage.age_webhooks(2 * MINUTE)
    assert await stores.queue.forget(10) == 1
    assert [each.event for each in await deliveries(stores, endpoint)] == [fails.event]
    await stores.backstage.age_webhooks(KEPT_FAILED)
    assert await stores.queue.forget(10) == 1


async def test_an_old_failure_that_was_replayed_is_known_for_as_long_as_any(
    scene: Scene, stores: Stores
) -> None:
    endpoint = await told(scene, "1", "2")
    for claim in await claimed(stores, 2):
        await stores.queue.settle(claim, SILENT)
    await stores.backstage.age_webhooks(KEPT_FAILED - MINUTE)
    assert await stores.deliveries.replay_failed(CASA, endpoint.id, scene.now - KEPT_FAILED, 10) == 2
    await stores.backstage.age_webhooks(2 * MINUTE)
    assert await stores.queue.forget(10) == 0
    arrives, _ = await claimed(stores, 2)
    await stores.queue.settle(arrives, TAKEN)
    assert await stores.queue.forget(10) == 0
    await stores.backstage.age_webhooks(KEPT_DELIVERED - SOON)
    assert await stores.queue.forget(10) == 0
    await stores.backstage.age_webhooks(2 * SOON)
    assert await stores.queue.forget(10) == 1


async def test_each_tenant_is_told_of_its_own_events_alone(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    await scene.connected(RIVAL, page_candidate("1002"))
    mine, theirs = await scene.endpoint(), await scene.endpoint(RIVAL)
    await scene.happens(wrote("m-1"))
    assert await stores.queue.take(100) == 1
    (claim,) = await claimed(stores)
    assert (claim.endpoint.id, claim.event.tenant_id) == (mine.id, CASA)
    assert await deliveries(stores, theirs) == []
    stolen = replace(claim, event=replace(claim.event, tenant_id=RIVAL))
    assert not await stores.queue.settle(stolen, TAKEN)
