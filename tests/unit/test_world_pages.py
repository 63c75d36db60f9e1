"""Pages, the people who manage them, and the subscriptions to their webhooks."""

import pytest

from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_errors import GraphError
from meta_inbox.adapters.meta_graph.world_oauth import ALL_PERMISSIONS
from meta_inbox.adapters.meta_graph.world_people import ATELIE_LUA, CASA_VERDE, CASAVERDE, PADARIA_SOL
from meta_inbox.adapters.meta_graph.world_values import Page, Person, Role
from tests.unit.world_stage import (
    APP_ID,
    dialog,
    new_world,
    page,
    query,
    redeem,
    refusal,
    user,
)


@pytest.fixture
def world() -> World:
    return new_world()


def test_pages_come_in_pages_until_there_is_no_next(world: World) -> None:
    caller = user(world)
    first = world.pages.accounts(caller, fields="id,name", limit=100)
    assert [one["id"] for one in first["data"]] == [CASA_VERDE.id, PADARIA_SOL.id]
    assert "next" in first["paging"]
    rest = world.pages.accounts(caller, fields="id", limit=100, after=first["paging"]["cursors"]["after"])
    assert rest["data"] == [{"id": ATELIE_LUA.id}]
    assert "next" not in rest["paging"]
    assert "cursors" in rest["paging"]


def test_a_limit_is_honoured_and_a_foreign_cursor_refused(world: World) -> None:
    caller = user(world)
    assert len(world.pages.accounts(caller, limit=1)["data"]) == 1
    assert refusal(world.pages.accounts, caller, after="QVFIbm9ib2R5") == (100, None)


def test_only_wanted_fields_come_and_instagram_only_where_it_is_linked(world: World) -> None:
    caller = user(world)
    fields = "id,instagram_business_account{id,username}"
    casa, padaria = world.pages.accounts(caller, fields=fields)["data"]
    assert casa["instagram_business_account"] == {"id": CASAVERDE.id, "username": CASAVERDE.username}
    assert padaria == {"id": PADARIA_SOL.id}


def test_without_instagram_basic_no_instagram_is_shown(world: World) -> None:
    caller = user(world, permissions=["pages_show_list"])
    fields = "id,instagram_business_account{id}"
    assert world.pages.node(caller, CASA_VERDE.id, fields) == {"id": CASA_VERDE.id}


def test_a_page_of_a_portfolio_is_listed_only_with_business_management(world: World) -> None:
    owner = Person(
        id="77", name="Rui", roles=(Role(page_id="2001", tasks=("MANAGE", "MESSAGING"), portfolio_only=True),)
    )
    world.add(owner, [Page(id="2001", name="Loja do Rui")])
    some = [name for name in ALL_PERMISSIONS if name != "business_management"]
    back = world.oauth.approve(dialog(world), person_id="77", permissions=some)
    caller = world.caller(redeem(world, query(back)["code"]))
    assert world.pages.accounts(caller)["data"] == []
    facts = world.permissions.debug_token(world.app(), caller.token)["data"]
    assert {"scope": "pages_show_list", "target_ids": ["2001"]} in facts["granular_scopes"]
    assert world.pages.node(caller, "2001", "access_token")["access_token"]
    world.permissions.answer("77", "business_management", "granted")
    assert [one["id"] for one in world.pages.accounts(caller)["data"]] == ["2001"]


def test_a_page_that_was_not_granted_cannot_be_read(world: World) -> None:
    caller = user(world, page_ids=[PADARIA_SOL.id])
    assert refusal(world.pages.node, caller, CASA_VERDE.id) == (190, None)
    assert refusal(world.pages.node, caller, "999") == (100, 33)


def test_subscribing_replaces_the_fields_and_reads_back(world: World) -> None:
    caller = page(world)
    world.subscriptions.install(caller, CASA_VERDE.id, ["messages"])
    app = world.subscriptions.installed(caller, CASA_VERDE.id)["data"][0]
    assert (app["id"], app["subscribed_fields"]) == (APP_ID, ["messages"])
    world.subscriptions.uninstall(caller, CASA_VERDE.id)
    assert world.subscriptions.installed(caller, CASA_VERDE.id) == {"data": []}


def test_an_instagram_field_name_is_refused_for_a_page_and_named(world: World) -> None:
    caller = page(world)
    with pytest.raises(GraphError, match=r"subscribed_fields\[1\] must be one of \{MESSAGES, "):
        world.subscriptions.install(caller, CASA_VERDE.id, ["messages", "messaging_seen"])
    assert refusal(world.subscriptions.install, caller, CASA_VERDE.id, []) == (100, None)


def test_a_user_token_cannot_subscribe_a_page(world: World) -> None:
    caller = user(world)
    assert refusal(world.subscriptions.install, caller, CASA_VERDE.id, ["messages"]) == (190, None)
