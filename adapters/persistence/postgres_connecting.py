"""Connecting an account, in one transaction that is the tenant's.

It takes the system role on only for what no tenant may see: the route, the journal, and what
others left to do at the Page. So the account's own rows stay under row security, and a wrong
tenant in one of these statements finds nothing.

Locks: the route first, by which all that concerns one external account is in turn; then the account, its
history's run, the outbox and the feed.
"""

from datetime import timedelta
from typing import Any, LiteralString

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.adapters.persistence.postgres_events import Change, log
from meta_inbox.adapters.persistence.postgres_leaving import leave
from meta_inbox.adapters.persistence.postgres_role_switch import become_system, become_tenant
from meta_inbox.adapters.persistence.postgres_rows import ACCOUNT, Row, account_of
from meta_inbox.adapters.persistence.sealed_tokens import AccountTokens
from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.account import PICTURE_IS_FRESH, Account, Login, Platform
from meta_inbox.domain.model.care import LOOKED_AT_EVERY
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.history import REPAIR_AFTER
from meta_inbox.domain.model.ids import TenantId, UserId
from meta_inbox.domain.ports import Connectable

ROUTE: LiteralString = """
    insert into meta_inbox.account_routes as r (platform, external_id, login, tenant_id, account_id)
    values (%(platform)s, %(external_id)s, %(login)s, %(tenant)s, %(id)s)
    on conflict (platform, external_id) do update set login = excluded.login
      where r.tenant_id = excluded.tenant_id
    returning 1
"""
_FORMER: LiteralString = """
    select id::text, status, login, webhook_source, user_token, page_token from meta_inbox.accounts
    where tenant_id = %(tenant)s and platform = %(platform)s and external_id = %(external_id)s
    for no key update
"""
_SAVE: LiteralString = f"""
    insert into meta_inbox.accounts as a (
      tenant_id, id, platform, login, external_id, status, instagram_account_id, instagram_username,
      instagram_name, profile_picture_url, picture_id, picture_due_at, picture_fetched_at, facebook_page_id,
      facebook_page_name, user_token, page_token,
      token_expires_at, data_access_expires_at, connected_at, connected_by, connected_by_meta_id,
      subscription_due_at, care_due_at)
    values (
      %(tenant)s, %(id)s, %(platform)s, %(login)s, %(external_id)s, 'active', %(instagram_account_id)s,
      %(instagram_username)s, %(instagram_name)s, %(picture)s,
      case when %(picture)s::text is not null then gen_random_uuid() end, now() + %(fresh)s, now(),
      %(page_id)s, %(page_name)s, %(user_token)s,
      %(page_token)s, %(token_expires_at)s, %(data_access_expires_at)s, now(), %(user)s, %(meta_user_id)s,
      case when %(source)s::text is not null then now() + interval '1 min' end, now() + %(looked_at)s)
    on conflict (tenant_id, platform, external_id) do update set
      login = excluded.login, status = 'active', status_reason = null,
      instagram_account_id = excluded.instagram_account_id,
      instagram_username = excluded.instagram_username, instagram_name = excluded.instagram_name,
      profile_picture_url = excluded.profile_picture_url,
      picture_id = case when excluded.picture_id is not null
                   then coalesce(a.picture_id, excluded.picture_id) end,
      picture_due_at = excluded.picture_due_at, picture_fetched_at = excluded.picture_fetched_at,
      facebook_page_id = excluded.facebook_page_id,
      facebook_page_name = excluded.facebook_page_name, user_token = excluded.user_token,
      page_token = excluded.page_token, token_expires_at = excluded.token_expires_at,
      data_access_expires_at = excluded.data_access_expires_at, connected_at = excluded.connected_at,
      connected_by = excluded.connected_by, connected_by_meta_id = excluded.connected_by_meta_id,
      subscribed_at = null, subscription_problem = null, subscription_attempts = 0,
      subscription_due_at = excluded.subscription_due_at,
      care_due_at = excluded.care_due_at, care_doubted = false, expiry_told = false, updated_at = now()
    returning {ACCOUNT}
"""
# First a whole import, then a repair whenever webhooks may have been missed. What was under way while the
# login changed has settled when it is looked for.
_READ_BACK: LiteralString = """
    insert into meta_inbox.history_runs as h (tenant_id, account_id) values (%(tenant)s, %(id)s)
    on conflict (tenant_id, account_id) do update set
      state = 'due', kind = case when h.complete_as_of is null then 'import' else 'repair' end,
      due_at = now() + %(settled)s, asked_at = now(), lease_until = null, fence = null, cursor = null,
      attempt = 0, conversations = 0, messages = 0, started_at = null, finished_at = null, problem = null
    where h.state = 'failed' or %(was)s <> 'active' or %(switched)s
"""
_SEND_WHAT_WAITED: LiteralString = """
    update meta_inbox.outbox o set next_attempt_at = now()
    from meta_inbox.messages m
    where o.tenant_id = %(tenant)s and o.account_id = %(id)s and o.state = 'queued'
      and m.tenant_id = o.tenant_id and m.id = o.message_id
      and m.error is not null and m.next_attempt_at is null
"""
# Nobody could be asked about them meanwhile.
_ASK_WHO: LiteralString = """
    update meta_inbox.contacts set profile_due_at = now(), profile_attempts = 0
    where tenant_id = %(tenant)s and account_id = %(id)s and profile_rank = 0 and profile_due_at > now()
"""
_ROUTE_TO: LiteralString = """
    update meta_inbox.account_routes set account_id = %(id)s
    where platform = %(platform)s and external_id = %(external_id)s and account_id <> %(id)s
"""
HAND_OVER: LiteralString = """
    update meta_inbox.journal_items
    set state = 'pending', reason = null, attempt = 0, due_at = now(), lease_until = null, fence = null
    where state = 'unrouted' and platform = %(platform)s and external_id = %(external_id)s
      and signed_by = %(login)s and created_at > now() - interval '24 hours'
"""
# Whoever left it: were it still tried, the Page would be silent for its present owner.
CALL_OFF: LiteralString = """
    delete from meta_inbox.unsubscriptions where page_id = %(source)s and login = %(login)s
"""
WAKE: LiteralString = "select pg_notify('meta_inbox', 'journal')"


