"""The Messenger profile over HTTP."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from meta_inbox.domain.errors import GraphUnavailable, RefusedByMeta
from meta_inbox.domain.model.messenger_profile import Menu, MenuItem, MessengerProfile
from tests.contracts.http_stage import HttpStage

UNKNOWN_ID = "01890000-0000-7000-8000-000000000000"
BARE: dict[str, Any] = {"greeting": [], "ice_breakers": [], "persistent_menu": [], "get_started": None}
FIVE = {"call_to_actions": [{"question": "?", "payload": "P"}] * 5}
WHOLE: dict[str, Any] = {
    "greeting": [{"locale": "default", "text": "Oi!"}],
    "ice_breakers": [
        {"locale": "pt_BR", "call_to_actions": [{"question": "Onde?", "payload": "WHERE"}]},
    ],
    "persistent_menu": [
        {
            "locale": "default",
            "composer_input_disabled": True,
            "call_to_actions": [
                {"type": "postback", "title": "Humano", "payload": "HUMAN"},
                {"type": "web_url", "title": "Loja", "url": "https://shop.example/"},
            ],
        }
    ],
    "get_started": {"payload": "START"},
}


@pytest.fixture
def stage() -> HttpStage:
    return HttpStage()


@pytest.fixture
async def url(stage: HttpStage) -> str:
    return f"/api/meta/accounts/{await stage.connects()}/messenger-profile"


async def ask(stage: HttpStage, method: str, url: str, body: Any = None) -> httpx.Response:
    async with stage.client() as caller:
        return await caller.request(method, url, json=body)


async def test_what_is_put_is_what_is_got(stage: HttpStage, url: str) -> None:
    assert (await ask(stage, "GET", url)).json() == BARE
    for body in (WHOLE, WHOLE, (await ask(stage, "PUT", url, WHOLE)).json()):
        answer = await ask(stage, "PUT", url, body)
        assert (answer.status_code, answer.json()) == (200, WHOLE)
        assert (await ask(stage, "GET", url)).json() == WHOLE


@pytest.mark.parametrize("body", [{}, BARE, {"greeting": None, "get_started": None}])
async def test_what_is_not_put_is_gone(stage: HttpStage, url: str, body: Any) -> None:
    await ask(stage, "PUT", url, WHOLE)
    assert (await ask(stage, "PUT", url, body)).json() == BARE
    assert (await ask(stage, "GET", url)).json() == BARE


async def test_a_limit_is_422_and_changes_nothing(stage: HttpStage, url: str) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"greeting": [{"text": "x" * 161}]}, "text_too_long"),
        ({"get_started": {"payload": "x" * 1001}}, "payload_too_long"),
        ({"persistent_menu": WHOLE["persistent_menu"]}, "not_supported_here"),
        (
            {"ice_breakers": [FIVE]},
            "too_many_buttons",
        ),
    ]
    for body, code in wrong:
        answer = await ask(stage, "PUT", url, body)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await ask(stage, "GET", url)).json() == BARE


WRONG: list[Any] = [
    [],
    {"greetings": []},
    {"greeting": [{}]},
    {"greeting": [{"text": "a", "locale": ""}]},
    {"get_started": "START"},
    {"persistent_menu": [{"call_to_actions": [{"type": "nested", "title": "More"}]}]},
    {"persistent_menu": [{"call_to_actions": [{"type": "web_url", "title": "a", "payload": "P"}]}]},
]


@pytest.mark.parametrize("body", WRONG)
async def test_a_wrong_shape_is_400(stage: HttpStage, url: str, body: Any) -> None:
    assert (await ask(stage, "PUT", url, body)).status_code == 400


async def test_meta_asks_for_patience_and_is_quoted(stage: HttpStage, url: str) -> None:
    stage.profiles.trouble = GraphUnavailable("too many", retry_after=timedelta(minutes=10))
    for method, body in (("GET", None), ("PUT", WHOLE)):
        answer = await ask(stage, method, url, body)
        assert (answer.status_code, answer.json()["code"]) == (503, "meta_unavailable")
        assert answer.headers["retry-after"] == "600"


async def test_what_meta_refuses_is_422(stage: HttpStage, url: str) -> None:
    stage.profiles.trouble = RefusedByMeta("Meta refused it: no", code="refused_by_meta")
    answer = await ask(stage, "PUT", url, WHOLE)
    assert (answer.status_code, answer.json()["code"]) == (422, "refused_by_meta")


async def test_an_odd_menu_of_metas_is_shown_all_the_same(stage: HttpStage, url: str) -> None:
    items = (MenuItem(type="postback", title="Ok"), MenuItem(type="web_url", title=""))
    stage.profiles.kept = MessengerProfile(persistent_menu=(Menu(locale="x", call_to_actions=items),))
    [menu] = (await ask(stage, "GET", url)).json()["persistent_menu"]
    assert menu["call_to_actions"] == [
        {"type": "postback", "title": "Ok", "payload": ""},
        {"type": "web_url", "title": "", "url": ""},
    ]


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PUT", WHOLE)])
async def test_another_tenants_profile_is_404(stage: HttpStage, url: str, method: str, body: Any) -> None:
    async with stage.client(stage.token("rival")) as rival:
        assert (await rival.request(method, url, json=body)).status_code == 404
    strange = f"/api/meta/accounts/{UNKNOWN_ID}/messenger-profile"
    assert (await ask(stage, method, strange, body)).status_code == 404
    assert stage.profiles.kept == MessengerProfile()


async def test_a_disconnected_account_has_none_to_set(stage: HttpStage, url: str) -> None:
    await ask(stage, "DELETE", url.removesuffix("/messenger-profile"))
    answer = await ask(stage, "PUT", url, WHOLE)
    assert (answer.status_code, answer.json()["code"]) == (409, "account_not_sendable")
