"""Disconnecting an account, in one transaction that is the tenant's, as connecting is.

Locks: the route, the account, its messages, the outbox, the feed.
"""

from typing import Any, LiteralString

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.adapters.persistence.postgres_connecting import become_system, become_tenant
from meta_inbox.adapters.persistence.postgres_events import Change, log
from meta_inbox.adapters.persistence.postgres_rows import as_json
from meta_inbox.adapters.persistence.sealed_tokens import AccountTokens, unsubscription_place
from meta_inbox.adapters.persistence.sealing import KeyRing, SealBroken
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId, TenantId
from meta_inbox.domain.model.projection import GIVEN_UP
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.ports import Unsubscription

_UNROUTE: LiteralString = """
    delete from meta_inbox.account_routes r using meta_inbox.accounts a
    where a.tenant_id = %(tenant)s and a.id = %(id)s
      and r.platform = a.platform and r.external_id = a.external_id and r.tenant_id = a.tenant_id
"""
_LOCK: LiteralString = """
    select status, login, external_id, facebook_page_id, user_token, page_token from meta_inbox.accounts
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
_NEEDED: LiteralString = """
    select 1 from meta_inbox.accounts
    where facebook_page_id = %(page_id)s and status <> 'disconnected' limit 1
"""
_LEAVE: LiteralString = """
    insert into meta_inbox.unsubscriptions (tenant_id, id, account_id, page_id, token, due_at)
    values (%(tenant)s, %(left)s, %(id)s, %(page_id)s, %(token)s, now() + interval '1 min')
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
    status, login, external_id, page_id, user_token, page_token = row
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
    left = await _left_at_meta(connection, keys, tokens, values | {"page_id": page_id})
    changes = [
        Change(EventType.MESSAGE_UPDATED, account, ContactId(contact), MessageId(message))
        for contact, message in await given_up.fetchall()
    ]
    await log(connection, tenant, [*changes, Change(EventType.ACCOUNT_UPDATED, account=account)])
    return left


async def _left_at_meta(
    connection: Connection, keys: KeyRing, tokens: AccountTokens, values: dict[str, Any]
) -> Unsubscription | None:
    token = _readable(keys, tokens)
    if values["page_id"] is None or token is None:
        return None
    await become_system(connection)
    needed = await (await connection.execute(_NEEDED, values)).fetchone()
    await become_tenant(connection)
    if needed is not None:
        return None
    left = Unsubscription(id=values["left"], page_id=values["page_id"], token=token)
    place = unsubscription_place(tokens.tenant_id, left.id, left.page_id)
    await connection.execute(_LEAVE, values | {"token": keys.seal(token, place)})
    return left


def _readable(keys: KeyRing, tokens: AccountTokens) -> Secret | None:
    try:
        return tokens.to_act_with(keys)
    except SealBroken:
        return None  # then nobody can ask Meta any more
