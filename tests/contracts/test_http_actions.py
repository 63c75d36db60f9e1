"""Typing, reactions and thread control over HTTP."""

from typing import Any

import httpx
import pytest

from meta_inbox.domain.errors import AccessRevoked, GraphUnavailable, RefusedByMeta
from tests.contracts.http_stage import HttpStage

UNKNOWN_ID = "01890000-0000-7000-8000-000000000000"
LOVE = {"reaction": "love"}


@pytest.fixture
def stage() -> HttpStage:
    return HttpStage()


@pytest.fixture
async def account(stage: HttpStage) -> str:
    account = await stage.connects()
    await stage.contact_writes()
    return account


@pytest.fixture
def talk(account: str) -> str:
    """The address of the conversation with Ana."""
    return f"/api/meta/conversations/{account}/7001"


@pytest.fixture
async def reaction(stage: HttpStage, account: str) -> str:
    """The address of the account's reaction to what Ana wrote."""
    [message] = await messages(stage, account)
    return f"/api/meta/messages/{account}/7001/{message['id']}/reaction"


async def messages(stage: HttpStage, account: str) -> list[dict[str, Any]]:
    async with stage.client() as caller:
        answer = await caller.get(f"/api/meta/messages/{account}/7001")
    found: list[dict[str, Any]] = answer.json()["messages"]
    return found


async def ask(stage: HttpStage, url: str, body: Any = None, method: str = "POST") -> httpx.Response:
    async with stage.client() as caller:
        return await caller.request(method, url, json=body)


async def test_typing_is_204(stage: HttpStage, talk: str) -> None:
    for on in (True, False):
        answer = await ask(stage, f"{talk}/typing", {"on": on})
        assert (answer.status_code, answer.content) == (204, b"")
    assert stage.actions.calls == [("typing_on", "7001"), ("typing_off", "7001")]


async def test_typing_while_meta_is_down_is_204_too(stage: HttpStage, talk: str) -> None:
    stage.actions.trouble = GraphUnavailable("no answer")
    assert (await ask(stage, f"{talk}/typing", {"on": True})).status_code == 204


async def test_typing_after_the_window_is_409(stage: HttpStage, talk: str) -> None:
    stage.passes(hours=24)
    answer = await ask(stage, f"{talk}/typing", {"on": True})
    assert (answer.status_code, answer.json()["code"]) == (409, "window_closed")


async def test_typing_to_somebody_who_never_wrote_is_409(stage: HttpStage, account: str) -> None:
    answer = await ask(stage, f"/api/meta/conversations/{account}/7002/typing", {"on": True})
    assert (answer.status_code, answer.json()["code"]) == (409, "window_closed")


async def test_a_reaction_is_204_shown_and_gone_again(stage: HttpStage, account: str, reaction: str) -> None:
    for _ in range(2):
        assert (await ask(stage, reaction, LOVE)).status_code == 204
        [message] = await messages(stage, account)
        shown = [(one["by"], one["reaction"], one["emoji"]) for one in message["reactions"]]
        assert shown == [("account", "love", "\u2764\ufe0f")]
        stage.passes(seconds=1)
    for _ in range(2):
        answer = await ask(stage, reaction, method="DELETE")
        assert (answer.status_code, answer.content) == (204, b"")
        [message] = await messages(stage, account)
        assert message["reactions"] == []
        stage.passes(seconds=1)
    assert [call[3] for call in stage.actions.calls] == ["love", "love", "", ""]


async def test_a_reaction_that_meta_does_not_take_is_not_there(
    stage: HttpStage, account: str, reaction: str
) -> None:
    for trouble, status, code in (
        (GraphUnavailable("no answer"), 503, "meta_unavailable"),
        (RefusedByMeta("no", code="recipient_unavailable"), 409, "recipient_unavailable"),
        (RefusedByMeta("no", code="refused_by_meta"), 422, "refused_by_meta"),
        (AccessRevoked("dead"), 409, "account_not_sendable"),
    ):
        stage.actions.trouble = trouble
        answer = await ask(stage, reaction, LOVE)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    [message] = await messages(stage, account)
    assert message["reactions"] == []


async def test_a_thread_passes_and_comes_back(stage: HttpStage, account: str, talk: str) -> None:
    steps = (({"action": "pass", "app_id": "77"}, "77"), ({"action": "take"}, "self"))
    for body, owner in (*steps, ({"action": "release"}, None)):
        answer = await ask(stage, f"{talk}/thread-control", body)
        assert (answer.status_code, answer.content) == (204, b"")
        async with stage.client() as caller:
            found = (await caller.get(f"/api/meta/conversations/{account}")).json()["conversations"]
        assert [one["thread_owner"] for one in found] == [owner]
        stage.passes(seconds=1)


@pytest.mark.parametrize(
    ("deed", "body"),
    [
        ("typing", {}),
        ("typing", {"on": "true"}),
        ("typing", {"on": True, "x": 1}),
        ("thread-control", {}),
        ("thread-control", {"action": "pass"}),
        ("thread-control", {"action": "pass", "app_id": "x"}),
        ("thread-control", {"action": "pass", "app_id": 77}),
        ("thread-control", {"action": "take", "app_id": "77"}),
        ("thread-control", {"action": "request"}),
        ("thread-control", []),
    ],
)
async def test_a_wrong_shape_is_400(stage: HttpStage, talk: str, deed: str, body: Any) -> None:
    assert (await ask(stage, f"{talk}/{deed}", body)).status_code == 400
    assert stage.actions.calls == []


@pytest.mark.parametrize("body", [{}, {"reaction": ""}, {"reaction": None}, {"reaction": "x" * 65}, []])
async def test_a_wrong_reaction_is_400(stage: HttpStage, reaction: str, body: Any) -> None:
    assert (await ask(stage, reaction, body)).status_code == 400
    assert stage.actions.calls == []


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_another_tenants_message_is_404_and_looks_like_nothing(
    stage: HttpStage, account: str, reaction: str, method: str
) -> None:
    body = LOVE if method == "POST" else None
    async with stage.client(stage.token("rival")) as rival:
        answers = [await rival.request(method, reaction, json=body)]
    message = reaction.split("/")[-2]
    wrong = (
        f"{account}/7001/{UNKNOWN_ID}",
        f"{account}/7001/nothing",
        f"{account}/7002/{message}",
        f"{UNKNOWN_ID}/7001/{message}",
    )
    answers += [await ask(stage, f"/api/meta/messages/{path}/reaction", body, method) for path in wrong]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert stage.actions.calls == []


@pytest.mark.parametrize(("deed", "body"), [("typing", {"on": True}), ("thread-control", {"action": "take"})])
async def test_another_tenants_conversation_is_404(stage: HttpStage, talk: str, deed: str, body: Any) -> None:
    async with stage.client(stage.token("rival")) as rival:
        assert (await rival.post(f"{talk}/{deed}", json=body)).status_code == 404
    strange = f"/api/meta/conversations/{UNKNOWN_ID}/7001/{deed}"
    assert (await ask(stage, strange, body)).status_code == 404
    assert stage.actions.calls == []


async def test_the_thread_of_somebody_who_never_wrote_is_404(stage: HttpStage, account: str) -> None:
    url = f"/api/meta/conversations/{account}/7002/thread-control"
    assert (await ask(stage, url, {"action": "take"})).status_code == 404
    assert stage.actions.calls == []
