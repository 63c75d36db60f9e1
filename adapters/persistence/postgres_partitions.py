"""The days that webhooks and events are filed under: whether their tables are there, and making them."""

from typing import LiteralString

from meta_inbox.adapters.persistence.database import Connection, Database

_MISSING: LiteralString = """
    select name from (
      select parent || '_' || to_char((now() at time zone 'utc')::date + ahead, 'YYYYMMDD') as name
      from unnest(array['journal', 'events']) parent, generate_series(0, 1) ahead
    ) wanted
    where not exists (
      select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'meta_inbox' and c.relname = wanted.name
    )
    order by name
"""
_NOTHING_TO_DROP = 36_500
"""Days: only the job that knows the retention drops any."""


class PostgresPartitions:
    """Looks, and makes, as the system role."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def missing(self) -> list[str]:
        """The tables of today and tomorrow that are not there."""

        async def work(connection: Connection) -> list[str]:
            return [name for (name,) in await (await connection.execute(_MISSING)).fetchall()]

        return await self._db.as_system(work)

    async def make(self) -> None:
        """Makes those of the coming days; drops none."""

        async def work(connection: Connection) -> None:
            kept = (_NOTHING_TO_DROP, _NOTHING_TO_DROP)
            await connection.execute("select meta_inbox.keep_partitions(%s, %s)", kept)

        await self._db.as_system(work)
