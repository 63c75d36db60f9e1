"""An account that was connected by Instagram Login is answered, through everything that lies between."""

import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from meta_inbox.adapters.meta_graph.fake import FakeMeta
from meta_inbox.adapters.meta_graph.signature import sign
from meta_inbox.adapters.meta_graph.transport import HttpTransport
from meta_inbox.domain.errors import ContentRefused
from meta_inbox.domain.model.account import Account, Login, Platform
from meta_inbox.domain.model.content import TextContent
from meta_inbox.domain.model.ids import ContactId
from meta_inbox.domain.model.oauth_state import Candidate
from meta_inbox.domain.model.principal import Principal
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.thread_control import ThreadControl
from meta_inbox.domain.ports import Connectable
from meta_inbox.entrypoints.container import OnPostgres
from meta_inbox.entrypoints.plugin import OpenInbox, open_inbox
from meta_inbox.entrypoints.settings import Settings
from tests.contracts.meta_stage import CASAVERDE

BIA = Principal("casa-verde", "bia")
SECRET = Secret("the-secret-of-the-instagram-app")


@pytest.fixture
def meta() -> FakeMeta:
    return FakeMeta()


@pytest.fixture
async def inbox(meta: FakeMeta) -> AsyncGenerator[OpenInbox]:
    settings = replace(
        Settings.in_memory(meta=meta), meta_instagram_app_id="77", meta_instagram_app_secret=SECRET
    )
    async with open_inbox(settings) as inbox:
        yield inbox


@pytest.fixture
async def account(meta: FakeMeta, inbox: OpenInbox) -> Account:
    """The account, which has no Page."""
    token = meta.world.instagram.token(CASAVERDE)
    candidate = Candidate(
        key="instagram",
        platform=Platform.INSTAGRAM,
        external_id=CASAVERDE,
        name="Casa Verde",
        username="casaverde",
        page_id=None,
        page_name=None,
    )
    connected = await inbox.list_accounts.accounts.connect(
        BIA.tenant,
        BIA.user,
        Connectable(
            candidate=candidate,
            login=Login.INSTAGRAM,
            user_token=Secret(token.text),
            page_token=None,
            token_expires_at=token.expires_at,
            data_access_expires_at=datetime.now(UTC) + timedelta(days=90),
            meta_user_id="9",
        ),
    )
    assert connected is not None
    return connected


@pytest.fixture
async def ana(meta: FakeMeta, inbox: OpenInbox, account: Account) -> ContactId:
    """Who wrote to it, of which the Instagram app's own webhook told."""
    contact = meta.world.contacts.create(account.external_id, "Ana")
    mid = meta.world.contacts.write(contact.id, "Oi!")
    now = int(datetime.now(UTC).timestamp() * 1000)
    event = {"sender": {"id": contact.id}, "recipient": {"id": CASAVERDE}, "timestamp": now}
    entry = {"id": CASAVERDE, "time": now, "messaging": [event | {"message": {"mid": mid, "text": "Oi!"}}]}
    body = json.dumps({"object": "instagram", "entry": [entry]}).encode()
    await inbox.receive_webhook_event(body=body, signature=sign(body, SECRET))
    return ContactId(contact.id)


async def test_an_answer_reaches_the_contact(
    meta: FakeMeta, inbox: OpenInbox, account: Account, ana: ContactId
) -> None:
    sent = await inbox.send_message(by=BIA, account=account.id, contact=ana, content=TextContent(text="Olá"))
    assert (sent.status.value, [one.text for one in meta.sent]) == ("sent", ["Olá"])


async def test_it_reacts_as_it_likes_and_shows_typing(
    meta: FakeMeta, inbox: OpenInbox, account: Account, ana: ContactId
) -> None:
    page = await inbox.list_messages(by=BIA, account=account.id, contact=ana)
    [message] = page.items
    fire = "\U0001f525"
    await inbox.react_to_message(by=BIA, account=account.id, contact=ana, message=message.id, reaction=fire)
    await inbox.show_typing(by=BIA, account=account.id, contact=ana)
    await inbox.mark_read(by=BIA, account=account.id, contact=ana)
    contact, [entry] = meta.world.ground.contact(ana), meta.world.contacts.thread(ana)
    assert (entry.business_reaction, contact.typing_shown) == (fire, True)
    assert contact.seen_by_business_at is not None


async def test_it_shares_its_conversations_with_no_app(
    inbox: OpenInbox, account: Account, ana: ContactId
) -> None:
    take = ThreadControl(action="take")
    with pytest.raises(ContentRefused):
        await inbox.control_thread(by=BIA, account=account.id, contact=ana, control=take)


async def test_the_real_parts_speak_to_the_host_of_the_settings(account: Account) -> None:
    settings = replace(
        Settings.in_memory(), meta_instagram_graph_base_url="https://graph.instagram.test/prefix"
    )
    async with HttpTransport.open() as transport:
        calls = OnPostgres(settings=settings, transport=transport).calls()
    assert calls.of(account).url("me") == "https://graph.instagram.test/prefix/v26.0/me"
    by_page = replace(account, login=Login.FACEBOOK)
    assert calls.of(by_page).url("me") == "https://graph.facebook.com/v26.0/me"
