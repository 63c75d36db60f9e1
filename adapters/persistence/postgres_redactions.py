"""Bodies in the journal rewritten without what contacts took back.

No index leads from a message to the bodies that hold it: there may be several, since Meta repeats itself. So
the days are searched, for many messages at once, in transactions that hold nothing others wait for.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import LiteralString

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.ports import Redaction

_DUE: LiteralString = """
    with due as materialized (
      select platform, external_id, meta_message_id from meta_inbox.redactions
      where due_at <= now() order by due_at limit %(limit)s for update skip locked
    )
    update meta_inbox.redactions r set due_at = now() + interval '5 min', passes = passes + 1
    from due where (r.platform, r.external_id, r.meta_message_id)
      = (due.platform, due.external_id, due.meta_message_id)
    returning r.platform, r.external_id, r.meta_message_id, r.passes
"""
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
# Meta repeats a webhook for up to 36 hours, and may do so after the message was taken back.
_AGAIN: LiteralString = """
    update meta_inbox.redactions set due_at = now() + interval '37 h'
    where (platform, external_id, meta_message_id) = (%(platform)s, %(external_id)s, %(mid)s) and passes = 1
"""
_DONE: LiteralString = """
    delete from meta_inbox.redactions
    where (platform, external_id, meta_message_id) = (%(platform)s, %(external_id)s, %(mid)s) and passes > 1
"""
_PATIENCE: LiteralString = "select set_config('statement_timeout', '60s', true)"
_LONG = timedelta(seconds=90)
_FIRST = "00000000-0000-0000-0000-000000000000"
_AT_ONCE = 200
_UNESCAPED = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Due:
    """A message to be taken out."""

    platform: str
    external_id: str
    mid: MetaMessageId

    @property
    def needle(self) -> bytes:
        """What every body that names the message holds, however its JSON escapes the rest."""
        parts: list[str] = _UNESCAPED.findall(self.mid if not self.mid.startswith("sha256:") else "")
        return max([*parts, ""], key=len).encode() or self.external_id.encode()


class Redactions:
    """Serves the journal."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def redact(self, without: Redaction) -> int:
        """Rewrites what holds the due messages; how many those were."""
        due = await self._due()
        if not due:
            return 0
        for day in await self._days():
            await self._search(day, due, without)
        await self._db.as_system(lambda connection: self._finish(connection, due))
        return len(due)

    async def _due(self) -> Sequence[Due]:
        async def work(connection: Connection) -> list[Due]:
            found = await connection.execute(_DUE, {"limit": _AT_ONCE})
            return [Due(row[0], row[1], MetaMessageId(row[2])) for row in await found.fetchall()]

        return await self._db.as_system(work)

    async def _days(self) -> Sequence[date]:
        async def work(connection: Connection) -> list[date]:
            await connection.execute(_PATIENCE)
            return [row[0] for row in await (await connection.execute(_DAYS)).fetchall()]

        return await self._db.as_system(work, deadline=_LONG)

    async def _search(self, day: date, due: Sequence[Due], without: Redaction) -> None:
        ids = frozenset(each.mid for each in due)
        needles = list({each.needle for each in due})
        after = _FIRST

        async def work(connection: Connection) -> str | None:
            await connection.execute(_PATIENCE)
            values = {"day": day, "after": after, "needles": needles}
            rows = await (await connection.execute(_SEARCH, values)).fetchall()
            for id_, body in rows:
                if (rewritten := without(bytes(body), ids)) is not None:
                    await connection.execute(_REWRITE, {"day": day, "id": id_, "body": rewritten})
            return rows[-1][0] if rows else None

        while (last := await self._db.as_system(work, deadline=_LONG)) is not None:
            after = last

    @staticmethod
    async def _finish(connection: Connection, due: Sequence[Due]) -> None:
        for each in due:
            values = {"platform": each.platform, "external_id": each.external_id, "mid": each.mid}
            await connection.execute(_AGAIN, values)
            await connection.execute(_DONE, values)
