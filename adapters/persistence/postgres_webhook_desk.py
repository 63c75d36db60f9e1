"""Journalled webhooks as an operator sees them: what did not become a message, why, and trying it again."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import class_row

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.adapters.persistence.postgres_rows import as_json
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem
from meta_inbox.domain.ports import Ids, WebhookReader

# A body that nobody could read has no items; it stands for itself.
_ALL: LiteralString = """
    select * from (
      select i.id::text, i.created_at as at, i.state, i.event, i.platform, i.external_id, i.reason,
             i.journal_id
      from meta_inbox.journal_items i
      union all
      select j.id::text, j.received_at, 'quarantined', 'body', j.object, null, j.problem, j.id
      from meta_inbox.journal j where j.problem is not null
    ) as a
"""
_LIST: LiteralString = _ALL + " where state = any(%(states)s) order by at desc, id desc limit %(limit)s"
_ONE: LiteralString = _ALL + " where id = %(id)s"
_BODY: LiteralString = "select body from meta_inbox.journal where id = %s"
_AGAIN: LiteralString = """
    update meta_inbox.journal_items
    set state = 'pending', attempt = 0, due_at = now(), lease_until = null, fence = null, reason = null
    where id = any(%(ids)s::uuid[]) and state <> 'pending'
    returning true
"""
# Whatever was projected before changes nothing; whatever stays aside is tried once more.
_PAGE: LiteralString = """
    select day, id::text, body from meta_inbox.journal
    where day >= %(day)s and (day, id) > (%(day)s, %(id)s) order by day, id limit 500
"""
_ALL_AGAIN: LiteralString = """
    with item as materialized (
      select i.*, j.day, j.signed_by from json_to_recordset(%(items)s::json) as i (
        id uuid, journal_id uuid, item int, platform text, external_id text, contact_id text, event text)
      join meta_inbox.journal j on j.day = %(day)s and j.id = i.journal_id
    ), again as (
      update meta_inbox.journal_items k
      set state = 'pending', attempt = 0, due_at = now(), lease_until = null, fence = null, reason = null,
          event = item.event, contact_id = item.contact_id
      from item where k.journal_id = item.journal_id and k.item = item.item
      returning k.journal_id, k.item
    ), new as (
      insert into meta_inbox.journal_items
        (id, day, journal_id, item, signed_by, platform, external_id, contact_id, event, state)
      select id, day, journal_id, item, signed_by, platform, external_id, contact_id, event, 'pending'
      from item where not exists (
        select from meta_inbox.journal_items k where k.journal_id = item.journal_id and k.item = item.item)
      returning 1
    )
    select (select count(*) from again) + (select count(*) from new)
"""
_COUNT: LiteralString = """
    select state, event, count(*) from meta_inbox.journal_items group by 1, 2
    union all
    select 'quarantined', 'body', count(*) from meta_inbox.journal where problem is not null
    having count(*) > 0
    order by 3 desc, 1, 2
"""
_ITEM: LiteralString = """
    insert into meta_inbox.journal_items
      (id, day, journal_id, item, signed_by, platform, external_id, contact_id, event, state)
    select %(id)s, day, id, %(item)s, signed_by, %(platform)s, %(external_id)s, %(contact_id)s, %(event)s,
           'pending'
    from meta_inbox.journal where id = %(journal_id)s
"""
_READ: LiteralString = """
    update meta_inbox.journal set problem = null where id = %s and problem is not null returning true
