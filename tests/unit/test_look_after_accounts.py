"""Accounts are looked after daily: renewed in time, doubted once before they are given up, mended."""

from dataclasses import replace
from datetime import timedelta

import pytest

from meta_inbox.adapters.persistence.in_memory_account_care import InMemoryAccountCare
from meta_inbox.domain.errors import AccessRevoked, GraphUnavailable, RefusedByMeta
from meta_inbox.domain.model.account import Account, AccountStatus, Login
from meta_inbox.domain.model.care import RenewedToken
from meta_inbox.domain.model.health import TokenFacts
from meta_inbox.domain.model.history import RunState
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.ports import Connectable
from meta_inbox.domain.use_cases.look_after_accounts import LookAfterAccounts
from tests.contracts.scene import BEA, CASA, PAGE, instagram_candidate
from tests.unit.doubles import NOON, World

DEAD = AccessRevoked("the password was changed", meta_code=190, meta_subcode=460, fbtrace_id="A1b")


def days(number: float) -> timedelta:
    """So many days."""
    return timedelta(days=number)


def looks(world: World) -> LookAfterAccounts:
    """The use case."""
    return LookAfterAccounts(
        accounts=world.accounts,
        care=InMemoryAccountCare(world.store),
        histories=world.histories,
        graph=world.graph,
        clock=world.clock,
    )


async def connected(world: World, login: Login = Login.INSTAGRAM, *, life: float | None = 60) -> Account:
    """An Instagram account whose token lives for so many days; what Meta would say of it is the same."""
    ends = None if life is None else NOON + days(life)
    account = await world.accounts.connect(
        CASA,
        BEA,
        Connectable(
            candidate=instagram_candidate("9001", PAGE),
            login=login,
            user_token=Secret("first"),
            page_token=Secret("page") if login is Login.FACEBOOK else None,
            token_expires_at=ends,
            data_access_expires_at=None,
            meta_user_id="42",
        ),
    )
    assert account is not None
    world.graph.facts = TokenFacts(valid=True, ours=True, expires_at=ends)
    return account


async def now(world: World, account: Account) -> Account:
    """The account as it is."""
    return await world.accounts.get(CASA, account.id)


async def token(world: World, account: Account) -> str:
    """What it acts with."""
    return (await world.accounts.token(CASA, account.id)).reveal()


def called(world: World, what: str) -> int:
    """How often Meta was asked that."""
    return sum(name == what for name, _ in world.graph.calls)


async def told(world: World) -> int:
    """How often something was told since it was connected."""
    return len(await world.backstage.events(CASA)) - 1


async def test_nothing_is_asked_before_a_day_has_passed(world: World) -> None:
    await connected(world)
    world.clock.advance(days(0.99))
    assert await looks(world)() == 0
    world.clock.advance(days(0.01))
    assert await looks(world)() == 1
    assert await looks(world)() == 0
    assert [what for what, _ in world.graph.calls] == ["inspect", "mend_subscription"]
    assert await told(world) == 0


@pytest.mark.parametrize(
    ("login", "life", "renews"),
    [
        (Login.INSTAGRAM, 31.5, False),
        (Login.INSTAGRAM, 31, True),
        (Login.INSTAGRAM, 2, True),
        (Login.INSTAGRAM, None, True),
        (Login.FACEBOOK, 31, False),
        (Login.FACEBOOK, None, False),
    ],
)
async def test_a_token_of_its_own_is_renewed_in_its_last_30_days(
    world: World, login: Login, life: float | None, *, renews: bool
) -> None:
    account = await connected(world, login, life=life)
    world.clock.advance(days(1))
    await looks(world)()
    assert called(world, "renew") == renews
    found = await now(world, account)
    assert (await token(world, account) == "renewed") == renews
    ends = world.clock.now() + days(60) if renews else account.token_expires_at
    assert found.token_expires_at == ends
    assert await told(world) == renews


async def test_a_token_is_renewed_only_once_it_is_a_day_old(world: World) -> None:
    await connected(world, life=7.5)
    world.clock.advance(days(0.6))
    for row in world.store.accounts.values():
        row.care_due_at = world.clock.now()
    await looks(world)()
    assert called(world, "inspect") == 1
    assert called(world, "renew") == 0


@pytest.mark.parametrize(
    ("trouble", "again", "answered"),
    [
        (GraphUnavailable("no answer"), timedelta(hours=1), 0),
        (RefusedByMeta("it cannot be refreshed yet"), days(1), 1),
    ],
)
async def test_a_failed_renewal_loses_nothing_and_is_tried_again(
    world: World, trouble: Exception, again: timedelta, answered: int
) -> None:
    account = await connected(world, life=20)
    world.graph.renewed = trouble
    world.clock.advance(days(1))
    assert await looks(world)() == answered
    assert await now(world, account) == account
    assert await token(world, account) == "first"
    assert called(world, "mend_subscription") == 1
    world.graph.renewed = RenewedToken(token=Secret("second"), life=days(60))
    world.clock.advance(again - timedelta(seconds=1))
    await looks(world)()
    assert await token(world, account) == "first"
    world.clock.advance(timedelta(seconds=1))
    await looks(world)()
    assert await token(world, account) == "second"


