"""Lists and read marks: for the tenant's readers, with what they need to show it."""

from datetime import timedelta

import pytest

from meta_inbox.domain.errors import AccessRevoked, GraphUnavailable, NotFound, RefusedByMeta, ScopeMissing
from meta_inbox.domain.model.account import AccountStatus
from meta_inbox.domain.model.ids import AccountId
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.use_cases.get_conversation import GetConversation
from meta_inbox.domain.use_cases.list_accounts import ListAccounts
from meta_inbox.domain.use_cases.list_conversations import ListConversations
from meta_inbox.domain.use_cases.list_messages import ListMessages
from meta_inbox.domain.use_cases.mark_read import MarkRead
from tests.contracts.scene import ANA, CASA, RUI, wrote
from tests.unit.doubles import AGENT, STRANGER, World

SENDER = Principal(CASA, "bea", frozenset({Scope.MESSAGES_SEND}))
NOBODY = Principal(CASA, "bea", frozenset())


def mark_read(world: World) -> MarkRead:
    """The use case."""
    return MarkRead(
        accounts=world.accounts, conversations=world.conversations, graph=world.graph, clock=world.clock
    )


async def test_accounts_are_listed_with_their_status_of_now(world: World) -> None:
    account = await world.scene.connected()
    accounts = ListAccounts(accounts=world.accounts, histories=world.histories, clock=world.clock)
    assert await accounts(by=AGENT) == [account]
    world.clock.advance(timedelta(days=80))
    (listed,) = await accounts(by=AGENT)
    assert listed.status is AccountStatus.EXPIRING
    assert await accounts.one(by=SENDER, account=account.id) == listed


async def test_accounts_are_for_those_who_read_send_or_manage(world: World) -> None:
    account = await world.scene.connected()
    accounts = ListAccounts(accounts=world.accounts, histories=world.histories, clock=world.clock)
    assert await accounts(by=STRANGER) == []
    with pytest.raises(NotFound):
        await accounts.one(by=STRANGER, account=account.id)
    with pytest.raises(ScopeMissing):
        await accounts(by=NOBODY)
    with pytest.raises(ScopeMissing):
        await accounts.one(by=NOBODY, account=account.id)


async def test_conversations_come_with_the_account_their_windows_depend_on(world: World) -> None:
    account = await world.scene.connected()
    await world.scene.happens(wrote("m-1"), wrote("m-2", contact_id=RUI))
    lists = ListConversations(accounts=world.accounts, conversations=world.conversations)
    owner, page = await lists(by=AGENT, account=account.id, limit=1)
    assert owner == account
    assert len(page.items) == 1
    _, rest = await lists(by=AGENT, account=account.id, limit=1, after=page.next)
    assert {page.items[0].contact_id, rest.items[0].contact_id} == {ANA, RUI}


async def test_lists_are_for_the_tenants_readers(world: World) -> None:
    account = await world.scene.connected()
    conversations = ListConversations(accounts=world.accounts, conversations=world.conversations)
    messages = ListMessages(accounts=world.accounts, conversations=world.conversations)
    with pytest.raises(NotFound):
        await conversations(by=STRANGER, account=account.id)
    with pytest.raises(NotFound):
        await messages(by=STRANGER, account=account.id, contact=ANA)
    with pytest.raises(ScopeMissing):
        await conversations(by=SENDER, account=account.id)
    with pytest.raises(ScopeMissing):
        await messages(by=SENDER, account=account.id, contact=ANA)


async def test_one_conversation_is_the_one_in_the_list(world: World) -> None:
    account = await world.scene.connected()
    await world.scene.happens(wrote("m-1"), wrote("m-2", contact_id=RUI))
    get = GetConversation(accounts=world.accounts, conversations=world.conversations)
    lists = ListConversations(accounts=world.accounts, conversations=world.conversations)
    owner, found = await get(by=AGENT, account=account.id, contact=ANA)
    _, page = await lists(by=AGENT, account=account.id)
    assert owner == account
    assert found == next(one for one in page.items if one.contact_id == ANA)


async def test_a_conversation_with_somebody_who_never_wrote_is_empty(world: World) -> None:
    account = await world.scene.connected()
    get = GetConversation(accounts=world.accounts, conversations=world.conversations)
    _, found = await get(by=AGENT, account=account.id, contact=ANA)
    assert (found.contact_id, found.has_begun, found.last_message) == (ANA, False, None)


async def test_one_conversation_is_for_the_tenants_readers(world: World) -> None:
    account = await world.scene.connected()
    get = GetConversation(accounts=world.accounts, conversations=world.conversations)
    with pytest.raises(NotFound):
        await get(by=STRANGER, account=account.id, contact=ANA)
    with pytest.raises(ScopeMissing):
        await get(by=SENDER, account=account.id, contact=ANA)


async def test_messages_of_somebody_who_never_wrote_are_an_empty_page(world: World) -> None:
    account = await world.scene.connected()
    messages = ListMessages(accounts=world.accounts, conversations=world.conversations)
    page = await messages(by=AGENT, account=account.id, contact=ANA)
    assert (page.items, page.next) == ((), None)


async def test_a_read_mark_is_shown_to_the_contact_once(world: World) -> None:
    account = await world.scene.connected()
    await world.scene.happens(wrote("m-1"))
    await mark_read(world)(by=AGENT, account=account.id, contact=ANA)
    await mark_read(world)(by=AGENT, account=account.id, contact=ANA)
    assert (await world.scene.conversation(account)).unread_count == 0
    assert world.graph.calls == [("mark_seen", ANA)]


@pytest.mark.parametrize(
    "trouble", [GraphUnavailable("no answer"), AccessRevoked("dead token"), RefusedByMeta("no")]
)
async def test_a_read_mark_stands_though_meta_does_not_take_it(world: World, trouble: Exception) -> None:
    account = await world.scene.connected()
    await world.scene.happens(wrote("m-1"))
    world.graph.trouble = trouble
    await mark_read(world)(by=AGENT, account=account.id, contact=ANA)
    assert (await world.scene.conversation(account)).unread_count == 0


async def test_a_read_mark_of_a_disconnected_account_stays_here(world: World) -> None:
    account = await world.scene.connected()
    await world.scene.happens(wrote("m-1"))
    await world.accounts.disconnect(CASA, account.id)
    await mark_read(world)(by=AGENT, account=account.id, contact=ANA)
    assert (await world.scene.conversation(account)).unread_count == 0
    assert world.graph.calls == []


async def test_only_the_tenants_readers_mark_what_was_written(world: World) -> None:
    account = await world.scene.connected()
    await world.scene.happens(wrote("m-1"))
    with pytest.raises(NotFound):
        await mark_read(world)(by=STRANGER, account=account.id, contact=ANA)
    with pytest.raises(NotFound):
        await mark_read(world)(by=AGENT, account=account.id, contact=RUI)
    with pytest.raises(NotFound):
        await mark_read(world)(by=AGENT, account=AccountId("nothing"), contact=ANA)
    with pytest.raises(ScopeMissing):
        await mark_read(world)(by=SENDER, account=account.id, contact=ANA)
    assert (await world.scene.conversation(account)).unread_count == 1
