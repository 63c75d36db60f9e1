"""An Instagram account connects by its own login and is answered, through everything that lies between."""

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from meta_inbox.adapters.meta_graph.fake import FakeMeta
from meta_inbox.adapters.meta_graph.transport import HttpTransport
from meta_inbox.domain.errors import ContentRefused
from meta_inbox.domain.model.account import Account, Login
from meta_inbox.domain.model.content import TextContent
from meta_inbox.domain.model.ids import ContactId
from meta_inbox.domain.model.principal import Principal
from meta_inbox.domain.model.thread_control import ThreadControl
from meta_inbox.entrypoints.container import OnPostgres
from meta_inbox.entrypoints.plugin import OpenInbox, open_inbox
from meta_inbox.entrypoints.settings import Settings
from meta_inbox.testing.connecting import connected

BIA = Principal("casa-verde", "bia")


@pytest.fixture(params=["equal ids", "ids that differ"])
def meta(request: pytest.FixtureRequest) -> FakeMeta:
    """Whether both logins know a contact by the same id, Meta leaves open."""
    meta = FakeMeta()
    differ = request.param == "ids that differ"
    meta.world.quirks = replace(meta.world.quirks, scoped_ids_differ=differ)
    return meta


@pytest.fixture
async def inbox(meta: FakeMeta) -> AsyncGenerator[OpenInbox]:
    async with open_inbox(Settings.in_memory(meta=meta)) as inbox:
        yield inbox


@pytest.fixture
async def account(meta: FakeMeta, inbox: OpenInbox) -> Account:
    """The account, which has no Page."""
    return await connected(inbox, meta, "casaverde", by=BIA, login=Login.INSTAGRAM)


@pytest.fixture
async def ana(meta: FakeMeta, inbox: OpenInbox, account: Account) -> ContactId:
    """Who wrote to it, of which the Instagram app's own webhook told."""
    meta.contact_writes(account, "Ana", "Oi!")
    await meta.settled()
    return await only_contact(inbox, account)


async def only_contact(inbox: OpenInbox, account: Account) -> ContactId:
    _, page = await inbox.list_conversations(by=BIA, account=account.id)
    (conversation,) = page.items
    return conversation.contact.id


async def texts(inbox: OpenInbox, account: Account, contact: ContactId) -> list[str | None]:
    page = await inbox.list_messages(by=BIA, account=account.id, contact=contact)
    return [message.text for message in reversed(page.items)]


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
    (contact,) = meta.world.ground.state.contacts.values()
    [entry] = meta.world.contacts.thread(contact.id)
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


async def test_its_health_is_asked_of_itself(inbox: OpenInbox, account: Account) -> None:
    found = {check.name: check for check in await inbox.check_health(by=BIA, account=account.id)}
    assert all(check.ok for check in found.values())
    assert found["webhooks"].detail.startswith("the account sends us: ")


async def test_disconnected_it_sends_no_more(meta: FakeMeta, inbox: OpenInbox, account: Account) -> None:
    assert meta.world.ground.state.installed_by_login
    await inbox.disconnect_account(by=BIA, account=account.id)
    assert not meta.world.ground.state.installed_by_login


async def test_both_logins_are_one_account_and_the_newest_is_active(
    meta: FakeMeta, inbox: OpenInbox, account: Account, ana: ContactId
) -> None:
    by_page = await connected(inbox, meta, "casaverde", by=BIA)
    assert (by_page.id, by_page.login, by_page.facebook_page_id) == (account.id, Login.FACEBOOK, "1001")
    await inbox.upkeep.keep_subscriptions.due()
    meta.contact_writes(account, "Ana", "Ainda aqui?")
    await meta.settled()
    _, page = await inbox.list_conversations(by=BIA, account=account.id)
    newest = page.items[0].contact.id
    assert (await texts(inbox, account, newest))[-1] == "Ainda aqui?"
    assert (await texts(inbox, account, ana))[0] == "Oi!"
    joined = not meta.world.quirks.scoped_ids_differ
    assert (newest == ana, len(page.items)) == (joined, 1 if joined else 2)
    sent = await inbox.send_message(
        by=BIA, account=account.id, contact=newest, content=TextContent(text="Sim")
    )
    assert (sent.status.value, [one.text for one in meta.sent]) == ("sent", ["Sim"])


async def test_what_the_other_login_told_meanwhile_is_there_after_the_switch(
    meta: FakeMeta, inbox: OpenInbox, account: Account
) -> None:
    await connected(inbox, meta, "Casa Verde", by=BIA)  # the Page, by which Instagram is heard as well
    meta.contact_writes("casaverde", "Ana", "Oi!")
    await meta.settled()
    ana = await only_contact(inbox, account)
    await connected(inbox, meta, "casaverde", by=BIA)
    await inbox.upkeep.project_pending()
    assert await texts(inbox, account, ana) == ["Oi!"]