async def test_a_renewal_that_comes_after_a_new_login_is_dropped(world: World) -> None:
    account = await connected(world, life=20)
    world.clock.advance(days(1))
    care = InMemoryAccountCare(world.store)
    (claim,) = await care.due(1)
    await connected(world)
    assert not await care.renew(claim, Secret("late"), NOON)
    assert await token(world, account) == "first"


async def test_a_dead_token_is_believed_at_the_second_look(world: World) -> None:
    account = await connected(world)
    world.graph.facts = TokenFacts(valid=False, ours=True, revoked=DEAD)
    world.clock.advance(days(1))
    assert await looks(world)() == 1
    assert await now(world, account) == account
    world.clock.advance(timedelta(seconds=59))
    assert await looks(world)() == 0
    world.clock.advance(timedelta(seconds=1))
    assert await looks(world)() == 1
    found = await now(world, account)
    reason = found.status_reason
    assert found.status is AccountStatus.REAUTH_REQUIRED
    assert reason is not None
    assert (reason.meta_code, reason.meta_subcode, reason.fbtrace_id) == (190, 460, "A1b")
    assert reason.at == world.clock.now()
    assert await told(world) == 1
    world.clock.advance(days(30))
    assert await looks(world)() == 0


async def test_a_token_that_lives_at_the_second_look_is_kept(world: World) -> None:
    account = await connected(world)
    good = world.graph.facts
    for _ in range(3):
        world.graph.facts = TokenFacts(valid=False, ours=True)
        world.clock.advance(days(1))
        await looks(world)()
        world.graph.facts = good
        world.clock.advance(timedelta(minutes=1))
        await looks(world)()
    assert await now(world, account) == account
    assert called(world, "inspect") == 6


async def test_what_is_found_dead_by_other_calls_is_doubted_as_well(world: World) -> None:
    account = await connected(world, life=20)
    world.graph.renewed = DEAD
    world.clock.advance(days(1))
    await looks(world)()
    assert (await now(world, account)).status is AccountStatus.ACTIVE
    world.clock.advance(timedelta(minutes=1))
    await looks(world)()
    assert (await now(world, account)).status is AccountStatus.REAUTH_REQUIRED


async def test_during_an_outage_nothing_changes_and_a_doubt_stays(world: World) -> None:
    account = await connected(world)
    world.graph.facts = TokenFacts(valid=False, ours=True, revoked=DEAD)
    world.clock.advance(days(1))
    await looks(world)()
    world.graph.trouble = GraphUnavailable("no answer")
    world.clock.advance(timedelta(minutes=1))
    assert await looks(world)() == 0
    assert await now(world, account) == account
    world.graph.trouble = None
    world.clock.advance(timedelta(hours=1))
    await looks(world)()
    assert (await now(world, account)).status is AccountStatus.REAUTH_REQUIRED


async def test_a_token_of_another_app_changes_nothing(world: World) -> None:
    account = await connected(world)
    world.graph.facts = TokenFacts(valid=True, ours=False)
    for _ in range(3):
        world.clock.advance(days(1))
        assert await looks(world)() == 1
    assert await now(world, account) == account


async def test_what_meta_tells_of_the_ends_is_kept(world: World) -> None:
    account = await connected(world, Login.FACEBOOK, life=None)
    world.graph.facts = replace(world.graph.facts, data_access_expires_at=NOON + days(90))
    for _ in range(3):
        world.clock.advance(days(1))
        await looks(world)()
    assert (await now(world, account)).data_access_expires_at == NOON + days(90)
    assert await told(world) == 1


@pytest.mark.parametrize(("life", "access", "day"), [(20.5, None, 13.5), (None, 20.5, 6.5)])
async def test_that_it_expires_soon_is_told_once_on_its_day(
    world: World, life: float | None, access: float | None, day: float
) -> None:
    account = await connected(world, Login.FACEBOOK, life=life)
    ends = None if access is None else NOON + days(access)
    world.graph.facts = replace(world.graph.facts, data_access_expires_at=ends)
    world.clock.advance(days(1))
    await looks(world)()
    before = await told(world)
    while world.clock.now() < NOON + days(day):
        world.clock.advance(timedelta(hours=1))
        await looks(world)()
    assert await told(world) == before
    world.clock.advance(timedelta(seconds=1))
    await looks(world)()
    assert await told(world) == before + 1
    shown = (await world.events.read(CASA, None, 100)).events[-1].data.account
    assert shown is not None
    assert (shown.id, shown.status) == (account.id, AccountStatus.EXPIRING)
    for _ in range(4):
        world.clock.advance(days(1))
        await looks(world)()
    assert await told(world) == before + 1


async def test_a_lost_subscription_is_mended_and_its_gap_read_back(world: World) -> None:
    account = await connected(world)
    (run,) = await world.histories.claim_due(1)
    await world.histories.finish(run, NOON + days(300))
    world.graph.lacked = frozenset({"messages"})
    world.clock.advance(days(1))
    await looks(world)()
    history = await world.histories.of(CASA, account.id)
    assert history is not None
    assert history.state is RunState.DONE
    world.clock.advance(timedelta(minutes=2))
    assert [again.account_id for again in await world.histories.claim_due(1)] == [account.id]


async def test_what_is_whole_is_not_read_back(world: World) -> None:
    await connected(world)
    (run,) = await world.histories.claim_due(1)
    await world.histories.finish(run, NOON + days(300))
    world.clock.advance(days(1))
    await looks(world)()
    world.clock.advance(days(1))
    assert await world.histories.claim_due(1) == []
