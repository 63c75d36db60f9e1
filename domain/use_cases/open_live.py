"""A browser follows what happens in its tenant.

It asks for a ticket with its own credential, which a WebSocket cannot carry, and opens the connection by it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from meta_inbox.domain.model.live import LivePass
from meta_inbox.domain.model.oauth_state import new_handle
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.ports import LiveTickets

TICKET_LIFE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLive:
    """A ticket is good for one use, and soon."""

    tickets: LiveTickets

    async def start(self, *, by: Principal) -> tuple[Secret, datetime]:
        """A ticket and when it expires."""
        by.require(Scope.MESSAGES_READ)
        ticket = new_handle()
        lets_in = LivePass(tenant_id=by.tenant, user_id=by.user, ends_at=by.expires_at)
        return ticket, await self.tickets.put(ticket, lets_in, TICKET_LIFE)

    async def enter(self, ticket: Secret) -> LivePass:
        """Uses the ticket up. NotFound when it is unknown, used or expired."""
        return await self.tickets.take(ticket)
