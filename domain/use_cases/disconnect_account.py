"""A person disconnects an account: its tokens are destroyed, its history stays."""

from dataclasses import dataclass

from meta_inbox.domain.model.ids import AccountId
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.ports import Accounts
from meta_inbox.domain.use_cases.keep_subscriptions import KeepSubscriptions


@dataclass(frozen=True, slots=True, kw_only=True)
class DisconnectAccount:
    """Ends a connection; whether or not Meta answers, and as often as one likes."""

    accounts: Accounts
    subscriptions: KeepSubscriptions

    async def __call__(self, *, by: Principal, account: AccountId) -> None:
        """NotFound when the tenant has no such account."""
        by.require(Scope.ACCOUNTS_MANAGE)
        left = await self.accounts.disconnect(by.tenant, account)
        if left is not None:
            await self.subscriptions.unsubscribe_now(left)
