"""Asking after a message, and sending it again, over HTTP."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from meta_inbox.adapters.http.app import create_app
from meta_inbox.domain.errors import AccessRevoked, GraphUnavailable, RefusedByMeta
from meta_inbox.domain.model.account import Platform
from meta_inbox.domain.model.history import PastConversation, PastPage
from meta_inbox.domain.model.ids import ContactId, MetaMessageId
from meta_inbox.domain.model.message import SendError
from meta_inbox.domain.model.principal import Principal
from meta_inbox.domain.model.sending import Failed, Unknown
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem
from tests.contracts.http_stage import PAGE, HttpStage

UNKNOWN_ID = "01890000-0000-7000-8000-000000000000"
OOPS = SendError(code="outcome_unknown", detail="no answer came")
DOES = ["check", "resend"]


@pytest.fixture
def stage() -> HttpStage:
    return HttpStage()


@pytest.fixture
async def account(stage: HttpStage) -> str:
    account = await stage.connects()
    await stage.contact_writes()
    return account


async def sent(stage: HttpStage, account: str, outcome: Any = None) -> str:
    """The address of an answer to Ana whose sending came to this."""
    stage.graph.outcome = outcome or Unknown(error=OOPS)
    body = {"account_id": account, "recipient_id": "7001", "message": {"type": "text", "text": "Olá"}}
    answer = await ask(stage, "/api/meta/send-message", body)
    stage.graph.outcome = None
    stage.passes(minutes=1)
    found = answer.json()
    return f"/api/meta/messages/{account}/7001/{found.get('message', found)['id']}"


async def ask(stage: HttpStage, url: str, body: Any = None, token: str | None = None) -> httpx.Response:
    async with stage.client(token) as caller:
        return await caller.post(url, json=body)


def meta_has(stage: HttpStage, monkeypatch: pytest.MonkeyPatch, found: PastPage | Exception) -> None:
    """What reading the conversation leads to."""

    async def history(*_: object, **__: object) -> PastPage:
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(stage.graph, "history", history)


def conversation(stage: HttpStage, mid: str = "m_found") -> PastPage:
    """The answer, as Meta keeps it."""
    at = stage.clock.now() - timedelta(minutes=1)
    item = WebhookItem(
        index=0,
        platform=Platform.MESSENGER,
        external_id=PAGE,
        kind=ItemKind.ECHO,
        event="echo",
        contact_id=ContactId("7001"),
        meta_message_id=MetaMessageId(mid),
        text="Olá",
        sent_at=at,
    )
    found = PastConversation(
        contact_id=ContactId("7001"), name=None, username=None, updated_at=at, items=(item,)
    )
    return PastPage(conversations=[found])


async def test_a_message_that_is_at_meta_is_sent(
    stage: HttpStage, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await sent(stage, account)
    meta_has(stage, monkeypatch, conversation(stage))
    answer = await ask(stage, f"{url}/check")
    found = answer.json()
    assert (answer.status_code, found["status"], found["message_id"]) == (200, "sent", "m_found")
    assert (found["error"], found["details"]) == (None, {"matched_by": "content"})
    assert (await ask(stage, f"{url}/check")).json() == found
    assert (await ask(stage, f"{url}/resend")).json() == found
    assert len(stage.graph.sent) == 1


async def test_a_message_that_is_not_at_meta_stays_unknown(stage: HttpStage, account: str) -> None:
    answer = await ask(stage, f"{await sent(stage, account)}/check")
    assert (answer.status_code, answer.json()["status"]) == (200, "unknown")
    assert answer.json()["error"]["code"] == "outcome_unknown"


async def test_when_meta_does_not_answer_it_is_503(
    stage: HttpStage, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await sent(stage, account)
    meta_has(stage, monkeypatch, GraphUnavailable("down", retry_after=timedelta(seconds=7)))
    answer = await ask(stage, f"{url}/check")
    assert (answer.status_code, answer.json()["code"]) == (503, "meta_unavailable")
    assert answer.headers["Retry-After"] == "7"


async def test_a_dead_token_is_409_and_the_account_needs_a_login(
    stage: HttpStage, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await sent(stage, account)
    meta_has(stage, monkeypatch, AccessRevoked("the session ended", meta_code=190))
    answer = await ask(stage, f"{url}/check")
    assert (answer.status_code, answer.json()["code"]) == (409, "account_not_sendable")
    async with stage.client() as caller:
        shown = (await caller.get(f"/api/meta/accounts/{account}")).json()
    assert shown["status"] == "reauth_required"
    assert (await ask(stage, f"{url}/resend")).json()["code"] == "account_not_sendable"


@pytest.mark.parametrize(("code", "status"), [("refused_by_meta", 422), ("account_not_sendable", 409)])
async def test_what_meta_refuses_is_told_by_its_kind(
    stage: HttpStage, account: str, monkeypatch: pytest.MonkeyPatch, code: str, status: int
) -> None:
    url = await sent(stage, account)
    meta_has(stage, monkeypatch, RefusedByMeta("Meta said no", code=code))
    answer = await ask(stage, f"{url}/check")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_an_unknown_message_is_sent_again_under_its_id(stage: HttpStage, account: str) -> None:
    url = await sent(stage, account)
    answer = await ask(stage, f"{url}/resend")
    found = answer.json()
    assert (answer.status_code, found["status"], found["message_id"]) == (200, "sent", "m_sent_2")
    assert (found["details"], url.endswith(found["id"])) == ({"resent": 1}, True)
    assert {message.id for message in stage.graph.sent} == {found["id"]}


async def test_a_failed_message_is_sent_again(stage: HttpStage, account: str) -> None:
    blocked = Failed(error=SendError(code="recipient_unavailable", detail="blocked"))
    url = await sent(stage, account, blocked)
    stage.graph.outcome = blocked
    refused = await ask(stage, f"{url}/resend")
    assert (refused.status_code, refused.json()["code"]) == (409, "recipient_unavailable")
    assert refused.json()["message"]["details"] == {"resent": 1}
    stage.graph.outcome = None
    assert (await ask(stage, f"{url}/resend")).json()["status"] == "sent"


async def test_after_the_window_it_is_409(stage: HttpStage, account: str) -> None:
    url = await sent(stage, account)
    stage.passes(days=1)
    answer = await ask(stage, f"{url}/resend")
    assert (answer.status_code, answer.json()["code"]) == (409, "window_closed")


async def test_what_is_no_longer_kept_is_409(stage: HttpStage, account: str) -> None:
    url = await sent(stage, account)
    stage.passes(days=7)
    assert await stage.inbox.upkeep.settle_unknown.forget() == 1
    answer = await ask(stage, f"{url}/resend")
    assert (answer.status_code, answer.json()["code"]) == (409, "cannot_resend")


async def test_an_automation_may_not_send_again(stage: HttpStage, account: str) -> None:
    url = await sent(stage, account)

    async def bot(_: object) -> Principal:
        return Principal("casa-verde", "bot", kind="automation")

    hosted = create_app(
        inbox=stage.inbox,
        identity=bot,
        options=stage.options,
        readiness=stage.readiness,
        clock=stage.clock,
        events=stage.log,
        hints=stage.hints,
    )
    stage.app = hosted
    answer = await ask(stage, f"{url}/resend")
    assert (answer.status_code, answer.json()["code"]) == (409, "person_required")
    assert len(stage.graph.sent) == 1


@pytest.mark.parametrize("does", DOES)
async def test_others_and_unknown_messages_are_404(stage: HttpStage, account: str, does: str) -> None:
    url = await sent(stage, account)
    place = url.rsplit("/", 1)[0]
    for target in (f"{place}/{UNKNOWN_ID}", f"{place}/no-id", url.replace("/7001/", "/7002/")):
        assert (await ask(stage, f"{target}/{does}")).status_code == 404
    assert (await ask(stage, f"{url}/{does}", token=stage.token("rival"))).status_code == 404


@pytest.mark.parametrize("does", DOES)
async def test_it_needs_the_right_to_send(stage: HttpStage, account: str, does: str) -> None:
    url = await sent(stage, account)
    answer = await ask(stage, f"{url}/{does}", token=stage.token(scope="messages:read"))
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    async with stage.client(anonymous=True) as caller:
        assert (await caller.post(f"{url}/{does}")).status_code == 401
