"""Tickets for live connections, on Postgres; only their digests are kept."""

from datetime import UTC, datetime, timedelta
from typing import LiteralString

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.adapters.persistence.postgres_rows import utc_or_none
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.ids import TenantId, UserId
from meta_inbox.domain.model.live import LivePass
from meta_inbox.domain.model.oauth_state import digest
from meta_inbox.domain.model.secret import Secret

_FORGET: LiteralString = """
    delete from meta_inbox.live_tickets where ticket_hash in (
      select ticket_hash from meta_inbox.live_tickets
      where expires_at < now() limit 100 for update skip locked)
"""
_PUT: LiteralString = """
    insert into meta_inbox.live_tickets (ticket_hash, tenant_id, user_id, ends_at, expires_at)
    values (%(ticket)s, %(tenant)s, %(user)s, %(ends)s, now() + %(life)s)
    returning expires_at
"""
_TAKE: LiteralString = """
    delete from meta_inbox.live_tickets where ticket_hash = %(ticket)s
    returning tenant_id, user_id, ends_at, expires_at > now() as valid
"""


class PostgresLiveTickets:
    """Each is used by one statement, so that of several at the same instant one wins."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def put(self, ticket: Secret, lets_in: LivePass, life: timedelta) -> datetime:
        """Keeps a new ticket; returns when it expires."""
        values = {
            "ticket": digest(ticket),
            "tenant": lets_in.tenant_id,
            "user": lets_in.user_id,
            "ends": lets_in.ends_at,
            "life": life,
        }

        async def work(connection: Connection) -> datetime:
            await connection.execute(_FORGET)
            expires_at: datetime
            ((expires_at,),) = await (await connection.execute(_PUT, values)).fetchall()
            return expires_at.astimezone(UTC)

        return await self._db.as_system(work)

    async def take(self, ticket: Secret) -> LivePass:
        """Uses the ticket up. NotFound when it is unknown, used or expired."""

        async def work(connection: Connection) -> tuple[str, str, datetime | None, bool] | None:
            return await (await connection.execute(_TAKE, {"ticket": digest(ticket)})).fetchone()

        row = await self._db.as_system(work)
        if row is None or not row[3]:
            raise NotFound("no such ticket")
        ends_at = utc_or_none(row[2])
        return LivePass(tenant_id=TenantId(row[0]), user_id=UserId(row[1]), ends_at=ends_at)
