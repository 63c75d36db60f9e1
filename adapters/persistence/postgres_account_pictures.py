"""Where accounts' pictures are at Meta, on Postgres."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, LiteralString

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.adapters.persistence.postgres_events import Change, log
from meta_inbox.adapters.persistence.postgres_rows import ACCOUNT, account_of, is_id
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.account import PICTURE_IS_FRESH, Account
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import AccountId, TenantId

_DUE: LiteralString = f"""
    with due as materialized (
      select tenant_id, id from meta_inbox.accounts
      where picture_due_at <= now() and platform = 'instagram' and status = 'active'
      order by picture_due_at limit %(limit)s for no key update skip locked
    )
    update meta_inbox.accounts a set picture_due_at = now() + interval '10 min'
    from due where a.tenant_id = due.tenant_id and a.id = due.id
    returning {ACCOUNT}
"""
_SAVE: LiteralString = """
    with mine as materialized (
      select tenant_id, id, (picture_id is null) <> (%(url)s::text is null) as news
      from meta_inbox.accounts
      where tenant_id = %(tenant)s and id = %(id)s for no key update
    ), saved as (
      update meta_inbox.accounts a set
        profile_picture_url = %(url)s,
        picture_id = case when %(url)s::text is not null then coalesce(picture_id, gen_random_uuid()) end,
        picture_due_at = now() + %(after)s, picture_fetched_at = now(),
        updated_at = case when mine.news then now() else a.updated_at end
      from mine where a.tenant_id = mine.tenant_id and a.id = mine.id
    )
    select news from mine
"""
_PUT_OFF: LiteralString = """
    update meta_inbox.accounts set picture_due_at = now() + %(after)s
    where tenant_id = %(tenant)s and id = %(id)s
    returning false
"""


class PostgresAccountPictures:
    """Columns of the accounts."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def due(self, limit: int) -> Sequence[Account]:
        """Claims accounts whose picture is to be asked for, for ten minutes each."""

        async def work(connection: Connection) -> Sequence[Account]:
            found = await connection.execute(_DUE, {"limit": limit})
            return [account_of(row) for row in await found.fetchall()]

        return await self._db.as_system(work)

    async def save(self, tenant: TenantId, account: AccountId, url: str | None) -> None:
        """Keeps where it is, for a week; None = there is none. Told when one came or went. NotFound."""
        await self._ask(_SAVE, tenant, account, url=url, after=PICTURE_IS_FRESH)

    async def put_off(self, tenant: TenantId, account: AccountId, after: timedelta) -> None:
        """What is known stays, and Meta is asked again after a while. NotFound."""
        await self._ask(_PUT_OFF, tenant, account, after=after)

    async def _ask(self, query: LiteralString, tenant: TenantId, account: AccountId, **values: Any) -> None:
        if not is_id(account):
            raise NotFound("no such account")
        named = {"tenant": tenant, "id": account, **values}

        async def work(connection: Connection) -> None:
            row = await (await connection.execute(query, named)).fetchone()
            if row is None:
                raise NotFound("no such account")
            if row[0]:
                await log(connection, tenant, [Change(EventType.ACCOUNT_UPDATED, account=account)])

        await self._db.as_tenant(tenant, work)
