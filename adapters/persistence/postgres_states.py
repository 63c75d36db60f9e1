"""The attempts to connect, on Postgres: handles kept as digests, each used up by the statement that finds it.

All of it as the system role: whoever comes with a ticket or a state is not known yet. The database's
clock decides what has expired.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.adapters.persistence.sealed_grants import GrantPlace, SealedGrant
from meta_inbox.adapters.persistence.sealing import KeyRing, SealBroken
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.ids import StateId, TenantId, UserId
from meta_inbox.domain.model.oauth_state import Grant, OAuthState, Wanted, digest
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.ports import OpenedCompletion

_STATE: LiteralString = (
    " s.id::text, s.tenant_id, s.user_id, s.login, s.wanted, s.return_to, s.return_origin "
)
_FORGET_STATES: LiteralString = """
    delete from meta_inbox.oauth_states where created_at < now() - interval '1 day'
"""
_PUT: LiteralString = """
    insert into meta_inbox.oauth_states (
      id, tenant_id, user_id, login, wanted, return_to, return_origin, ticket_hash, ticket_expires_at)
    values (%(id)s, %(tenant)s, %(user)s, %(login)s, %(wanted)s, %(return_to)s, %(return_origin)s,
            %(ticket)s, now() + %(life)s)
    returning ticket_expires_at
"""
_AUTHORIZE: LiteralString = f"""
    update meta_inbox.oauth_states s
    set ticket_used_at = now(), state_hash = %(state)s, browser_hash = %(browser)s,
        expires_at = now() + %(life)s
    where s.ticket_hash = %(ticket)s and s.ticket_used_at is null and s.ticket_expires_at > now()
    returning {_STATE}
"""
_CONSUME: LiteralString = f"""
    update meta_inbox.oauth_states s
    set consumed_at = now()
    where s.state_hash = %(state)s and s.browser_hash = %(browser)s and s.login = %(login)s
      and s.consumed_at is null and s.expires_at > now()
    returning {_STATE}
"""
_FORGET_COMPLETIONS: LiteralString = "delete from meta_inbox.oauth_completions where expires_at < now()"
_PUT_COMPLETION: LiteralString = """
    insert into meta_inbox.oauth_completions (
      state_id, tenant_id, user_id, completion_hash, granted, expires_at)
    values (%(id)s, %(tenant)s, %(user)s, %(completion)s, %(granted)s, now() + %(life)s)
"""
_THEIRS: LiteralString = """
    g.completion_hash = %(completion)s and g.tenant_id = %(tenant)s and g.user_id = %(user)s
    and g.expires_at > now() and s.id = g.state_id
"""
_PEEK: LiteralString = f"""
    select {_STATE}, g.granted::text from meta_inbox.oauth_completions g, meta_inbox.oauth_states s
    where {_THEIRS}
"""
# Deleted, not marked: its tokens must not outlive their use.
_TAKE: LiteralString = f"""
    delete from meta_inbox.oauth_completions g using meta_inbox.oauth_states s
    where {_THEIRS} returning {_STATE}, g.granted::text
"""


class PostgresOAuthStates:
    """Tickets, states and completion handles."""

    def __init__(self, db: Database, keys: KeyRing) -> None:
        self._db = db
        self._keys = keys

    async def put(self, state: OAuthState, ticket: Secret, life: timedelta) -> datetime:
        """Keeps a new attempt under its ticket; returns when the ticket expires."""
        values = {
            "id": state.id,
            "tenant": state.tenant_id,
            "user": state.user_id,
            "login": state.login.value,
            "wanted": state.wanted.value,
            "return_to": state.return_to,
            "return_origin": state.return_origin,
            "ticket": digest(ticket),
            "life": life,
        }

        async def work(connection: Connection) -> datetime:
            await connection.execute(_FORGET_STATES)
            expires_at: datetime = _one(await (await connection.execute(_PUT, values)).fetchone())[0]
            return expires_at.astimezone(UTC)

        return await self._db.as_system(work)

    async def authorize(self, ticket: Secret, state: Secret, browser: Secret, life: timedelta) -> OAuthState:
        """Exchanges the ticket for the state, bound to this browser. NotFound when used or expired."""
        values = {
            "ticket": digest(ticket),
            "state": digest(state),
            "browser": digest(browser),
            "life": life,
        }
        return _state_of(await self._found(_AUTHORIZE, values))

    async def consume(self, state: Secret, browser: Secret, login: Login) -> OAuthState:
        """Uses the state up. NotFound when unknown, used, expired, of another browser or another login."""
        values = {"state": digest(state), "browser": digest(browser), "login": login.value}
        return _state_of(await self._found(_CONSUME, values))

    async def put_completion(
        self, state: OAuthState, completion: Secret, grant: Grant, life: timedelta
    ) -> None:
        """Keeps the grant, its tokens sealed, under a completion handle."""
        values = {
            "id": state.id,
            "tenant": state.tenant_id,
            "user": state.user_id,
            "completion": digest(completion),
            "granted": SealedGrant.of(grant, self._keys, _place(state)).json(),
            "life": life,
        }

        async def work(connection: Connection) -> None:
            await connection.execute(_FORGET_COMPLETIONS)
            await connection.execute(_PUT_COMPLETION, values)

        await self._db.as_system(work)

    async def peek_completion(self, tenant: TenantId, user: UserId, completion: Secret) -> OpenedCompletion:
        """What the handle stands for; NotFound unless it is this user's, unused and unexpired."""
        return await self._completion(_PEEK, tenant, user, completion)

    async def take_completion(self, tenant: TenantId, user: UserId, completion: Secret) -> OpenedCompletion:
        """The same, and uses it up."""
        return await self._completion(_TAKE, tenant, user, completion)

    async def _completion(
        self, query: LiteralString, tenant: TenantId, user: UserId, completion: Secret
    ) -> OpenedCompletion:
        values = {"tenant": tenant, "user": user, "completion": digest(completion)}
        row = await self._found(query, values)
        state = _state_of(row[:-1])
        try:
            grant = SealedGrant.read(row[-1]).opened(self._keys, _place(state))
        except SealBroken as error:
            raise NotFound("what this login gave can no longer be read; begin again") from error
        return OpenedCompletion(state=state, grant=grant)

    async def _found(self, query: LiteralString, values: dict[str, Any]) -> Sequence[Any]:
        async def work(connection: Connection) -> Sequence[Any]:
            return _one(await (await connection.execute(query, values)).fetchone())

        return await self._db.as_system(work)


def _one(row: Sequence[Any] | None) -> Sequence[Any]:
    if row is None:
        raise NotFound("no such handle, or it was used, or it is too old")
    return row


def _state_of(row: Sequence[Any]) -> OAuthState:
    state_id, tenant, user, login, wanted, return_to, return_origin = row
    return OAuthState(
        id=StateId(state_id),
        tenant_id=TenantId(tenant),
        user_id=UserId(user),
        login=Login(login),
        wanted=Wanted(wanted),
        return_to=return_to,
        return_origin=return_origin,
    )


def _place(state: OAuthState) -> GrantPlace:
    return GrantPlace(tenant_id=state.tenant_id, state_id=state.id, login=state.login)
