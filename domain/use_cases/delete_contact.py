"""A contact asks to be forgotten, or the business has no right to keep what they wrote any more."""

from dataclasses import dataclass

from meta_inbox.domain.model.ids import AccountId, ContactId
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.ports import Deletions, Forgetting

_AT_ONCE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteContact:
    """The contact is gone from every list at once, and from everywhere within a minute.

    It takes the scope of whoever looks after accounts: unlike anything that an agent does, it cannot be
    undone.
    """

    deletions: Deletions

    async def __call__(self, *, by: Principal, account: AccountId, contact: ContactId) -> None:
        """NotFound when the tenant has no such account; a contact who is not there is deleted as well."""
        by.require(Scope.ACCOUNTS_MANAGE)
        await self.deletions.begin(by.tenant, account, contact)


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishDeletions:
    """Deletes what there is of deleted contacts; every step may be done twice, by whichever process."""

    deletions: Deletions
    without: Forgetting

    async def __call__(self) -> int:
        """How many deletions were worked at."""
        claims = await self.deletions.claim_due(_AT_ONCE)
        if not claims:
            return 0
        await self.deletions.redact(claims, self.without)
        for claim in claims:
            while await self.deletions.clear(claim):
                pass
            await self.deletions.settle(claim)
        return len(claims)
