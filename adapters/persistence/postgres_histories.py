"""The runs that read back what was said before, on Postgres: one row for each account.

Locks: the account, its run, then messages, conversations and the feed.
"""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

import msgspec
from psycopg.rows import dict_row

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.adapters.persistence.postgres_events import Change, log, log_all
from meta_inbox.adapters.persistence.postgres_heartbeat import beat
from meta_inbox.adapters.persistence.postgres_past import keep
from meta_inbox.adapters.persistence.postgres_past_rows import Past
from meta_inbox.adapters.persistence.postgres_rows import is_id
from meta_inbox.domain.model.account import WebhookSource
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.history import (
    HELD_AT_MOST,
    LEASE,
    REPAIR_AFTER,
    History,
    PastConversation,
    Run,
)
from meta_inbox.domain.model.ids import AccountId, TenantId
from meta_inbox.domain.model.media_rules import MediaRules
from meta_inbox.domain.ports import Ids

_OF: LiteralString = """
    select state, kind, conversations, messages, started_at, finished_at, problem, last_missed as missed
    from meta_inbox.history_runs where tenant_id = %(tenant)s and account_id = %(account)s
"""
_CLAIM: LiteralString = """
    with due as materialized (
      select h.tenant_id, h.account_id, h.state = 'running' as goes_on
      from meta_inbox.history_runs h
      join meta_inbox.accounts a on a.tenant_id = h.tenant_id and a.id = h.account_id and a.status = 'active'
      where h.due_at <= now() and (h.lease_until is null or h.lease_until < now())
      order by h.due_at limit %(limit)s for update of h skip locked
    )
    update meta_inbox.history_runs h set
      state = 'running', fence = %(fence)s, lease_until = now() + %(lease)s,
      kind = case when goes_on then h.kind when h.complete_as_of is null then 'import' else 'repair' end,
      started_at = case when goes_on then h.started_at else now() end,
      cursor = case when goes_on then h.cursor end,
      conversations = case when goes_on then h.conversations else 0 end,
      messages = case when goes_on then h.messages else 0 end,
      missed = case when goes_on then h.missed else 0 end,
      held_since = case when goes_on then h.held_since end,
      attempt = case when goes_on then h.attempt else 0 end,
      problem = case when goes_on then h.problem end,
      told_at = case when goes_on then h.told_at else now() end,
      finished_at = null
    from due where h.tenant_id = due.tenant_id and h.account_id = due.account_id
    returning h.tenant_id, h.account_id::text as account_id, h.kind, h.started_at, h.complete_as_of, h.cursor,
              h.conversations, h.attempt, due.goes_on
"""
_PUT_OFF: LiteralString = """
    update meta_inbox.history_runs
    set due_at = now() + %(after)s, lease_until = null, fence = null, cursor = %(cursor)s,
        problem = %(problem)s, attempt = attempt + (%(problem)s::text is not null)::int
    where tenant_id = %(tenant)s and account_id = %(account)s and fence = %(fence)s
    returning 1
"""
_LOCK_ACCOUNT: LiteralString = """
    select 1 from meta_inbox.accounts where tenant_id = %(tenant)s and id = %(account)s for no key update
"""
_FINISH: LiteralString = """
    update meta_inbox.history_runs
    set state = 'done', finished_at = now(), lease_until = null, fence = null, cursor = null, problem = null,
        due_at = case when asked_at > started_at then now() else %(next)s end,
        complete_as_of = greatest(least(started_at, held_since), started_at - %(held_at_most)s),
        last_missed = case when kind = 'repair' then missed else last_missed end
    where tenant_id = %(tenant)s and account_id = %(account)s and fence = %(fence)s
    returning kind = 'repair' and missed > 0
"""
# Whoever missed webhooks may have lost the subscription; subscribing again does no harm.
_SYNCED: LiteralString = """
    update meta_inbox.accounts
    set last_synced_at = now(), updated_at = now(),
        subscription_due_at = case when %(missed)s and webhook_source is not null
          then coalesce(subscription_due_at, now()) else subscription_due_at end
    where tenant_id = %(tenant)s and id = %(account)s
"""
_FAIL: LiteralString = """
    update meta_inbox.history_runs
    set state = 'failed', finished_at = now(), lease_until = null, fence = null, cursor = null,
        problem = %(problem)s, due_at = %(next)s
    where tenant_id = %(tenant)s and account_id = %(account)s and fence = %(fence)s
    returning 1
"""
_REPAIR: LiteralString = """
    with mine as materialized (
      select h.tenant_id, h.account_id from meta_inbox.history_runs h
      join meta_inbox.accounts a on a.tenant_id = h.tenant_id and a.id = h.account_id and a.status = 'active'
      where a.tenant_id = %(tenant)s and a.login = %(login)s and a.webhook_source = %(source)s
      order by h.tenant_id, h.account_id for update of h
    )
    update meta_inbox.history_runs h
    set asked_at = now(),
        due_at = case when state in ('done', 'failed') then least(due_at, now() + %(after)s) else due_at end
    from mine where h.tenant_id = mine.tenant_id and h.account_id = mine.account_id
"""


