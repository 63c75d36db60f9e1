"""Canned replies, on Postgres."""

from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.adapters.persistence.postgres_rows import is_id
from meta_inbox.domain.errors import NotFound, ShortcutTaken, TooManyCannedReplies
from meta_inbox.domain.model.canned_reply import MOST_CANNED_REPLIES, CannedReply, CannedReplyId, key_of
from meta_inbox.domain.model.ids import TenantId

_COLUMNS: LiteralString = " id::text, tenant_id, shortcut, text "
_THIS: LiteralString = " where tenant_id = %(tenant)s and id = %(id)s returning "
_LIST: LiteralString = (
    "select" + _COLUMNS + "from meta_inbox.canned_replies where tenant_id = %(tenant)s order by key"
)
# Before the counting, in a statement of its own: two at once would not see one another.
_ONE_BY_ONE: LiteralString = """
    select pg_advisory_xact_lock(hashtextextended('meta_inbox.canned_replies ' || %(tenant)s, 0))
"""
_ADD: LiteralString = """
    insert into meta_inbox.canned_replies (tenant_id, id, shortcut, key, text)
    select %(tenant)s, %(id)s, %(shortcut)s, %(key)s, %(text)s
    where %(most)s > (select count(*) from meta_inbox.canned_replies where tenant_id = %(tenant)s)
    returning id::text, tenant_id, shortcut, text
"""
_CHANGE: LiteralString = (
    """
    update meta_inbox.canned_replies set shortcut = coalesce(%(shortcut)s, shortcut),
      key = coalesce(%(key)s, key), text = coalesce(%(text)s, text)
    """
    + _THIS
    + _COLUMNS
)
_DELETE: LiteralString = "delete from meta_inbox.canned_replies" + _THIS + _COLUMNS


class PostgresCannedReplies:
    """One row each; the key of each shortcut is unique for its tenant."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def list(self, tenant: TenantId) -> Sequence[CannedReply]:
        """All of the tenant's, by ``key``."""
        return await self._ask({"tenant": tenant}, _LIST)

    async def add(self, reply: CannedReply) -> None:
        """Keeps a new one. ShortcutTaken, TooManyCannedReplies."""
        values = _values(reply.tenant_id, reply.id, reply.shortcut, reply.text)
        if not await self._ask(values, _ONE_BY_ONE, _ADD):
            raise TooManyCannedReplies(MOST_CANNED_REPLIES)

    async def change(
        self, tenant: TenantId, reply: CannedReplyId, *, shortcut: str | None, text: str | None
    ) -> CannedReply:
        """The changed one; None = it stays. NotFound, ShortcutTaken."""
        return await self._one(_values(tenant, reply, shortcut, text), _CHANGE)

    async def delete(self, tenant: TenantId, reply: CannedReplyId) -> None:
        """Forgets it. NotFound."""
        await self._one(_values(tenant, reply, None, None), _DELETE)

    async def _one(self, values: dict[str, Any], query: LiteralString) -> CannedReply:
        found = await self._ask(values, query) if is_id(values["id"]) else ()
        if not found:
            raise NotFound("no such canned reply")
        return found[0]

    async def _ask(self, values: dict[str, Any], *queries: LiteralString) -> Sequence[CannedReply]:
        """What the last of them answers, all in one transaction."""

        async def work(connection: Connection) -> Sequence[dict[str, Any]]:
            cursor = connection.cursor(row_factory=dict_row)
            for query in queries:
                await cursor.execute(query, values)
            return await cursor.fetchall()

        try:
            rows = await self._db.as_tenant(values["tenant"], work)
        except psycopg.errors.UniqueViolation as error:
            raise ShortcutTaken(values["shortcut"]) from error
        return [_reply(row) for row in rows]


def _values(tenant: TenantId, reply: CannedReplyId, shortcut: str | None, text: str | None) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "id": reply,
        "shortcut": shortcut,
        "key": None if shortcut is None else key_of(shortcut),
        "text": text,
        "most": MOST_CANNED_REPLIES,
    }


def _reply(row: dict[str, Any]) -> CannedReply:
    return CannedReply(
        id=CannedReplyId(row["id"]),
        tenant_id=TenantId(row["tenant_id"]),
        shortcut=row["shortcut"],
        text=row["text"],
    )
