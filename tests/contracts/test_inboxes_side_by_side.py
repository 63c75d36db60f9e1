"""Several inboxes in one process and on one loop: each has its own, and the process stays the host's."""

import asyncio
import logging
import secrets
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import prometheus_client
import pytest
from psycopg_pool import AsyncConnectionPool

from meta_inbox import FakeMeta, Principal, Settings, migrate, open_inbox
from meta_inbox.adapters.http.identity import Connection
from meta_inbox.adapters.persistence.embedded import EmbeddedPostgres
from meta_inbox.entrypoints.plugin import OpenInbox
from meta_inbox.testing.connecting import AGENT, connected
from tests.harness.service import SECRET, common_server, connect_page, environment, new_database
from tests.harness.webhooks import body_of, signature, text_event

ORIGIN = "http://127.0.0.1:8000"
SIGNALS = (signal.SIGINT, signal.SIGTERM)


async def agent_calls(_request: Connection) -> Principal | None:
    return AGENT


async def texts(inbox: OpenInbox) -> list[str | None]:
    """What was written last in each conversation of the inbox."""
    return [
        one.last_message.text
        for account in await inbox.list_accounts(by=AGENT)
        for one in (await inbox.list_conversations(by=AGENT, account=account.id))[1].items
        if one.last_message is not None
    ]


async def counted(inbox: OpenInbox, calls: int) -> str:
    """What ``/metrics`` says after so many calls of one route."""
    transport = httpx.ASGITransport(inbox.asgi(identity=agent_calls))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as caller:
        for _ in range(calls):
            assert (await caller.get("/api/meta/accounts")).status_code == 200
        told = (await caller.get("/metrics")).text
    (line,) = [line for line in told.splitlines() if line.startswith("meta_inbox_http_requests_total{")]
    return line.rpartition(" ")[2]


async def end_of_all_but(tasks: set[asyncio.Task[Any]]) -> None:
    """What an inbox asked of its database when it closed ends on its own, but not much later."""
    if left := asyncio.all_tasks() - tasks:
        _, endless = await asyncio.wait(left, timeout=5)
        assert not endless


@dataclass(frozen=True)
class OfTheProcess:
    """What there is but once in a process."""

    handlers: list[logging.Handler]
    level: int
    signals: list[Any]
    metrics: str

    @classmethod
    def now(cls) -> "OfTheProcess":
        """As it is."""
        root = logging.getLogger()
        registry = prometheus_client.generate_latest().decode()
        return cls(
            handlers=[*root.handlers, *logging.getLogger("meta_inbox").handlers],
            level=root.level,
            signals=[signal.getsignal(number) for number in SIGNALS],
            metrics="\n".join(sorted(line for line in registry.splitlines() if "meta_inbox" in line)),
        )


async def test_two_in_memory_share_nothing() -> None:
    before, tasks = OfTheProcess.now(), asyncio.all_tasks()
    one, other = FakeMeta(), FakeMeta()
    async with open_inbox(Settings.in_memory(one)) as first, open_inbox(Settings.in_memory(other)) as second:
        for inbox, meta, text in ((first, one, "para o primeiro"), (second, other, "para o segundo")):
            await meta.contact_writes(await connected(inbox, meta), "Ana", text)
        assert await texts(first) == ["para o primeiro"]
        assert await texts(second) == ["para o segundo"]
        assert (await counted(first, 1), await counted(second, 2)) == ("1.0", "2.0")
        assert OfTheProcess.now() == before
    await end_of_all_but(tasks)


@pytest.fixture
def server() -> EmbeddedPostgres:
    """One Postgres for what follows."""
    return common_server()


@dataclass(frozen=True)
class OnItsOwn:
    """One inbox on a database of its own."""

    inbox: OpenInbox
    pool: AsyncConnectionPool[Any] | None

    async def hears(self, text: str) -> None:
        """Ana writes to the Page "1001", which every database here has connected."""
        body = body_of([text_event(f"m_{secrets.token_hex(4)}", "24600", text)])
        await self.inbox.receive_webhook_event(body=body, signature=signature(body, SECRET).encode())


@asynccontextmanager
async def on_its_own(server: EmbeddedPostgres, *, lends_pool: bool) -> AsyncGenerator[OnItsOwn]:
    """Opens it; the host's own pool is given where that is said."""
    database = new_database(server, f"host_{secrets.token_hex(4)}")
    assert await asyncio.to_thread(migrate, database) != []
    assert await asyncio.to_thread(migrate, database) == []
    connect_page(database, "1001", tenant=AGENT.tenant_id)
    given = environment(database, 8000)
    settings = Settings.of({name: text for name, text in given.items() if name not in ("PATH", "HOME")})
    if not lends_pool:
        async with open_inbox(settings) as inbox:
            yield OnItsOwn(inbox, None)
        return
    async with (
        AsyncConnectionPool[Any](database, min_size=1, max_size=4, open=False) as pool,
        open_inbox(settings, pool=pool) as inbox,
    ):
        yield OnItsOwn(inbox, pool)


@pytest.mark.real
async def test_two_on_postgres_share_nothing(server: EmbeddedPostgres) -> None:
    before, tasks = OfTheProcess.now(), asyncio.all_tasks()
    async with (
        on_its_own(server, lends_pool=False) as first,
        on_its_own(server, lends_pool=True) as second,
    ):
        await asyncio.gather(first.hears("para o primeiro"), second.hears("para o segundo"))
        assert await texts(first.inbox) == ["para o primeiro"]
        assert await texts(second.inbox) == ["para o segundo"]
        assert (await counted(first.inbox, 1), await counted(second.inbox, 2)) == ("1.0", "2.0")
        assert second.pool is not None
        assert second.pool.get_stats()["requests_num"] > 0
        assert OfTheProcess.now() == before
    await end_of_all_but(tasks)
