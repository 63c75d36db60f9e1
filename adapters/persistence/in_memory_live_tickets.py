"""Tickets for live connections, in memory."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from meta_inbox.adapters.persistence.in_memory import InMemoryStore
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.live import LivePass
from meta_inbox.domain.model.oauth_state import digest
from meta_inbox.domain.model.secret import Secret


@dataclass(frozen=True, slots=True)
class InMemoryLiveTickets:
    """Kept by digest, as anywhere."""

    store: InMemoryStore

    async def put(self, ticket: Secret, lets_in: LivePass, life: timedelta) -> datetime:
        """Keeps a new ticket; returns when it expires."""
        self.store.forget_expired()
        expires_at = self.store.clock.now() + life
        self.store.live_tickets[digest(ticket)] = (lets_in, expires_at)
        return expires_at

    async def take(self, ticket: Secret) -> LivePass:
        """Uses the ticket up. NotFound when it is unknown, used or expired."""
        found = self.store.live_tickets.pop(digest(ticket), None)
        if found is None or found[1] <= self.store.clock.now():
            raise NotFound("no such ticket")
        return found[0]
