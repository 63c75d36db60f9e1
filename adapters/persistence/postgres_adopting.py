"""Accounts and messages of the first system, taken in as if they had always been here.

What is here already stays as it is, so that the same may be brought as often as one likes. Trying it out is
the same work, rolled back.

Locks: the route first, then the account, as in connecting.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, LiteralString, TypeVar

from meta_inbox.adapters.persistence.database import Connection, Database, Work
from meta_inbox.adapters.persistence.postgres_connecting import CALL_OFF, HAND_OVER, ROUTE, WAKE
from meta_inbox.adapters.persistence.postgres_events import Change, log
from meta_inbox.adapters.persistence.postgres_past import Added, add_former
from meta_inbox.adapters.persistence.postgres_past_rows import Past
from meta_inbox.adapters.persistence.postgres_role_switch import become_system, become_tenant
from meta_inbox.adapters.persistence.postgres_rows import as_json
from meta_inbox.adapters.persistence.sealed_tokens import AccountTokens
from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.domain.model.account import AccountStatus, Login, Platform, StatusReason
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.history import PastConversation, Run, RunKind
from meta_inbox.domain.model.ids import AccountId, TenantId
from meta_inbox.domain.model.media_rules import MediaRules
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.ports import Ids

_T = TypeVar("_T")

_HERE: LiteralString = """
    select id::text, created_at from meta_inbox.accounts
    where tenant_id = %(tenant)s and platform = %(platform)s and external_id = %(external_id)s
"""
_ADOPT: LiteralString = """
    insert into meta_inbox.accounts (
      tenant_id, id, platform, login, external_id, status, status_reason, instagram_account_id,
      instagram_username, instagram_name, profile_picture_url, picture_id, facebook_page_id,
      facebook_page_name, user_token, page_token, token_expires_at, data_access_expires_at, connected_at,
      connected_by, connected_by_meta_id, last_synced_at, updated_at, subscription_due_at)
    values (
      %(tenant)s, %(id)s, %(platform)s, 'facebook', %(external_id)s, %(status)s, %(reason)s::jsonb,
      %(instagram_account_id)s, %(instagram_username)s, %(instagram_name)s, %(picture)s,
      case when %(picture)s::text is not null then gen_random_uuid() end, %(page_id)s, %(page_name)s,
      %(user_token)s, %(page_token)s, %(token_expires_at)s, %(data_access_expires_at)s,
      coalesce(%(connected_at)s, now()), %(user)s, %(meta_user_id)s, %(synced_at)s,
      coalesce(%(updated_at)s, now()),
      case when %(status)s = 'active' and %(source)s::text is not null then now() end)
    returning id::text, created_at
