"""Roles and database of the embedded server, so that row security holds there as in production."""

from dataclasses import dataclass
from typing import Final, LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

DATABASE: Final = "meta_inbox"
LOGIN: Final = "meta_inbox"
OWNER: Final = "meta_inbox_owner"
_TAKEN: Final = ("meta_inbox_tenant", "meta_inbox_system")
"""Taken per transaction with ``set_config('role', …, true)``; they own nothing and do not log in."""
_LOCK: Final = 0x6D696C6F67696E


@dataclass(frozen=True, slots=True, kw_only=True)
class Logins:
    """``migrations`` owns database and schema and is no superuser; ``runtime`` owns nothing."""

    migrations: str
    runtime: str


def ensure_login(superuser_dsn: str) -> Logins:
    """Makes what is missing of roles, memberships and database; safe to call again, and twice at once.

    The login inherits nothing, so that a forgotten role switch is a permission error and not a leak.
    """
    with psycopg.connect(superuser_dsn, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", [_LOCK])
        for role, attributes in _roles():
            _ensure_role(connection, role, attributes)
        for role in _TAKEN:
            _grant(connection, role, LOGIN, admin=False)
            _grant(connection, role, OWNER, admin=True)
        _ensure_database(connection)
    return Logins(
        migrations=make_conninfo(superuser_dsn, user=OWNER, dbname=DATABASE),
        runtime=make_conninfo(superuser_dsn, user=LOGIN, dbname=DATABASE),
    )


def _roles() -> list[tuple[str, LiteralString]]:
    powerless: LiteralString = "noinherit nosuperuser nobypassrls nocreatedb nocreaterole noreplication"
    taken: list[tuple[str, LiteralString]] = [(role, powerless + " nologin") for role in _TAKEN]
    return [*taken, (LOGIN, powerless + " login"), (OWNER, powerless + " login")]


def _ensure_role(connection: psycopg.Connection, role: str, attributes: LiteralString) -> None:
    found = connection.execute("select 1 from pg_catalog.pg_roles where rolname = %s", [role]).fetchone()
    verb = sql.SQL("create role {} ") if found is None else sql.SQL("alter role {} ")
    connection.execute(verb.format(sql.Identifier(role)) + sql.SQL(attributes))


def _grant(connection: psycopg.Connection, role: str, member: str, *, admin: bool) -> None:
    how: LiteralString
    if connection.info.server_version >= 160000:
        how = f" with inherit false, set true, admin {'true' if admin else 'false'}"
    else:  # the member's NOINHERIT decides there
        how = " with admin option" if admin else ""
    grant = sql.SQL("grant {} to {}").format(sql.Identifier(role), sql.Identifier(member))
    connection.execute(grant + sql.SQL(how))


def _ensure_database(connection: psycopg.Connection) -> None:
    found = connection.execute(
        "select 1 from pg_catalog.pg_database where datname = %s", [DATABASE]
    ).fetchone()
    database, owner, login = sql.Identifier(DATABASE), sql.Identifier(OWNER), sql.Identifier(LOGIN)
    if found is None:
        connection.execute(sql.SQL("create database {} owner {}").format(database, owner))
    connection.execute(sql.SQL("revoke all on database {} from public").format(database))
    connection.execute(sql.SQL("grant connect on database {} to {}").format(database, login))
