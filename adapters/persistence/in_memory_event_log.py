"""The event log as it is read, in memory."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from meta_inbox.adapters.persistence.in_memory import InMemoryStore
from meta_inbox.domain.model.deletion import DeletedContact
from meta_inbox.domain.model.event import Event, LoggedEvent, LogPage
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.model.telling import Facts, page_of, unbroken


@dataclass(frozen=True, slots=True)
class InMemoryEventLog:
    """Reads what the store logged."""

    store: InMemoryStore

    async def heads(self, tenants: Collection[TenantId]) -> Mapping[TenantId, int]:
        """Where each tenant's log ends now; 0 for one that has none."""
        return {tenant: self.store.seqs.get(tenant, 0) for tenant in tenants}

    async def read(self, tenant: TenantId, after: int | None, limit: int) -> LogPage:
        """The events behind ``after``, with what they are about as it is now; None = from the oldest on."""
        found = [event for event in self.store.events.get(tenant, []) if event.seq > (after or 0)]
        shown = unbroken(found, limit)
        head = self.store.seqs.get(tenant, 0)
        return page_of(found, self._facts(tenant, shown), after=after, head=head, shown=len(shown))

    async def tell(self, tenant: TenantId, logged: Sequence[LoggedEvent]) -> Sequence[Event]:
        """These events with what they are about as it is now, whether or not the log still has them."""
        facts = self._facts(tenant, logged)
        return [told for each in logged if (told := facts.told(each)) is not None]

    def _facts(self, tenant: TenantId, events: Sequence[LoggedEvent]) -> Facts:
        owners = {(tenant, each.account_id) for each in events if each.account_id is not None}
        talks = {
            (tenant, each.account_id, each.contact_id)
            for each in events
            if each.account_id is not None and each.contact_id is not None
        }
        now = self.store.clock.now()
        messages = {(tenant, each.message_id) for each in events if each.message_id is not None}
        return Facts.of(
            accounts=(
                self.store.accounts[key].account.seen_at(now) for key in owners if key in self.store.accounts
            ),
            messages=(
                self.store.shown(self.store.messages[key]) for key in messages if key in self.store.messages
            ),
            conversations=(self.store.conversation(key) for key in talks if key in self.store.threads),
            deleted=(
                DeletedContact(id=row.id, account_id=account, contact_id=row.contact_id, digest=digest)
                for (owner, account, digest), row in self.store.deletions.items()
                if owner == tenant
            ),
        )
