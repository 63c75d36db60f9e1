"""The connected accounts on Postgres, their access tokens sealed to their row and column."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

from meta_inbox.adapters.logs.log import log_named
from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.adapters.persistence.postgres_connecting import connect
from meta_inbox.adapters.persistence.postgres_disconnecting import disconnect
from meta_inbox.adapters.persistence.postgres_events import Change, log
from meta_inbox.adapters.persistence.postgres_forgetting import accounts_of, forget
from meta_inbox.adapters.persistence.postgres_rows import ACCOUNT, Row, account_of, as_json, is_id
from meta_inbox.adapters.persistence.postgres_subscriptions import PostgresSubscriptions
from meta_inbox.adapters.persistence.reading import Question
from meta_inbox.adapters.persistence.sealed_tokens import AccountTokens
from meta_inbox.adapters.persistence.sealing import KeyRing, SealBroken
from meta_inbox.domain.errors import AccessRevoked, NotFound
from meta_inbox.domain.model.account import Account, Login, StatusReason
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import AccountId, TenantId, UserId
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.ports import Connectable, Ids, Subscription, Unsubscription

_log = log_named(__name__)

_LIST: LiteralString = (
    "select " + ACCOUNT + " from meta_inbox.accounts a where a.tenant_id = %(tenant)s order by a.id"
)
_GET = Question.named(
    b"meta_inbox_account",
    "select " + ACCOUNT + " from meta_inbox.accounts a where a.tenant_id = %(tenant)s and a.id = %(id)s",
)
_TOKENS = Question.named(
    b"meta_inbox_account_tokens",
    """
    select login, external_id, user_token, page_token, connected_at from meta_inbox.accounts
    where tenant_id = %(tenant)s and id = %(id)s
    """,
)
_NEEDS_LOGIN: LiteralString = """
    with mine as materialized (
      select tenant_id, id, status = 'active' and connected_at = %(as_of)s as marks
      from meta_inbox.accounts
      where tenant_id = %(tenant)s and id = %(id)s for no key update
    ), marked as (
      update meta_inbox.accounts a
      set status = 'reauth_required', status_reason = %(reason)s, updated_at = now()
      from mine where a.tenant_id = mine.tenant_id and a.id = mine.id and mine.marks
    )
    select marks from mine
"""
_UNREADABLE = StatusReason(
    code="token_unreadable", detail="the stored access token cannot be opened; connect the account again"
)


class PostgresAccounts:
    """Each external account has one active owner, which its route decides."""

    def __init__(self, db: Database, keys: KeyRing, ids: Ids) -> None:
        self._db = db
        self._keys = keys
        self._ids = ids
        self._subscriptions = PostgresSubscriptions(db, keys)

    async def get(self, tenant: TenantId, account: AccountId) -> Account:
        """The account. NotFound."""
        return account_of(await self._one(_GET, tenant, account))

    async def list(self, tenant: TenantId) -> Sequence[Account]:
        """Every account of the tenant, disconnected ones included, oldest first."""

        async def work(connection: Connection) -> Sequence[Row]:
            return await (await connection.execute(_LIST, {"tenant": tenant})).fetchall()

        return [account_of(row) for row in await self._db.as_tenant(tenant, work)]

    async def connect(self, tenant: TenantId, user: UserId, connectable: Connectable) -> Account | None:
        """Makes or revives the account, its route and its sealed tokens; None when another tenant owns it."""
        new_id = self._ids.new()
        return await self._db.as_tenant(
            tenant,
            lambda connection: connect(
                connection, self._keys, tenant=tenant, user=user, new=connectable, new_id=new_id
            ),
        )

    async def disconnect(self, tenant: TenantId, account: AccountId) -> Unsubscription | None:
        """Ends the account and destroys its tokens; again: nothing happens. NotFound.

        Answers that still wait are ``failed``: nothing could send them any more.
        """
        _require_id(account)
        new_id = self._ids.new()
        return await self._db.as_tenant(
            tenant,
            lambda connection: disconnect(
                connection, self._keys, tenant=tenant, account=account, new_id=new_id
            ),
        )

    async def forget_person(self, person: str, until: datetime) -> int:
        """Disconnects what somebody connected, then forgets them; what broke off goes on the next time."""
        theirs = await self._db.as_system(lambda connection: accounts_of(connection, person, until))
        for tenant, account in theirs:
            await self.disconnect(tenant, account)
        await self._db.as_system(lambda connection: forget(connection, person, until))
        return len(theirs)

    async def needs_login(
        self, tenant: TenantId, account: AccountId, reason: StatusReason, *, as_of: datetime
    ) -> None:
        """Marks that only a new login helps; the first reason is kept. NotFound."""
        _require_id(account)

        async def work(connection: Connection) -> None:
            values = {"tenant": tenant, "id": account, "reason": as_json(reason), "as_of": as_of}
            row = await (await connection.execute(_NEEDS_LOGIN, values)).fetchone()
            if row is None:
                raise NotFound("no such account")
            if row[0]:
                await log(connection, tenant, [Change(EventType.ACCOUNT_UPDATED, account=account)])

        await self._db.as_tenant(tenant, work)

    async def token(self, tenant: TenantId, account: AccountId) -> Secret:
        """The token to act for the account. AccessRevoked when there is none or it cannot be opened."""
        login, external_id, user_token, page_token, connected_at = await self._one(_TOKENS, tenant, account)
        tokens = AccountTokens(
            tenant_id=tenant,
            account_id=account,
            login=Login(login),
            external_id=external_id,
            user_token=user_token,
            page_token=page_token,
        )
        try:
            token = tokens.to_act_with(self._keys)
        except SealBroken as error:
            _log.error("token_unreadable", account=account)
            await self.needs_login(tenant, account, _UNREADABLE, as_of=connected_at)
            raise AccessRevoked(_UNREADABLE.detail) from error
        if token is None:
            raise AccessRevoked("the account has no access token; connect it again")
        return token

    async def subscribed(self, tenant: TenantId, account: AccountId, problem: str | None) -> None:
        """Notes that Meta will send webhooks, or why not yet. NotFound."""
        _require_id(account)
        await self._subscriptions.subscribed(tenant, account, problem)

    async def due_subscriptions(self, limit: int) -> Sequence[Subscription]:
        """Claims accounts that are not subscribed yet and whose next try is due, for a minute each."""
        return await self._subscriptions.due_subscriptions(limit)

    async def due_unsubscriptions(self, limit: int) -> Sequence[Unsubscription]:
        """Claims Pages still to be unsubscribed whose next try is due, for a minute each."""
        return await self._subscriptions.due_unsubscriptions(limit)

    async def unsubscribed(self, unsubscription: str) -> None:
        """Forgets the unsubscription and its token."""
        await self._subscriptions.unsubscribed(unsubscription)

    async def _one(self, question: Question, tenant: TenantId, account: AccountId) -> Row:
        _require_id(account)
        rows = await self._db.read(tenant, question, {"tenant": tenant, "id": account})
        if not rows:
            raise NotFound("no such account")
        return rows[0]


def _require_id(account: AccountId) -> None:
    if not is_id(account):
        raise NotFound("no such account")
