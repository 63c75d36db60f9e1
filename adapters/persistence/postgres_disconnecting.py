"""Disconnecting an account, in one transaction that is the tenant's, as connecting is.

Locks: the route, the account, its messages, the outbox, the feed.
"""

from typing import Any, LiteralString

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.adapters.persistence.postgres_events import Change, log
from meta_inbox.adapters.persistence.postgres_leaving import leave
from meta_inbox.adapters.persistence.postgres_role_switch import become_system, become_tenant
from meta_inbox.adapters.persistence.postgres_rows import as_json
from meta_inbox.adapters.persistence.sealed_tokens import AccountTokens
from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId, TenantId
from meta_inbox.domain.model.projection import GIVEN_UP
from meta_inbox.domain.ports import Unsubscription

_UNROUTE: LiteralString = """
    delete from meta_inbox.account_routes r using meta_inbox.accounts a
    where a.tenant_id = %(tenant)s and a.id = %(id)s
      and r.platform = a.platform and r.external_id = a.external_id and r.tenant_id = a.tenant_id
"""
_LOCK: LiteralString = """
    select status, login, external_id, webhook_source, user_token, page_token from meta_inbox.accounts
    where tenant_id = %(tenant)s and id = %(id)s for no key update
"""
_GIVE_UP_SENDS: LiteralString = """
    with mine as materialized (
      select m.tenant_id, m.id, case when o.in_doubt then 'unknown' else 'failed' end as status
      from meta_inbox.outbox o
      join meta_inbox.messages m on m.tenant_id = o.tenant_id and m.id = o.message_id
      where o.tenant_id = %(tenant)s and o.account_id = %(id)s and o.state = 'queued' and m.status = 'queued'
      order by m.id for update of m
    ), gone as (
      delete from meta_inbox.outbox o using mine
      where o.tenant_id = mine.tenant_id and o.message_id = mine.id
    )
    update meta_inbox.messages m set status = mine.status, error = %(error)s, next_attempt_at = null
    from mine where m.tenant_id = mine.tenant_id and m.id = mine.id
    returning m.contact_id, coalesce(m.part_of, m.id)::text
"""
_FORGET_SENDS: LiteralString = """
    delete from meta_inbox.outbox where tenant_id = %(tenant)s and account_id = %(id)s and state = 'failed'
"""
_END: LiteralString = """
    update meta_inbox.accounts
    set status = 'disconnected', status_reason = null, user_token = null, page_token = null,
        subscription_due_at = null, subscription_problem = null, updated_at = now()
    where tenant_id = %(tenant)s and id = %(id)s
"""


async def disconnect(
    connection: Connection, keys: KeyRing, *, tenant: TenantId, account: AccountId, new_id: str
) -> Unsubscription | None:
    """Ends the account, in a transaction of the tenant; what must be unsubscribed at Meta. NotFound."""
    values: dict[str, Any] = {"tenant": tenant, "id": account, "left": new_id, "error": as_json(GIVEN_UP)}
    await become_system(connection)
    await connection.execute(_UNROUTE, values)
    await become_tenant(connection)
    row = await (await connection.execute(_LOCK, values)).fetchone()
    if row is None:
        raise NotFound("no such account")
    status, login, external_id, source, user_token, page_token = row
    if status == "disconnected":
        return None
    tokens = AccountTokens(
        tenant_id=tenant,
        account_id=account,
        login=Login(login),
        external_id=external_id,
        user_token=user_token,
        page_token=page_token,
    )
    given_up = await connection.execute(_GIVE_UP_SENDS, values)
    await connection.execute(_FORGET_SENDS, values)
    await connection.execute(_END, values)
    left = await leave(connection, keys, tokens, source, new_id=new_id)
    changes = [
        Change(EventType.MESSAGE_UPDATED, account, ContactId(contact), MessageId(message))
        for contact, message in await given_up.fetchall()
    ]
    await log(connection, tenant, [*changes, Change(EventType.ACCOUNT_UPDATED, account=account)])
    return left
