"""Facebook Login as Meta documents it: the dialog, codes, tokens and what is told about them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_oauth import ALL_PERMISSIONS
from meta_inbox.adapters.meta_graph.world_people import CASA_VERDE, CASAVERDE, MARINA, PADARIA_SOL
from tests.unit.world_stage import (
    APP_ID,
    REDIRECT,
    dialog,
    exchange,
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


def test_approving_leads_back_with_a_code_and_the_state(world: World) -> None:
    back = world.oauth.approve(dialog(world))
    assert back.startswith(REDIRECT + "?")
    assert query(back)["state"] == "s-1"
    assert redeem(world, query(back)["code"]).startswith("EAAB")


def test_cancelling_leads_back_without_a_code(world: World) -> None:
    back = query(world.oauth.cancel(dialog(world)))
    assert back["error"] == "access_denied"
    assert back["state"] == "s-1"
    assert "code" not in back


def test_a_code_is_good_once(world: World) -> None:
    code = query(world.oauth.approve(dialog(world)))["code"]
    redeem(world, code)
    assert refusal(redeem, world, code) == (100, 36009)


def test_a_code_lives_for_minutes(world: World) -> None:
    code = query(world.oauth.approve(dialog(world)))["code"]
    world.advance(timedelta(minutes=11))
    assert refusal(redeem, world, code) == (100, 36007)


def test_a_code_wants_the_very_redirect_uri_of_its_dialog(world: World) -> None:
    code = query(world.oauth.approve(dialog(world)))["code"]
    assert refusal(redeem, world, code, REDIRECT + "/") == (100, 36008)
    assert redeem(world, code)


def test_a_code_is_not_exchanged_for_a_wrong_secret(world: World) -> None:
    code = query(world.oauth.approve(dialog(world)))["code"]
    assert refusal(exchange, world, code=code, redirect_uri=REDIRECT, client_secret="wrong") == (1, None)


def test_the_dialog_refuses_another_app_and_an_unregistered_address() -> None:
    world = new_world(redirect_uris=frozenset({REDIRECT}))
    assert dialog(world).redirect_uri == REDIRECT
    assert refusal(dialog, world, redirect_uri="https://evil.example/") == (191, None)
    assert refusal(dialog, world, client_id="999") == (101, None)


def test_a_short_token_dies_within_hours_and_a_long_one_after_sixty_days(world: World) -> None:
    short = redeem(world, query(world.oauth.approve(dialog(world)))["code"])
    long = exchange(world, grant_type="fb_exchange_token", fb_exchange_token=short)
    assert long["expires_in"] == 5183944
    world.advance(timedelta(hours=3))
    assert refusal(world.pages.me, world.caller(short)) == (190, 463)
    assert refusal(exchange, world, grant_type="fb_exchange_token", fb_exchange_token=short) == (190, 463)
    assert world.pages.me(world.caller(long["access_token"]), "id")["id"] == MARINA.id
    world.advance(timedelta(days=60))
    assert refusal(world.pages.me, world.caller(long["access_token"])) == (190, 463)


def test_a_page_token_lives_as_long_as_the_short_user_token_it_came_from(world: World) -> None:
    short = world.caller(redeem(world, query(world.oauth.approve(dialog(world)))["code"]))
    text = world.pages.node(short, CASA_VERDE.id, "access_token")["access_token"]
    assert world.pages.me(world.caller(text))["id"] == CASA_VERDE.id
    world.advance(timedelta(hours=3))
    assert refusal(world.pages.me, world.caller(text)) == (190, 463)


def test_expires_in_may_be_missing(world: World) -> None:
    world.quirks = replace(world.quirks, expires_in_given=False)
    code = query(world.oauth.approve(dialog(world)))["code"]
    assert "expires_in" not in exchange(world, code=code, redirect_uri=REDIRECT)


def test_a_declined_permission_is_asked_for_again_only_when_it_is_rerequested(world: World) -> None:
    world.oauth.approve(dialog(world), permissions=["pages_show_list"])
    assert world.oauth.shown(dialog(world), MARINA) == ("pages_show_list",)
    assert world.oauth.shown(dialog(world, auth_type="rerequest"), MARINA) == ALL_PERMISSIONS


def test_permissions_say_what_was_declined(world: World) -> None:
    caller = user(world, permissions=["pages_show_list"])
    answers = {one["permission"]: one["status"] for one in world.permissions.list(caller)["data"]}
    assert answers["pages_show_list"] == "granted"
    assert answers["pages_messaging"] == "declined"
    assert answers["public_profile"] == "granted"


def test_debug_token_tells_app_person_and_assets(world: World) -> None:
    caller = user(world, page_ids=[CASA_VERDE.id, PADARIA_SOL.id])
    facts = world.permissions.debug_token(world.app(), caller.token)["data"]
    granular = {one["scope"]: one.get("target_ids") for one in facts["granular_scopes"]}
    assert (facts["is_valid"], facts["app_id"], facts["user_id"]) == (True, APP_ID, MARINA.id)
    assert granular["pages_messaging"] == [CASA_VERDE.id, PADARIA_SOL.id]
    assert granular["instagram_basic"] == [CASAVERDE.id]
    assert granular["public_profile"] is None


def test_debug_token_tells_of_a_page_token_that_never_ends(world: World) -> None:
    facts = world.permissions.debug_token(world.app(), page(world).token)["data"]
    assert (facts["type"], facts["profile_id"], facts["expires_at"]) == ("PAGE", CASA_VERDE.id, 0)


def test_debug_token_answers_for_a_dead_token_and_is_for_the_app_alone(world: World) -> None:
    caller = user(world)
    assert refusal(world.permissions.debug_token, caller, caller.token) == (100, None)
    world.access.revoke(460, person_id=MARINA.id)
    facts = world.permissions.debug_token(world.app(), caller.token)["data"]
    assert (facts["is_valid"], facts["error"]["subcode"]) == (False, 460)
