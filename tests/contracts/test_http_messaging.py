"""Conversations, messages and answers over HTTP."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from meta_inbox.domain.model.contact import ContactProfile
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.message import SendError
from meta_inbox.domain.model.sending import Failed, Later, Sent, Unknown
from tests.contracts.http_stage import HttpStage

SEND = "/api/meta/send-message"
MESSAGE_FIELDS = {
    "id", "account_id", "contact_id", "message_id", "direction", "type", "text", "attachments", "buttons",
    "edits", "details", "standby",
    "quick_reply", "postback", "reply_to", "story", "referral", "reactions", "status", "origin",
    "sent_by", "error", "next_attempt_at", "parts", "edited_at", "deleted_at", "sent_at", "created_at",
    "imported",
}  # fmt: skip
UNKNOWN_ID = "01890000-0000-7000-8000-000000000000"


@pytest.fixture
def stage() -> HttpStage:
    return HttpStage()


def text(account: str, words: str = "Olá!", **more: Any) -> dict[str, Any]:
    return {"account_id": account, "recipient_id": "7001", "message": {"type": "text", "text": words}} | more


async def send(stage: HttpStage, body: dict[str, Any], **headers: str) -> httpx.Response:
    async with stage.client() as caller:
        return await caller.post(SEND, json=body, headers=headers)


@pytest.fixture
async def account(stage: HttpStage) -> str:
    account = await stage.connects()
    await stage.contact_writes("Tem pão?")
    return account


async def test_what_a_contact_writes_is_seen(stage: HttpStage, account: str) -> None:
    async with stage.client() as caller:
        [conversation] = (await caller.get(f"/api/meta/conversations/{account}")).json()["conversations"]
        [message] = (await caller.get(f"/api/meta/messages/{account}/7001")).json()["messages"]
    assert conversation["last_message"] == message
    assert conversation["unread_count"] == 1
    assert conversation["window"]["open"] is True
    assert conversation["window"]["reason"] is None
    assert conversation["contact"] == {
        "name": None,
        "username": None,
        "profile_picture_url": None,
        "facts": None,
    }
    assert set(message) == MESSAGE_FIELDS
    assert (message["text"], message["message_id"], message["status"]) == ("Tem pão?", "m_1", "received")
    assert message["created_at"].endswith("Z")


async def test_one_conversation_is_as_the_list_shows_it(stage: HttpStage, account: str) -> None:
    async with stage.client() as caller:
        [listed] = (await caller.get(f"/api/meta/conversations/{account}")).json()["conversations"]
        answer = await caller.get(f"/api/meta/conversations/{account}/7001")
    assert (answer.status_code, answer.json()) == (200, listed)


async def test_a_conversation_that_never_began_is_empty(stage: HttpStage, account: str) -> None:
    async with stage.client() as caller:
        answer = await caller.get(f"/api/meta/conversations/{account}/7002")
    assert answer.status_code == 200
    found = answer.json()
    assert (found["contact_id"], found["last_message"], found["unread_count"]) == ("7002", None, 0)
    assert found["window"] == {
        "open": False,
        "closes_at": None,
        "human_agent_until": None,
        "reason": "never_opened",
    }


@pytest.mark.parametrize("path", [f"{UNKNOWN_ID}/7001", "no-id/7001", "{account}/caf%C3%A9"])
async def test_a_conversation_of_no_account_here_is_404(stage: HttpStage, account: str, path: str) -> None:
    async with stage.client() as caller:
        answer = await caller.get(f"/api/meta/conversations/{path.format(account=account)}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_another_tenants_conversation_is_404(stage: HttpStage, account: str) -> None:
    async with stage.client(stage.token("rival")) as caller:
        answer = await caller.get(f"/api/meta/conversations/{account}/7001")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_an_answer_that_meta_accepts_is_201(stage: HttpStage, account: str) -> None:
    answer = await send(stage, text(account))
    assert answer.status_code == 201
    assert answer.json()["status"] == "sent"
    assert answer.json()["message_id"] == "m_sent_1"
    assert answer.json()["sent_by"] == "bea"
    async with stage.client() as caller:
        [conversation] = (await caller.get(f"/api/meta/conversations/{account}")).json()["conversations"]
    assert conversation["unread_count"] == 0


OOPS = SendError(code="meta_error", detail="Meta said no", meta_code=100)


@pytest.mark.parametrize(
    ("outcome", "status"),
    [(Unknown(error=OOPS), "unknown"), (Later(error=OOPS, after=timedelta(seconds=9)), "queued")],
)
async def test_an_answer_whose_outcome_is_open_is_202(
    stage: HttpStage, account: str, outcome: Unknown | Later, status: str
) -> None:
    stage.graph.outcome = outcome
    answer = await send(stage, text(account))
    assert (answer.status_code, answer.json()["status"]) == (202, status)
    assert answer.json()["error"]["meta_code"] == 100


@pytest.mark.parametrize(("code", "status"), [("recipient_unavailable", 409), ("media_type", 422)])
async def test_what_meta_refuses_is_a_problem_with_the_failed_message(
    stage: HttpStage, account: str, code: str, status: int
) -> None:
    stage.graph.outcome = Failed(error=SendError(code=code, detail="Meta said no"))
    answer = await send(stage, text(account))
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code
    assert answer.json()["message"]["status"] == "failed"
    assert answer.json()["type"] == f"urn:meta-inbox:problem:{code}"


async def test_images_and_buttons_are_sent(stage: HttpStage, account: str) -> None:
    image = {"type": "image", "url": "https://cdn.example/pao.jpg"}
    buttons = {
        "type": "buttons",
        "text": "Qual?",
        "buttons": [
            {"type": "web_url", "title": "Site", "url": "https://casa.example"},
            {"type": "postback", "title": "Pão", "payload": "BREAD"},
        ],
    }
    first = await send(stage, text(account, message=image))
    second = await send(stage, text(account, message=buttons))
    assert (first.status_code, second.status_code) == (201, 201)
    [attachment] = first.json()["attachments"]
    assert (attachment["type"], attachment["url"], attachment["state"]) == ("image", None, "pending")
    assert second.json()["buttons"] == buttons["buttons"]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"type": "text", "text": "  "}, "text_empty"),
        ({"type": "text", "text": "x" * 2001}, "text_too_long"),
        ({"type": "buttons", "text": "?", "buttons": []}, "too_many_buttons"),
        ({"type": "image", "url": "http://cdn.example/a.jpg"}, "media_type"),
        (
            {
                "type": "buttons",
                "text": "?",
                "buttons": [{"type": "postback", "title": "x" * 21, "payload": "p"}],
            },
            "title_too_long",
        ),
    ],
)
async def test_content_that_never_can_be_sent_is_422(
    stage: HttpStage, account: str, message: dict[str, Any], code: str
) -> None:
    answer = await send(stage, text(account, message=message))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert "message" not in answer.json()


WRONG_SHAPES: list[dict[str, Any]] = [
    {"unknown": 1},
    {"tenant_id": "other"},
    {"status": "sent"},
    {"account_id": 7},
    {"recipient_id": None},
    {"message": None},
    {"message": []},
    {"message": {}},
    {"message": {"type": "text"}},
    {"message": {"type": "hologram", "text": "a"}},
    {"message": {"type": "text", "text": 7}},
    {"message": {"type": "text", "text": "a", "url": "b"}},
    {"message": {"type": "text", "text": "a\0b"}},
    {"message": {"type": "image"}},
    {"message": {"type": "image", "url": "https://a.example", "media_id": "b"}},
    {"message": {"type": "images", "items": [{}]}},
    {"message": {"type": "sticker", "name": "skull"}},
    {"human_agent": "true"},
    {"human_agent": 1},
    {"reply_to": None},
    {"split": "no"},
]


@pytest.mark.parametrize("change", WRONG_SHAPES)
async def test_a_wrong_shape_is_400(stage: HttpStage, account: str, change: dict[str, Any]) -> None:
    answer = await send(stage, text(account) | change)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert stage.graph.sent == []


@pytest.mark.parametrize("account_id", ["", "x", UNKNOWN_ID, UNKNOWN_ID.upper() + "x", "../etc", "1 or 1=1"])
async def test_an_unknown_or_malformed_account_is_404_all_alike(
    stage: HttpStage, account: str, account_id: str
) -> None:
    bodies = [
        (await send(stage, text(account_id))).json(),
        (await send(stage, text(account, reply_to=UNKNOWN_ID))).json(),
        (await send(stage, text(account, reply_to=account_id))).json(),
    ]
    assert {body["status"] for body in bodies} == {404}
    assert bodies[0] == bodies[1] == bodies[2]


async def test_after_the_window_nothing_is_sent(stage: HttpStage, account: str) -> None:
    stage.passes(hours=25)
    answer = await send(stage, text(account))
    assert (answer.status_code, answer.json()["code"]) == (409, "window_closed")
    assert "message" not in answer.json()
    assert (await send(stage, text(account, human_agent=True))).status_code == 201


async def test_a_disconnected_account_is_not_sendable_and_its_history_stays(
    stage: HttpStage, account: str
) -> None:
    async with stage.client() as caller:
        gone = [await caller.delete(f"/api/meta/accounts/{account}") for _ in range(2)]
        listed = await caller.get("/api/meta/accounts")
        messages = await caller.get(f"/api/meta/messages/{account}/7001")
    answer = await send(stage, text(account))
    assert [answer.status_code for answer in gone] == [204, 204]
    assert gone[0].content == b""
    assert listed.json()["accounts"][0]["status"] == "disconnected"
    assert len(messages.json()["messages"]) == 1
    assert (answer.status_code, answer.json()["code"]) == (409, "account_not_sendable")


async def test_the_same_key_sends_once_and_answers_the_same(stage: HttpStage, account: str) -> None:
    first = await send(stage, text(account), **{"Idempotency-Key": "k1"})
    again = await send(stage, text(account, human_agent=False), **{"Idempotency-Key": "k1"})
    other = await send(stage, text(account, "Outra"), **{"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert len(stage.graph.sent) == 1


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "é".encode().decode("latin-1"), "a\tb"])
async def test_a_key_that_is_no_visible_ascii_is_400(stage: HttpStage, account: str, key: str) -> None:
    async with stage.client() as caller:
        headers = [("Idempotency-Key", key.encode("latin-1"))]
        answer = await caller.post(SEND, json=text(account), headers=headers)  # type: ignore[arg-type]  # bytes are allowed
    assert answer.status_code == 400
    assert stage.graph.sent == []


async def test_two_keys_are_400(stage: HttpStage, account: str) -> None:
    async with stage.client() as caller:
        headers = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
        answer = await caller.post(SEND, json=text(account), headers=headers)
    assert answer.status_code == 400


async def test_pages_of_messages_go_back_without_gap_or_repetition(stage: HttpStage, account: str) -> None:
    for number in range(2, 8):
        stage.passes(seconds=1)
        await stage.contact_writes(f"n{number}", f"m_{number}")
    seen: list[str] = []
    cursor: str | None = None
    async with stage.client() as caller:
        while True:
            query = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
            page = (await caller.get(f"/api/meta/messages/{account}/7001", params=query)).json()
            seen += [message["message_id"] for message in page["messages"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
    assert seen == [f"m_{number}" for number in range(7, 0, -1)]


async def test_pages_of_conversations_and_their_filters(stage: HttpStage, account: str) -> None:
    for number in range(5):
        stage.passes(seconds=1)
        await stage.contact_writes("oi", f"c_{number}", contact=f"80{number}")
    async with stage.client() as caller:
        path = f"/api/meta/conversations/{account}"
        first = (await caller.get(path, params={"limit": 4})).json()
        rest = (await caller.get(path, params={"limit": 4, "cursor": first["next_cursor"]})).json()
        await caller.post(f"{path}/802/read")
        unread = (await caller.get(path, params={"unread": "true"})).json()
        read = (await caller.get(path, params={"unread": "false"})).json()
        nobody = (await caller.get(path, params={"q": "zzz"})).json()
    ids = [found["contact_id"] for found in first["conversations"] + rest["conversations"]]
    assert ids == ["804", "803", "802", "801", "800", "7001"]
    assert rest["next_cursor"] is None
    assert [found["contact_id"] for found in read["conversations"]] == ["802"]
    assert len(unread["conversations"]) == 5
    assert nobody == {"conversations": [], "next_cursor": None}


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=101", "limit=-1", "limit=x", "limit=1.5", "limit=", "limit=1&limit=2",
        "cursor=x", "cursor=", "cursor=%00", "unread=1", "unread=", "unread=TRUE", "unknown=1", "q=%00",
        f"limit={'9' * 5000}",
    ],
)  # fmt: skip
async def test_a_wrong_query_is_400(stage: HttpStage, account: str, query: str) -> None:
    async with stage.client() as caller:
        answer = await caller.get(f"/api/meta/conversations/{account}?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_somebody_who_never_wrote_has_no_messages_and_nothing_to_mark(
    stage: HttpStage, account: str
) -> None:
    async with stage.client() as caller:
        messages = await caller.get(f"/api/meta/messages/{account}/9999")
        read = await caller.post(f"/api/meta/conversations/{account}/9999/read")
        marked = await caller.post(f"/api/meta/conversations/{account}/7001/read")
    assert messages.json() == {"messages": [], "next_cursor": None}
    assert (read.status_code, marked.status_code) == (404, 204)


async def test_another_tenants_things_are_404_and_look_like_nothing(stage: HttpStage, account: str) -> None:
    async with stage.client(stage.token("rival")) as rival:
        answers = [
            await rival.get(f"/api/meta/accounts/{account}"),
            await rival.get(f"/api/meta/accounts/{account}/health"),
            await rival.delete(f"/api/meta/accounts/{account}"),
            await rival.get(f"/api/meta/conversations/{account}"),
            await rival.get(f"/api/meta/messages/{account}/7001"),
            await rival.post(f"/api/meta/conversations/{account}/7001/read"),
            await rival.post(SEND, json=text(account)),
        ]
        unknown = await rival.get(f"/api/meta/accounts/{UNKNOWN_ID}")
        listed = await rival.get("/api/meta/accounts")
    assert {answer.status_code for answer in answers} == {404}
    assert {answer.content for answer in answers} == {unknown.content}
    assert listed.json() == {"accounts": []}


async def test_health_of_an_account_names_each_check_and_its_fix(stage: HttpStage, account: str) -> None:
    async with stage.client() as caller:
        checks = (await caller.get(f"/api/meta/accounts/{account}/health")).json()["checks"]
    assert [check["name"] for check in checks] == ["status", "access_token", "webhooks", "history"]
    assert all(check["ok"] and check["fix"] is None for check in checks)


async def test_a_mid_is_shown_as_meta_gave_it(stage: HttpStage, account: str) -> None:
    stage.graph.outcome = Sent(meta_message_id=MetaMessageId("aWdfZAG1faXRlbToxOklHTWVzc2FnZAUl"))
    assert (await send(stage, text(account))).json()["message_id"] == "aWdfZAG1faXRlbToxOklHTWVzc2FnZAUl"


async def test_an_account_says_how_far_its_history_is_read_back(stage: HttpStage, account: str) -> None:
    async with stage.client() as caller:
        before = (await caller.get(f"/api/meta/accounts/{account}")).json()
        await stage.inbox.upkeep.sync_history()
        after = (await caller.get(f"/api/meta/accounts/{account}")).json()
    assert before["history"] == {
        "state": "due",
        "kind": "import",
        "conversations": 0,
        "messages": 0,
        "started_at": None,
        "finished_at": None,
        "problem": None,
    }
    assert after["history"]["state"] == "done"
    assert after["history"]["finished_at"].endswith("Z")
    assert after["last_synced_at"] == after["history"]["finished_at"]


async def test_what_instagram_tells_of_followers_is_shown(stage: HttpStage, account: str) -> None:
    (contact,) = await stage.inbox.upkeep.fetch_profiles.conversations.due_profiles(1)
    profile = ContactProfile(name="Ana", facts={"follower_count": 312, "is_verified_user": False})
    await stage.inbox.upkeep.fetch_profiles.conversations.save_profile(contact, profile)
    async with stage.client() as caller:
        [conversation] = (await caller.get(f"/api/meta/conversations/{account}")).json()["conversations"]
    assert conversation["contact"]["facts"] == {
        "follower_count": 312,
        "is_user_follow_business": None,
        "is_business_follow_user": None,
        "is_verified_user": False,
    }
