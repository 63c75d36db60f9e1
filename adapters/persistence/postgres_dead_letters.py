"""Events that a host's handlers failed at for good, on Postgres."""

import uuid
from collections.abc import Collection, Sequence
from datetime import UTC
from typing import Any, LiteralString

from psycopg.rows import dict_row

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.adapters.persistence.postgres_consumers import held
from meta_inbox.adapters.persistence.postgres_due_logs import ATTEMPT
from meta_inbox.adapters.persistence.postgres_rows import utc_or_none
from meta_inbox.domain.model.consuming import ConsumerClaim, DeadLetter
from meta_inbox.domain.model.event import EventType, LoggedEvent
from meta_inbox.domain.model.ids import TenantId

_COLUMNS: LiteralString = """
    d.tenant_id, d.consumer, d.seq, d.type, d.at, d.account_id::text, d.contact_id, d.message_id::text,
    d.attempts, d.error, d.failed_at, d.replay_at as asked_at
"""
_WANTED: LiteralString = """
    where (%(consumer)s::text is null or d.consumer = %(consumer)s)
      and (%(tenant)s::text is null or d.tenant_id = %(tenant)s)
"""
_AMONG: LiteralString = " and (%(ids)s::text[] is null or d.event_id::text = any(%(ids)s)) returning 1"
_LIST: LiteralString = (
    "select "
    + _COLUMNS
    + " from meta_inbox.dead_letters d "
    + _WANTED
    + " order by d.failed_at, d.tenant_id, d.consumer, d.seq limit %(limit)s"
)
_REPLAY: LiteralString = "update meta_inbox.dead_letters d set replay_at = now()" + _WANTED + _AMONG
_DISCARD: LiteralString = "delete from meta_inbox.dead_letters d " + _WANTED + _AMONG
_WAKE: LiteralString = "select pg_notify('meta_inbox', 'events')"
_ADD: LiteralString = """
    with held as (
      update meta_inbox.consumers
      set seq = greatest(seq, %(seq)s), attempt = 0, missed = false, due_at = now(),
          lease_until = case when lease_until is not null then now() + %(lease)s end
      where tenant_id = %(tenant)s and consumer = %(consumer)s and fence = %(fence)s
      returning tenant_id, consumer
    )
    insert into meta_inbox.dead_letters as d
      (tenant_id, consumer, seq, event_id, type, at, account_id, contact_id, message_id, attempts, error)
    select tenant_id, consumer, %(seq)s, %(event)s::uuid, %(type)s, %(at)s, %(account)s::uuid, %(contact)s,
           %(message)s::uuid, %(attempts)s, %(error)s
    from held
    on conflict (tenant_id, consumer, seq) do update
    set event_id = excluded.event_id, type = excluded.type, at = excluded.at,
        account_id = excluded.account_id, contact_id = excluded.contact_id, message_id = excluded.message_id,
        attempts = excluded.attempts, error = excluded.error, failed_at = now(), replay_at = null
    returning true
"""
_CLAIM: LiteralString = (
    """
    with due as materialized (
      select d.tenant_id, d.seq, c.lease_until is not null and c.in_hand is not distinct from -d.seq as orphan
      from meta_inbox.dead_letters d
      join meta_inbox.consumers c on c.tenant_id = d.tenant_id and c.consumer = d.consumer
      where d.consumer = %(consumer)s and d.replay_at is not null
        and (c.lease_until is null or c.lease_until < now())
      order by d.replay_at, d.tenant_id, d.seq limit 1 for update of c skip locked
    ), held as (
      update meta_inbox.consumers c
      set fence = %(fence)s, lease_until = now() + %(lease)s, in_hand = -due.seq, attempt = """
    + ATTEMPT
    + """
      from due where c.tenant_id = due.tenant_id and c.consumer = %(consumer)s
      returning c.seq as place, c.missed
    )
    select held.place, due.orphan::int as failures, held.missed, """
    + _COLUMNS
    + """
    from held, due join meta_inbox.dead_letters d
      on d.tenant_id = due.tenant_id and d.consumer = %(consumer)s and d.seq = due.seq
"""
)
_OF_CLAIM: LiteralString = """
    where c.tenant_id = %(tenant)s and c.consumer = %(consumer)s and c.fence = %(fence)s
      and d.tenant_id = %(tenant)s and d.consumer = %(consumer)s and d.seq = %(seq)s
    returning true
"""
_HANDLED: LiteralString = "delete from meta_inbox.dead_letters d using meta_inbox.consumers c " + _OF_CLAIM
_FAILED: LiteralString = (
    "update meta_inbox.dead_letters d"
    " set attempts = d.attempts + 1, error = %(error)s, failed_at = now(),"
    # What was asked for again meanwhile still waits.
    " replay_at = case when d.replay_at is distinct from %(asked)s then d.replay_at end"
    " from meta_inbox.consumers c " + _OF_CLAIM
)


