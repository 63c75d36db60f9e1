"""The Meta that a host's tests play."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from meta_inbox.adapters.meta_graph.fake import FakeGraphApi, FakeMeta, FakeMetaLogin
from meta_inbox.adapters.meta_graph.reader import MsgspecWebhookReader
from meta_inbox.adapters.meta_graph.signature import HmacSignatures
from meta_inbox.domain.errors import StorageUnavailable
from meta_inbox.domain.model.account import Login, WebhookSource
from meta_inbox.domain.model.oauth_state import Wanted
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem

REDIRECT = "https://crm.example/api/meta/oauth/callback"


class Now:
    def now(self) -> datetime:
        return datetime.now(UTC)


class Inbox:
    """Takes webhooks as the real one does, and remembers what they said."""

    def __init__(self, meta: FakeMeta) -> None:
        self.signatures = HmacSignatures(
            meta_secrets=[meta.app.secret], instagram_secret=None, verify_token=meta.verify_token
        )
        self.items: list[WebhookItem] = []
        self.failures = 0

    async def receive(self, body: bytes, signature: bytes) -> None:
        if self.failures:
            self.failures -= 1
            raise StorageUnavailable("the database has a rest")
        assert self.signatures.signer(body, signature) is Login.FACEBOOK
        self.items += MsgspecWebhookReader().read(body).items


@pytest.fixture
def meta() -> FakeMeta:
    return FakeMeta()


def login_at(meta: FakeMeta) -> FakeMetaLogin:
    return FakeMetaLogin(meta=meta, redirect_uri=REDIRECT, clock=Now())


async def connect(meta: FakeMeta) -> Any:
    login = login_at(meta)
    callback = meta.approve(login.dialog_url(Secret("the-state"), Wanted.ALL))
    query = parse_qs(urlsplit(callback).query)
    assert query["state"] == ["the-state"]
    grant = await login.redeem(Secret(query["code"][0]), Wanted.ALL)
    for page_id in ("1001", "1002"):
        await FakeGraphApi(meta).subscribe(
            WebhookSource(login=Login.FACEBOOK, id=page_id), grant.page_tokens[page_id]
        )
    return grant


def test_the_callback_comes_back_to_us(meta: FakeMeta) -> None:
    callback = meta.approve(login_at(meta).dialog_url(Secret("s"), Wanted.ALL))
    assert callback.startswith(REDIRECT + "?code=")


def test_our_own_address_stands_for_the_dialog_that_a_browser_opened(meta: FakeMeta) -> None:
    ours = "https://crm.example/api/meta/oauth/authorize?ticket=abc"
    with pytest.raises(ValueError, match="no browser"):
        meta.approve(ours)
    login_at(meta).dialog_url(Secret("the-state"), Wanted.ALL)
    assert "state=the-state" in meta.approve(ours)


def test_a_cancelled_dialog_brings_no_code(meta: FakeMeta) -> None:
    callback = meta.cancel(login_at(meta).dialog_url(Secret("s"), Wanted.ALL))
    assert "error=access_denied" in callback
    assert "code=AQ" not in callback


@pytest.mark.parametrize("account", ["1001", "Casa Verde", "17841400000000001", "casaverde", "our-own-id"])
async def test_what_a_contact_writes_arrives_signed(meta: FakeMeta, account: str) -> None:
    await connect(meta)
    inbox = Inbox(meta)
    async with meta.delivering(inbox.receive, external_id_of={"our-own-id": "1001"}.get):
        written = meta.contact_writes(account, "Ana", "Vocês entregam? 😀")
        await written
    (item,) = inbox.items
    assert (item.kind, item.text, item.contact_id) == (ItemKind.MESSAGE, "Vocês entregam? 😀", "Ana")
    assert item.meta_message_id == written.message_id


@pytest.mark.parametrize("account", ["Casa Verde", "casaverde"])
async def test_what_a_contact_comments_arrives_in_a_conversation_of_its_own(
    meta: FakeMeta, account: str
) -> None:
    await connect(meta)
    inbox = Inbox(meta)
    async with meta.delivering(inbox.receive):
        commented = meta.contact_comments(account, "Ana", "Quanto custa?")
        await commented
    (item,) = inbox.items
    assert (item.type, item.text, item.contact_id) == ("comment", "Quanto custa?", "comments:Ana")
    assert item.meta_message_id == commented.message_id


async def test_stories_are_answered_and_mention_the_account(meta: FakeMeta) -> None:
    await connect(meta)
    inbox = Inbox(meta)
    async with meta.delivering(inbox.receive):
        await meta.contact_replies_to_story("17841400000000001", "Ana", "Que lindo!")
        await meta.contact_mentions("17841400000000001", "Ana")
    answered, mentioned = inbox.items
    assert (answered.type, answered.text) == ("story_reply", "Que lindo!")
    assert answered.story is not None
    assert answered.story["url"].startswith(meta.world.ground.media_url)
    assert mentioned.type == "story_mention"


async def test_what_was_written_before_anybody_listened_arrives_then(meta: FakeMeta) -> None:
    await connect(meta)
    for text in ("um", "dois", "três"):
        meta.contact_writes("1001", "Ana", text)
    inbox = Inbox(meta)
    async with meta.delivering(inbox.receive):
        await meta.settled()
    assert [item.text for item in inbox.items] == ["um", "dois", "três"]


async def test_a_webhook_that_is_not_taken_comes_again(meta: FakeMeta) -> None:
    await connect(meta)
    inbox = Inbox(meta)
    inbox.failures = 3
    async with meta.delivering(inbox.receive):
        await meta.contact_writes("1001", "Ana", "Oi")
    assert [item.text for item in inbox.items] == ["Oi"]


async def test_two_accounts_may_know_contacts_of_the_same_name(meta: FakeMeta) -> None:
    first, second = meta.contact_writes("1001", "Ana", "a"), meta.contact_writes("1002", "Ana", "b")
    assert (first.contact_id, second.contact_id) == ("Ana", "Ana.1002")
    assert meta.contact_writes("1002", "Ana", "c").contact_id == "Ana.1002"


def test_an_unknown_account_is_a_slip_of_the_test(meta: FakeMeta) -> None:
    with pytest.raises(ValueError, match="no account"):
        meta.contact_writes("Casa Azul", "Ana", "Oi")


async def test_what_reached_contacts_can_be_looked_up(meta: FakeMeta) -> None:
    grant = await connect(meta)
    contact = meta.contact_writes("1001", "Ana", "Oi").contact_id
    body = {"recipient": {"id": contact}, "messaging_type": "RESPONSE", "message": {"text": "Olá"}}
    await meta.calls.send("1001", "messages", token=grant.page_tokens["1001"], json=body)
    (sent,) = meta.sent
    assert (sent.account_id, sent.contact_id, sent.text, sent.human_agent) == ("1001", "Ana", "Olá", False)


async def test_one_fake_serves_several_loops_in_turn(meta: FakeMeta) -> None:
    await connect(meta)
    for _ in range(2):
        inbox = Inbox(meta)
        async with meta.delivering(inbox.receive):
            await meta.contact_writes("1001", "Ana", "Oi")
        assert len(inbox.items) == 1
