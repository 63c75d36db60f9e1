"""The consumers of the event log as an operator sees them: how far each is behind."""

from dataclasses import dataclass
from datetime import UTC
from typing import Any, LiteralString

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.domain.model.consuming import ConsumerState
from meta_inbox.domain.model.ids import TenantId

# What the log has forgotten is nobody's to do any more, so the oldest that it has is counted from.
_STATES: LiteralString = """
    with behind as (
      select c.consumer, c.tenant_id, e.at, f.seq - e.seq + 1 as lag
      from meta_inbox.consumers c
      left join meta_inbox.feeds f on f.tenant_id = c.tenant_id and f.seq > coalesce(c.seq, 0)
      left join lateral (
        select e.seq, e.at from meta_inbox.events e
        where e.tenant_id = f.tenant_id and e.seq > coalesce(c.seq, 0) order by e.seq limit 1
      ) e on true
    ), letters as (
      select consumer, count(*) as count from meta_inbox.dead_letters group by 1
    )
    select b.consumer, count(*), coalesce(sum(b.lag), 0)::bigint, min(b.at),
           coalesce((select l.count from letters l where l.consumer = b.consumer), 0)
    from behind b group by 1 order by 1
"""
_WANTED: LiteralString = """
    where (%(consumer)s::text is null or consumer = %(consumer)s)
      and (%(tenant)s::text is null or tenant_id = %(tenant)s)
"""
_LETTERS: LiteralString = "select count(*) from meta_inbox.dead_letters" + _WANTED
# Locked, so that nobody claims a log meanwhile.
_USE: LiteralString = (
    "with its as materialized (select lease_until from meta_inbox.consumers"
    + _WANTED
    + """
      order by tenant_id for update
    )
    select count(*), count(*) filter (where lease_until > now()) from its
"""
)
_FORGET: tuple[LiteralString, ...] = (
    "delete from meta_inbox.dead_letters" + _WANTED,
    "delete from meta_inbox.consumers" + _WANTED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumerUse:
    """With how many tenants a consumer has begun, how many of them it has in hand, and what it set aside."""

    tenants: int
    held: int
    letters: int


class PostgresConsumerDesk:
    """Serves the commands ``events consumers``, ``events forget`` and ``events dead-letters discard``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def states(self) -> list[ConsumerState]:
        """Every consumer there ever was, by name."""

        async def work(connection: Connection) -> list[ConsumerState]:
            rows = await (await connection.execute(_STATES)).fetchall()
            return [
                ConsumerState(
                    consumer=consumer,
                    tenants=tenants,
                    lag=lag,
                    oldest_at=None if oldest is None else oldest.astimezone(UTC),
                    dead_letters=letters,
                )
                for consumer, tenants, lag, oldest, letters in rows
            ]

        return await self._db.as_system(work)

    async def letters(self, consumer: str | None, tenant: TenantId | None) -> int:
        """How many events of one consumer or all, one tenant or all, were set aside."""
        values = {"consumer": consumer, "tenant": tenant}
        return await self._db.as_system(lambda connection: _letters(connection, values))

    async def use(self, consumer: str, tenant: TenantId | None) -> ConsumerUse:
        """How the consumer is used, with one tenant or all."""
        values = {"consumer": consumer, "tenant": tenant}
        return await self._db.as_system(lambda connection: _use(connection, values))

    async def forget(self, consumer: str, tenant: TenantId | None) -> ConsumerUse:
        """Forgets its places and dead letters, unless it has events in hand; how it was used until then."""
        values = {"consumer": consumer, "tenant": tenant}

        async def work(connection: Connection) -> ConsumerUse:
            use = await _use(connection, values)
            for query in () if use.held else _FORGET:
                await connection.execute(query, values)
            return use

        return await self._db.as_system(work)


async def _use(connection: Connection, values: dict[str, Any]) -> ConsumerUse:
    ((tenants, held),) = await (await connection.execute(_USE, values)).fetchall()
    return ConsumerUse(tenants=tenants, held=held, letters=await _letters(connection, values))


async def _letters(connection: Connection, values: dict[str, Any]) -> int:
    ((count,),) = await (await connection.execute(_LETTERS, values)).fetchall()
    return int(count)
