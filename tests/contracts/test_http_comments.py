"""Answers to comments over HTTP, and hiding them."""

from typing import Any

import httpx
import pytest

from meta_inbox.domain.errors import GraphUnavailable
from meta_inbox.domain.model.message import SendError
from meta_inbox.domain.model.sending import Failed, Unknown
from tests.contracts.http_stage import HttpStage

UNKNOWN_ID = "01890000-0000-7000-8000-000000000000"
WAYS = ["private-reply", "public-reply"]
OOPS = SendError(code="meta_error", detail="Meta said no")


@pytest.fixture
def stage() -> HttpStage:
    return HttpStage()


@pytest.fixture
async def account(stage: HttpStage) -> str:
    return await stage.connects()


@pytest.fixture
async def comment(stage: HttpStage, account: str) -> str:
    """The address of Ana's comment."""
    await stage.contact_comments()
    path = f"/api/meta/messages/{account}/comments:7001"
    async with stage.client() as caller:
        [message] = (await caller.get(path)).json()["messages"]
    assert (message["type"], message["details"]["comment_id"]) == ("comment", "55_66")
    return f"{path}/{message['id']}"


async def ask(stage: HttpStage, url: str, body: Any = None, **headers: str) -> httpx.Response:
    async with stage.client() as caller:
        return await caller.post(url, json=body, headers=headers)


@pytest.mark.parametrize("way", WAYS)
async def test_an_answer_that_meta_accepts_is_201(stage: HttpStage, comment: str, way: str) -> None:
    answer = await ask(stage, f"{comment}/{way}", {"text": "40"})
    assert answer.status_code == 201
    message = answer.json()
    assert (message["type"], message["text"], message["status"], message["message_id"]) == (
        "text",
        "40",
        "sent",
        "m_sent_1",
    )
    assert message["details"]["reply"] == way.removesuffix("-reply")
    assert message["reply_to"] == {"id": comment.rsplit("/", 1)[1], "message_id": "55_66"}
    assert (message["contact_id"], message["origin"]) == ("comments:7001", "agent")


@pytest.mark.parametrize("way", WAYS)
async def test_an_answer_whose_outcome_is_open_is_202(stage: HttpStage, comment: str, way: str) -> None:
    stage.graph.outcome = Unknown(error=OOPS)
    answer = await ask(stage, f"{comment}/{way}", {"text": "40"})
    assert (answer.status_code, answer.json()["status"]) == (202, "unknown")


async def test_a_second_private_answer_is_409_and_a_public_one_is_not(stage: HttpStage, comment: str) -> None:
    await ask(stage, f"{comment}/private-reply", {"text": "40"})
    again = await ask(stage, f"{comment}/private-reply", {"text": "45"})
    public = await ask(stage, f"{comment}/public-reply", {"text": "See your inbox"})
    assert (again.status_code, again.json()["code"]) == (409, "private_reply_used")
    assert "message" not in again.json()
    assert public.status_code == 201
    assert len(stage.graph.sent) == 2


async def test_a_private_answer_after_a_week_is_409(stage: HttpStage, comment: str) -> None:
    stage.passes(days=7)
    late = await ask(stage, f"{comment}/private-reply", {"text": "40"})
    assert (late.status_code, late.json()["code"]) == (409, "window_closed")
    assert (await ask(stage, f"{comment}/public-reply", {"text": "40"})).status_code == 201


