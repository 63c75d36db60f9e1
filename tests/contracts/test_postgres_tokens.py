"""Access tokens at rest: sealed, bound to their place, and honestly gone when they do not open."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import LiteralString

import pytest
from psycopg import sql

from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.domain.errors import AccessRevoked, NotFound
from meta_inbox.domain.model.account import AccountStatus
from meta_inbox.domain.model.oauth_state import COMPLETION_LIFE, new_handle
from meta_inbox.domain.model.secret import Secret
from tests.contracts.postgres_stores import Opened, emptied, stores_on
from tests.contracts.scene import BEA, CASA, RIVAL, Scene, instagram_candidate, page_candidate

pytestmark = pytest.mark.real

K1, K2, K3 = (KeyRing.generate(kid) for kid in ("k1", "k2", "k3"))
OLD, TURNED, NEW = KeyRing.parse(K1), KeyRing.parse(f"{K2},{K1}"), KeyRing.parse(K2)
CANARY = Secret("canary-token-4711")


@pytest.fixture
async def opened() -> AsyncIterator[Opened]:
    """An empty database."""
    async with emptied() as found:
        yield found


def scene_with(opened: Opened, keys: KeyRing) -> Scene:
    """The adapters with these keys."""
    return Scene(stores_on(opened, keys))


async def with_every_kind_of_token(opened: Opened, keys: KeyRing) -> Secret:
    """One account's two, one of a Page to be left, two of a login not completed, whose handle is returned."""
    scene = scene_with(opened, keys)
    await scene.connects(token=CANARY)
    left = await scene.connects(candidate=page_candidate("2"), token=CANARY)
    assert left is not None
    await scene.stores.accounts.disconnect(CASA, left.id)
    state, completion = scene.state(), new_handle()
    await scene.stores.states.put(state, new_handle(), COMPLETION_LIFE)
    await scene.stores.states.put_completion(state, completion, scene.grant(), COMPLETION_LIFE)
    return completion


async def everything(opened: Opened) -> str:
    """A dump of all rows."""
    query: LiteralString = """
        select relname from pg_class where relnamespace = 'meta_inbox'::regnamespace
          and relkind in ('r', 'p') and not relispartition
    """
    dump = ""
    for (table,) in await (await opened.superuser.execute(query)).fetchall():
        rows = sql.SQL("select t::text from meta_inbox.{} t").format(sql.Identifier(table))
        dump += "".join(row for (row,) in await (await opened.superuser.execute(rows)).fetchall())
    return dump


async def test_no_token_or_handle_is_in_the_database_in_clear(opened: Opened) -> None:
    completion = await with_every_kind_of_token(opened, OLD)
    dump = await everything(opened)
    assert "v1.k1." in dump
    for secret in (CANARY, completion, Secret("user-token"), Secret("page-token-1001")):
        assert secret.reveal() not in dump


async def test_a_token_moved_to_another_row_does_not_open(opened: Opened) -> None:
    scene = scene_with(opened, OLD)
    mine, other = await scene.connects(), await scene.connects(candidate=page_candidate("2"), token=CANARY)
    assert mine is not None
    assert other is not None
    await opened.superuser.execute(
        "update meta_inbox.accounts a set page_token = b.page_token from meta_inbox.accounts b"
        " where a.id = %s and b.id = %s",
        [mine.id, other.id],
    )
    with pytest.raises(AccessRevoked):
        await scene.stores.accounts.token(CASA, mine.id)
    found = await scene.stores.accounts.get(CASA, mine.id)
    assert found.status is AccountStatus.REAUTH_REQUIRED
    assert found.status_reason is not None
    assert found.status_reason.code == "token_unreadable"
    assert await scene.stores.accounts.token(CASA, other.id) == CANARY


async def test_a_broken_token_costs_only_its_own_account(opened: Opened) -> None:
    scene = scene_with(opened, OLD)
    for page in ("1", "2"):
        await scene.connects(candidate=page_candidate(page))
    await opened.superuser.execute(
        "update meta_inbox.accounts set page_token = 'v1.k1.AAAA' where external_id = '1'"
    )
    await scene.stores.backstage.age_tries(timedelta(minutes=2))
    assert [due.source.id for due in await scene.stores.accounts.due_subscriptions(10)] == ["2"]


async def test_an_unsubscription_that_cannot_be_opened_is_given_up(opened: Opened) -> None:
    await with_every_kind_of_token(opened, OLD)
    stranger = scene_with(opened, KeyRing.parse(K3))
    await stranger.stores.backstage.age_tries(timedelta(minutes=2))
    assert await stranger.stores.accounts.due_unsubscriptions(10) == []
    owner = scene_with(opened, OLD)
    await owner.stores.backstage.age_tries(timedelta(hours=2))
    assert await owner.stores.accounts.due_unsubscriptions(10) == []


async def test_a_completion_that_cannot_be_opened_is_not_found(opened: Opened) -> None:
    completion = await with_every_kind_of_token(opened, OLD)
    with pytest.raises(NotFound):
        await scene_with(opened, KeyRing.parse(K3)).stores.states.peek_completion(CASA, BEA, completion)


async def test_another_tenants_account_on_the_same_page_keeps_it_subscribed(opened: Opened) -> None:
    scene = scene_with(opened, OLD)
    page = await scene.connected()
    await scene.connected(RIVAL, instagram_candidate("9001", "1001"))
    assert await scene.stores.accounts.disconnect(CASA, page.id) is None
