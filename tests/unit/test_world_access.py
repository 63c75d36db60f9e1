"""Tokens, their proofs, and what kills them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_access import Caller
from meta_inbox.adapters.meta_graph.world_people import CASA_VERDE, MARINA, PADARIA_SOL
from tests.unit.world_stage import (
    NOW,
    dialog,
    new_world,
    page,
    refusal,
    user,
)


@pytest.fixture
def world() -> World:
    return new_world()


def test_the_published_proof_vectors_hold(world: World) -> None:
    assert world.access.proof("EAAtoken123") == (
        "cca3d19589e00bc1ac0061918a47cf6a313234c9c0ecc0bdfaeca6145e173eaf"
    )
    assert world.ground.hmac(b"EAAtoken123|1790000000") == (
        "4552099d0b6ddde14310267110d079c73d62521f2d87f7bd3e06d97e4f14c0bf"
    )


def test_a_call_without_the_right_proof_is_refused(world: World) -> None:
    token = user(world).token
    assert refusal(world.pages.me, Caller(token=token)) == (100, None)
    assert refusal(world.pages.me, Caller(token=token, proof="0" * 64)) == (100, None)
    assert refusal(world.pages.me, Caller(token=token, proof="é")) == (100, None)
    world.quirks = replace(world.quirks, require_appsecret_proof=False)
    assert world.pages.me(Caller(token=token))["id"] == MARINA.id
    assert refusal(world.pages.me, Caller(token=token, proof="0" * 64)) == (100, None)


def test_a_proof_with_a_time_is_good_for_five_minutes(world: World) -> None:
    token, time = user(world).token, str(int(NOW.timestamp()))
    caller = Caller(token=token, proof=world.ground.hmac(f"{token}|{time}".encode()), proof_time=time)
    assert world.pages.me(caller)["id"] == MARINA.id
    world.advance(timedelta(minutes=6))
    assert refusal(world.pages.me, caller) == (100, None)


def test_a_call_without_a_token_or_with_an_unknown_one_is_refused(world: World) -> None:
    assert refusal(world.pages.me, world.caller("")) == (104, None)
    assert refusal(world.pages.me, world.caller("EAABnobody")) == (190, None)


@pytest.mark.parametrize("subcode", [458, 459, 460, 463, 464, 467, 492])
def test_a_revoked_token_says_why(world: World, subcode: int) -> None:
    caller = page(world)
    world.access.revoke(subcode, page_id=CASA_VERDE.id)
    assert refusal(world.pages.me, caller) == (190, subcode)


def test_removing_the_app_kills_the_page_tokens_too(world: World) -> None:
    caller, owner = page(world), user(world)
    world.permissions.revoke(owner)
    assert refusal(world.pages.me, caller) == (190, 458)


def test_losing_the_role_on_a_page_kills_its_token(world: World) -> None:
    caller = page(world)
    world.ground.state.people[MARINA.id] = replace(MARINA, roles=MARINA.roles[1:])
    assert refusal(world.pages.me, caller) == (190, 492)


def test_a_page_left_out_of_the_next_login_is_lost(world: World) -> None:
    caller = page(world)
    world.oauth.approve(dialog(world), page_ids=[PADARIA_SOL.id])
    assert refusal(world.pages.me, caller) == (190, None)
