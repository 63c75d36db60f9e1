"""The tenant's connected accounts."""

from collections.abc import Sequence
from dataclasses import dataclass

from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.history import History
from meta_inbox.domain.model.ids import AccountId
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.ports import Accounts, Clock, Histories

_ANY = (Scope.ACCOUNTS_MANAGE, Scope.MESSAGES_READ, Scope.MESSAGES_SEND)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAccounts:
    """Every account, disconnected ones included; whoever reads, sends or manages may know them."""

    accounts: Accounts
    histories: Histories
    clock: Clock

    async def __call__(self, *, by: Principal) -> Sequence[Account]:
        """Oldest first, each with its status as of now."""
        by.require(*_ANY)
        now = self.clock.now()
        return [account.seen_at(now) for account in await self.accounts.list(by.tenant)]

    async def one(self, *, by: Principal, account: AccountId) -> Account:
        """NotFound when the tenant has no such account."""
        by.require(*_ANY)
        return (await self.accounts.get(by.tenant, account)).seen_at(self.clock.now())

    async def with_history(self, *, by: Principal, account: AccountId) -> tuple[Account, History | None]:
        """The same, with how far its history is read back."""
        found = await self.one(by=by, account=account)
        return found, await self.histories.of(by.tenant, account)
