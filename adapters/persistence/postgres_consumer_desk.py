"""The consumers of the event log as an operator sees them: how far each is behind."""

from datetime import UTC
from typing import LiteralString

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


class PostgresConsumerDesk:
    """Serves the commands ``events consumers`` and ``events dead-letters discard``."""

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

        async def work(connection: Connection) -> int:
            row = await (await connection.execute(_LETTERS, values)).fetchone()
            return 0 if row is None else int(row[0])

        return await self._db.as_system(work)
