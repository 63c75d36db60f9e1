"""The Messenger profile at Meta, in process and over HTTP alike."""

from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest

from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind
from meta_inbox.domain.errors import GraphUnavailable, RefusedByMeta
from meta_inbox.domain.model.account import Account, Login
from meta_inbox.domain.model.capabilities import extras_of
from meta_inbox.domain.model.messenger_profile import (
    Greeting,
    IceBreaker,
    IceBreakers,
    Menu,
    MenuItem,
    MessengerProfile,
)
from tests.contracts.meta_stage import CASA_VERDE, CASAVERDE, Stage, account, opened

MESSENGER, INSTAGRAM = account(CASA_VERDE), account(CASAVERDE)
BY_LOGIN = account(CASAVERDE, Login.INSTAGRAM)
ALL = pytest.mark.parametrize("owner", [MESSENGER, INSTAGRAM, BY_LOGIN], ids=["page", "instagram", "login"])

WHERE = IceBreakers(locale="default", call_to_actions=(IceBreaker(question="Onde?", payload="WHERE"),))
MENU = Menu(
    locale="default",
    call_to_actions=(
        MenuItem(type="postback", title="Humano", payload="HUMAN"),
        MenuItem(type="web_url", title="Loja", url="https://shop.example/"),
    ),
)
HELLO = Greeting(locale="pt_BR", text="Olá, {{user_first_name}}!")
EVERYWHERE = MessengerProfile(ice_breakers=(WHERE,), persistent_menu=(MENU,))
WHOLE = MessengerProfile(
    greeting=(HELLO,), ice_breakers=(WHERE,), persistent_menu=(MENU,), get_started="START"
)


@pytest.fixture(params=["fake", "http"])
async def stage(request: pytest.FixtureRequest) -> AsyncGenerator[Stage]:
    async with opened(request.param) as stage:
        yield stage


def fitting(owner: Account) -> MessengerProfile:
    return WHOLE if owner is MESSENGER else EVERYWHERE


@ALL
async def test_what_is_set_is_what_is_there(stage: Stage, owner: Account) -> None:
    token, profile = await stage.token_of(owner), fitting(owner)
    assert await stage.profiles.get(owner, token) == MessengerProfile().as_offered(extras_of(MESSENGER))
    for _ in range(2):
        await stage.profiles.replace(owner, token, profile)
    found = await stage.profiles.get(owner, token)
    assert found.as_offered(extras_of(owner)) == profile.as_offered(extras_of(owner))


@ALL
async def test_what_is_not_given_is_removed(stage: Stage, owner: Account) -> None:
    token = await stage.token_of(owner)
    await stage.profiles.replace(owner, token, fitting(owner))
    await stage.profiles.replace(owner, token, MessengerProfile(ice_breakers=(WHERE,)))
    assert list(stage.world.ground.state.profiles[owner.external_id]) == ["ice_breakers"]
    await stage.profiles.replace(owner, token, MessengerProfile())
    assert stage.world.ground.state.profiles[owner.external_id] == {}


async def test_a_page_and_its_instagram_account_have_profiles_of_their_own(stage: Stage) -> None:
    token = await stage.token_of(MESSENGER)
    await stage.profiles.replace(MESSENGER, token, WHOLE)
    await stage.profiles.replace(INSTAGRAM, token, MessengerProfile(ice_breakers=(WHERE,)))
    assert (await stage.profiles.get(MESSENGER, token)).get_started == "START"
    assert (await stage.profiles.get(INSTAGRAM, token)).persistent_menu == ()


async def test_what_meta_does_not_set_changes_nothing(stage: Stage) -> None:
    token = await stage.token_of(MESSENGER)
    await stage.profiles.replace(MESSENGER, token, WHOLE)
    long = MenuItem(type="postback", title="x" * 31, payload="P")
    menu = Menu(locale="default", call_to_actions=(long,))
    wrong = MessengerProfile(persistent_menu=(menu,), get_started="OTHER")
    with pytest.raises(RefusedByMeta, match="title"):
        await stage.profiles.replace(MESSENGER, token, wrong)
    assert await stage.profiles.get(MESSENGER, token) == WHOLE


async def test_a_menu_without_its_button_is_refused_at_meta_too(stage: Stage) -> None:
    token = await stage.token_of(MESSENGER)
    with pytest.raises(RefusedByMeta, match="Get Started"):
        await stage.profiles.replace(MESSENGER, token, MessengerProfile(persistent_menu=(MENU,)))


@ALL
async def test_after_ten_calls_ten_minutes_are_to_be_waited(stage: Stage, owner: Account) -> None:
    token = await stage.token_of(owner)
    for _ in range(10):
        await stage.profiles.get(owner, token)
    with pytest.raises(GraphUnavailable) as refused:
        await stage.profiles.get(owner, token)
    assert refused.value.retry_after == timedelta(minutes=10)
    stage.world.advance(timedelta(minutes=10))
    await stage.profiles.get(owner, token)


async def test_an_outage_is_told_as_that(stage: Stage) -> None:
    token = await stage.token_of(MESSENGER)
    stage.world.faults.plan("messenger_profile", Fault(kind=FaultKind.DROP), count=2)
    with pytest.raises(GraphUnavailable):
        await stage.profiles.get(MESSENGER, token)
    with pytest.raises(GraphUnavailable):
        await stage.profiles.replace(MESSENGER, token, WHOLE)


async def test_what_is_not_understood_of_a_profile_is_left_out(stage: Stage) -> None:
    token = await stage.token_of(MESSENGER)
    stage.world.ground.state.profiles[CASA_VERDE] = {
        "get_started": 7,
        "greeting": [{"text": 1}, "x", {"text": "Oi"}],
        "ice_breakers": {"question": "?"},
        "persistent_menu": [
            {"call_to_actions": [{"type": "nested", "title": "More"}, {"type": "postback", "title": "Ok"}]}
        ],
    }
    assert await stage.profiles.get(MESSENGER, token) == MessengerProfile(
        greeting=(Greeting(locale="default", text="Oi"),),
        ice_breakers=(),
        persistent_menu=(Menu(locale="default", call_to_actions=(MenuItem(type="postback", title="Ok"),)),),
    )
