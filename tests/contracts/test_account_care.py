"""Looking after accounts: each in one process's hands at a time, and nothing lost by whoever comes late."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from meta_inbox.domain.model.account import Account, AccountStatus, Login, StatusReason
from meta_inbox.domain.model.care import CareClaim
from meta_inbox.domain.model.history import RunKind, RunState
from meta_inbox.domain.model.ids import AccountId
from meta_inbox.domain.model.secret import Secret
from tests.contracts.backstage import Stores
from tests.contracts.scene import CASA, PAGE, RIVAL, Scene, instagram_candidate, page_candidate

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
NEW = Secret("a new token")
ENDS = datetime(2027, 1, 1, tzinfo=UTC)


async def connected(scene: Scene) -> Account:
    """An account that logged in itself."""
    account = await scene.connects(
        candidate=instagram_candidate("9001", PAGE), login=Login.INSTAGRAM, token=None
    )
    assert account is not None
    return account


async def a_day_later(stores: Stores) -> CareClaim:
    """The claim of the one account that there is."""
    await stores.backstage.age_tries(DAY)
    (claim,) = await stores.account_care.due(10)
    return claim


async def due(stores: Stores) -> list[AccountId]:
    """Who is to be looked at."""
    return [claim.account.id for claim in await stores.account_care.due(10)]


async def told(stores: Stores) -> list[str]:
    """What was told of the account since it was connected."""
    return [event.type.value for event in await stores.backstage.events(CASA)][1:]


async def test_an_account_is_looked_at_within_a_day_by_one_at_a_time(scene: Scene, stores: Stores) -> None:
    account = await connected(scene)
    await stores.backstage.age_tries(DAY - SECOND)
    assert await due(stores) == []
    await stores.backstage.age_tries(2 * SECOND)
    (claim,) = await stores.account_care.due(10)
    assert (claim.account, claim.doubted) == (account, False)
    assert await due(stores) == []
    await stores.backstage.age_tries(timedelta(minutes=11))
    assert await due(stores) == [account.id]


async def test_what_is_put_off_comes_again_with_its_doubt(scene: Scene, stores: Stores) -> None:
    await connected(scene)
    claim = await a_day_later(stores)
    assert await stores.account_care.put_off(claim, timedelta(minutes=1), doubted=True, problem="dead?")
    assert await due(stores) == []
    await stores.backstage.age_tries(timedelta(minutes=1))
    (second,) = await stores.account_care.due(10)
    assert second.doubted
    assert await stores.account_care.put_off(second, DAY)
    assert not (await a_day_later(stores)).doubted
    assert await told(stores) == []


async def test_only_active_accounts_are_looked_at(scene: Scene, stores: Stores) -> None:
    left, dead = await connected(scene), await scene.connected(candidate=page_candidate("1002"))
    await stores.accounts.disconnect(CASA, left.id)
    reason = StatusReason(code="reauth_required", detail="dead")
    await stores.accounts.needs_login(CASA, dead.id, reason, as_of=dead.connected_at)
    await stores.backstage.age_tries(2 * DAY)
    assert await due(stores) == []


async def test_a_renewed_token_takes_the_former_ones_place_and_is_told(scene: Scene, stores: Stores) -> None:
    account = await connected(scene)
    claim = await a_day_later(stores)
    assert await stores.account_care.renew(claim, NEW, ENDS)
    assert await stores.accounts.token(CASA, account.id) == NEW
    found = await stores.accounts.get(CASA, account.id)
    assert found.token_expires_at == ENDS
    assert found.updated_at > account.updated_at
    assert await told(stores) == ["account.updated"]
    assert await stores.account_care.put_off(claim, DAY)


async def test_a_pages_token_is_never_replaced(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    assert not await stores.account_care.renew(await a_day_later(stores), NEW, ENDS)
    assert await stores.accounts.token(CASA, account.id) != NEW


@pytest.mark.parametrize("meanwhile", ["left", "connected anew", "the claim ran out", "another tenant"])
async def test_who_comes_late_changes_nothing(scene: Scene, stores: Stores, meanwhile: str) -> None:
    account = await connected(scene)
    claim = await a_day_later(stores)
    if meanwhile == "another tenant":
        claim = replace(claim, account=replace(account, tenant_id=RIVAL))
    elif meanwhile == "left":
        await stores.accounts.disconnect(CASA, account.id)
    elif meanwhile == "connected anew":
        await connected(scene)
    else:
        await stores.backstage.age_tries(timedelta(minutes=11))
        assert await due(stores) == [account.id]
    before = await stores.accounts.get(CASA, account.id)
    news = await told(stores)
    assert not await stores.account_care.renew(claim, NEW, ENDS)
    assert not await stores.account_care.keep(claim, replace(account, token_expires_at=ENDS), expiring=True)
    assert not await stores.account_care.put_off(claim, timedelta(0), doubted=True)
    assert await stores.accounts.get(CASA, account.id) == before
    assert await told(stores) == news
    if before.status is AccountStatus.ACTIVE:
        assert (await stores.accounts.token(CASA, account.id)).reveal() == "user-token"


async def test_what_is_seen_is_told_when_it_is_news(scene: Scene, stores: Stores) -> None:
    account = await connected(scene)
    claim = await a_day_later(stores)
    assert await stores.account_care.keep(claim, account, expiring=False)
    assert await told(stores) == []
    seen = replace(account, token_expires_at=ENDS, data_access_expires_at=None)
    for _ in range(2):
        assert await stores.account_care.keep(claim, seen, expiring=False)
    found = await stores.accounts.get(CASA, account.id)
    assert (found.token_expires_at, found.data_access_expires_at) == (ENDS, None)
    assert await told(stores) == ["account.updated"]


async def test_that_an_account_begins_to_expire_is_told_once(scene: Scene, stores: Stores) -> None:
    account = await connected(scene)
    claim = await a_day_later(stores)
    for _ in range(2):
        assert await stores.account_care.keep(claim, account, expiring=True)
    assert await told(stores) == ["account.updated"]
    await stores.account_care.put_off(claim, DAY)
    assert await stores.account_care.keep(await a_day_later(stores), account, expiring=True)
    assert await told(stores) == ["account.updated"]


async def test_after_a_renewal_or_a_login_it_is_told_anew(scene: Scene, stores: Stores) -> None:
    account = await connected(scene)
    claim = await a_day_later(stores)
    await stores.account_care.keep(claim, account, expiring=True)
    await stores.account_care.renew(claim, NEW, ENDS)
    account = await stores.accounts.get(CASA, account.id)
    await stores.account_care.keep(claim, account, expiring=True)
    assert await told(stores) == ["account.updated"] * 3
    await stores.account_care.put_off(claim, DAY, doubted=True)
    account = await connected(scene)
    claim = await a_day_later(stores)
    assert not claim.doubted
    await stores.account_care.keep(claim, account, expiring=True)
    assert await told(stores) == ["account.updated"] * 5


async def test_an_event_shows_that_the_account_expires(scene: Scene, stores: Stores) -> None:
    account = await connected(scene)
    soon = replace(account, token_expires_at=scene.now + timedelta(days=6))
    await stores.account_care.keep(await a_day_later(stores), soon, expiring=True)
    page = await stores.events.read(CASA, None, 10)
    shown = page.events[-1].data.account
    assert shown is not None
    assert shown.status is AccountStatus.EXPIRING


async def test_a_repair_reaches_every_account_of_the_source_and_no_other(
    scene: Scene, stores: Stores
) -> None:
    page = await scene.connected()
    instagram = await scene.connected(candidate=instagram_candidate("9001", PAGE))
    other = await scene.connected(candidate=page_candidate("1002"))
    for run in await stores.histories.claim_due(10):
        await stores.histories.finish(run, scene.now + DAY)
    source = page.webhook_source
    assert source is not None
    await stores.histories.repair(RIVAL, source)
    await stores.backstage.age_histories(timedelta(minutes=3))
    assert await stores.histories.claim_due(10) == []
    await stores.histories.repair(CASA, source)
    await stores.backstage.age_histories(timedelta(minutes=3))
    runs = await stores.histories.claim_due(10)
    assert {run.account_id for run in runs} == {page.id, instagram.id}
    assert {run.kind for run in runs} == {RunKind.REPAIR}
    history = await stores.histories.of(CASA, other.id)
    assert history is not None
    assert history.state is RunState.DONE


async def test_a_repair_that_is_asked_for_during_one_comes_after_it(scene: Scene, stores: Stores) -> None:
    page = await scene.connected()
    (run,) = await stores.histories.claim_due(10)
    assert page.webhook_source is not None
    await stores.histories.repair(CASA, page.webhook_source)
    await stores.histories.finish(run, scene.now + DAY)
    assert [again.account_id for again in await stores.histories.claim_due(10)] == [page.id]
