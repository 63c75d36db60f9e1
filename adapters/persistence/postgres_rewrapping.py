"""Batches of sealed tokens, each sealed anew and put back if nobody changed it meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import LiteralString

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.adapters.persistence.sealed_grants import GrantPlace, SealedGrant
from meta_inbox.adapters.persistence.sealed_tokens import AccountTokens, TokenField, unsubscription_place
from meta_inbox.adapters.persistence.sealing import Binding, KeyRing, SealBroken, kid_of
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.ids import StateId, TenantId

_FIRST = "00000000-0000-0000-0000-000000000000"

_ACCOUNTS: LiteralString = """
    select id::text, tenant_id, login, external_id, user_token, page_token from meta_inbox.accounts
    where id > %(after)s and (split_part(user_token, '.', 2) <> %(kid)s
                              or split_part(page_token, '.', 2) <> %(kid)s)
    order by id limit %(limit)s
"""
_PUT_BACK: dict[TokenField, LiteralString] = {
    "user_token": """
        update meta_inbox.accounts a set user_token = n.new
        from unnest(%(tenants)s::text[], %(ids)s::uuid[], %(old)s::text[], %(new)s::text[])
          as n (tenant_id, id, old, new)
        where a.tenant_id = n.tenant_id and a.id = n.id and a.user_token = n.old returning 1
    """,
    "page_token": """
        update meta_inbox.accounts a set page_token = n.new
        from unnest(%(tenants)s::text[], %(ids)s::uuid[], %(old)s::text[], %(new)s::text[])
          as n (tenant_id, id, old, new)
        where a.tenant_id = n.tenant_id and a.id = n.id and a.page_token = n.old returning 1
    """,
}
_UNSUBSCRIPTIONS: LiteralString = """
    select id::text, tenant_id, page_id, token from meta_inbox.unsubscriptions
    where id > %(after)s and split_part(token, '.', 2) <> %(kid)s
    order by id limit %(limit)s
"""
_PUT_UNSUBSCRIPTIONS_BACK: LiteralString = """
    update meta_inbox.unsubscriptions u set token = n.new
    from unnest(%(tenants)s::text[], %(ids)s::uuid[], %(old)s::text[], %(new)s::text[])
      as n (tenant_id, id, old, new)
    where u.tenant_id = n.tenant_id and u.id = n.id and u.token = n.old returning 1
"""
_FORGET_COMPLETIONS: LiteralString = "delete from meta_inbox.oauth_completions where expires_at <= now()"
_COMPLETIONS: LiteralString = """
    select g.state_id::text, g.tenant_id, s.login, g.granted::text
    from meta_inbox.oauth_completions g join meta_inbox.oauth_states s on s.id = g.state_id
    where g.state_id > %(after)s order by g.state_id limit %(limit)s