class PostgresHistories:
    """Whoever holds the fence of a run alone can add to it, or end it."""

    def __init__(self, db: Database, ids: Ids, rules: MediaRules | None = None) -> None:
        self._db = db
        self._ids = ids
        self._rules = rules or MediaRules()

    async def of(self, tenant: TenantId, account: AccountId) -> History | None:
        """The account's present or latest run; None when there is no such account."""
        if not is_id(account):
            return None

        async def work(connection: Connection) -> History | None:
            values = {"tenant": tenant, "account": account}
            cursor = connection.cursor(row_factory=dict_row)
            row = await (await cursor.execute(_OF, values, prepare=True)).fetchone()
            return None if row is None else _history(row)

        return await self._db.as_tenant(tenant, work)

    async def claim_due(self, limit: int) -> Sequence[Run]:
        """Claims due runs of active accounts; that one begins is told."""
        fence = str(uuid.uuid4())

        async def work(connection: Connection) -> list[Run]:
            values = {"limit": limit, "fence": fence, "lease": LEASE}
            cursor = connection.cursor(row_factory=dict_row)
            rows = await (await cursor.execute(_CLAIM, values)).fetchall()
            begun = sorted((row["tenant_id"], row["account_id"]) for row in rows if not row.pop("goes_on"))
            await log_all(connection, [(tenant, _account_changed(account)) for tenant, account in begun])
            return [_run(row, fence) for row in rows]

        return await self._db.as_system(work)

    async def keep(self, run: Run, found: Sequence[PastConversation], cursor: str | None) -> Run | None:
        """Adds what is missing here; None when the fence is stale or the account no longer active."""
        return await self._db.as_tenant(
            run.tenant_id,
            lambda connection: keep(connection, Past(run, found, cursor), self._ids.new, self._rules),
        )

    async def put_off(self, run: Run, after: timedelta, problem: str | None) -> bool:
        """Gives the run back, to go on after a while; False when the fence is stale."""
        values = _held(run) | {"after": after, "problem": problem, "cursor": run.cursor}

        async def work(connection: Connection) -> bool:
            return await (await connection.execute(_PUT_OFF, values)).fetchone() is not None

        return await self._db.as_tenant(run.tenant_id, work)

    async def finish(self, run: Run, next_at: datetime) -> bool:
        """The run has ended and the account is synced; False when the fence is stale."""
        values = _held(run) | {"next": next_at, "held_at_most": HELD_AT_MOST}

        async def work(connection: Connection) -> bool:
            await connection.execute(_LOCK_ACCOUNT, values)
            row = await (await connection.execute(_FINISH, values)).fetchone()
            if row is None:
                return False
            await connection.execute(_SYNCED, values | {"missed": row[0]})
            await log(connection, run.tenant_id, [_account_changed(run.account_id)])
            return True

        return await self._db.as_tenant(run.tenant_id, work)

    async def fail(self, run: Run, problem: str, next_at: datetime) -> bool:
        """The run has ended for a cause that only people can mend. False when the fence is stale."""
        values = _held(run) | {"problem": problem, "next": next_at}

        async def work(connection: Connection) -> bool:
            if await (await connection.execute(_FAIL, values)).fetchone() is None:
                return False
            await log(connection, run.tenant_id, [_account_changed(run.account_id)])
            return True

        return await self._db.as_tenant(run.tenant_id, work)

    async def repair(self, tenant: TenantId, source: WebhookSource) -> None:
        """Each active account of this source is looked at within minutes."""
        values = {"tenant": tenant, "login": source.login, "source": source.id, "after": REPAIR_AFTER}

        async def work(connection: Connection) -> None:
            await connection.execute(_REPAIR, values)

        await self._db.as_tenant(tenant, work)

    async def beat(self) -> bool:
        """Says that this service receives webhooks; True when nobody had said so for two minutes."""
        return await self._db.as_system(beat)


def _held(run: Run) -> dict[str, Any]:
    return {"tenant": run.tenant_id, "account": run.account_id, "fence": run.fence}


def _account_changed(account: AccountId) -> Change:
    return Change(EventType.ACCOUNT_UPDATED, account=account)


def _history(row: dict[str, Any]) -> History:
    return msgspec.convert(_in_utc(row), History)


def _run(row: dict[str, Any], fence: str) -> Run:
    return msgspec.convert(_in_utc(row) | {"fence": fence}, Run)


def _in_utc(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.astimezone(UTC) if isinstance(value, datetime) else value for name, value in row.items()
    }
