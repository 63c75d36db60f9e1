"""Where accounts' pictures are at Meta, and by what address of ours they are shown."""

from datetime import timedelta

import pytest

from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.ids import AccountId
from meta_inbox.domain.model.media import Expired, MediaId
from tests.contracts.backstage import Stores
from tests.contracts.scene import CASA, PAGE, RIVAL, Scene, instagram_candidate

URL = "https://cdn.example/casa.jpg"
OTHER = "https://cdn.example/new.jpg"
WEEK = timedelta(days=7)
SECOND = timedelta(seconds=1)


async def connected(scene: Scene) -> Account:
    """The Instagram account of Casa Verde, of whose picture Meta told on connecting."""
    return await scene.connected(candidate=instagram_candidate("9001", PAGE))


async def now(stores: Stores, account: Account) -> Account:
    """The account as it is."""
    return await stores.accounts.get(account.tenant_id, account.id)


async def due(stores: Stores) -> list[AccountId]:
    """Whose picture is to be asked for."""
    return [account.id for account in await stores.account_pictures.due(10)]


async def test_the_picture_is_a_file_of_no_message_and_no_contact(scene: Scene, stores: Stores) -> None:
    account = await connected(scene)
    assert account.picture_id is not None
    picture = await stores.media.get(CASA, MediaId(account.picture_id))
    assert (picture.source_url, picture.is_picture, picture.account_id) == (URL, True, account.id)
    assert (picture.state, picture.fetched_on_arrival, picture.contact_id) == ("pending", False, "")
    assert await stores.media.claim_due(10) == []
    with pytest.raises(NotFound):
        await stores.media.get(RIVAL, MediaId(account.picture_id))


async def test_a_page_has_none_and_is_not_asked(scene: Scene, stores: Stores) -> None:
    page = await scene.connected()
    assert page.picture_id is None
    await stores.backstage.age_tries(2 * WEEK)
    assert await due(stores) == []


async def test_a_new_address_at_meta_keeps_ours(scene: Scene, stores: Stores) -> None:
    account = await connected(scene)
    told = await stores.backstage.events(CASA)
    await stores.account_pictures.save(CASA, account.id, OTHER)
    found = await now(stores, account)
    assert (found.picture_id, found.updated_at) == (account.picture_id, account.updated_at)
    assert (await stores.media.get(CASA, MediaId(found.picture_id or ""))).source_url == OTHER
    assert await stores.backstage.events(CASA) == told


async def test_connecting_once_more_keeps_ours_too(scene: Scene, stores: Stores) -> None:
    account = await connected(scene)
    await stores.accounts.disconnect(CASA, account.id)
    assert (await connected(scene)).picture_id == account.picture_id


async def test_that_a_picture_went_or_came_is_told(scene: Scene, stores: Stores) -> None:
    account = await connected(scene)
    told = len(await stores.backstage.events(CASA))
    await stores.account_pictures.save(CASA, account.id, None)
    gone = await now(stores, account)
    assert (gone.picture_id, gone.profile_picture_url) == (None, None)
    assert gone.updated_at > account.updated_at
    with pytest.raises(NotFound):
        await stores.media.get(CASA, MediaId(account.picture_id or ""))
    await stores.account_pictures.save(CASA, account.id, None)
    await stores.account_pictures.save(CASA, account.id, URL)
    assert (await now(stores, account)).picture_id is not None
    events = await stores.backstage.events(CASA)
    assert [event.type.value for event in events[told:]] == ["account.updated"] * 2


async def test_it_is_asked_for_once_a_week_by_one_at_a_time(scene: Scene, stores: Stores) -> None:
    account = await connected(scene)
    await stores.backstage.age_tries(WEEK - SECOND)
    assert await due(stores) == []
    await stores.backstage.age_tries(2 * SECOND)
    assert await due(stores) == [account.id]
    assert await due(stores) == []
    await stores.backstage.age_tries(timedelta(minutes=11))
    assert await due(stores) == [account.id]
    await stores.account_pictures.save(CASA, account.id, URL)
    await stores.backstage.age_tries(WEEK - SECOND)
    assert await due(stores) == []


async def test_what_is_put_off_stays_and_comes_again(scene: Scene, stores: Stores) -> None:
    account = await connected(scene)
    await stores.backstage.age_tries(WEEK)
    assert await due(stores) == [account.id]
    await stores.account_pictures.put_off(CASA, account.id, timedelta(days=1))
    assert (await now(stores, account)).picture_id == account.picture_id
    await stores.backstage.age_tries(timedelta(hours=23))
    assert await due(stores) == []
    await stores.backstage.age_tries(timedelta(hours=2))
    assert await due(stores) == [account.id]


async def test_of_a_disconnected_account_nobody_asks(scene: Scene, stores: Stores) -> None:
    account = await connected(scene)
    await stores.accounts.disconnect(CASA, account.id)
    await stores.backstage.age_tries(2 * WEEK)
    assert await due(stores) == []


async def test_a_dead_address_is_asked_for_soon_but_not_over_and_over(scene: Scene, stores: Stores) -> None:
    account = await connected(scene)
    picture = await stores.media.get(CASA, MediaId(account.picture_id or ""))
    await stores.media.settle(picture, Expired())
    assert await due(stores) == []
    await stores.backstage.age_profiles(timedelta(hours=2))
    await stores.media.settle(picture, Expired())
    assert await due(stores) == [account.id]
    await stores.media.settle(picture, Expired())
    assert await due(stores) == []


async def test_another_tenants_account_is_none(scene: Scene, stores: Stores) -> None:
    account = await connected(scene)
    for ask in (
        stores.account_pictures.save(RIVAL, account.id, OTHER),
        stores.account_pictures.put_off(RIVAL, account.id, WEEK),
        stores.account_pictures.save(CASA, AccountId("nonsense"), OTHER),
        stores.account_pictures.put_off(CASA, AccountId(stores.ids.new()), WEEK),
    ):
        with pytest.raises(NotFound):
            await ask
    assert await now(stores, account) == account
