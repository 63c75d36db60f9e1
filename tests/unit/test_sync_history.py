"""Reading back what was said before: how far, how fast, and what ends it."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from meta_inbox.adapters.persistence.in_memory_accounts import InMemoryAccounts
from meta_inbox.adapters.persistence.time_and_ids import ManualClock
from meta_inbox.domain.errors import AccessRevoked, GraphUnavailable, RefusedByMeta, StorageUnavailable
from meta_inbox.domain.model.account import Account, AccountStatus
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.history import History, PastConversation, PastPage, RunKind, RunState, daily
from meta_inbox.domain.model.ids import AccountId, ContactId, TenantId
from meta_inbox.domain.model.secret import Secret
from tests.contracts.scene import ANA, CASA, past, wrote
from tests.unit.doubles import FakeGraph, World

MINUTE = timedelta(minutes=1)


def talk(world: World, number: int, *, ago: timedelta) -> PastConversation:
    """One conversation that somebody last wrote in so long ago."""
    who, at = ContactId(f"c-{number}"), world.clock.now() - ago
    item = wrote(f"m-{number}", contact_id=who, sent_at=at)
    return past(world.scene, contact=who, updated_at=at, items=(item,))


def pages(world: World, *found: list[PastConversation]) -> None:
    """Meta has these pages, one behind the other."""
    last = len(found) - 1
    world.graph.pages = {
        None if n == 0 else f"page-{n}": PastPage(
            conversations=page, next=None if n == last else f"page-{n + 1}"
        )
        for n, page in enumerate(found)
    }


async def history(world: World, account: Account) -> History:
    found = await world.histories.of(CASA, account.id)
    assert found is not None
    return found


@dataclass(slots=True)
class Slow(FakeGraph):
    """A Meta that needs ten seconds for a page."""

    clock: ManualClock = field(default_factory=ManualClock)

    async def history(
        self,
        account: Account,
        token: Secret,
        after: str | None,
        contact: ContactId | None = None,
        *,
        urgent: bool = False,
    ) -> PastPage:
        """The page, later."""
        self.clock.advance(timedelta(seconds=10))
        return await FakeGraph.history(self, account, token, after, contact, urgent=urgent)


@dataclass(frozen=True, slots=True)
class Broken(InMemoryAccounts):
    """A store of accounts that does not answer."""

    async def get(self, tenant: TenantId, account: AccountId) -> Account:
        """Nothing."""
        raise StorageUnavailable("the database did not answer in time")


def asked(world: World) -> list[str]:
    return [cursor for what, cursor in world.graph.calls if what == "history"]


async def repairing(world: World) -> Account:
    """An account whose repair is due: its import ended eleven minutes ago."""
    account = await world.scene.connected()
    await world.sync()
    world.later(minutes=11)
    world.graph.calls.clear()
    return account


async def test_every_page_of_an_import_is_read(world: World) -> None:
    account = await world.scene.connected()
    pages(world, *[[talk(world, n, ago=n * 60 * MINUTE)] for n in range(1, 4)])
    assert await world.sync() == 1
    assert asked(world) == ["", "page-1", "page-2"]
    found = await history(world, account)
    assert (found.state, found.conversations, found.messages) == (RunState.DONE, 3, 3)
    assert (await world.accounts.get(CASA, account.id)).last_synced_at == world.clock.now()
    assert await world.sync() == 0


async def test_an_import_reaches_back_ninety_days(world: World) -> None:
    account = await world.scene.connected()
    recent, older = talk(world, 1, ago=timedelta(days=89)), talk(world, 2, ago=timedelta(days=91))
    pages(world, [recent, older], [talk(world, 3, ago=timedelta(days=92))])
    await world.sync()
    assert asked(world) == [""]
    assert (await history(world, account)).messages == 1


async def test_an_import_ends_with_the_five_hundredth_conversation(world: World) -> None:
    account = await world.scene.connected()
    full = [[talk(world, 25 * p + n, ago=(25 * p + n + 2) * MINUTE) for n in range(25)] for p in range(21)]
    pages(world, *full)
    await world.sync()
    assert len(asked(world)) == 20
    assert (await history(world, account)).messages == 500


async def test_a_repair_ends_where_everything_is_known(world: World) -> None:
    account = await repairing(world)
    new, known = talk(world, 1, ago=5 * MINUTE), talk(world, 2, ago=80 * MINUTE)
    pages(world, [new], [known], [talk(world, 3, ago=90 * MINUTE)])
    await world.sync()
    assert asked(world) == ["", "page-1"]
    found = await history(world, account)
    assert (found.kind, found.conversations, found.messages, found.missed) == (RunKind.REPAIR, 1, 1, 1)


async def test_what_was_just_written_is_left_to_its_webhook(world: World) -> None:
    account = await repairing(world)
    pages(world, [talk(world, 1, ago=MINUTE / 2), talk(world, 2, ago=2 * MINUTE)])
    await world.sync()
    assert (await history(world, account)).messages == 1


async def test_what_was_written_until_the_account_was_connected_has_no_webhook_to_wait_for(
    world: World,
) -> None:
    account = await world.scene.connected()
    pages(world, [talk(world, 1, ago=timedelta(seconds=1))])
    await world.sync()
    assert (await history(world, account)).messages == 1


async def test_what_was_written_in_the_second_of_connecting_is_left_to_its_webhook(world: World) -> None:
    world.clock.advance(timedelta(seconds=1.9) - timedelta(microseconds=world.clock.now().microsecond))
    account = await world.scene.connected()
    cut_off = account.connected_at.replace(microsecond=0)
    world.clock.advance(timedelta(milliseconds=50))
    pages(world, [talk(world, 1, ago=world.clock.now() - cut_off)])
    assert await world.sync() == 1
    assert (await history(world, account)).messages == 0
    await world.scene.happens(wrote("m-1", contact_id=ContactId("c-1")))
    (*_, told) = await world.backstage.events(CASA)
    assert told.type is EventType.MESSAGE_CREATED


async def test_throttling_waits_as_long_as_meta_says_and_goes_on(world: World) -> None:
    account = await world.scene.connected()
    pages(world, [talk(world, 1, ago=5 * MINUTE)], [talk(world, 2, ago=6 * MINUTE)])
    second, world.graph.pages["page-1"] = (
        world.graph.pages["page-1"],
        GraphUnavailable("Meta asks for slower sending", retry_after=20 * MINUTE),
    )
    await world.sync()
    assert (await history(world, account)).problem == "Meta asks for slower sending"
    world.later(minutes=19)
    assert await world.sync() == 0
    world.later(minutes=2)
    world.graph.pages["page-1"] = second
    assert await world.sync() == 1
    assert asked(world) == ["", "page-1", "page-1"]
    found = await history(world, account)
    assert (found.state, found.messages, found.problem) == (RunState.DONE, 2, None)


async def test_an_outage_of_meta_is_waited_out_ever_longer(world: World) -> None:
    account = await world.scene.connected()
    world.graph.pages = {None: GraphUnavailable("no answer")}
    waits: list[datetime] = []
    while len(waits) < 4:
        world.later(seconds=5)
        if await world.sync():
            waits.append(world.clock.now())
    first, second, third = (later - earlier for earlier, later in pairwise(waits))
    assert first < second < third
    assert (await history(world, account)).state is RunState.RUNNING


async def test_a_dead_token_ends_the_run_until_somebody_logs_in(world: World) -> None:
    account = await world.scene.connected()
    world.graph.pages = {None: AccessRevoked("the session ended", meta_code=190, meta_subcode=460)}
    await world.sync()
    found = await world.accounts.get(CASA, account.id)
    assert found.status is AccountStatus.REAUTH_REQUIRED
    assert found.status_reason is not None
    assert (found.status_reason.meta_code, found.status_reason.meta_subcode) == (190, 460)
    shown = await history(world, account)
    assert (shown.state, shown.problem) == (RunState.FAILED, "the session ended")
    world.later(days=3)
    assert await world.sync() == 0
    world.graph.pages = {}
    await world.scene.connected()
    assert await world.sync() == 1
    assert (await history(world, account)).state is RunState.DONE


async def test_a_missing_permission_ends_the_run_and_is_tried_the_next_day(world: World) -> None:
    account = await world.scene.connected()
    world.graph.pages = {None: RefusedByMeta("a permission is missing")}
    await world.sync()
    assert (await history(world, account)).problem == "a permission is missing"
    assert (await world.accounts.get(CASA, account.id)).status is AccountStatus.ACTIVE
    world.later(hours=11)
    assert await world.sync() == 0
    world.later(hours=26)
    world.graph.pages = {}
    assert await world.sync() == 1
    assert (await history(world, account)).state is RunState.DONE


async def test_a_cursor_that_died_meanwhile_costs_a_new_beginning(world: World) -> None:
    account = await world.scene.connected()
    (run,) = await world.histories.claim_due(1)
    assert await world.histories.keep(run, [], "page-9") is not None
    world.later(minutes=3)
    world.graph.pages = {"page-9": RefusedByMeta("the cursor is not valid")}
    await world.sync()
    world.later(minutes=3)
    await world.sync()
    assert asked(world) == ["page-9", ""]
    assert (await history(world, account)).state is RunState.DONE


async def test_a_cursor_that_meta_gave_and_refuses_ends_the_run(world: World) -> None:
    account = await world.scene.connected()
    pages(world, [talk(world, 1, ago=5 * MINUTE)], [])
    world.graph.pages["page-1"] = RefusedByMeta("the cursor is not valid")
    await world.sync()
    assert (await history(world, account)).state is RunState.FAILED


async def test_a_long_run_lets_others_go_on(world: World) -> None:
    account = await world.scene.connected()
    pages(world, *[[talk(world, n, ago=n * MINUTE)] for n in range(5, 9)])
    slow = replace(
        world.sync, graph=Slow(pages=world.graph.pages, calls=world.graph.calls, clock=world.clock)
    )
    assert await slow() == 1
    assert asked(world) == ["", "page-1"]
    assert (await history(world, account)).state is RunState.RUNNING
    assert await slow() == 1
    assert (await history(world, account)).state is RunState.DONE


async def test_trouble_of_one_account_leaves_the_others_alone(world: World) -> None:
    account = await world.scene.connected()
    broken = replace(world.sync, accounts=Broken(world.store))
    with pytest.raises(StorageUnavailable):
        await broken()
    assert await world.sync() == 0
    world.later(minutes=3)
    assert await world.sync() == 1
    assert (await history(world, account)).state is RunState.DONE


async def test_a_gap_is_closed_in_every_conversation_once(world: World) -> None:
    account = await repairing(world)
    await world.scene.happens(wrote("m-1"))
    pages(world, [past(world.scene, "m-0", "m-1", "m-2")])
    await world.sync()
    assert sorted(str(each.meta_message_id) for each in await world.scene.messages(account)) == [
        "m-0",
        "m-1",
        "m-2",
    ]
    assert (await world.scene.conversation(account, ANA)).unread_count == 3


def test_daily_repairs_are_spread_over_the_day_and_stay_at_their_time() -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    first = [daily(AccountId(f"0192f0a0-0000-7000-8000-{n:012d}"), noon) for n in range(200)]
    assert all(timedelta(hours=12) <= at - noon <= timedelta(hours=36) for at in first)
    assert len({at.hour for at in first}) == 24
    one = AccountId("0192f0a0-0000-7000-8000-000000000001")
    assert daily(one, daily(one, noon)) - daily(one, noon) == timedelta(days=1)
