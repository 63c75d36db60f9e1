"""What an account leaves at Meta: whatever sent us webhooks for it, unless another account needs it."""

from typing import Any, LiteralString

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.adapters.persistence.postgres_role_switch import become_system, become_tenant
from meta_inbox.adapters.persistence.sealed_tokens import AccountTokens, unsubscription_place
from meta_inbox.adapters.persistence.sealing import KeyRing, SealBroken
from meta_inbox.domain.model.account import WebhookSource
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.ports import Unsubscription

_NEEDED: LiteralString = """
    select 1 from meta_inbox.accounts
    where webhook_source = %(source)s and login = %(login)s and status <> 'disconnected' limit 1
"""
_LEAVE: LiteralString = """
    insert into meta_inbox.unsubscriptions (tenant_id, id, account_id, login, page_id, token, due_at)
    values (%(tenant)s, %(left)s, %(id)s, %(login)s, %(source)s, %(token)s, now() + interval '1 min')
"""


async def leave(
    connection: Connection, keys: KeyRing, tokens: AccountTokens, source: str | None, *, new_id: str
) -> Unsubscription | None:
    """Keeps, in the tenant's transaction, what is to be unsubscribed; None when there is nothing."""
    token = _readable(keys, tokens)
    if source is None or token is None:
        return None
    values: dict[str, Any] = {"source": source, "login": tokens.login.value, "left": new_id}
    await become_system(connection)
    needed = await (await connection.execute(_NEEDED, values)).fetchone()
    await become_tenant(connection)
    if needed is not None:
        return None
    left = Unsubscription(id=new_id, source=WebhookSource(login=tokens.login, id=source), token=token)
    place = unsubscription_place(tokens.tenant_id, left.id, left.source)
    values |= {"tenant": tokens.tenant_id, "id": tokens.account_id, "token": keys.seal(token, place)}
    await connection.execute(_LEAVE, values)
    return left


def _readable(keys: KeyRing, tokens: AccountTokens) -> Secret | None:
    try:
        return tokens.to_act_with(keys)
    except SealBroken:
        return None  # then nobody can ask Meta any more
