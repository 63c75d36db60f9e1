"""The event log as it is read: events by their numbers, and what they are about as it is now."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, LiteralString

import msgspec
from psycopg import AsyncCursor
from psycopg.types.json import set_json_loads

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.adapters.persistence.postgres_conversations import TALKS_WITH
from meta_inbox.adapters.persistence.postgres_event_kinds import as_known
from meta_inbox.adapters.persistence.postgres_rows import (
    ACCOUNT,
    ANSWERED,
    MESSAGE,
    Row,
    account_of,
    conversation_of,
    message_of,
)
from meta_inbox.domain.model.deletion import DeletedContact
from meta_inbox.domain.model.event import Event, EventType, LoggedEvent, LogPage
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.model.telling import Facts, page_of, unbroken

# Days to come have tables already, and no event; the reader's transaction may have begun before midnight.
_EVENTS: LiteralString = """
    select seq, type, at, account_id::text, contact_id, message_id::text from meta_inbox.events
    where tenant_id = %(tenant)s and seq > %(after)s and day <= (now() at time zone 'utc')::date + 1
    order by seq limit %(limit)s
"""
_PASS_ON: LiteralString = "select pg_notify('meta_inbox', 'events')"
_HEAD: LiteralString = "select seq from meta_inbox.feeds where tenant_id = %(tenant)s"
_HEADS: LiteralString = "select tenant_id, seq from meta_inbox.feeds where tenant_id = any(%(tenants)s)"
_MESSAGES: LiteralString = (
    "select "
    + MESSAGE
    + """ from unnest(%(messages)s::uuid[]) wanted (id)
    cross join lateral (
      select m.* from meta_inbox.messages m where m.tenant_id = %(tenant)s and m.id = wanted.id
      offset 0) m
    """
    + ANSWERED
)
_ACCOUNTS: LiteralString = (
    "select "
    + ACCOUNT
    + " from meta_inbox.accounts a where a.tenant_id = %(tenant)s and a.id = any(%(owners)s::uuid[])"
)
_DELETED: LiteralString = """
    select id::text, account_id::text, contact_id, encode(digest, 'hex') from meta_inbox.contact_deletions
    where tenant_id = %(tenant)s and id = any(%(deletions)s::uuid[])
"""


class PostgresEventLog:
    """Each page in one transaction of its tenant; only where logs end is asked for many at once."""

    def __init__(self, db: Database, *, ad_windows: bool = True) -> None:
        self._db = db
        self._ad_windows = ad_windows

    async def heads(self, tenants: Collection[TenantId]) -> Mapping[TenantId, int]:
        """Where each tenant's log ends now; 0 for one that has none."""

        async def work(connection: Connection) -> dict[TenantId, int]:
            rows = await _ask(connection, _HEADS, {"tenants": list(tenants)})
            return {row[0]: row[1] for row in rows}

        ends = await self._db.as_system(work) if tenants else {}
        return {tenant: ends.get(tenant, 0) for tenant in tenants}

    async def pass_on(self) -> None:
        """Tells other processes that something was logged."""

        async def work(connection: Connection) -> None:
            await connection.execute(_PASS_ON, prepare=True)

        await self._db.as_system(work)

    async def read(self, tenant: TenantId, after: int | None, limit: int) -> LogPage:
        """The events behind ``after``, with what they are about as it is now; None = from the oldest on."""

        async def work(connection: Connection) -> LogPage:
            # The end first: whatever is logged between the two statements lies behind it.
            heads = await _ask(connection, _HEAD, {"tenant": tenant})
            head: int = heads[0][0] if heads else 0
            begin = 0 if after is None else min(after, head)
            rows = await _ask(connection, _EVENTS, {"tenant": tenant, "after": begin, "limit": limit + 1})
            found = [_event_of(tenant, row) for row in rows]
            shown = unbroken(found, limit)
            facts = await self._facts(connection, tenant, shown)
            return page_of(found, facts, after=after, head=head, shown=len(shown))

        return await self._db.as_tenant(tenant, work)

    async def tell(self, tenant: TenantId, logged: Sequence[LoggedEvent]) -> Sequence[Event]:
        """These events with what they are about as it is now, whether or not the log still has them."""
        facts = await self._db.as_tenant(tenant, lambda connection: self._facts(connection, tenant, logged))
        return [told for each in logged if (told := facts.told(each)) is not None]

    async def _facts(self, connection: Connection, tenant: TenantId, events: Sequence[LoggedEvent]) -> Facts:
        if not events:
            return Facts()
        talks = list({(each.account_id, each.contact_id) for each in events if each.contact_id is not None})
        about = {
            "tenant": tenant,
            "accounts": [account for account, _ in talks],
            "contacts": [contact for _, contact in talks],
            "messages": list({each.message_id for each in events if each.message_id is not None}),
            "owners": list({each.account_id for each in events if each.account_id is not None}),
        }
        deletions = [each.message_id for each in events if each.type is EventType.CONTACT_DELETED]
        # Sent together, then read.
        sent = [await _send(connection, query, about) for query in (_ACCOUNTS, _MESSAGES, TALKS_WITH)]
        accounts, messages, conversations = [await cursor.fetchall() for cursor in sent]
        gone = await _ask(connection, _DELETED, about | {"deletions": deletions}) if deletions else ()
        now = datetime.now(UTC)
        return Facts.of(
            accounts=(account_of(row).seen_at(now) for row in accounts),
            messages=map(message_of, messages),
            conversations=(conversation_of(row, ad_windows=self._ad_windows) for row in conversations),
            deleted=map(_deleted, gone),
        )


def _event_of(tenant: TenantId, row: Row) -> LoggedEvent:
    seq, kind, at, account, contact, message = row
    type_, account = as_known(kind, account)
    return LoggedEvent(
        tenant_id=tenant,
        seq=seq,
        type=type_,
        at=at.astimezone(UTC),
        account_id=account,
        contact_id=contact,
        message_id=message,
    )


def _deleted(row: Row) -> DeletedContact:
    id_, account, contact, digest = row
    return DeletedContact(id=id_, account_id=account, contact_id=contact, digest=digest)


async def _send(
    connection: Connection, query: LiteralString, values: dict[str, Any]
) -> AsyncCursor[tuple[Any, ...]]:
    cursor = connection.cursor()
    set_json_loads(msgspec.json.decode, cursor)
    return await cursor.execute(query, values, prepare=True)


async def _ask(connection: Connection, query: LiteralString, values: dict[str, Any]) -> Sequence[Row]:
    return await (await _send(connection, query, values)).fetchall()