"""
_FIRST = "00000000-0000-0000-0000-000000000000"
_WAKE: LiteralString = "select pg_notify('meta_inbox', 'journal')"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskItem:
    """One line of the list; ``event`` is ``body`` for a whole body that could not be read."""

    id: str
    at: datetime
    state: str
    event: str
    platform: str | None
    external_id: str | None
    reason: str | None
    journal_id: UUID = field(repr=False)

    @property
    def is_body(self) -> bool:
        """Whether this is a whole body."""
        return self.event == "body" and self.id == str(self.journal_id)


class PostgresWebhookDesk:
    """Serves the commands ``webhooks list | show | replay``."""

    def __init__(self, db: Database, reader: WebhookReader, ids: Ids) -> None:
        self._db = db
        self._reader = reader
        self._ids = ids

    async def items(self, states: Sequence[str], limit: int) -> list[DeskItem]:
        """Newest first."""

        async def work(connection: Connection) -> list[DeskItem]:
            cursor = connection.cursor(row_factory=class_row(DeskItem))
            return await (await cursor.execute(_LIST, {"states": list(states), "limit": limit})).fetchall()

        return await self._db.as_system(work)

    async def count(self) -> list[tuple[str, str, int]]:
        """How many items are not projected, by state and kind of event, most first."""

        async def work(connection: Connection) -> list[tuple[str, str, int]]:
            rows = await (await connection.execute(_COUNT)).fetchall()
            return [(row[0], row[1], row[2]) for row in rows]

        return await self._db.as_system(work)

    async def replay_all(self) -> AsyncGenerator[tuple[int, int]]:
        """Reads the whole journal anew; after each page, how many bodies and items that were so far."""
        bodies = items = 0
        place: tuple[date, str] = (date.min, _FIRST)
        while page := await self._db.as_system(partial(_page, after=place)):
            place = page[-1][0], page[-1][1]
            items += await self._db.as_system(partial(self._read_page, page=page))
            bodies += len(page)
            yield bodies, items

    async def _read_page(self, connection: Connection, page: Sequence[tuple[date, str, bytes]]) -> int:
        count = 0
        for day in {row[0] for row in page}:
            found: list[dict[str, Any]] = []
            for _, journal_id, body in (row for row in page if row[0] == day):
                reading = self._reader.read(body)
                found += [
                    _row(self._ids.new(), journal_id, item)
                    for item in reading.items
                    if item.kind is not ItemKind.TEST
                ]
                if reading.problem is None:
                    await connection.execute(_READ, [journal_id])
            values = {"items": as_json(found), "day": day}
            row = await (await connection.execute(_ALL_AGAIN, values)).fetchone()
            count += row[0] if row else 0
        await connection.execute(_WAKE)
        return count

    async def item(self, id_: str) -> tuple[DeskItem, bytes]:
        """One item with the body it came in. NotFound."""

        async def work(connection: Connection) -> tuple[DeskItem, bytes]:
            found = await self._find(connection, id_)
            return found, await _body(connection, found)

        return await self._db.as_system(work)

    async def replay(self, id_: str) -> bool:
        """Has it projected again; False when it waits already, or still cannot be read. NotFound."""

        async def work(connection: Connection) -> bool:
            found = await self._find(connection, id_)
            again = (
                await self._read_again(connection, found) if found.is_body else await _again(connection, id_)
            )
            await connection.execute(_WAKE)
            return again

        return await self._db.as_system(work)

    async def _find(self, connection: Connection, id_: str) -> DeskItem:
        cursor = connection.cursor(row_factory=class_row(DeskItem))
        found = await (await cursor.execute(_ONE, {"id": id_})).fetchone()
        if found is None:
            raise NotFound(f"there is no such item among those that wait, or its time is over: {id_[:64]}")
        return found

    async def _read_again(self, connection: Connection, found: DeskItem) -> bool:
        reading = self._reader.read(await _body(connection, found))
        if reading.problem is not None:
            return False
        if await (await connection.execute(_READ, [found.journal_id])).fetchone() is None:
            return False
        for item in reading.items:
            await connection.execute(_ITEM, _row(self._ids.new(), str(found.journal_id), item))
        return True


async def _page(connection: Connection, after: tuple[date, str]) -> list[tuple[date, str, bytes]]:
    found = await connection.execute(_PAGE, {"day": after[0], "id": after[1]})
    return [(row[0], row[1], bytes(row[2])) for row in await found.fetchall()]


def _row(id_: str, journal_id: str, item: WebhookItem) -> dict[str, Any]:
    return {
        "id": id_,
        "journal_id": journal_id,
        "item": item.index,
        "platform": item.platform.value,
        "external_id": item.external_id,
        "contact_id": item.contact_id,
        "event": item.event,
    }


async def _again(connection: Connection, id_: str) -> bool:
    return await (await connection.execute(_AGAIN, {"ids": [id_]})).fetchone() is not None


async def _body(connection: Connection, found: DeskItem) -> bytes:
    row = await (await connection.execute(_BODY, [found.journal_id])).fetchone()
    return bytes(row[0]) if row else b""
