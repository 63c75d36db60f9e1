"""Keys are changed without a token lost: noted, counted, sealed anew, and missed when they are gone."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from psycopg.conninfo import make_conninfo

from meta_inbox.adapters.persistence import postgres_key_custody
from meta_inbox.adapters.persistence.database import Database
from meta_inbox.adapters.persistence.embedded_login import LOGIN
from meta_inbox.adapters.persistence.postgres_key_custody import PostgresKeyCustody, Rewrapped
from meta_inbox.adapters.persistence.postgres_sealed_rows import Held, put_back
from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.domain.errors import AccessRevoked
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.model.oauth_state import STATE_LIFE, TICKET_LIFE, new_handle
from meta_inbox.domain.model.webhook_endpoint import new_signing_secret
from tests.contracts.postgres_stores import Opened, database, emptied, stores_on
from tests.contracts.scene import BEA, CASA, SIGNING, Scene
from tests.harness.service import META_INBOX

pytestmark = pytest.mark.real

OLD = KeyRing.generate("old")
NEW = KeyRing.generate("new")


@pytest.fixture
async def opened() -> AsyncIterator[Opened]:
    """An empty database."""
    async with emptied() as found:
        yield found


def custody(opened: Opened, *keys: str) -> PostgresKeyCustody:
    """With these keys, the first of which seals."""
    return PostgresKeyCustody(opened.db, KeyRing.parse(",".join(keys)))


def scene(opened: Opened, *keys: str) -> Scene:
    """The adapters with these keys."""
    return Scene(stores_on(opened, KeyRing.parse(",".join(keys))))


async def test_the_four_stages_of_a_rotation(opened: Opened) -> None:
    before = scene(opened, OLD)
    account = await before.connected()
    token = await before.stores.accounts.token(CASA, account.id)
    assert await custody(opened, OLD, NEW).status() == {"old": 2, "new": 0}

    rotating = custody(opened, NEW, OLD)
    assert await scene(opened, NEW, OLD).stores.accounts.token(CASA, account.id) == token
    assert await rotating.rewrap() == Rewrapped(done=2, broken=0)
    assert await rotating.rewrap() == Rewrapped(done=0, broken=0)
    assert await rotating.status() == {"new": 2, "old": 0}

    assert await scene(opened, NEW).stores.accounts.token(CASA, account.id) == token
    with pytest.raises(AccessRevoked):
        await scene(opened, OLD).stores.accounts.token(CASA, account.id)


async def test_a_login_that_is_under_way_survives_a_rotation(opened: Opened) -> None:
    before = scene(opened, OLD)
    states, state, grant = before.stores.states, before.state(), before.grant()
    ticket, handle, browser, completion = (new_handle() for _ in range(4))
    await states.put(state, ticket, TICKET_LIFE)
    await states.authorize(ticket, handle, browser, STATE_LIFE)
    await states.put_completion(state, completion, grant, timedelta(minutes=10))
    assert (await custody(opened, NEW, OLD).rewrap()).broken == 0
    found = await scene(opened, NEW).stores.states.take_completion(CASA, BEA, completion)
    assert found.grant == grant


async def test_what_cannot_be_opened_is_counted_and_left_as_it_was(opened: Opened) -> None:
    before = scene(opened, OLD)
    account = await before.connected()
    assert await custody(opened, NEW).status() == {"new": 0, "old": 2}
    assert await custody(opened, NEW).rewrap() == Rewrapped(done=0, broken=2)
    assert await before.stores.accounts.token(CASA, account.id)


async def test_another_key_under_a_known_kid_is_told(opened: Opened) -> None:
    assert await custody(opened, OLD).wrong_keys() == []
    assert await custody(opened, OLD).wrong_keys() == []
    assert await custody(opened, KeyRing.generate("old")).wrong_keys() == ["old"]
    assert await custody(opened, NEW, OLD).wrong_keys() == []


async def test_a_kid_that_holds_nothing_any_more_may_name_another_key(opened: Opened) -> None:
    await custody(opened, OLD).wrong_keys()
    await custody(opened, NEW, OLD).wrong_keys()
    await custody(opened, NEW, OLD).rewrap()
    assert await custody(opened, NEW, KeyRing.generate("old")).wrong_keys() == []


async def test_what_events_are_signed_with_is_sealed_anew_as_well(opened: Opened) -> None:
    before = scene(opened, OLD)
    endpoint = await before.endpoint()
    second = new_signing_secret()
    await before.stores.endpoints.rotate(CASA, endpoint.id, second)
    assert await custody(opened, OLD).status() == {"old": 2}
    assert await custody(opened, NEW, OLD).rewrap() == Rewrapped(done=2, broken=0)
    after = scene(opened, NEW).stores.endpoints
    assert await after.secrets(CASA, endpoint.id) == [second, SIGNING]
    assert await before.stores.endpoints.secrets(CASA, endpoint.id) == []


async def test_two_rewrappers_at_once_seal_each_value_once(opened: Opened) -> None:
    before = scene(opened, OLD)
    account = await before.connected()
    token = await before.stores.accounts.token(CASA, account.id)
    await before.endpoint()
    one, other = await asyncio.gather(*(custody(opened, NEW, OLD).rewrap() for _ in range(2)))
    assert (one.done + other.done, one.broken, other.broken) == (3, 0, 0)
    assert await custody(opened, NEW, OLD).status() == {"new": 3, "old": 0}
    assert await scene(opened, NEW).stores.accounts.token(CASA, account.id) == token


async def test_a_key_that_others_still_seal_with_is_not_forgotten(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    await custody(opened, OLD).wrong_keys()
    await scene(opened, OLD).connected()

    async def overtaken(db: Database, held: Held, text: str) -> bool:
        assert await put_back(db, held, held.resealed(KeyRing.parse(OLD)))
        return await put_back(db, held, text)

    monkeypatch.setattr(postgres_key_custody, "put_back", overtaken)
    assert await custody(opened, NEW, OLD).rewrap() == Rewrapped(done=0, broken=0)
    assert await custody(opened, NEW, KeyRing.generate("old")).wrong_keys() == ["old"]


async def test_rewrapping_goes_on_after_it_was_killed(opened: Opened) -> None:
    before, tenants = scene(opened, OLD), [TenantId(f"t{number}") for number in range(800)]
    endpoints = [await before.endpoint(tenant) for tenant in tenants]
    environ = {
        **os.environ,
        "DATABASE_URL": make_conninfo(database(), user=LOGIN),
        "META_INBOX_ENCRYPTION_KEYS": f"{NEW},{OLD}",
    }
    command = await asyncio.create_subprocess_exec(META_INBOX, "keys", "rewrap", env=environ, cwd="/")
    async with asyncio.timeout(30):
        while not (await custody(opened, NEW, OLD).status())["new"]:
            pass
    command.kill()
    await command.wait()
    held = await custody(opened, NEW, OLD).status()
    assert 0 < held["new"] < len(tenants)
    both = scene(opened, NEW, OLD).stores.endpoints
    for endpoint in endpoints:
        assert await both.secrets(endpoint.tenant_id, endpoint.id) == [SIGNING]
    assert (await custody(opened, NEW, OLD).rewrap()).broken == 0
    assert await custody(opened, NEW, OLD).status() == {"new": len(tenants), "old": 0}
