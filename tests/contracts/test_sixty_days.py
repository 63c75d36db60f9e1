"""Sixty days on which nobody writes and nobody looks: no account is lost, by either login."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind
from meta_inbox.adapters.persistence.in_memory import InMemoryStore
from meta_inbox.adapters.persistence.time_and_ids import ManualClock, UuidV7Ids
from meta_inbox.domain.model.account import Account, AccountStatus, Login
from meta_inbox.domain.model.oauth_state import Wanted
from meta_inbox.domain.ports import Connectable
from meta_inbox.domain.use_cases.look_after_accounts import LookAfterAccounts
from tests.contracts.backstage import Stores
from tests.contracts.memory_stores import stores_in
from tests.contracts.meta_stage import BY_LOGIN, BY_PAGE, CASA_VERDE, Stage, code_of, opened
from tests.contracts.scene import BEA, CASA


@dataclass(kw_only=True)
class Idle:
    """Meta, our accounts, and one time for both."""

    stage: Stage
    stores: Stores
    clock: ManualClock

    async def connects_page(self) -> Account:
        """The Page, by Facebook Login."""
        grant = await self.stage.redeem()
        (candidate,) = [each for each in grant.candidates if each.key.endswith(CASA_VERDE)]
        token = grant.page_tokens[CASA_VERDE]
        await self.stage.api.subscribe(BY_PAGE, token)
        return await self._connects(
            Connectable(
                candidate=candidate,
                login=Login.FACEBOOK,
                user_token=grant.user_token,
                page_token=token,
                token_expires_at=grant.page_token_expires_at,
                data_access_expires_at=grant.data_access_expires_at,
                meta_user_id=grant.meta_user_id,
            )
        )

    async def connects_itself(self) -> Account:
        """The Instagram account, by its own login."""
        login = self.stage.instagram_login
        url = login.dialog_url(self.stage.meta.app.secret, Wanted.ALL)
        grant = await login.redeem(code_of(self.stage.meta.approve(url)), Wanted.ALL)
        await self.stage.api.subscribe(BY_LOGIN, grant.user_token)
        return await self._connects(
            Connectable(
                candidate=grant.candidates[0],
                login=Login.INSTAGRAM,
                user_token=grant.user_token,
                page_token=None,
                token_expires_at=grant.user_token_expires_at,
                data_access_expires_at=None,
                meta_user_id=grant.meta_user_id,
            )
        )

    async def _connects(self, connectable: Connectable) -> Account:
        account = await self.stores.accounts.connect(CASA, BEA, connectable)
        assert account is not None
        return account

    async def passes(self, days: int, *, looked_after: bool = True) -> None:
        """So many days, of which each goes by for Meta as well."""
        looks = LookAfterAccounts(
            accounts=self.stores.accounts,
            care=self.stores.account_care,
            histories=self.stores.histories,
            graph=self.stage.api,
            clock=self.clock,
        )
        for _ in range(days * 24):
            self.clock.advance(timedelta(hours=1))
            self.stage.world.advance(timedelta(hours=1))
            if looked_after:
                await looks()

    async def lives(self, account: Account) -> bool:
        """Whether Meta takes the account's token."""
        token = await self.stores.accounts.token(CASA, account.id)
        return (await self.stage.api.inspect(account, token)).valid

    async def status(self, account: Account) -> AccountStatus:
        """As people see it."""
        return (await self.stores.accounts.get(CASA, account.id)).status_at(self.clock.now())


@pytest.fixture
async def idle() -> AsyncGenerator[Idle]:
    clock = ManualClock()
    async with opened("fake") as stage:
        stores = stores_in(InMemoryStore(clock=clock, ids=UuidV7Ids()))
        yield Idle(stage=stage, stores=stores, clock=clock)


async def test_after_sixty_idle_days_no_account_is_lost(idle: Idle) -> None:
    page, own = await idle.connects_page(), await idle.connects_itself()
    first = await idle.stores.accounts.token(CASA, own.id)
    news = len(await idle.stores.backstage.events(CASA))
    await idle.passes(61)
    assert not (await idle.stage.api.inspect(own, first)).valid
    for account in (page, own):
        assert await idle.status(account) is AccountStatus.ACTIVE
        assert await idle.lives(account)
    tokens = [each for each in idle.stage.world.ground.state.tokens.values() if each.type == "INSTAGRAM"]
    renewed = [each for each in tokens if each.long_lived and each.text != first.reveal()]
    assert len(renewed) == 2
    assert len(await idle.stores.backstage.events(CASA)) == news + len(renewed)


async def test_left_alone_the_same_account_is_dead_by_then(idle: Idle) -> None:
    own = await idle.connects_itself()
    await idle.passes(61, looked_after=False)
    assert not await idle.lives(own)


async def test_before_access_to_data_ends_people_are_told_once(idle: Idle) -> None:
    page = await idle.connects_page()
    await idle.passes(75)
    news = len(await idle.stores.backstage.events(CASA))
    assert await idle.status(page) is AccountStatus.ACTIVE
    await idle.passes(4)
    assert await idle.status(page) is AccountStatus.EXPIRING
    assert len(await idle.stores.backstage.events(CASA)) == news + 1


async def test_a_connection_that_dies_meanwhile_is_known_within_a_day(idle: Idle) -> None:
    page, own = await idle.connects_page(), await idle.connects_itself()
    await idle.passes(20)
    idle.stage.world.access.revoke(460)
    await idle.passes(1)
    await idle.passes(1)
    for account in (page, own):
        found = await idle.stores.accounts.get(CASA, account.id)
        assert found.status is AccountStatus.REAUTH_REQUIRED
        assert found.status_reason is not None
        assert (found.status_reason.meta_code, found.status_reason.meta_subcode) == (190, 460)


async def test_a_month_long_outage_of_the_renewal_loses_nothing(idle: Idle) -> None:
    own = await idle.connects_itself()
    await idle.passes(29)
    faults = idle.stage.world.faults
    faults.plan("refresh_access_token", Fault(kind=FaultKind.HTML_503), count=None)
    await idle.passes(28)
    assert await idle.status(own) is AccountStatus.EXPIRING
    faults.clear()
    await idle.passes(4)
    assert await idle.status(own) is AccountStatus.ACTIVE
    assert await idle.lives(own)