"""
_READ_BACK: LiteralString = """
    insert into meta_inbox.history_runs (tenant_id, account_id) values (%(tenant)s, %(id)s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoptee:
    """An account as it is to be here; a disconnected one has no tokens."""

    tenant_id: TenantId
    connected_by: str
    platform: Platform
    external_id: str
    status: AccountStatus
    reason: StatusReason | None = None
    instagram_account_id: str | None = None
    instagram_username: str | None = None
    instagram_name: str | None = None
    picture_url: str | None = None
    page_id: str | None = None
    page_name: str | None = None
    user_token: Secret | None = None
    page_token: Secret | None = None
    token_expires_at: datetime | None = None
    data_access_expires_at: datetime | None = None
    meta_user_id: str | None = None
    connected_at: datetime | None = None
    synced_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """The account here, and since when; ``is_new`` = it was not before."""

    tenant_id: TenantId
    account_id: AccountId
    since: datetime
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresAdoption:
    """Serves the command ``import-v121``; ``tries`` = everything is done, and rolled back."""

    db: Database
    keys: KeyRing = field(repr=False)
    ids: Ids
    rules: MediaRules
    tries: bool = False

    async def here(self, tenant: TenantId, platform: Platform, external_id: str) -> Adopted | None:
        """The tenant's account, whatever its status is; None when it has none."""
        values = {"tenant": tenant, "platform": platform.value, "external_id": external_id}
        return await self.db.as_tenant(tenant, lambda connection: _here(connection, values))

    async def account(self, new: Adoptee) -> Adopted | None:
        """Makes it with its route, unless the tenant has it; None when another tenant owns it."""
        new_id = self.ids.new()
        return await self._do(new.tenant_id, lambda connection: self._adopt(connection, new, new_id))

    async def messages(self, to: Adopted, found: Sequence[PastConversation]) -> Added | None:
        """Adds what is missing, marked as imported; each conversation that changed is told of once.

        What was written before the account came here is nobody's unread message. None when it is gone.
        """
        run = Run(
            tenant_id=to.tenant_id,
            account_id=to.account_id,
            kind=RunKind.IMPORT,
            fence="",
            started_at=to.since,
        )
        past = Past(run, found, None)
        return await self._do(
            to.tenant_id, lambda connection: add_former(connection, past, self.ids.new, self.rules)
        )

    async def _adopt(self, connection: Connection, new: Adoptee, new_id: str) -> Adopted | None:
        values = _values(new, new_id) | _sealed(self.keys, new, new_id)
        if here := await _here(connection, values):
            return here
        owned = new.status is not AccountStatus.DISCONNECTED
        if owned and not await _take(connection, values):
            return None
        if here := await _here(connection, values):  # connected while the route was waited for
            return here
        row = await (await connection.execute(_ADOPT, values)).fetchone()
        await connection.execute(_READ_BACK, values)
        if owned:
            await _hand_over(connection, values)
        account = AccountId(new_id)
        await log(connection, new.tenant_id, [Change(EventType.ACCOUNT_UPDATED, account=account)])
        since = row[1].astimezone(UTC) if row else datetime.now(UTC)
        return Adopted(tenant_id=new.tenant_id, account_id=account, since=since, is_new=True)

    async def _do(self, tenant: TenantId, work: Callable[[Connection], Awaitable[_T]]) -> _T:
        if not self.tries:
            return await self.db.as_tenant(tenant, work)
        try:
            return await self.db.as_tenant(tenant, _taken_back(work))
        except _TakenBack as done:
            return done.result  # type: ignore[no-any-return]  # an exception is of no type's


class _TakenBack(Exception):
    """Has the database undo the work."""

    def __init__(self, result: Any) -> None:
        super().__init__("tried out")
        self.result = result


def _taken_back(work: Callable[[Connection], Awaitable[_T]]) -> Work[_T]:
    async def tried(connection: Connection) -> _T:
        raise _TakenBack(await work(connection))

    return tried


async def _here(connection: Connection, values: dict[str, Any]) -> Adopted | None:
    row = await (await connection.execute(_HERE, values)).fetchone()
    if row is None:
        return None
    id_, since = row
    return Adopted(tenant_id=values["tenant"], account_id=id_, since=since.astimezone(UTC), is_new=False)


async def _take(connection: Connection, values: dict[str, Any]) -> bool:
    await become_system(connection)
    taken = await (await connection.execute(ROUTE, values)).fetchone() is not None
    await become_tenant(connection)
    return taken


async def _hand_over(connection: Connection, values: dict[str, Any]) -> None:
    await become_system(connection)
    for statement in (HAND_OVER, CALL_OFF):
        await connection.execute(statement, values)
    await connection.execute(WAKE)
    await become_tenant(connection)


def _values(new: Adoptee, new_id: str) -> dict[str, Any]:
    return {
        "tenant": new.tenant_id,
        "id": new_id,
        "user": new.connected_by,
        "platform": new.platform.value,
        "login": Login.FACEBOOK.value,
        "external_id": new.external_id,
        "status": new.status.value,
        "reason": None if new.reason is None else as_json(new.reason),
        "instagram_account_id": new.instagram_account_id,
        "instagram_username": new.instagram_username,
        "instagram_name": new.instagram_name,
        "picture": new.picture_url,
        "page_id": new.page_id,
        "page_name": new.page_name,
        "source": new.page_id,
        "token_expires_at": new.token_expires_at,
        "data_access_expires_at": new.data_access_expires_at,
        "meta_user_id": new.meta_user_id,
        "connected_at": new.connected_at,
        "synced_at": new.synced_at,
        "updated_at": new.updated_at,
    }


def _sealed(keys: KeyRing, new: Adoptee, new_id: str) -> dict[str, str | None]:
    place = AccountTokens(
        tenant_id=new.tenant_id, account_id=new_id, login=Login.FACEBOOK, external_id=new.external_id
    )
    user, page = new.user_token, new.page_token
    return {
        "user_token": None if user is None else keys.seal(user, place.binding("user_token")),
        "page_token": None if page is None else keys.seal(page, place.binding("page_token")),
    }
