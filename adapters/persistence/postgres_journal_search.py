"""The journal searched for bodies that hold certain words, and those rewritten.

No index leads from a message or a contact to the bodies that hold it: there may be several, since Meta
repeats itself. So the days are searched, for many words at once, in transactions that hold nothing others
wait for.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from typing import LiteralString

from meta_inbox.adapters.persistence.database import Connection, Database

_DAYS: LiteralString = """
    select day::date from generate_series(
      (select min(day) from meta_inbox.journal), (now() at time zone 'utc')::date + 1, interval '1 day'
    ) as d (day)
"""
_SEARCH: LiteralString = """
    select j.id::text, j.body from meta_inbox.journal j
    where j.day = %(day)s and j.id > %(after)s
      and exists (select from unnest(%(needles)s::bytea[]) as n (word) where position(n.word in j.body) > 0)
    order by j.id limit 200
"""
_REWRITE: LiteralString = """
    update meta_inbox.journal set body = %(body)s, redacted_at = now() where day = %(day)s and id = %(id)s
"""
PATIENCE: LiteralString = "select set_config('statement_timeout', '60s', true)"
LONG = timedelta(seconds=90)
_FIRST = "00000000-0000-0000-0000-000000000000"

Rewritten = Callable[[bytes], bytes | None]


async def _nothing() -> None:
    return None


async def rewrite(
    db: Database,
    needles: Sequence[bytes],
    rewritten: Rewritten,
    before: Callable[[], Awaitable[None]] = _nothing,
) -> None:
    """Rewrites what holds one of the words; ``before`` is called before each two hundred of those bodies."""
    for day in await _days(db):
        after: str | None = _FIRST
        while after is not None:
            await before()
            after = await _page(db, day, after, needles, rewritten)


async def _days(db: Database) -> Sequence[date]:
    async def work(connection: Connection) -> list[date]:
        await connection.execute(PATIENCE)
        return [row[0] for row in await (await connection.execute(_DAYS)).fetchall()]

    return await db.as_system(work, deadline=LONG)


async def _page(
    db: Database, day: date, after: str, needles: Sequence[bytes], rewritten: Rewritten
) -> str | None:
    async def work(connection: Connection) -> str | None:
        await connection.execute(PATIENCE)
        values = {"day": day, "after": after, "needles": list(needles)}
        rows = await (await connection.execute(_SEARCH, values)).fetchall()
        for id_, body in rows:
            if (left := rewritten(bytes(body))) is not None:
                await connection.execute(_REWRITE, {"day": day, "id": id_, "body": left})
        return rows[-1][0] if rows else None

    return await db.as_system(work, deadline=LONG)
