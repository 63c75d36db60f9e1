"""Connected accounts: one active owner each, tokens that come and go, Pages kept subscribed."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from meta_inbox.domain.errors import AccessRevoked, NotFound
from meta_inbox.domain.model.account import (
    Account,
    AccountStatus,
    Login,
    Platform,
    StatusReason,
    WebhookSource,
)
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.history import REPAIR_AFTER
from meta_inbox.domain.model.ids import AccountId, TenantId
from meta_inbox.domain.model.message import MessageStatus
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.sending import NeedsLogin, Unknown
from tests.contracts.backstage import Stores
from tests.contracts.scene import (
    ANA,
    CASA,
    OOPS,
    PAGE,
    RIVAL,
    RUI,
    Scene,
    instagram_candidate,
    page_candidate,
    wrote,
)

TWO_MINUTES = timedelta(minutes=2)
BY_PAGE = WebhookSource(login=Login.FACEBOOK, id=PAGE)
REASON = StatusReason(code="token_expired", detail="the session ended", meta_code=190, meta_subcode=463)


async def account_events(stores: Stores, tenant: TenantId = CASA) -> int:
    """How many events tell of accounts."""
    events = await stores.backstage.events(tenant)
    return sum(event.type is EventType.ACCOUNT_UPDATED for event in events)


async def test_a_page_is_connected_with_what_is_known_of_it(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    assert (account.platform, account.login, account.status) == (
        Platform.MESSENGER,
        Login.FACEBOOK,
        AccountStatus.ACTIVE,
    )
    assert (account.facebook_page_id, account.facebook_page_name) == (PAGE, "Casa Verde")
    assert account.instagram_account_id is None
    assert (account.connected_by, account.connected_by_meta_id) == ("bea", "42")
    assert await stores.accounts.get(CASA, account.id) == account
    assert await account_events(stores) == 1


async def test_an_instagram_account_is_connected_with_what_is_known_of_it(
    scene: Scene, stores: Stores
) -> None:
    account = await scene.connected(candidate=instagram_candidate("9001", PAGE))
    assert (account.instagram_account_id, account.instagram_username) == ("9001", "casaverde")
    assert (account.facebook_page_id, account.facebook_page_name) == (PAGE, "Casa Verde")
    assert account.external_id == "9001"
    assert account.name == "Casa Verde on Instagram"
    assert account.profile_picture_url == "https://cdn.example/casa.jpg"
    assert await stores.accounts.get(CASA, account.id) == account


async def test_another_tenant_finds_nothing(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    with pytest.raises(NotFound):
        await stores.accounts.get(RIVAL, account.id)
    with pytest.raises(NotFound):
        await stores.accounts.token(RIVAL, account.id)
    with pytest.raises(NotFound):
        await stores.accounts.disconnect(RIVAL, account.id)
    assert await stores.accounts.list(RIVAL) == []
    assert (await stores.accounts.get(CASA, account.id)).status is AccountStatus.ACTIVE


async def test_an_unknown_account_is_not_found(stores: Stores) -> None:
    with pytest.raises(NotFound):
        await stores.accounts.get(CASA, AccountId(stores.ids.new()))


async def test_the_list_is_oldest_first_and_keeps_disconnected_ones(scene: Scene, stores: Stores) -> None:
    first = await scene.connected()
    second = await scene.connected(candidate=instagram_candidate("9001", PAGE))
    await stores.accounts.disconnect(CASA, first.id)
    listed = await stores.accounts.list(CASA)
    assert [account.id for account in listed] == [first.id, second.id]
    assert listed[0].status is AccountStatus.DISCONNECTED


async def test_an_account_has_one_owner(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    assert await scene.connects(RIVAL) is None
    assert await stores.accounts.list(RIVAL) == []
    assert (await stores.accounts.token(CASA, account.id)).reveal() == "page-token"


async def test_of_many_tenants_at_once_one_gets_the_account(scene: Scene) -> None:
    tenants = [TenantId(f"tenant-{n}") for n in range(10)]
    results = await asyncio.gather(*(scene.connects(tenant) for tenant in tenants))
    assert sum(isinstance(result, Account) for result in results) == 1


async def test_two_clicks_of_one_tenant_make_one_account(scene: Scene, stores: Stores) -> None:
    results = await asyncio.gather(*(scene.connects() for _ in range(10)))
    assert len({result.id for result in results if result is not None}) == 1
    assert len(await stores.accounts.list(CASA)) == 1


async def test_an_account_that_needs_a_login_is_still_owned(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await stores.accounts.needs_login(CASA, account.id, REASON, as_of=account.connected_at)
    assert await scene.connects(RIVAL) is None


async def test_a_disconnected_account_is_free_for_another_tenant(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await stores.accounts.disconnect(CASA, account.id)
    taken = await scene.connected(RIVAL)
    assert taken.id != account.id
    assert await scene.connects(CASA) is None


async def test_reconnecting_gives_the_same_account_its_history_and_a_new_token(
    scene: Scene, stores: Stores
) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1"))
    await stores.accounts.disconnect(CASA, account.id)
    again = await scene.connects(token=Secret("a-newer-token"))
    assert again is not None
    assert (again.id, again.status) == (account.id, AccountStatus.ACTIVE)
    assert (await stores.accounts.token(CASA, account.id)).reveal() == "a-newer-token"
    assert len(await scene.messages(again)) == 1


async def test_disconnecting_destroys_the_tokens_once(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    left = await stores.accounts.disconnect(CASA, account.id)
    assert left is not None
    assert (left.source, left.token.reveal()) == (BY_PAGE, "page-token")
    with pytest.raises(AccessRevoked):
        await stores.accounts.token(CASA, account.id)
    events = await account_events(stores)
    assert await stores.accounts.disconnect(CASA, account.id) is None
    assert await account_events(stores) == events


async def test_a_page_stays_subscribed_while_a_sibling_needs_it(scene: Scene, stores: Stores) -> None:
    page = await scene.connected()
    instagram = await scene.connected(candidate=instagram_candidate("9001", PAGE))
    assert await stores.accounts.disconnect(CASA, page.id) is None
    left = await stores.accounts.disconnect(CASA, instagram.id)
    assert left is not None
    assert left.source == BY_PAGE


async def test_an_account_without_a_page_leaves_nothing_to_unsubscribe(scene: Scene, stores: Stores) -> None:
    account = await scene.connected(candidate=instagram_candidate("9001", None))
    assert await stores.accounts.disconnect(CASA, account.id) is None


async def test_an_unsubscription_is_tried_until_it_is_done(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    left = await stores.accounts.disconnect(CASA, account.id)
    assert left is not None
    for _ in range(2):
        await stores.backstage.age_tries(TWO_MINUTES)
        assert await stores.accounts.due_unsubscriptions(10) == [left]
        assert await stores.accounts.due_unsubscriptions(10) == []
    await stores.accounts.unsubscribed(left.id)
    await stores.backstage.age_tries(TWO_MINUTES)
    assert await stores.accounts.due_unsubscriptions(10) == []


async def test_connecting_again_calls_the_unsubscription_off(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await stores.accounts.disconnect(CASA, account.id)
    await scene.connected()
    await stores.backstage.age_tries(TWO_MINUTES)
    assert await stores.accounts.due_unsubscriptions(10) == []


async def test_a_subscription_is_tried_until_it_stands(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await stores.backstage.age_tries(TWO_MINUTES)
    (due,) = await stores.accounts.due_subscriptions(10)
    assert (due.tenant_id, due.account_id, due.source) == (CASA, account.id, BY_PAGE)
    assert due.token.reveal() == "page-token"
    assert await stores.accounts.due_subscriptions(10) == []
    await stores.accounts.subscribed(CASA, account.id, "Meta did not answer")
    assert await stores.accounts.due_subscriptions(10) == []
    await stores.backstage.age_tries(timedelta(hours=2))
    assert len(await stores.accounts.due_subscriptions(10)) == 1
    await stores.accounts.subscribed(CASA, account.id, None)
    await stores.backstage.age_tries(timedelta(hours=2))
    assert await stores.accounts.due_subscriptions(10) == []


async def test_no_more_are_claimed_than_asked_for(scene: Scene, stores: Stores) -> None:
    for page in ("1", "2", "3"):
        await scene.connected(candidate=page_candidate(page))
    await stores.backstage.age_tries(TWO_MINUTES)
    assert len(await stores.accounts.due_subscriptions(2)) == 2
    assert len(await stores.accounts.due_subscriptions(2)) == 1


async def test_a_disconnected_account_is_not_subscribed(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await stores.accounts.disconnect(CASA, account.id)
    await stores.backstage.age_tries(TWO_MINUTES)
    assert await stores.accounts.due_subscriptions(10) == []


async def test_the_first_reason_for_a_new_login_is_kept(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await stores.accounts.needs_login(CASA, account.id, REASON, as_of=account.connected_at)
    events = await account_events(stores)
    await stores.accounts.needs_login(
        CASA, account.id, StatusReason(code="other", detail="later"), as_of=account.connected_at
    )
    found = await stores.accounts.get(CASA, account.id)
    assert (found.status, found.status_reason) == (AccountStatus.REAUTH_REQUIRED, REASON)
    assert events == 2
    assert await account_events(stores) == 2


async def test_what_is_said_of_a_former_login_changes_nothing(scene: Scene, stores: Stores) -> None:
    former = await scene.connected()
    again = await scene.connected()
    assert again.connected_at > former.connected_at
    events = await account_events(stores)
    await stores.accounts.needs_login(CASA, former.id, REASON, as_of=former.connected_at)
    assert await stores.accounts.get(CASA, former.id) == again
    assert await account_events(stores) == events
    await stores.accounts.needs_login(CASA, former.id, REASON, as_of=again.connected_at)
    assert (await stores.accounts.get(CASA, former.id)).status_reason == REASON


async def test_whoever_sends_or_looks_knows_the_login(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    claim = await scene.sending(account)
    assert claim.account.connected_at == account.connected_at
    await stores.outbox.settle(claim, Unknown(error=OOPS))
    await stores.backstage.age_message(claim.message, TWO_MINUTES)
    (doubt,) = await stores.outcomes.claim_due(1)
    assert doubt.account.connected_at == account.connected_at


async def test_a_disconnected_account_does_not_ask_for_a_login(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await stores.accounts.disconnect(CASA, account.id)
    await stores.accounts.needs_login(CASA, account.id, REASON, as_of=account.connected_at)
    assert (await stores.accounts.get(CASA, account.id)).status is AccountStatus.DISCONNECTED


async def test_a_new_login_clears_the_reason_and_sends_what_waited(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    claim = await scene.sending(account)
    await stores.outbox.settle(claim, NeedsLogin(error=OOPS))
    await stores.accounts.needs_login(CASA, account.id, REASON, as_of=account.connected_at)
    assert await stores.outbox.claim_due(10) == []
    again = await scene.connected()
    assert again.status_reason is None
    (due,) = await stores.outbox.claim_due(10)
    assert (due.message.id, due.message.status) == (claim.message.id, MessageStatus.SENDING)


async def test_what_came_before_the_account_was_connected_is_claimed(scene: Scene) -> None:
    await scene.happens(wrote("m-1"))
    account = await scene.connected()
    await scene.settle_down()
    assert [message.meta_message_id for message in await scene.messages(account)] == ["m-1"]


async def test_what_came_more_than_a_day_before_is_not_claimed(scene: Scene, stores: Stores) -> None:
    await scene.happens(wrote("m-1"))
    await stores.backstage.age_items(timedelta(hours=25))
    account = await scene.connected()
    assert await scene.settle_down() == 0
    assert await scene.messages(account) == ()


LATER = datetime(2100, 1, 1, tzinfo=UTC)
OWN_LOGIN = WebhookSource(login=Login.INSTAGRAM, id="9001")


async def logs_in_itself(scene: Scene) -> Account:
    """The Instagram account is connected by its own login, which knows of no Page."""
    account = await scene.connects(
        candidate=instagram_candidate("9001", None), login=Login.INSTAGRAM, token=None
    )
    assert account is not None
    return account


async def test_an_account_with_its_own_login_is_subscribed_by_itself(scene: Scene, stores: Stores) -> None:
    account = await logs_in_itself(scene)
    assert (await stores.accounts.token(CASA, account.id)).reveal() == "user-token"
    await stores.backstage.age_tries(TWO_MINUTES)
    (due,) = await stores.accounts.due_subscriptions(10)
    assert (due.account_id, due.source, due.token.reveal()) == (account.id, OWN_LOGIN, "user-token")
    left = await stores.accounts.disconnect(CASA, account.id)
    assert left is not None
    assert (left.source, left.token.reveal()) == (OWN_LOGIN, "user-token")
    await stores.backstage.age_tries(TWO_MINUTES)
    assert await stores.accounts.due_unsubscriptions(10) == [left]
    await logs_in_itself(scene)
    await stores.backstage.age_tries(TWO_MINUTES)
    assert await stores.accounts.due_unsubscriptions(10) == []


async def test_the_newest_login_takes_the_account_over_with_its_history(scene: Scene, stores: Stores) -> None:
    first = await scene.connected(candidate=instagram_candidate("9001", PAGE))
    await scene.happens(wrote("m-1", platform=Platform.INSTAGRAM, external_id="9001"))
    switched = await logs_in_itself(scene)
    assert (switched.id, switched.login, switched.facebook_page_id) == (first.id, Login.INSTAGRAM, None)
    assert (await stores.accounts.token(CASA, first.id)).reveal() == "user-token"
    assert len(await scene.messages(switched)) == 1
    back = await scene.connected(candidate=instagram_candidate("9001", PAGE))
    assert (back.id, back.login, back.facebook_page_id) == (first.id, Login.FACEBOOK, PAGE)
    assert (await stores.accounts.token(CASA, first.id)).reveal() == "page-token"
    assert len(await stores.accounts.list(CASA)) == 1


async def test_a_login_that_was_left_sends_no_more(scene: Scene, stores: Stores) -> None:
    await scene.connected(candidate=instagram_candidate("9001", PAGE))
    await logs_in_itself(scene)
    await stores.backstage.age_tries(TWO_MINUTES)
    (page,) = await stores.accounts.due_unsubscriptions(10)
    assert (page.source, page.token.reveal()) == (BY_PAGE, "page-token")
    await stores.accounts.unsubscribed(page.id)
    await scene.connected(candidate=instagram_candidate("9001", PAGE))
    await stores.backstage.age_tries(TWO_MINUTES)
    (own,) = await stores.accounts.due_unsubscriptions(10)
    assert (own.source, own.token.reveal()) == (OWN_LOGIN, "user-token")


async def test_a_sibling_keeps_the_page_when_the_account_logs_in_itself(scene: Scene, stores: Stores) -> None:
    page = await scene.connected()
    await scene.connected(candidate=instagram_candidate("9001", PAGE))
    await logs_in_itself(scene)
    await stores.backstage.age_tries(TWO_MINUTES)
    assert await stores.accounts.due_unsubscriptions(10) == []
    left = await stores.accounts.disconnect(CASA, page.id)
    assert left is not None
    assert left.source == BY_PAGE


async def test_an_account_that_moved_to_another_page_leaves_the_former(scene: Scene, stores: Stores) -> None:
    await scene.connected(candidate=instagram_candidate("9001", PAGE))
    await scene.connected(candidate=instagram_candidate("9001", "1002"))
    await stores.backstage.age_tries(TWO_MINUTES)
    (left,) = await stores.accounts.due_unsubscriptions(10)
    assert left.source == BY_PAGE


async def test_a_switch_reads_back_what_the_two_logins_may_have_missed(scene: Scene, stores: Stores) -> None:
    await scene.connected(candidate=instagram_candidate("9001", PAGE))
    (run,) = await stores.histories.claim_due(10)
    assert await stores.histories.claim_due(10) == []
    switched = await logs_in_itself(scene)
    assert await stores.histories.claim_due(10) == []  # what is under way may still come
    await stores.backstage.age_histories(REPAIR_AFTER)
    (again,) = await stores.histories.claim_due(10)
    assert (run.account_id, again.account_id) == (switched.id, switched.id)


async def test_contacts_are_joined_where_both_logins_know_them_alike(scene: Scene, stores: Stores) -> None:
    await scene.connected(candidate=instagram_candidate("9001", PAGE))
    await scene.happens(wrote("m-1", platform=Platform.INSTAGRAM, external_id="9001"))
    switched = await logs_in_itself(scene)
    for mid, who in (("m-2", ANA), ("m-3", RUI)):
        item = wrote(mid, platform=Platform.INSTAGRAM, external_id="9001", contact_id=who)
        await scene.happens(item, by=Login.INSTAGRAM)
    assert [len(await scene.messages(switched, who)) for who in (ANA, RUI)] == [2, 1]


async def test_items_of_the_other_login_are_claimed_on_a_switch(scene: Scene, stores: Stores) -> None:
    candidate = instagram_candidate("9001", PAGE)
    first = await scene.connects(candidate=candidate)
    item = wrote("m-1", platform=Platform.INSTAGRAM, external_id="9001")
    await scene.happens(item, by=Login.INSTAGRAM)
    assert [waiting.state for waiting in await stores.backstage.items()] == ["unrouted"]
    switched = await scene.connects(candidate=candidate, login=Login.INSTAGRAM)
    await scene.settle_down()
    assert first is not None
    assert switched is not None
    assert (switched.id, switched.login) == (first.id, Login.INSTAGRAM)
    assert len(await scene.messages(switched)) == 1


async def test_who_connected_accounts_is_forgotten_and_they_are_disconnected(
    scene: Scene, stores: Stores
) -> None:
    page = await scene.connected()
    other = await scene.connected(RIVAL, page_candidate("1002"))
    ended = await scene.connected(CASA, page_candidate("1003"))
    await stores.accounts.disconnect(CASA, ended.id)
    assert await stores.accounts.forget_person("nobody", LATER) == 0
    assert await stores.accounts.forget_person("42", LATER) == 3
    assert await stores.accounts.forget_person("42", LATER) == 0
    for tenant, account in ((CASA, page), (RIVAL, other), (CASA, ended)):
        found = await stores.accounts.get(tenant, account.id)
        assert (found.status, found.connected_by_meta_id) == (AccountStatus.DISCONNECTED, None)
        with pytest.raises(AccessRevoked):
            await stores.accounts.token(tenant, account.id)
    await stores.backstage.age_tries(timedelta(days=1))
    assert await stores.accounts.due_unsubscriptions(10) == []


async def test_with_instagram_login_either_id_is_the_persons(scene: Scene, stores: Stores) -> None:
    for named in ("42", "9001"):
        account = await scene.connects(CASA, instagram_candidate("9001", None), login=Login.INSTAGRAM)
        assert account is not None
        assert await stores.accounts.forget_person(named, LATER) == 1
        assert (await stores.accounts.get(CASA, account.id)).status is AccountStatus.DISCONNECTED


async def test_what_somebody_connected_after_taking_access_back_stays(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    assert await stores.accounts.forget_person("42", account.connected_at - timedelta(seconds=1)) == 0
    assert (await stores.accounts.get(CASA, account.id)).status is AccountStatus.ACTIVE
    assert await stores.accounts.forget_person("42", account.connected_at) == 1
