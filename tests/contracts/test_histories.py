"""Runs that read back what was said before: when they are due, who holds them, how they end."""

from datetime import timedelta

from meta_inbox.domain.model.account import Account, StatusReason
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.history import LEASE, OVERLAP, History, Run, RunKind, RunState
from tests.contracts.backstage import Stores
from tests.contracts.scene import ANA, CASA, RIVAL, RUI, Scene, instagram_candidate, past

REASON = StatusReason(code="x", detail="the session ended")
DAY = timedelta(days=1)
SOON = timedelta(seconds=1)


async def claimed(stores: Stores) -> Run:
    (run,) = await stores.histories.claim_due(10)
    return run


async def history(stores: Stores, account: Account) -> History:
    found = await stores.histories.of(account.tenant_id, account.id)
    assert found is not None
    return found


async def synced(scene: Scene) -> Account:
    """An account whose first import has ended, a day ago."""
    account = await scene.connected()
    run = await claimed(scene.stores)
    assert await scene.stores.histories.finish(run, scene.now + 2 * DAY)
    await scene.stores.backstage.age_histories(DAY)
    return account


async def updates(stores: Stores) -> int:
    events = await stores.backstage.events(CASA)
    return sum(event.type is EventType.ACCOUNT_UPDATED for event in events)