"""
_PUT_COMPLETION_BACK: LiteralString = """
    update meta_inbox.oauth_completions set granted = %(new)s::jsonb
    where state_id = %(id)s and granted = %(old)s::jsonb returning 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrapped:
    """How many were sealed anew, and how many no key opens; those need a new login."""

    rewrapped: int
    unreadable: int

    def __add__(self, other: "Rewrapped") -> "Rewrapped":
        return Rewrapped(
            rewrapped=self.rewrapped + other.rewrapped, unreadable=self.unreadable + other.unreadable
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """What one batch did, and behind which id the next begins; None = it was the last."""

    done: Rewrapped
    next: str | None


@dataclass(slots=True)
class _Resealing:
    """Collects what one batch puts back, column by column."""

    keys: KeyRing
    tenants: list[str] = field(default_factory=list[str])
    ids: list[str] = field(default_factory=list[str])
    old: list[str] = field(default_factory=list[str])
    new: list[str] = field(default_factory=list[str])
    unreadable: int = 0

    def add(self, tenant: str, row_id: str, blob: str | None, at: Binding) -> None:
        """Seals it anew, if another key sealed it."""
        if blob is None:
            return
        try:
            if kid_of(blob) == self.keys.primary:
                return
            sealed = self.keys.seal(self.keys.open(blob, at), at)
        except SealBroken:
            self.unreadable += 1
            return
        self.tenants.append(tenant)
        self.ids.append(row_id)
        self.old.append(blob)
        self.new.append(sealed)

    async def put_back(self, connection: Connection, query: LiteralString) -> Rewrapped:
        """Only where the old one is still there."""
        values = {"tenants": self.tenants, "ids": self.ids, "old": self.old, "new": self.new}
        put = await (await connection.execute(query, values)).fetchall()
        return Rewrapped(rewrapped=len(put), unreadable=self.unreadable)


async def accounts(connection: Connection, keys: KeyRing, after: str, limit: int) -> Batch:
    """The tokens of connected accounts."""
    rows = await _rows(connection, _ACCOUNTS, keys, after, limit)
    done = Rewrapped(rewrapped=0, unreadable=0)
    columns: dict[TokenField, _Resealing] = {name: _Resealing(keys) for name in _PUT_BACK}
    for account, tenant, login, external_id, user_token, page_token in rows:
        place = AccountTokens(
            tenant_id=tenant, account_id=account, login=Login(login), external_id=external_id
        )
        columns["user_token"].add(tenant, account, user_token, place.binding("user_token"))
        columns["page_token"].add(tenant, account, page_token, place.binding("page_token"))
    for name, column in columns.items():
        done += await column.put_back(connection, _PUT_BACK[name])
    return Batch(done, _next(rows, limit))


async def unsubscriptions(connection: Connection, keys: KeyRing, after: str, limit: int) -> Batch:
    """The tokens kept to end a Page's subscription."""
    rows = await _rows(connection, _UNSUBSCRIPTIONS, keys, after, limit)
    column = _Resealing(keys)
    for row_id, tenant, page_id, blob in rows:
        column.add(tenant, row_id, blob, unsubscription_place(tenant, row_id, page_id))
    return Batch(await column.put_back(connection, _PUT_UNSUBSCRIPTIONS_BACK), _next(rows, limit))


async def completions(connection: Connection, keys: KeyRing, after: str, limit: int) -> Batch:
    """The tokens of logins that are not completed yet; what has expired is deleted."""
    await connection.execute(_FORGET_COMPLETIONS)
    rows = await _rows(connection, _COMPLETIONS, keys, after, limit)
    done = Rewrapped(rewrapped=0, unreadable=0)
    for state_id, tenant, login, granted in rows:
        place = GrantPlace(tenant_id=TenantId(tenant), state_id=StateId(state_id), login=Login(login))
        done += await _completion(connection, keys, place, granted)
    return Batch(done, _next(rows, limit))


async def _completion(connection: Connection, keys: KeyRing, place: GrantPlace, granted: str) -> Rewrapped:
    grant = SealedGrant.read(granted)
    try:
        stale = sum(kid_of(blob) != keys.primary for blob in grant.blobs())
        if stale == 0:
            return Rewrapped(rewrapped=0, unreadable=0)
        anew = SealedGrant.of(grant.opened(keys, place), keys, place).json()
    except SealBroken:
        return Rewrapped(rewrapped=0, unreadable=len(grant.blobs()))
    values = {"id": place.state_id, "old": granted, "new": anew}
    put = await (await connection.execute(_PUT_COMPLETION_BACK, values)).fetchone()
    return Rewrapped(rewrapped=0 if put is None else stale, unreadable=0)


async def _rows(
    connection: Connection, query: LiteralString, keys: KeyRing, after: str, limit: int
) -> Sequence[tuple[str, ...]]:
    values = {"after": after or _FIRST, "kid": keys.primary, "limit": limit}
    return await (await connection.execute(query, values)).fetchall()


def _next(rows: Sequence[tuple[str, ...]], limit: int) -> str | None:
    return rows[-1][0] if len(rows) == limit else None
