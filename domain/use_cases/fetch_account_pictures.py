"""Where the pictures of accounts are at Meta, whose addresses live for days."""

from dataclasses import dataclass
from datetime import timedelta

from meta_inbox.domain.errors import AccessRevoked, RefusedByMeta, Unavailable
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.ports import AccountPictures, Accounts, GraphApi

_ASKED_AGAIN = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchAccountPictures:
    """Asks Meta once a week, and soon after somebody found an address dead."""

    accounts: Accounts
    pictures: AccountPictures
    graph: GraphApi

    async def __call__(self, limit: int = 10) -> int:
        """How many accounts were asked for; none once Meta does not answer, so that nobody hammers it."""
        due = await self.pictures.due(limit)
        answers = [await self._fetch(account) for account in due]
        return len(due) if all(answers) else 0

    async def _fetch(self, account: Account) -> bool:
        """Whether there was an answer; without one the claim runs out and the account is due again."""
        try:
            token = await self.accounts.token(account.tenant_id, account.id)
            found = await self.graph.picture(account, token)
        except (RefusedByMeta, AccessRevoked):
            await self.pictures.put_off(account.tenant_id, account.id, _ASKED_AGAIN)
            return True
        except Unavailable:
            return False
        await self.pictures.save(account.tenant_id, account.id, found)
        return True
