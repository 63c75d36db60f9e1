"""Two processes look after the same accounts at once: Meta is asked for each new token once."""

import asyncio
from collections import Counter
from datetime import timedelta

from psycopg.conninfo import make_conninfo

from meta_inbox.adapters.persistence.database import Database, open_pool
from meta_inbox.adapters.persistence.embedded_login import LOGIN
from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.domain.model.account import Account, Login
from meta_inbox.domain.model.care import RenewedToken
from meta_inbox.domain.model.ids import AccountId
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.use_cases.look_after_accounts import LookAfterAccounts
from tests.contracts.backstage import Stores
from tests.contracts.postgres_stores import Opened, database, emptied, stores_on
from tests.contracts.scene import CASA, PAGE, Scene, instagram_candidate
from tests.unit.doubles import FakeGraph

ACCOUNTS, ROUNDS = 12, 6


class SlowGraph(FakeGraph):
    """Renews each token to one that names its account and how often that was done."""

    def __init__(self) -> None:
        super().__init__()
        self.renewals = Counter[AccountId]()

    async def renew(self, account: Account, token: Secret) -> RenewedToken:
        """Takes its time, so that the other process comes meanwhile."""
        self.renewals[account.id] += 1
        await asyncio.sleep(0.02)
        return RenewedToken(
            token=Secret(f"{account.id} {self.renewals[account.id]}"), life=timedelta(days=60)
        )


def process(stores: Stores, graph: FakeGraph) -> LookAfterAccounts:
    """The job of one process."""
    return LookAfterAccounts(
        accounts=stores.accounts,
        care=stores.account_care,
        histories=stores.histories,
        graph=graph,
        clock=stores.clock,
    )


async def test_two_processes_renew_each_token_once() -> None:
    keys, graph = KeyRing.parse(KeyRing.generate("k1")), SlowGraph()
    async with emptied() as one, open_pool(make_conninfo(database(), user=LOGIN)) as pool:
        here = stores_on(one, keys)
        there = stores_on(Opened(Database(pool), pool, one.superuser), keys)
        scene = Scene(here)
        for number in range(ACCOUNTS):
            candidate = instagram_candidate(f"90{number:02}", PAGE)
            await scene.connects(candidate=candidate, login=Login.INSTAGRAM, token=None)
        await here.backstage.age_tries(timedelta(days=1))
        await one.superuser.execute("update meta_inbox.accounts set connected_at = now() - interval '1 day'")
        both = [process(stores, graph) for stores in (here, there) for _ in range(ROUNDS)]
        looked = await asyncio.gather(*(looks(3) for looks in both))
        assert sum(looked) == ACCOUNTS
        assert sorted(graph.renewals.values()) == [1] * ACCOUNTS
        for account in await there.accounts.list(CASA):
            assert (await there.accounts.token(CASA, account.id)).reveal() == f"{account.id} 1"
            assert account.token_expires_at is not None
