"""When accounts are looked after, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from meta_inbox.adapters.persistence.in_memory import InMemoryStore
from meta_inbox.adapters.persistence.in_memory_rows import AccountRow
from meta_inbox.domain.model.account import Account, AccountStatus, Login
from meta_inbox.domain.model.care import LEASE, CareClaim
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.secret import Secret


@dataclass(frozen=True, slots=True)
class InMemoryAccountCare:
    """Beside the accounts; when one is due next is the fence of whoever has it."""

    store: InMemoryStore

    async def due(self, limit: int) -> Sequence[CareClaim]:
        """Claims active accounts that are to be looked at."""
        due = [row for row in self.store.accounts.values() if self._is_due(row)]
        return [self._claim(row) for row in sorted(due, key=lambda row: row.care_due_at)[:limit]]

    def _is_due(self, row: AccountRow) -> bool:
        return row.account.status is AccountStatus.ACTIVE and self.store.is_due(row.care_due_at)

    def _claim(self, row: AccountRow) -> CareClaim:
        row.care_due_at = self.store.clock.now() + LEASE
        return CareClaim(account=row.account, fence=row.care_due_at, doubted=row.care_doubted)

    async def renew(self, claim: CareClaim, token: Secret, expires_at: datetime) -> bool:
        """Keeps an account's own token in place of the former one; False = the fence is stale."""
        row = self._held(claim)
        if row is None or row.account.login is not Login.INSTAGRAM:
            return False
        row.user_token, row.expiry_told = token, False
        row.account = replace(row.account, token_expires_at=expires_at)
        self._tell(row)
        return True

    async def keep(self, claim: CareClaim, account: Account, *, expiring: bool) -> bool:
        """Keeps when token and access to data end; False = the fence is stale."""
        row = self._held(claim)
        if row is None:
            return False
        seen = replace(
            row.account,
            token_expires_at=account.token_expires_at,
            data_access_expires_at=account.data_access_expires_at,
        )
        is_news = seen != row.account or (expiring and not row.expiry_told)
        row.account, row.expiry_told = seen, expiring
        if is_news:
            self._tell(row)
        return True

    async def put_off(
        self,
        claim: CareClaim,
        after: timedelta,
        *,
        doubted: bool = False,
        problem: str | None = None,  # noqa: ARG002  # what is in memory has no operator
    ) -> bool:
        """Ends the claim, to look again after a while; False = the fence is stale."""
        row = self._held(claim)
        if row is None:
            return False
        row.care_due_at, row.care_doubted = self.store.clock.now() + after, doubted
        return True

    def _held(self, claim: CareClaim) -> AccountRow | None:
        row = self.store.accounts.get((claim.account.tenant_id, claim.account.id))
        if row is None or row.account.status is not AccountStatus.ACTIVE:
            return None
        held = (row.care_due_at, row.account.connected_at) == (claim.fence, claim.account.connected_at)
        return row if held else None

    def _tell(self, row: AccountRow) -> None:
        row.account = replace(row.account, updated_at=self.store.clock.now())
        self.store.log(EventType.ACCOUNT_UPDATED, row.account.tenant_id, row.account.id)
