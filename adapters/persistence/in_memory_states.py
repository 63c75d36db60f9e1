"""The attempts to connect, in memory: found by digest, as in a database, and each for one use."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from meta_inbox.adapters.persistence.in_memory import InMemoryStore
from meta_inbox.adapters.persistence.in_memory_rows import AttemptRow, CompletionRow
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.ids import TenantId, UserId
from meta_inbox.domain.model.oauth_state import Grant, OAuthState, digest
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.ports import OpenedCompletion


@dataclass(frozen=True, slots=True)
class InMemoryOAuthStates:
    """Tickets, states and completion handles."""

    store: InMemoryStore

    async def put(self, state: OAuthState, ticket: Secret, life: timedelta) -> datetime:
        """Keeps a new attempt under its ticket; returns when the ticket expires."""
        expires_at = self.store.clock.now() + life
        self.store.tickets[digest(ticket)] = AttemptRow(state=state, expires_at=expires_at)
        return expires_at

    async def authorize(self, ticket: Secret, state: Secret, browser: Secret, life: timedelta) -> OAuthState:
        """Exchanges the ticket for the state, bound to this browser."""
        found = self.store.tickets.pop(digest(ticket), None)
        if found is None or self._is_over(found.expires_at):
            raise NotFound("no such ticket")
        expires_at = self.store.clock.now() + life
        self.store.states[digest(state)] = AttemptRow(
            state=found.state, expires_at=expires_at, browser=digest(browser)
        )
        return found.state

    async def consume(self, state: Secret, browser: Secret, login: Login) -> OAuthState:
        """Uses the state up; whoever comes with the wrong browser or login leaves it as it was."""
        found = self.store.states.get(digest(state))
        if found is None or self._is_over(found.expires_at):
            raise NotFound("no such state")
        if found.browser != digest(browser) or found.state.login is not login:
            raise NotFound("no such state")
        del self.store.states[digest(state)]
        return found.state

    async def put_completion(
        self, state: OAuthState, completion: Secret, grant: Grant, life: timedelta
    ) -> None:
        """Keeps the grant under a completion handle."""
        self.store.completions[digest(completion)] = CompletionRow(
            opened=OpenedCompletion(state=state, grant=grant), expires_at=self.store.clock.now() + life
        )

    async def peek_completion(self, tenant: TenantId, user: UserId, completion: Secret) -> OpenedCompletion:
        """What the handle stands for."""
        found = self.store.completions.get(digest(completion))
        if found is None or self._is_over(found.expires_at):
            raise NotFound("no such completion")
        if (found.opened.state.tenant_id, found.opened.state.user_id) != (tenant, user):
            raise NotFound("no such completion")
        return found.opened

    async def take_completion(self, tenant: TenantId, user: UserId, completion: Secret) -> OpenedCompletion:
        """The same, and uses it up."""
        opened = await self.peek_completion(tenant, user, completion)
        del self.store.completions[digest(completion)]
        return opened

    def _is_over(self, expires_at: datetime) -> bool:
        return expires_at <= self.store.clock.now()