async def connect(
    connection: Connection, keys: KeyRing, *, tenant: TenantId, user: UserId, new: Connectable, new_id: str
) -> Account | None:
    """Makes or revives the account, in a transaction of the tenant; None when another tenant owns it."""
    values = _values(tenant, user, new, new_id)
    await become_system(connection)
    if await (await connection.execute(ROUTE, values)).fetchone() is None:
        return None
    await become_tenant(connection)
    former = await (await connection.execute(_FORMER, values)).fetchone()
    if former is not None:
        values["id"], values["was"] = former[:2]
        values["switched"] = former[2] != values["login"]
        values["settled"] = REPAIR_AFTER if values["switched"] else timedelta(0)
    saved = await connection.execute(_SAVE, values | _sealed(keys, values, new))
    for statement in (_READ_BACK, _SEND_WHAT_WAITED, _ASK_WHO):
        await connection.execute(statement, values)
    await become_system(connection)
    for statement in (_ROUTE_TO, HAND_OVER, CALL_OFF):
        await connection.execute(statement, values)
    await connection.execute(WAKE)
    await become_tenant(connection)
    if former is not None and former[1] != "disconnected" and former[3] != values["source"]:
        await leave(connection, keys, _former_tokens(values, former), former[3], new_id=new_id)
    row = await saved.fetchone()
    if row is None:
        raise NotFound("no such account")
    account = account_of(row)
    await log(connection, tenant, [Change(EventType.ACCOUNT_UPDATED, account=account.id)])
    return account


def _values(tenant: TenantId, user: UserId, new: Connectable, new_id: str) -> dict[str, Any]:
    wanted = new.candidate
    if wanted.external_id is None:
        raise ValueError("a candidate without an id cannot be connected")
    instagram = wanted.platform is Platform.INSTAGRAM
    page_id = wanted.page_id if instagram else wanted.external_id
    return {
        "tenant": tenant,
        "id": new_id,
        "user": user,
        "platform": wanted.platform.value,
        "login": new.login.value,
        "external_id": wanted.external_id,
        "instagram_account_id": wanted.external_id if instagram else None,
        "instagram_username": wanted.username if instagram else None,
        "instagram_name": wanted.name if instagram else None,
        "picture": wanted.profile_picture_url,
        "fresh": PICTURE_IS_FRESH,
        "looked_at": LOOKED_AT_EVERY,
        "page_id": page_id,
        "page_name": wanted.page_name if instagram else wanted.page_name or wanted.name,
        "source": wanted.external_id if new.login is Login.INSTAGRAM else page_id,
        "token_expires_at": new.token_expires_at,
        "data_access_expires_at": new.data_access_expires_at,
        "meta_user_id": new.meta_user_id,
        "was": "new",
        "switched": False,
        "settled": timedelta(0),
    }


def _former_tokens(values: dict[str, Any], former: Row) -> AccountTokens:
    _, _, login, _, user_token, page_token = former
    return AccountTokens(
        tenant_id=values["tenant"],
        account_id=values["id"],
        login=Login(login),
        external_id=values["external_id"],
        user_token=user_token,
        page_token=page_token,
    )


def _sealed(keys: KeyRing, values: dict[str, Any], new: Connectable) -> dict[str, str | None]:
    place = AccountTokens(
        tenant_id=values["tenant"],
        account_id=values["id"],
        login=new.login,
        external_id=values["external_id"],
    )
    page = new.page_token
    return {
        "user_token": keys.seal(new.user_token, place.binding("user_token")),
        "page_token": None if page is None else keys.seal(page, place.binding("page_token")),
    }
