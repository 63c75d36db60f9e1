"""What people see before they write to the account is set, as a whole."""

from dataclasses import dataclass

from meta_inbox.domain.model.capabilities import extras_of
from meta_inbox.domain.model.ids import AccountId
from meta_inbox.domain.model.messenger_profile import MessengerProfile
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.ports import Accounts, Clock, MessengerProfiles
from meta_inbox.domain.use_cases.at_meta import AtMeta


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMessengerProfile:
    """What is given is set, what is not is removed; Meta has no call that does both at once."""

    accounts: Accounts
    profiles: MessengerProfiles
    clock: Clock

    async def __call__(
        self, *, by: Principal, account: AccountId, profile: MessengerProfile
    ) -> MessengerProfile:
        """The profile as it is now. NotFound, Refused; after GraphUnavailable it may be done in part."""
        by.require(Scope.ACCOUNTS_MANAGE)
        owner = await self.accounts.get(by.tenant, account)
        profile.require_offered(extras_of(owner))
        at_meta = AtMeta(accounts=self.accounts, clock=self.clock)
        await at_meta(owner, lambda token: self.profiles.replace(owner, token, profile))
        return profile.as_offered(extras_of(owner))
