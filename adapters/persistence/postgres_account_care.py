"""When accounts are looked after, on Postgres."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

from meta_inbox.adapters.logs.log import log_named
from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.adapters.persistence.postgres_events import Change, log
from meta_inbox.adapters.persistence.postgres_rows import ACCOUNT, account_of
from meta_inbox.adapters.persistence.sealed_tokens import AccountTokens
from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.care import LEASE, CareClaim
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.secret import Secret

_log = log_named(__name__)

_DUE: LiteralString = f"""
    with due as materialized (
      select tenant_id, id from meta_inbox.accounts
      where care_due_at <= now() and status = 'active'
      order by care_due_at limit %(limit)s for no key update skip locked
    )
    update meta_inbox.accounts a set care_due_at = now() + %(lease)s
    from due where a.tenant_id = due.tenant_id and a.id = due.id
    returning a.care_due_at, a.care_doubted, {ACCOUNT}
"""
_RENEW: LiteralString = """
    update meta_inbox.accounts
    set user_token = %(token)s, token_expires_at = %(ends)s, expiry_told = false, updated_at = now()
    where tenant_id = %(tenant)s and id = %(id)s and care_due_at = %(fence)s
      and connected_at = %(as_of)s and status = 'active' and login = 'instagram'
    returning true
"""
_KEEP: LiteralString = """
    with mine as materialized (
      select tenant_id, id,
             (token_expires_at, data_access_expires_at)
               is distinct from (%(token_ends)s::timestamptz, %(access_ends)s::timestamptz)
             or %(expiring)s and not expiry_told as news
      from meta_inbox.accounts
      where tenant_id = %(tenant)s and id = %(id)s and care_due_at = %(fence)s
        and connected_at = %(as_of)s and status = 'active'
      for no key update
    ), kept as (
      update meta_inbox.accounts a
      set token_expires_at = %(token_ends)s, data_access_expires_at = %(access_ends)s,
          expiry_told = %(expiring)s, updated_at = case when mine.news then now() else a.updated_at end
      from mine where a.tenant_id = mine.tenant_id and a.id = mine.id
    )
    select news from mine
"""
_PUT_OFF: LiteralString = """
    update meta_inbox.accounts set care_due_at = now() + %(after)s, care_doubted = %(doubted)s
    where tenant_id = %(tenant)s and id = %(id)s and care_due_at = %(fence)s
      and connected_at = %(as_of)s and status = 'active'
    returning false
"""


class PostgresAccountCare:
    """Columns of the accounts; when one is due next is the fence of whoever has it."""

    def __init__(self, db: Database, keys: KeyRing) -> None:
        self._db = db
        self._keys = keys

    async def due(self, limit: int) -> Sequence[CareClaim]:
        """Claims active accounts that are to be looked at."""

        async def work(connection: Connection) -> Sequence[CareClaim]:
            found = await connection.execute(_DUE, {"limit": limit, "lease": LEASE})
            return [
                CareClaim(account=account_of(row[2:]), fence=row[0].astimezone(UTC), doubted=row[1])
                for row in await found.fetchall()
            ]

        return await self._db.as_system(work)

    async def renew(self, claim: CareClaim, token: Secret, expires_at: datetime) -> bool:
        """Keeps an account's own token in place of the former one; False = the fence is stale."""
        account = claim.account
        place = AccountTokens(
            tenant_id=account.tenant_id,
            account_id=account.id,
            login=account.login,
            external_id=account.external_id,
        ).binding("user_token")
        return await self._change(_RENEW, claim, token=self._keys.seal(token, place), ends=expires_at)

    async def keep(self, claim: CareClaim, account: Account, *, expiring: bool) -> bool:
        """Keeps when token and access to data end; False = the fence is stale."""
        return await self._change(
            _KEEP,
            claim,
            token_ends=account.token_expires_at,
            access_ends=account.data_access_expires_at,
            expiring=expiring,
        )

    async def put_off(
        self, claim: CareClaim, after: timedelta, *, doubted: bool = False, problem: str | None = None
    ) -> bool:
        """Ends the claim, to look again after a while; False = the fence is stale."""
        if problem is not None:
            _log.warning("account_needs_care", account=claim.account.id, problem=problem, again_in=str(after))
        return await self._change(_PUT_OFF, claim, after=after, doubted=doubted)

    async def _change(self, query: LiteralString, claim: CareClaim, **values: Any) -> bool:
        """Does it, and tells of it where the query says so; False when it found nothing."""
        tenant, account = claim.account.tenant_id, claim.account.id
        held = {"fence": claim.fence, "as_of": claim.account.connected_at}
        named = {"tenant": tenant, "id": account, **held, **values}

        async def work(connection: Connection) -> bool:
            row = await (await connection.execute(query, named)).fetchone()
            if row is not None and row[0]:
                await log(connection, tenant, [Change(EventType.ACCOUNT_UPDATED, account=account)])
            return row is not None

        return await self._db.as_tenant(tenant, work)
