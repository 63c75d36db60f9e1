"""Brings a database to the newest schema: plain SQL files, in order, each once.

A file is ``NNNN_name.sql`` and runs in one transaction with its line in ``meta_inbox.schema_migrations``.
One that begins with ``-- migrate: no-transaction`` holds a single statement (``create index concurrently …``)
that can be repeated, since a crash between it and its line repeats it. Needs a direct connection, not
a pooler in transaction mode: the lock is the session's.
"""

import time
from collections.abc import Generator
from contextlib import contextmanager
from importlib.resources.abc import Traversable
from typing import Final

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict

from meta_inbox.adapters.persistence.migration_files import Migration, load
from meta_inbox.domain.errors import MetaInboxError, StorageUnavailable

_LOCK: Final = 0x6D657461696E6278  # "metainbx"
_POLL: Final = 0.1
_CONNECT_SECONDS: Final = 10


class MigrationNotAllowed(MetaInboxError):
    """The login may not change, or not even read, the schema; ``meta-inbox migrate`` with another one can."""

    def __init__(self, what: str, reason: str) -> None:
        cure = "run meta-inbox migrate with a login that owns the schema"
        super().__init__(f"this database login may not {what} ({reason}): {cure}")


class MigrationEdited(MetaInboxError):
    """A file that was applied has changed since; its changes belong in a new file."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} was edited after it was applied: restore it and put the change in a new file"
        )


class MigrationFailed(MetaInboxError):
    """A file did not run; nothing of it was kept, but for one that runs without a transaction."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} failed: {reason}")


def migrate(dsn: str, *, source: Traversable | None = None, patience: float = 600) -> list[str]:
    """Applies what is pending and answers the names; safe when several processes start at once.

    Waits up to ``patience`` seconds for another process, or for locks that traffic holds. Raises
    MigrationNotAllowed, MigrationEdited, MigrationFailed, StorageUnavailable.
    """
    migrations = load(source)
    deadline = time.monotonic() + patience
    with _connected(dsn) as connection:
        if not _missing(connection, migrations):
            return []
        try:
            _wait_for_turn(connection, deadline)
            left = _missing(connection, migrations)
            if left:
                _ensure_table(connection)
                for migration in left:
                    _apply(connection, migration, deadline)
                _let_it_be_read(connection)
        except errors.InsufficientPrivilege as error:
            raise MigrationNotAllowed("change the schema", _reason(error)) from error
        return [migration.name for migration in left]


def pending(dsn: str, *, source: Traversable | None = None) -> list[str]:
    """The names that ``migrate`` would apply; changes nothing. Raises as ``migrate`` does."""
    with _connected(dsn) as connection:
        return [migration.name for migration in _missing(connection, load(source))]


@contextmanager
def _connected(dsn: str) -> Generator[psycopg.Connection]:
    if not _readable(dsn):
        raise StorageUnavailable("the address of the database is no connection string of Postgres")
    try:
        with psycopg.connect(
            dsn, autocommit=True, prepare_threshold=None, connect_timeout=_CONNECT_SECONDS
        ) as connection:
            yield connection
    except psycopg.OperationalError as error:
        raise StorageUnavailable(f"the database does not answer: {_reason(error)}") from error


def _missing(connection: psycopg.Connection, migrations: list[Migration]) -> list[Migration]:
    try:
        done = _applied(connection)
    except errors.InsufficientPrivilege as error:
        raise MigrationNotAllowed("read meta_inbox.schema_migrations", _reason(error)) from error
    for migration in migrations:
        if done.get(migration.name, migration.checksum) != migration.checksum:
            raise MigrationEdited(migration.name)
    return [migration for migration in migrations if migration.name not in done]


def _applied(connection: psycopg.Connection) -> dict[str, str]:
    with connection.transaction():
        connection.execute("set transaction read only")
        # the runtime login inherits nothing and reads as the system role; owners read as themselves
        known = connection.execute("""
            select not (pg_catalog.has_schema_privilege(n.oid, 'usage')
                        and pg_catalog.has_table_privilege(c.oid, 'select'))
                   and exists (select from pg_catalog.pg_roles where rolname = 'meta_inbox_system'
                               and pg_catalog.pg_has_role(oid, 'member')),
                   c.oid is not null
            from (values ('meta_inbox', 'schema_migrations')) as wanted (schema, name)
            left join pg_catalog.pg_namespace n on n.nspname = wanted.schema
            left join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = wanted.name
        """).fetchone()
        as_system, exists = known or (False, False)
        if not exists:
            return {}
        if as_system:
            connection.execute("set local role meta_inbox_system")
        return dict(connection.execute("select name, checksum from meta_inbox.schema_migrations").fetchall())


def _wait_for_turn(connection: psycopg.Connection, deadline: float) -> None:
    # polled: a statement that waits holds a snapshot, for which create index concurrently waits in turn
    while connection.execute("select pg_catalog.pg_try_advisory_lock(%s)", [_LOCK]).fetchone() != (True,):
        if time.monotonic() > deadline:
            raise StorageUnavailable("another process is migrating this database and does not finish")
        time.sleep(_POLL)


def _ensure_table(connection: psycopg.Connection) -> None:
    # create schema if not exists asks for the right to create even when it exists
    if (
        connection.execute("select 1 from pg_catalog.pg_namespace where nspname = 'meta_inbox'").fetchone()
        is None
    ):
        connection.execute("create schema meta_inbox")
    connection.execute("""
        create table if not exists meta_inbox.schema_migrations (
            name text primary key,
            checksum text not null,
            applied_at timestamptz not null default now()
        )
    """)


def _apply(connection: psycopg.Connection, migration: Migration, deadline: float) -> None:
    while True:
        try:
            if migration.in_transaction:
                with connection.transaction():
                    connection.execute("set local lock_timeout = '1s'")
                    _run(connection, migration)
            else:
                _run(connection, migration)
        except (errors.LockNotAvailable, errors.DeadlockDetected) as error:
            if time.monotonic() > deadline or not migration.in_transaction:
                raise MigrationFailed(migration.name, _reason(error)) from error
            time.sleep(_POLL)  # traffic goes on meanwhile
        except psycopg.Error as error:
            if isinstance(error, errors.InsufficientPrivilege) or connection.closed:
                raise
            raise MigrationFailed(migration.name, _reason(error)) from error
        else:
            return


def _run(connection: psycopg.Connection, migration: Migration) -> None:
    connection.execute(migration.text.encode())  # without parameters: any number of statements, % is just %
    connection.execute(
        "insert into meta_inbox.schema_migrations (name, checksum) values (%s, %s)",
        [migration.name, migration.checksum],
    )


def _let_it_be_read(connection: psycopg.Connection) -> None:
    known = connection.execute(
        "select 1 from pg_catalog.pg_roles where rolname = 'meta_inbox_system'"
    ).fetchone()
    if known is not None:
        connection.execute("grant usage on schema meta_inbox to meta_inbox_system")
        connection.execute("grant select on meta_inbox.schema_migrations to meta_inbox_system")


def _readable(dsn: str) -> bool:
    try:
        conninfo_to_dict(dsn)
    except psycopg.ProgrammingError:  # its text, and whatever is raised from it, holds parts of the DSN
        return False
    return True


def _reason(error: psycopg.Error) -> str:
    said = error.diag.message_primary or " ".join(str(error).split())
    return f"{said}; {error.diag.message_hint}" if error.diag.message_hint else said