async def test_a_new_account_is_imported_at_once(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    assert await history(stores, account) == History(state=RunState.DUE, kind=RunKind.IMPORT)
    run = await claimed(stores)
    assert (run.tenant_id, run.account_id, run.kind, run.cursor) == (CASA, account.id, RunKind.IMPORT, None)
    assert run.complete_as_of is None
    shown = await history(stores, account)
    assert (shown.state, shown.started_at) == (RunState.RUNNING, run.started_at)


async def test_one_account_has_one_run_at_a_time(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    await scene.connected(candidate=instagram_candidate("9001", "1001"))
    assert len(await stores.histories.claim_due(1)) == 1
    assert len(await stores.histories.claim_due(10)) == 1
    assert await stores.histories.claim_due(10) == []


async def test_the_run_of_a_dead_worker_goes_on_where_it_was(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    first = await claimed(stores)
    kept = await stores.histories.keep(first, [past(scene, "m-1", "m-2")], "page-2")
    assert kept is not None
    assert (kept.cursor, kept.conversations) == ("page-2", 1)
    await stores.backstage.age_histories(LEASE + SOON)
    second = await claimed(stores)
    assert (second.cursor, second.conversations, second.kind) == ("page-2", 1, RunKind.IMPORT)
    assert second.fence != first.fence
    assert await stores.histories.keep(first, [past(scene, "m-3")], "page-3") is None
    assert not await stores.histories.put_off(first, DAY, "too late")
    assert not await stores.histories.finish(first, scene.now)
    assert not await stores.histories.fail(first, "too late", scene.now)
    assert await stores.backstage.count_messages(CASA) == 2
    assert (await history(stores, account)).messages == 2
    assert await stores.histories.finish(second, scene.now + DAY)


async def test_a_run_that_is_put_off_waits_and_then_goes_on(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    run = await stores.histories.keep(await claimed(stores), [], "page-2")
    assert run is not None
    assert await stores.histories.put_off(run, timedelta(minutes=5), "Meta asks for slower sending")
    shown = await history(stores, account)
    assert (shown.state, shown.problem) == (RunState.RUNNING, "Meta asks for slower sending")
    assert await stores.histories.claim_due(10) == []
    await stores.backstage.age_histories(timedelta(minutes=6))
    again = await claimed(stores)
    assert (again.cursor, again.attempt) == ("page-2", 1)
    kept = await stores.histories.keep(again, [], "page-3")
    assert kept is not None
    assert kept.attempt == 0
    assert (await history(stores, account)).problem is None


async def test_a_run_that_only_lets_others_go_on_is_due_again_at_once(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    run = await claimed(stores)
    assert await stores.histories.put_off(run, timedelta(), None)
    assert (await claimed(stores)).attempt == 0


async def test_a_run_that_ended_is_followed_by_a_repair_from_where_it_began(
    scene: Scene, stores: Stores
) -> None:
    account = await scene.connected()
    run = await claimed(stores)
    assert await stores.histories.finish(run, scene.now + DAY)
    ended = await stores.accounts.get(CASA, account.id)
    assert ended.last_synced_at is not None
    assert (await history(stores, account)).state is RunState.DONE
    assert await stores.histories.claim_due(10) == []
    await stores.backstage.age_histories(DAY + SOON)
    repair = await claimed(stores)
    assert (repair.kind, repair.complete_as_of) == (RunKind.REPAIR, run.started_at - DAY - SOON)
    assert repair.quiet_before == run.started_at - DAY - SOON - OVERLAP


async def test_beginning_and_ending_are_told(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    before = await updates(stores)
    run = await claimed(stores)
    assert await updates(stores) == before + 1
    for _ in range(3):
        await stores.histories.keep(run, [], "next")
    assert await updates(stores) == before + 1
    await stores.backstage.age_histories(timedelta(seconds=4))
    await stores.histories.keep(run, [], "next")
    assert await updates(stores) == before + 2
    await stores.histories.finish(run, scene.now + DAY)
    assert await updates(stores) == before + 3


async def test_a_run_that_failed_says_why_and_is_tried_later(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    assert await stores.histories.fail(await claimed(stores), "a permission is missing", scene.now + DAY)
    shown = await history(stores, account)
    assert (shown.state, shown.problem) == (RunState.FAILED, "a permission is missing")
    assert (await stores.accounts.get(CASA, account.id)).last_synced_at is None
    assert await stores.histories.claim_due(10) == []
    await stores.backstage.age_histories(2 * DAY)
    assert (await claimed(stores)).kind is RunKind.IMPORT


async def test_connecting_again_after_a_failure_is_worth_a_try_at_once(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    assert await stores.histories.fail(await claimed(stores), "a permission is missing", scene.now + DAY)
    await scene.connected()
    assert (await claimed(stores)).kind is RunKind.IMPORT


async def test_an_account_that_got_a_new_login_is_repaired_at_once(scene: Scene, stores: Stores) -> None:
    account = await synced(scene)
    await stores.accounts.needs_login(CASA, account.id, REASON, as_of=account.connected_at)
    await stores.backstage.age_histories(2 * DAY)
    assert await stores.histories.claim_due(10) == []
    await scene.connected()
    assert (await claimed(stores)).kind is RunKind.REPAIR


async def test_a_new_login_takes_the_run_from_whoever_had_the_old_token(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    old = await claimed(stores)
    await stores.accounts.needs_login(CASA, account.id, REASON, as_of=account.connected_at)
    assert await stores.histories.keep(old, [past(scene, "m-1")], "next") is None
    await scene.connected()
    assert not await stores.histories.fail(old, "the old token is dead", scene.now + DAY)
    assert (await claimed(stores)).kind is RunKind.IMPORT


async def test_an_active_account_is_not_read_again_by_a_new_login(scene: Scene, stores: Stores) -> None:
    await synced(scene)
    await scene.connected()
    assert await stores.histories.claim_due(10) == []


async def test_a_disconnected_account_is_repaired_when_it_comes_back(scene: Scene, stores: Stores) -> None:
    account = await synced(scene)
    await stores.accounts.disconnect(CASA, account.id)
    await stores.backstage.age_histories(5 * DAY)
    assert await stores.histories.claim_due(10) == []
    await scene.connected()
    assert (await claimed(stores)).kind is RunKind.REPAIR


async def test_after_two_minutes_without_a_sign_of_life_every_account_is_looked_at(
    scene: Scene, stores: Stores
) -> None:
    await synced(scene)
    assert await stores.histories.beat() is False
    await stores.backstage.age_histories(timedelta(seconds=90))
    assert await stores.histories.beat() is False
    assert await stores.histories.claim_due(10) == []
    await stores.backstage.age_histories(timedelta(seconds=130))
    assert await stores.histories.beat() is True
    assert await stores.histories.beat() is False
    assert await stores.histories.claim_due(10) == []
    await stores.backstage.age_histories(timedelta(minutes=6))
    assert (await claimed(stores)).kind is RunKind.REPAIR


async def test_an_outage_during_a_run_is_followed_by_another_run(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    await stores.histories.beat()
    run = await claimed(stores)
    await stores.backstage.age_histories(timedelta(minutes=1, seconds=50))
    await stores.histories.keep(run, [], "page-2")
    await stores.backstage.age_histories(timedelta(seconds=20))
    assert await stores.histories.beat() is True
    assert await stores.histories.finish(run, scene.now + DAY)
    assert (await claimed(stores)).kind is RunKind.REPAIR


async def test_after_an_outage_pages_are_subscribed_again(scene: Scene, stores: Stores) -> None:
    account = await synced(scene)
    await stores.accounts.subscribed(CASA, account.id, None)
    await stores.histories.beat()
    await stores.backstage.age_histories(timedelta(minutes=3))
    await stores.histories.beat()
    await stores.backstage.age_tries(timedelta(minutes=3))
    assert [each.account_id for each in await stores.accounts.due_subscriptions(10)] == [account.id]


async def test_a_repair_that_found_what_was_missed_has_the_page_subscribed_again(
    scene: Scene, stores: Stores
) -> None:
    account = await synced(scene)
    await stores.accounts.subscribed(CASA, account.id, None)
    for found in ([], [past(scene, "m-1")]):
        await stores.backstage.age_histories(2 * DAY)
        repair = await claimed(stores)
        await stores.histories.keep(repair, found, None)
        await stores.histories.finish(repair, scene.now + DAY)
        due = [each.account_id for each in await stores.accounts.due_subscriptions(10)]
        assert due == ([account.id] if found else [])


async def test_another_tenant_sees_no_run(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    assert await stores.histories.of(RIVAL, account.id) is None


async def test_what_a_repair_found_is_remembered_while_the_next_one_runs(
    scene: Scene, stores: Stores
) -> None:
    account = await synced(scene)
    await stores.backstage.age_histories(2 * DAY)
    repair = await claimed(stores)
    assert (await history(stores, account)).missed is None
    await stores.histories.keep(repair, [past(scene, "m-1", "m-2"), past(scene, "m-3", contact=RUI)], None)
    assert await stores.histories.finish(repair, scene.now)
    assert (await history(stores, account)).missed == 3
    await claimed(stores)
    assert (await history(stores, account)).missed == 3
    assert len(await scene.messages(account, ANA)) == 2
