"""Where accounts' pictures are at Meta, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from meta_inbox.adapters.persistence.in_memory import InMemoryStore
from meta_inbox.adapters.persistence.in_memory_rows import AccountRow
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.account import PICTURE_IS_FRESH, Account, AccountStatus, Platform
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import AccountId, TenantId

_CLAIM = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class InMemoryAccountPictures:
    """Beside the accounts."""

    store: InMemoryStore

    async def due(self, limit: int) -> Sequence[Account]:
        """Claims accounts whose picture is to be asked for, for ten minutes each."""
        due = [row for row in self.store.accounts.values() if self._is_due(row)]
        claimed = sorted(due, key=lambda row: row.picture_due_at)[:limit]
        for row in claimed:
            row.picture_due_at = self.store.clock.now() + _CLAIM
        return [row.account for row in claimed]

    def _is_due(self, row: AccountRow) -> bool:
        asked = row.account.platform is Platform.INSTAGRAM and row.account.status is AccountStatus.ACTIVE
        return asked and self.store.is_due(row.picture_due_at)

    async def save(self, tenant: TenantId, account: AccountId, url: str | None) -> None:
        """Keeps where it is, for a week; None = there is none. Told when one came or went. NotFound."""
        row, now = self._row(tenant, account), self.store.clock.now()
        former = row.account.picture_id
        picture = None if url is None else former or self.store.ids.new()
        row.account = replace(row.account, profile_picture_url=url, picture_id=picture)
        row.picture_due_at, row.picture_fetched_at = now + PICTURE_IS_FRESH, now
        if picture != former:
            row.account = replace(row.account, updated_at=now)
            self.store.log(EventType.ACCOUNT_UPDATED, tenant, account)

    async def put_off(self, tenant: TenantId, account: AccountId, after: timedelta) -> None:
        """What is known stays, and Meta is asked again after a while. NotFound."""
        self._row(tenant, account).picture_due_at = self.store.clock.now() + after

    def _row(self, tenant: TenantId, account: AccountId) -> AccountRow:
        row = self.store.accounts.get((tenant, account))
        if row is None:
            raise NotFound("no such account")
        return row