@pytest.mark.parametrize(
    ("code", "status"), [("private_reply_used", 409), ("window_closed", 409), ("refused_by_meta", 422)]
)
async def test_what_meta_refuses_is_a_problem_with_the_failed_message(
    stage: HttpStage, comment: str, code: str, status: int
) -> None:
    stage.graph.outcome = Failed(error=SendError(code=code, detail="Meta said no"))
    answer = await ask(stage, f"{comment}/private-reply", {"text": "40"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["message"]["status"] == "failed"


@pytest.mark.parametrize("way", WAYS)
async def test_the_same_key_answers_once(stage: HttpStage, comment: str, way: str) -> None:
    url, key = f"{comment}/{way}", {"Idempotency-Key": "k1"}
    first = await ask(stage, url, {"text": "40"}, **key)
    again = await ask(stage, url, {"text": "40"}, **key)
    other = await ask(stage, url, {"text": "45"}, **key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert len(stage.graph.sent) == 1


async def test_a_key_is_of_one_way_and_one_comment(stage: HttpStage, account: str, comment: str) -> None:
    key = {"Idempotency-Key": "k1"}
    await ask(stage, f"{comment}/public-reply", {"text": "40"}, **key)
    await stage.contact_comments("E frete?", "55_67")
    path = f"/api/meta/messages/{account}/comments:7001"
    async with stage.client() as caller:
        ids = [message["id"] for message in (await caller.get(path)).json()["messages"]]
    assert len(ids) == 3
    elsewhere = [f"{path}/{each}/public-reply" for each in ids if not comment.endswith(each)]
    for url in (f"{comment}/private-reply", *elsewhere):
        answer = await ask(stage, url, {"text": "40"}, **key)
        assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    assert len(stage.graph.sent) == 1


async def test_a_comment_is_hidden_and_shown_again(stage: HttpStage, comment: str) -> None:
    path = comment.rsplit("/", 1)[0]
    for body in (None, {}, {"hide": False}, {"hide": True}):
        answer = await ask(stage, f"{comment}/hide", body)
        assert (answer.status_code, answer.content) == (204, b"")
        stage.passes(seconds=1)
    async with stage.client() as caller:
        [message] = (await caller.get(path)).json()["messages"]
    assert message["details"]["hidden"] is True
    assert stage.graph.hidden == [("55_66", True), ("55_66", True), ("55_66", False), ("55_66", True)]


async def test_what_meta_does_not_hide_is_503(
    stage: HttpStage, comment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def down(*_: object, **__: object) -> None:
        raise GraphUnavailable("no answer")

    monkeypatch.setattr(stage.graph, "hide_comment", down)
    answer = await ask(stage, f"{comment}/hide")
    assert (answer.status_code, answer.json()["code"]) == (503, "meta_unavailable")


@pytest.mark.parametrize(
    "body", [{}, {"text": 7}, {"text": None}, {"text": "a", "x": 1}, [], {"text": "a\0"}]
)
@pytest.mark.parametrize("way", WAYS)
async def test_a_wrong_shape_is_400(stage: HttpStage, comment: str, way: str, body: Any) -> None:
    assert (await ask(stage, f"{comment}/{way}", body)).status_code == 400
    assert stage.graph.sent == []


@pytest.mark.parametrize("body", [{"hide": "true"}, {"hide": None}, {"hide": 1}, {"hidden": True}, []])
async def test_a_wrong_wish_to_hide_is_400(stage: HttpStage, comment: str, body: Any) -> None:
    assert (await ask(stage, f"{comment}/hide", body)).status_code == 400
    assert stage.graph.hidden == []


async def test_a_wish_to_hide_in_another_format_is_415(stage: HttpStage, comment: str) -> None:
    async with stage.client() as caller:
        answer = await caller.post(
            f"{comment}/hide", content=b"hide=true", headers={"Content-Type": "text/plain"}
        )
    assert answer.status_code == 415
    assert stage.graph.hidden == []


async def test_what_is_no_comment_is_422_and_a_removed_one_409(
    stage: HttpStage, account: str, comment: str
) -> None:
    await stage.contact_writes("Tem pão?")
    async with stage.client() as caller:
        [private] = (await caller.get(f"/api/meta/messages/{account}/7001")).json()["messages"]
    await stage.contact_comments(verb="remove")
    for deed, body in (("private-reply", {"text": "40"}), ("public-reply", {"text": "40"}), ("hide", None)):
        wrong = await ask(stage, f"/api/meta/messages/{account}/7001/{private['id']}/{deed}", body)
        gone = await ask(stage, f"{comment}/{deed}", body)
        assert (wrong.status_code, wrong.json()["code"]) == (422, "not_supported_here")
        assert (gone.status_code, gone.json()["code"]) == (409, "comment_deleted")
    assert (stage.graph.sent, stage.graph.hidden) == ([], [])


@pytest.mark.parametrize("deed", ["private-reply", "public-reply", "hide"])
async def test_another_tenants_comment_is_404_and_looks_like_nothing(
    stage: HttpStage, account: str, comment: str, deed: str
) -> None:
    body, (path, id_) = None if deed == "hide" else {"text": "40"}, comment.rsplit("/", 1)
    async with stage.client(stage.token("rival")) as rival:
        answers = [await rival.post(f"{comment}/{deed}", json=body)]
    wrong = (
        f"{path}/{UNKNOWN_ID}",
        f"{path}/nothing",
        f"/api/meta/messages/{account}/7001/{id_}",
        f"/api/meta/messages/{UNKNOWN_ID}/comments:7001/{id_}",
        f"/api/meta/messages/{account}/{'x' * 200}/{id_}",
    )
    answers += [await ask(stage, f"{url}/{deed}", body) for url in wrong]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert (stage.graph.sent, stage.graph.hidden) == ([], [])
