"""Whoever connected accounts is forgotten: by then every account of theirs is disconnected."""

from datetime import datetime
from typing import LiteralString

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.domain.model.ids import AccountId, TenantId

# With Instagram Login Meta may name either of the account's two ids.
_THEIRS: LiteralString = """
    (a.connected_by_meta_id = %(person)s or a.login = 'instagram' and a.external_id = %(person)s)
    and a.connected_at <= %(until)s
"""
_FIND: LiteralString = (
    "select a.tenant_id, a.id::text from meta_inbox.accounts a where" + _THEIRS + "order by a.tenant_id, a.id"
)
# The tokens in them are the person's, and dead since they took the app's access back.
_FORGET_TOKENS: LiteralString = (
    """
    delete from meta_inbox.unsubscriptions u using meta_inbox.accounts a
    where (u.tenant_id, u.account_id) = (a.tenant_id, a.id) and"""
    + _THEIRS
)
_FORGET_LOGINS: LiteralString = """
    delete from meta_inbox.oauth_completions where granted ->> 'meta_user_id' = %(person)s
"""
_FORGET: LiteralString = (
    "update meta_inbox.accounts a set connected_by_meta_id = null where a.status = 'disconnected' and"
    + _THEIRS
)


async def accounts_of(
    connection: Connection, person: str, until: datetime
) -> list[tuple[TenantId, AccountId]]:
    """The accounts that this person connected up to then, of whichever tenant."""
    found = await connection.execute(_FIND, {"person": person, "until": until})
    return [(TenantId(tenant), AccountId(account)) for tenant, account in await found.fetchall()]


async def forget(connection: Connection, person: str, until: datetime) -> None:
    """Forgets the person, whose accounts are disconnected."""
    for step in (_FORGET_TOKENS, _FORGET_LOGINS, _FORGET):
        await connection.execute(step, {"person": person, "until": until})
