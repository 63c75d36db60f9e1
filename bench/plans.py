"""How Postgres runs the lists' own statements: the real adapter, under the tenant role, explained as it goes.

``auto_explain`` sees what the service sends, prepared and bound as it is; an ``EXPLAIN`` written here would
be of another statement.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import LiteralString

from psycopg_pool import AsyncConnectionPool

from bench.fill import TENANT
from meta_inbox.adapters.persistence.database import Connection, Database, Pool
from meta_inbox.adapters.persistence.postgres_conversations import PostgresConversations
from meta_inbox.domain.model.ids import AccountId, ContactId, TenantId
from meta_inbox.domain.model.paging import After

_SETTINGS: LiteralString = """
    load 'auto_explain';
    set auto_explain.log_min_duration = 0;
    set auto_explain.log_analyze = on;
    set auto_explain.log_buffers = on;
    set auto_explain.log_parameter_max_length = 0;
    set client_min_messages = log;
"""
_ABOUT_MESSAGES = "meta_inbox.messages m"
_DURATION = re.compile(r"duration: ([0-9.]+) ms")
_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the explained pages begin."""

    account: str
    conversation: After
    contact: str
    message: After


@dataclass(frozen=True, slots=True)
class Plan:
    """One statement's plan as it was run, its caches warm; time in ms."""

    name: str
    text: str
    took: float


async def plans(database: str, at: Places) -> list[Plan]:
    """The first page and a deep page of both lists."""
    heard: list[str] = []

    async def configure(connection: Connection) -> None:
        await connection.set_autocommit(True)
        await connection.execute(_SETTINGS)
        await connection.set_autocommit(False)
        connection.add_notice_handler(lambda notice: heard.append(notice.message_primary or ""))

    pool: Pool = AsyncConnectionPool(database, min_size=1, max_size=1, open=False, configure=configure)
    found: list[Plan] = []
    async with pool:
        for name, ask in _asked(PostgresConversations(Database(pool)), at).items():
            for _ in range(3):  # the last of them finds everything in the caches
                heard.clear()
                await ask()
            text = next(text for text in heard if _ABOUT_MESSAGES in text)
            found.append(Plan(name, _readable(text), _took(text)))
    return found


def _asked(lists: PostgresConversations, at: Places) -> dict[str, Callable[[], Awaitable[object]]]:
    tenant, account, contact = TenantId(TENANT), AccountId(at.account), ContactId(at.contact)

    def talks(after: After | None) -> Awaitable[object]:
        return lists.list(tenant, account, limit=_PAGE, after=after, query=None, unread=None)

    def messages(after: After | None) -> Awaitable[object]:
        return lists.messages(tenant, account, contact, limit=_PAGE, after=after)

    return {
        "Conversations, first page": lambda: talks(None),
        "Conversations, a page at depth": lambda: talks(at.conversation),
        "Messages, first page": lambda: messages(None),
        "Messages, a page at depth": lambda: messages(at.message),
    }


def _took(text: str) -> float:
    found = _DURATION.search(text)
    assert found is not None
    return float(found[1])


def _readable(text: str) -> str:
    """The plan alone: the statement stands in the adapter, and its values are made up."""
    lines = text.splitlines()
    begin = next(number for number, line in enumerate(lines) if "(cost=" in line)
    return "\n".join(line.rstrip() for line in lines[begin:])
