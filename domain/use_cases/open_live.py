"""A browser follows what happens in its tenant.

It asks for a ticket with its own credential, which a WebSocket cannot carry, and opens the connection by it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from meta_inbox.domain.model.event import LogPage
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.model.live import LivePass
from meta_inbox.domain.model.oauth_state import new_handle
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.ports import EventHints, EventLog, LiveTickets

TICKET_LIFE = timedelta(seconds=30)
LOOKED_EVERY = timedelta(seconds=2)
"""How late a change is seen of which no hint came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLive:
    """Tickets are for one use and tell the tenant; the log tells the rest."""

    tickets: LiveTickets
    events: EventLog
    hints: EventHints

    async def start(self, *, by: Principal) -> tuple[Secret, datetime]:
        """A ticket and when it expires."""
        by.require(Scope.MESSAGES_READ)
        ticket = new_handle()
        lets_in = LivePass(tenant_id=by.tenant, user_id=by.user, ends_at=by.expires_at)
        return ticket, await self.tickets.put(ticket, lets_in, TICKET_LIFE)

    async def enter(self, ticket: Secret) -> LivePass:
        """Uses the ticket up. NotFound when it is unknown, used or expired."""
        return await self.tickets.take(ticket)

    async def grown(self, seen: int) -> int:
        """Returns when some log may have grown since the count ``seen``, at the latest after a while."""
        return await self.hints.wait(seen, LOOKED_EVERY)

    async def ends(self, tenants: Collection[TenantId]) -> Mapping[TenantId, int]:
        """Where the tenants' logs end now."""
        return await self.events.heads(tenants)

    async def page(self, tenant: TenantId, after: int, limit: int) -> LogPage:
        """What follows in the tenant's log."""
        return await self.events.read(tenant, after, limit)
