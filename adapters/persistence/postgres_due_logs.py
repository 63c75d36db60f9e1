"""Whose logs have more for a consumer, on Postgres: looked for among all tenants now and then.

No table says which logs went on, as whoever writes to them would have to keep it. So all feeds are compared
with how far the consumer is, which costs in the number of tenants: one look finds many, and looks are paced.
"""

import asyncio
import time
from typing import Any, LiteralString

from meta_inbox.adapters.persistence.database import Connection, Database

_AT_ONCE = 100
_REST = 9
"""Times as long as a look took, until the next: a tenth of the time goes into looking at most."""
_LONGEST_REST = 0.25

# A lease is there and may be taken only when it ran out: then whoever had the log in hand is dead.
ATTEMPT: LiteralString = """
    c.attempt + (c.lease_until is not null and c.in_hand is not distinct from coalesce(c.seq, 0))::int
"""
_IS_DUE: LiteralString = "c.due_at <= now() and (c.lease_until is null or c.lease_until < now())"
_LOOK: LiteralString = (
    """
    select f.tenant_id, c.tenant_id is null from meta_inbox.feeds f
    left join meta_inbox.consumers c on c.tenant_id = f.tenant_id and c.consumer = %(consumer)s
    where f.seq > coalesce(c.seq, 0) and (c.tenant_id is null or """
    + _IS_DUE
    + ")"
)
_ONE: LiteralString = " and f.tenant_id = %(tenant)s"
_IN_TURN: LiteralString = " order by c.claimed_at nulls first, f.tenant_id limit %(limit)s"
_MEET: LiteralString = """
    insert into meta_inbox.consumers (tenant_id, consumer)
    select tenant, %(consumer)s from unnest(%(tenants)s::text[]) as tenant order by 1 on conflict do nothing
"""
_CLAIM: LiteralString = (
    """
    with due as materialized (
      select c.tenant_id from meta_inbox.consumers c join meta_inbox.feeds f using (tenant_id)
      where c.consumer = %(consumer)s and c.tenant_id = any(%(tenants)s) and f.seq > coalesce(c.seq, 0)
        and """
    + _IS_DUE
    + """
      order by c.claimed_at nulls first, c.tenant_id limit 1 for update of c skip locked
    )
    update meta_inbox.consumers c
    set fence = %(fence)s, lease_until = now() + %(lease)s, claimed_at = clock_timestamp(),
        in_hand = case when %(handles)s then coalesce(c.seq, 0) end, attempt = """
    + ATTEMPT
    + """
    from due where c.tenant_id = due.tenant_id and c.consumer = %(consumer)s
    returning c.tenant_id, c.seq, c.attempt, c.missed
"""
)
Claimed = tuple[Any, ...]


class DueLogs:
    """Those of one consumer, as far as this process knows; each is served once before it looks again."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._found: list[str] = []
        self._served: list[str] = []
        self._look_at = 0.0

    async def claim(self, values: dict[str, Any]) -> Claimed | None:
        """The log that waited longest, claimed with these values; None = none has more."""
        row = await self._known(self._found, values)
        if row is None and (wait := self._look_at - time.monotonic()) > 0:
            row = await self._known(self._served, values)  # whoever goes on need not wait for the next look
            if row is None:
                await asyncio.sleep(wait)
        if row is None:
            row = await self._looked(values)
        return row if row is None else self._serve(row)

    async def claim_one(self, values: dict[str, Any]) -> Claimed | None:
        """The same of the values' tenant alone."""
        row, _ = await self._db.as_system(lambda connection: _look(connection, _LOOK + _ONE, values))
        return row

    def _serve(self, row: Claimed) -> Claimed:
        self._found = [each for each in self._found if each != row[0]]
        if row[0] not in self._served:
            self._served.append(row[0])
        return row

    async def _known(self, tenants: list[str], values: dict[str, Any]) -> Claimed | None:
        if not tenants:
            return None
        return await self._db.as_system(lambda connection: _claim(connection, tenants, values))

    async def _looked(self, values: dict[str, Any]) -> Claimed | None:
        began = time.monotonic()
        row, self._found = await self._db.as_system(lambda connection: _look(connection, _LOOK, values))
        self._served = []
        now = time.monotonic()
        self._look_at = now + min(_REST * (now - began), _LONGEST_REST)
        return row


async def _look(
    connection: Connection, query: LiteralString, values: dict[str, Any]
) -> tuple[Claimed | None, list[str]]:
    """Claims the first of those that have more; who they are."""
    values = values | {"limit": _AT_ONCE}
    rows = await (await connection.execute(query + _IN_TURN, values, prepare=True)).fetchall()
    if not rows:
        return None, []
    if new := [tenant for tenant, is_new in rows if is_new]:
        await connection.execute(_MEET, values | {"tenants": new}, prepare=True)
    found = [tenant for tenant, _ in rows]
    return await _claim(connection, found, values), found


async def _claim(connection: Connection, tenants: list[str], values: dict[str, Any]) -> Claimed | None:
    cursor = await connection.execute(_CLAIM, values | {"tenants": tenants}, prepare=True)
    return await cursor.fetchone()
