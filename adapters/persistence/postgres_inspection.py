"""What readiness and the operator's doctor ask the database about itself."""

from dataclasses import dataclass
from datetime import timedelta
from typing import LiteralString

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.domain.model.ids import AccountId, TenantId

_STATE: LiteralString = """
    select array(select name from meta_inbox.schema_migrations),
           (select extract(epoch from now() - min(created_at))
              from meta_inbox.journal_items where state = 'pending' and due_at < now())
"""
_LOGIN: LiteralString = """
    select current_setting('server_version_num')::int, session_user::text, r.rolsuper, r.rolbypassrls,
           pg_has_role(session_user, 'meta_inbox_tenant', 'usage')
             or pg_has_role(session_user, 'meta_inbox_system', 'usage'),
           exists (select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                   where n.nspname = 'meta_inbox' and c.relowner = r.oid)
    from pg_catalog.pg_roles r where r.rolname = session_user
"""
_ACCOUNTS: LiteralString = """
    select tenant_id, id::text, platform, coalesce(instagram_username, facebook_page_name, external_id),
           subscription_problem
    from meta_inbox.accounts where status <> 'disconnected' order by tenant_id, id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageState:
    """The migrations that were applied, and how long the oldest due item has waited."""

    applied: frozenset[str]
    oldest_waiting: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginFacts:
    """The server's version, and what the login may that it should not."""

    server_version: int
    name: str
    superuser: bool
    bypasses_row_security: bool
    inherits: bool
    owns_tables: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAccount:
    """A connected account of some tenant: its name, and why its Page could not be subscribed, if so."""

    tenant_id: TenantId
    id: AccountId
    platform: str
    name: str
    subscription_problem: str | None


class PostgresInspection:
    """Reads, as the system role, what nobody owns."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def state(self) -> StorageState:
        """StorageUnavailable, or psycopg's own error when the schema is not there."""

        async def work(connection: Connection) -> StorageState:
            row = await (await connection.execute(_STATE)).fetchone()
            if row is None:
                raise LookupError("the query gives one row")
            oldest = None if row[1] is None else timedelta(seconds=float(row[1]))
            return StorageState(applied=frozenset(row[0]), oldest_waiting=oldest)

        return await self._db.as_system(work)

    async def login(self) -> LoginFacts:
        """What the database says of the login that this service uses."""

        async def work(connection: Connection) -> LoginFacts:
            row = await (await connection.execute(_LOGIN)).fetchone()
            if row is None:
                raise LookupError("the login is not among the roles")
            return LoginFacts(
                server_version=row[0],
                name=row[1],
                superuser=row[2],
                bypasses_row_security=row[3],
                inherits=row[4],
                owns_tables=row[5],
            )

        return await self._db.as_system(work)

    async def accounts(self) -> list[KnownAccount]:
        """Every connected account of every tenant."""

        async def work(connection: Connection) -> list[KnownAccount]:
            rows = await (await connection.execute(_ACCOUNTS)).fetchall()
            return [
                KnownAccount(
                    tenant_id=TenantId(tenant),
                    id=AccountId(id_),
                    platform=platform,
                    name=name,
                    subscription_problem=problem,
                )
                for tenant, id_, platform, name, problem in rows
            ]

        return await self._db.as_system(work)
