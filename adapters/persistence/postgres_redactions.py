"""Bodies in the journal rewritten without what contacts took back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.adapters.persistence.postgres_journal_search import rewrite
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
# Meta repeats a webhook for up to 36 hours, and may do so after the message was taken back.
_AGAIN: LiteralString = """
    update meta_inbox.redactions set due_at = now() + interval '37 h'
    where (platform, external_id, meta_message_id) = (%(platform)s, %(external_id)s, %(mid)s) and passes = 1
"""
_DONE: LiteralString = """
    delete from meta_inbox.redactions
    where (platform, external_id, meta_message_id) = (%(platform)s, %(external_id)s, %(mid)s) and passes > 1
"""
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
        ids = frozenset(each.mid for each in due)
        await rewrite(self._db, list({each.needle for each in due}), lambda body: without(body, ids))
        await self._db.as_system(lambda connection: self._finish(connection, due))
        return len(due)

    async def _due(self) -> Sequence[Due]:
        async def work(connection: Connection) -> list[Due]:
            found = await connection.execute(_DUE, {"limit": _AT_ONCE})
            return [Due(row[0], row[1], MetaMessageId(row[2])) for row in await found.fetchall()]

        return await self._db.as_system(work)

    @staticmethod
    async def _finish(connection: Connection, due: Sequence[Due]) -> None:
        for each in due:
            values = {"platform": each.platform, "external_id": each.external_id, "mid": each.mid}
            await connection.execute(_AGAIN, values)
            await connection.execute(_DONE, values)
