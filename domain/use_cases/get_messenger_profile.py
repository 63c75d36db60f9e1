"""What people see before they write to the account, as it is at Meta."""

from dataclasses import dataclass

from meta_inbox.domain.model.capabilities import extras_of
from meta_inbox.domain.model.ids import AccountId
from meta_inbox.domain.model.messenger_profile import MessengerProfile
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.ports import Accounts, Clock, MessengerProfiles
from meta_inbox.domain.use_cases.at_meta import AtMeta


@dataclass(frozen=True, slots=True, kw_only=True)
class GetMessengerProfile:
    """Meta is asked each time: the profile can be changed at Meta, too."""

    accounts: Accounts
    profiles: MessengerProfiles
    clock: Clock

    async def __call__(self, *, by: Principal, account: AccountId) -> MessengerProfile:
        """Offered but not set is empty, not offered is None. NotFound, Refused, GraphUnavailable."""
        by.require(Scope.ACCOUNTS_MANAGE)
        owner = await self.accounts.get(by.tenant, account)
        at_meta = AtMeta(accounts=self.accounts, clock=self.clock)
        found = await at_meta(owner, lambda token: self.profiles.get(owner, token))
        return found.as_offered(extras_of(owner))
