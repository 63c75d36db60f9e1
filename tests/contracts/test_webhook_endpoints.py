"""Where tenants have their events posted, and what it is signed with."""

from dataclasses import replace
from datetime import timedelta

import pytest

from meta_inbox.domain.errors import NotFound, TooManyEndpoints
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.model.webhook_endpoint import (
    MOST_ENDPOINTS,
    OLD_SECRET_SIGNS,
    DisabledReason,
    EndpointChange,
    EndpointId,
    new_signing_secret,
)
from tests.contracts.backstage import Stores
from tests.contracts.scene import CASA, RIVAL, SIGNING, Scene, wrote

SOON = timedelta(seconds=1)
ONLY_NEW = frozenset({EventType.MESSAGE_CREATED})


async def test_an_endpoint_is_kept_as_it_was_made(scene: Scene, stores: Stores) -> None:
    first = await scene.endpoint()
    second = await scene.endpoint(
        url="https://other.example/é?x=1", types=ONLY_NEW, description="leads → CRM"
    )
    assert await stores.endpoints.list(CASA) == [first, second]
    assert await stores.endpoints.get(CASA, second.id) == second
    assert await stores.endpoints.secrets(CASA, first.id) == [SIGNING]


async def test_what_is_changed_is_changed_and_nothing_else(scene: Scene, stores: Stores) -> None:
    made = await scene.endpoint(types=ONLY_NEW, description="leads")
    changed = await stores.endpoints.update(CASA, made.id, EndpointChange(url="https://new.example/"))
    assert changed == replace(made, url="https://new.example/")
    every = await stores.endpoints.update(CASA, made.id, EndpointChange(all_types=True, description=""))
    assert every == replace(changed, types=None, description="")
    types = frozenset({EventType.ACCOUNT_UPDATED, EventType.CONTACT_UPDATED})
    some = await stores.endpoints.update(CASA, made.id, EndpointChange(types=types))
    assert some == replace(every, types=types)
    assert await stores.endpoints.get(CASA, made.id) == some


async def test_a_paused_endpoint_says_that_somebody_paused_it(scene: Scene, stores: Stores) -> None:
    made = await scene.endpoint()
    paused = await stores.endpoints.update(CASA, made.id, EndpointChange(enabled=False))
    assert (paused.enabled, paused.disabled_reason) == (False, DisabledReason.MANUAL)
    assert await stores.endpoints.update(CASA, made.id, EndpointChange(enabled=True)) == made


async def test_a_new_secret_signs_and_the_former_one_for_a_day(scene: Scene, stores: Stores) -> None:
    made = await scene.endpoint()
    second, third = new_signing_secret(), new_signing_secret()
    await stores.endpoints.rotate(CASA, made.id, second)
    assert await stores.endpoints.secrets(CASA, made.id) == [second, SIGNING]
    await stores.endpoints.rotate(CASA, made.id, third)
    assert await stores.endpoints.secrets(CASA, made.id) == [third, second]
    await stores.backstage.age_webhooks(OLD_SECRET_SIGNS - SOON)
    assert await stores.endpoints.secrets(CASA, made.id) == [third, second]
    await stores.backstage.age_webhooks(2 * SOON)
    assert await stores.endpoints.secrets(CASA, made.id) == [third]
    await stores.queue.forget(100)
    assert await stores.endpoints.secrets(CASA, made.id) == [third]


async def test_a_deleted_endpoint_is_gone_with_all_that_waited(scene: Scene, stores: Stores) -> None:
    made = await scene.endpoint()
    await scene.connected()
    await stores.queue.take(100)
    await stores.endpoints.delete(CASA, made.id)
    assert await stores.endpoints.list(CASA) == []
    assert await stores.queue.claim_due(10) == []
    for ask in (
        stores.endpoints.get(CASA, made.id),
        stores.endpoints.secrets(CASA, made.id),
        stores.endpoints.update(CASA, made.id, EndpointChange(enabled=True)),
        stores.endpoints.rotate(CASA, made.id, SIGNING),
        stores.endpoints.delete(CASA, made.id),
        stores.deliveries.list(CASA, made.id, state=None, limit=10, before=None),
        stores.deliveries.replay(CASA, made.id, 1),
        stores.deliveries.replay_failed(CASA, made.id, scene.now, 10),
    ):
        with pytest.raises(NotFound):
            await ask
    await stores.queue.forget(100)
    assert await stores.queue.forget(100) == 0


@pytest.mark.parametrize("id_", ["", "nonsense", "0199d2a0-6c1e-7b6f-9a5b-3f1f5d0c7e11"])
async def test_an_id_that_is_none_is_not_found(stores: Stores, id_: str) -> None:
    with pytest.raises(NotFound):
        await stores.endpoints.get(CASA, EndpointId(id_))


async def test_a_tenant_has_its_own_endpoints_alone(scene: Scene, stores: Stores) -> None:
    made = await scene.endpoint()
    assert await stores.endpoints.list(RIVAL) == []
    with pytest.raises(NotFound):
        await stores.endpoints.get(RIVAL, made.id)
    with pytest.raises(NotFound):
        await stores.endpoints.secrets(RIVAL, made.id)


async def test_a_tenant_has_so_many_endpoints_and_no_more(scene: Scene, stores: Stores) -> None:
    made = [await scene.endpoint() for _ in range(MOST_ENDPOINTS)]
    with pytest.raises(TooManyEndpoints):
        await scene.endpoint()
    await scene.endpoint(TenantId("another"))
    await stores.endpoints.delete(CASA, made[0].id)
    await scene.endpoint()


async def test_nothing_of_before_is_told_to_a_new_endpoint(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    await scene.endpoint()
    assert await stores.queue.take(100) == 0
    await scene.happens(wrote("m-1"))
    assert await stores.queue.take(100) == 1
