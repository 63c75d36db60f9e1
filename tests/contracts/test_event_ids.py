"""An event has one id wherever it is told, and no other event ever has it."""

from dataclasses import replace
from datetime import timedelta

from tests.contracts.backstage import Stores
from tests.contracts.scene import CASA, RIVAL, Scene, page_candidate, wrote

LEADS = "crm-leads"


async def test_the_log_a_dead_letter_and_a_delivery_name_an_event_alike(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    endpoint = await scene.endpoint()
    await scene.happens(wrote("m-1"))
    (event,) = (await stores.events.read(CASA, 1, 1)).events
    claim = await stores.consumers.claim(LEADS, None)
    assert claim is not None
    assert await stores.dead_letters.add(claim, event.logged, 5, "KeyError")
    (letter,) = await stores.dead_letters.of(LEADS, None, 10)
    assert await stores.queue.take(10) == 1
    page = await stores.deliveries.list(CASA, endpoint.id, state=None, limit=10, before=None)
    (due,) = await stores.queue.claim_due(10)
    assert {event.id} == {letter.id, letter.event.id, page.items[0].event.id, due.event.id}
    assert letter.at == page.items[0].event.at == due.event.at == event.at
    assert await stores.dead_letters.discard(LEADS, None, [event.id]) == 1


async def test_the_same_number_at_another_time_or_of_another_tenant_is_another_event(
    scene: Scene, stores: Stores
) -> None:
    await scene.connected()
    await scene.connected(RIVAL, page_candidate("1002"))
    ((event,), (other,)) = [(await stores.events.read(each, None, 1)).events for each in (CASA, RIVAL)]
    later = replace(event.logged, at=event.at + timedelta(microseconds=1))
    same_time = replace(other.logged, at=event.at)
    assert len({event.id, other.id, later.id, same_time.id}) == 4


async def test_a_log_that_begins_anew_is_not_taken_for_the_former_one(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    await scene.happens(wrote("m-1"))
    (former, event) = (await stores.events.read(CASA, None, 2)).events
    claim = await stores.consumers.claim(LEADS, None)
    assert claim is not None
    assert await stores.dead_letters.add(claim, replace(former.logged, seq=event.seq), 5, "KeyError")
    assert await stores.dead_letters.add(claim, event.logged, 1, "ValueError")
    (letter,) = await stores.dead_letters.of(LEADS, None, 10)
    assert (letter.id, letter.event) == (event.id, event.logged)