class PostgresDeadLetters:
    """Whoever handles one once more holds its tenant's log meanwhile."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def add(self, claim: ConsumerClaim, event: LoggedEvent, attempts: int, error: str) -> bool:
        """Sets the event aside and has the consumer go on behind it; False = the claim was lost."""
        values = held(claim) | {
            "seq": event.seq,
            "event": event.id,
            "type": event.type.value,
            "at": event.at,
            "account": event.account_id,
            "contact": event.contact_id,
            "message": event.message_id,
            "attempts": attempts,
            "error": error,
        }
        return await self._change(claim, _ADD, values)

    async def of(self, consumer: str | None, tenant: TenantId | None, limit: int) -> Sequence[DeadLetter]:
        """Those of one consumer or all, one tenant or all, that failed first first."""
        values = {"consumer": consumer, "tenant": tenant, "limit": limit}

        async def work(connection: Connection) -> list[DeadLetter]:
            cursor = connection.cursor(row_factory=dict_row)
            return [_letter(row) for row in await (await cursor.execute(_LIST, values)).fetchall()]

        return await self._db.as_system(work)

    async def replay(self, consumer: str | None, tenant: TenantId | None, ids: Collection[str] | None) -> int:
        """Has these events, or all, handled once more; how many."""
        return await self._each(_REPLAY, consumer, tenant, ids, wakes=True)

    async def discard(
        self, consumer: str | None, tenant: TenantId | None, ids: Collection[str] | None
    ) -> int:
        """Forgets these events, or all; how many."""
        return await self._each(_DISCARD, consumer, tenant, ids)

    async def _each(
        self,
        query: LiteralString,
        consumer: str | None,
        tenant: TenantId | None,
        ids: Collection[str] | None,
        *,
        wakes: bool = False,
    ) -> int:
        among = None if ids is None else list(ids)
        values = {"consumer": consumer, "tenant": tenant, "ids": among}

        async def work(connection: Connection) -> int:
            count = len(await (await connection.execute(query, values)).fetchall())
            if wakes:
                await connection.execute(_WAKE)
            return count

        return await self._db.as_system(work)

    async def claim(self, consumer: str) -> tuple[ConsumerClaim, DeadLetter] | None:
        """Claims one that is to be handled once more, with its tenant's log; None = there is none."""
        claim = ConsumerClaim(tenant_id=TenantId(""), consumer=consumer, fence=str(uuid.uuid4()))

        async def work(connection: Connection) -> tuple[ConsumerClaim, DeadLetter] | None:
            cursor = connection.cursor(row_factory=dict_row)
            row = await (await cursor.execute(_CLAIM, held(claim), prepare=True)).fetchone()
            return None if row is None else (_claim(claim, row), _letter(row))

        return await self._db.as_system(work)

    async def settle(self, claim: ConsumerClaim, letter: DeadLetter, error: str | None) -> bool:
        """It is handled and gone, or failed once more; False = the claim was lost."""
        values = held(claim) | {"seq": letter.event.seq, "error": error, "asked": letter.asked_at}
        return await self._change(claim, _HANDLED if error is None else _FAILED, values)

    async def _change(self, claim: ConsumerClaim, query: LiteralString, values: dict[str, Any]) -> bool:
        async def work(connection: Connection) -> bool:
            return await (await connection.execute(query, values)).fetchone() is not None

        return await self._db.as_tenant(claim.tenant_id, work)


def _claim(claim: ConsumerClaim, row: dict[str, Any]) -> ConsumerClaim:
    return ConsumerClaim(
        tenant_id=row["tenant_id"],
        consumer=claim.consumer,
        fence=claim.fence,
        seq=row["place"],
        attempt=row["failures"],
        missed=row["missed"],
    )


def _letter(row: dict[str, Any]) -> DeadLetter:
    event = LoggedEvent(
        tenant_id=row["tenant_id"],
        seq=row["seq"],
        type=EventType(row["type"]),
        at=row["at"].astimezone(UTC),
        account_id=row["account_id"],
        contact_id=row["contact_id"],
        message_id=row["message_id"],
    )
    return DeadLetter(
        consumer=row["consumer"],
        event=event,
        attempts=row["attempts"],
        error=row["error"],
        failed_at=row["failed_at"].astimezone(UTC),
        asked_at=utc_or_none(row["asked_at"]),
    )
