"""Holding a program up between two of its commits, by the locks that it has to wait for."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import LiteralString

import psycopg
from psycopg import sql

_WAITS = "select exists (select from pg_locks where relation = %s::regclass and not granted)"
_ACKNOWLEDGED = """
    select bool_and(c.seq = f.seq) from meta_inbox.feeds f
    left join meta_inbox.consumers c on c.tenant_id = f.tenant_id and c.consumer = 'crm-leads'
"""
_END_WAITING = "select pg_terminate_backend(pid) from pg_stat_activity where %s = any(pg_blocking_pids(pid))"
_TIME_PASSES = "update meta_inbox.consumers set lease_until = now(), due_at = now()"


def one(database: str, query: LiteralString | sql.Composed, *values: object) -> object:
    """The one value that a query gives."""
    with psycopg.connect(database) as connection:
        row = connection.execute(query, values).fetchone()
    return row[0] if row else None


def leads(database: str, table: str) -> int:
    """How many there are."""
    found = one(database, sql.SQL("select count(*) from {}").format(sql.Identifier(table)))
    assert isinstance(found, int)
    return found


def acknowledged(database: str) -> bool:
    """Whether the consumer is done with everything there is."""
    return one(database, _ACKNOWLEDGED) is True


def until(holds: Callable[[], bool], what: str, *, within: float = 20) -> None:
    """Waits until it holds; AssertionError when it does not in time."""
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, f"not within {within:.0f} s: {what}"
        time.sleep(0.02)


@contextmanager
def held_up_behind_the_lead(database: str, table: str, happens: Callable[[], object]) -> Generator[None]:
    """``happens`` leads to one more lead; in the block it is committed, and its event not acknowledged.

    At the end nothing comes of what the program had asked for and is dead for, as when it had not asked.
    """
    before = leads(database, table)
    with psycopg.connect(database) as in_front, psycopg.connect(database) as behind:
        in_front.execute(sql.SQL("lock table {} in exclusive mode").format(sql.Identifier(table)))
        happens()
        until(lambda: one(database, _WAITS, table) is True, "the lead is about to be written")
        behind.execute("select from meta_inbox.consumers for update")
        in_front.rollback()
        until(lambda: leads(database, table) == before + 1, "the lead is committed")
        yield
        with psycopg.connect(database, autocommit=True) as other:
            other.execute(_END_WAITING, (behind.info.backend_pid,))
            behind.rollback()
            other.execute(_TIME_PASSES)
