"""What a host holds: the same use cases on the fakes and on Postgres, beside what the host has of its own."""

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import psycopg
import pytest
import structlog
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row, tuple_row
from psycopg_pool import AsyncConnectionPool

from meta_inbox import FakeMeta, Principal, Settings, open_inbox
from meta_inbox.adapters.http.asgi import ASGIApp, Receive, Scope, Send
from meta_inbox.adapters.http.identity import Connection
from meta_inbox.adapters.persistence.embedded import EmbeddedPostgres
from meta_inbox.adapters.persistence.embedded_login import ensure_login
from meta_inbox.adapters.persistence.migrate import MigrationNotAllowed, migrate
from meta_inbox.domain.model.account import Account, Login
from meta_inbox.domain.model.content import TextContent
from meta_inbox.domain.model.message import MessageStatus
from meta_inbox.domain.model.principal import Scope as Right
from meta_inbox.domain.model.secret import Secret
from meta_inbox.entrypoints.environment import SettingsError
from meta_inbox.entrypoints.listener import Listener
from meta_inbox.entrypoints.plugin import OpenInbox
from meta_inbox.entrypoints.wakeups import ProcessWakeups
from tests.harness.service import database_server, environment, new_database

ANA = Principal("t1", "ana")
ORIGIN = "http://127.0.0.1:8000"
_STATE = "select current_user = session_user, coalesce(current_setting('meta_inbox.tenant', true), '')"
_END_LISTENERS = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'meta-inbox listener' and datname = current_database()
"""


async def ana_is_calling(_request: Connection) -> Principal | None:
    return ANA


async def nobody_is_calling(_request: Connection) -> Principal | None:
    return None


@asynccontextmanager
async def calling(app: ASGIApp, path: str = "") -> AsyncGenerator[httpx.AsyncClient]:
    """A client of an app that was sent no lifespan."""
    transport = httpx.ASGITransport(app=app, root_path=path)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


async def connected(inbox: OpenInbox, meta: FakeMeta) -> list[Account]:
    """Ana connects all that her login gives."""
    ticket = await inbox.connect_account.start(by=ANA, return_origin=ORIGIN)
    sent = await inbox.connect_account.authorize(ticket=ticket.ticket, browser=None)
    query = dict(parse_qsl(urlsplit(meta.approve(sent.dialog_url)).query))
    authorized = await inbox.connect_account.callback(
        login=Login.FACEBOOK, state=Secret(query["state"]), code=Secret(query["code"]), browser=sent.browser
    )
    return list((await inbox.connect_account.complete(by=ANA, completion=authorized.completion)).connected)


async def test_a_hosts_test_plays_meta() -> None:
    meta = FakeMeta()
    async with open_inbox(Settings.in_memory(meta=meta)) as inbox:
        account, *_ = await connected(inbox, meta)
        await meta.contact_writes(account, "Bia", "Do you deliver today?")
        _, page = await inbox.list_conversations(by=ANA, account=account.id)
        (conversation,) = page.items
        assert conversation.unread_count == 1
        sent = await inbox.send_message(
            by=ANA, account=account.id, contact=conversation.contact.id, content=TextContent(text="Yes")
        )
        assert sent.status is MessageStatus.SENT
    assert [one.text for one in meta.sent] == ["Yes"]


async def test_the_address_of_our_own_authorize_can_be_approved_after_a_browser_opened_it() -> None:
    meta = FakeMeta()
    async with (
        open_inbox(Settings.in_memory(meta=meta)) as inbox,
        calling(inbox.asgi(identity=ana_is_calling)) as client,
    ):
        url = (await client.get("/api/meta/oauth/start")).json()["authorization_url"]
        assert (await client.get(url)).status_code == 302
        back = await client.get(meta.approve(url))
        assert back.status_code == 200
        assert "#completion=" in back.text


async def test_two_inboxes_in_memory_know_nothing_of_each_other() -> None:
    one, other = FakeMeta(), FakeMeta()
    async with (
        open_inbox(Settings.in_memory(meta=one)) as first,
        open_inbox(Settings.in_memory(meta=other)) as second,
    ):
        await connected(first, one)
        assert await second.list_accounts(by=ANA) == []


async def test_the_host_says_who_calls() -> None:
    async with open_inbox(Settings.in_memory(), identity=ana_is_calling) as inbox:
        async with calling(inbox.asgi()) as client:
            assert (await client.get("/api/meta/accounts")).json() == {"accounts": []}
        async with calling(inbox.asgi(identity=nobody_is_calling)) as client:
            assert (await client.get("/api/meta/accounts")).status_code == 401


async def test_without_an_identity_or_a_way_to_check_tokens_there_is_no_api() -> None:
    async with open_inbox(Settings.in_memory()) as inbox:
        with pytest.raises(SettingsError, match="exactly one"):
            inbox.asgi()


async def test_metrics_tell_of_metas_limits() -> None:
    async with open_inbox(Settings.in_memory(meta=FakeMeta())) as inbox:
        inbox.meter.refused, inbox.meter.held_back = 2, 3
        async with calling(inbox.asgi(identity=ana_is_calling)) as client:
            told = (await client.get("/metrics")).text
    assert "meta_inbox_meta_throttled_total 2.0" in told
    assert "meta_inbox_meta_held_back_total 3.0" in told


async def test_mounted_at_x_the_api_is_below_x() -> None:
    async with open_inbox(Settings.in_memory(), identity=ana_is_calling) as inbox:
        app = inbox.asgi()

        async def host(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, "root_path": "/x"}, receive, send)

        async with calling(host) as client:
            assert (await client.get("/x/api/meta/accounts")).status_code == 200


async def test_scopes_bind_a_host_too() -> None:
    reader = Principal("t1", "bob", scopes=frozenset({Right.MESSAGES_READ}))
    async with open_inbox(Settings.in_memory()) as inbox:
        with pytest.raises(Exception, match="accounts:manage"):
            await inbox.connect_account.start(by=reader, return_origin=ORIGIN)


async def test_without_jobs_nothing_runs_in_the_background() -> None:
    async with open_inbox(Settings.in_memory(), jobs=False) as inbox:
        assert inbox.worker is None
        (jobs,) = [one for one in await inbox.readiness.conditions() if one.name == "jobs"]
        assert "elsewhere" in jobs.detail


async def test_nothing_is_left_running_when_the_block_ends() -> None:
    before = asyncio.all_tasks()
    async with open_inbox(Settings.in_memory()):
        assert asyncio.all_tasks() > before
    assert asyncio.all_tasks() == before


async def test_the_hosts_logging_stays_the_hosts() -> None:
    root, handlers = logging.getLogger(), logging.getLogger().handlers[:]
    structlog.configure(processors=[structlog.processors.JSONRenderer()])
    try:
        async with open_inbox(Settings.in_memory()):
            pass
        assert len(structlog.get_config()["processors"]) == 1
        assert root.handlers == handlers
    finally:
        structlog.reset_defaults()


async def test_an_open_inbox_shows_no_secret() -> None:
    async with open_inbox(Settings.in_memory()) as inbox:
        assert "sandbox-" not in repr(inbox)


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    """One Postgres for what follows."""
    with database_server(durable=False) as started:
        yield started


@pytest.fixture
def database(server: EmbeddedPostgres) -> str:
    """An empty database."""
    return new_database(server, f"host_{secrets.token_hex(4)}")


def settings(database: str, **more: str) -> Settings:
    """A host's settings for this database."""
    given = environment(database, 8000) | more
    return Settings.of({name: text for name, text in given.items() if name not in ("PATH", "HOME")})


@pytest.mark.real
async def test_it_migrates_and_is_ready(database: str) -> None:
    async with open_inbox(settings(database)) as inbox:
        assert await inbox.list_accounts(by=ANA) == []
        assert all(one.ok for one in await inbox.readiness.conditions())


@pytest.mark.real
async def test_opening_and_closing_is_quick(database: str) -> None:
    same = settings(database)
    async with open_inbox(same):
        pass
    began = time.monotonic()
    async with open_inbox(same):
        pass
    assert time.monotonic() - began < 5


@pytest.mark.real
async def test_a_login_that_may_not_migrate_is_told_who_may(server: EmbeddedPostgres, database: str) -> None:
    with psycopg.connect(server.start(), autocommit=True) as connection:
        connection.execute("drop role if exists host_nobody")
        connection.execute("create role host_nobody login")
    name = conninfo_to_dict(database)["dbname"]
    with pytest.raises(MigrationNotAllowed, match="meta-inbox migrate"):
        async with open_inbox(settings(server.dsn(str(name), "host_nobody"))):
            pass


@pytest.mark.real
@pytest.mark.parametrize("habits", [{}, {"row_factory": dict_row}, {"autocommit": True}])
async def test_a_hosts_own_pool_is_used_and_left_as_it_was(
    server: EmbeddedPostgres, habits: dict[str, Any]
) -> None:
    logins = ensure_login(server.start())
    migrate(logins.migrations)
    with psycopg.connect(logins.migrations) as owner:
        owner.execute("delete from meta_inbox.key_canaries")
    async with AsyncConnectionPool(logins.runtime, min_size=1, max_size=2, kwargs=habits, open=False) as pool:
        async with pool.connection() as connection:
            await connection.execute("set application_name = 'the host'")
            await connection.commit()
        same = settings(logins.runtime)
        for _ in range(2):  # the second time there is something to read at the start
            async with open_inbox(same, pool=pool) as inbox:
                assert await inbox.list_accounts(by=ANA) == []
        for _ in range(2):
            async with pool.connection() as connection:
                assert connection.autocommit is bool(habits.get("autocommit"))
                assert connection.row_factory is habits.get("row_factory", tuple_row)
                cursor = await connection.cursor(row_factory=tuple_row).execute(_STATE)
                assert await cursor.fetchone() == (True, "")


@pytest.mark.real
async def test_a_notification_of_another_process_wakes_at_once(database: str) -> None:
    async with listening(database) as wakeups:
        with psycopg.connect(database, autocommit=True) as other:
            other.execute("select pg_notify('meta_inbox', 'outbox')")
        began = time.monotonic()
        await wakeups.wait("outbox", timedelta(seconds=10))
        assert time.monotonic() - began < 2


@pytest.mark.real
async def test_a_listener_that_lost_its_connection_listens_again_and_wakes_everybody(database: str) -> None:
    async with listening(database) as wakeups:
        with psycopg.connect(database, autocommit=True) as other:
            ended = other.execute(_END_LISTENERS).fetchall()
        assert len(ended) == 1
        began = time.monotonic()
        await wakeups.wait("journal", timedelta(seconds=10))
        assert time.monotonic() - began < 5


@asynccontextmanager
async def listening(database: str) -> AsyncGenerator[ProcessWakeups]:
    """The hints of this database, from the moment on when they are heard."""
    wakeups = ProcessWakeups()
    task = asyncio.create_task(Listener(Secret(database), wakeups, heartbeat=1.0).run())
    try:
        for what in ("outbox", "journal", "accounts"):  # it wakes everybody once it listens
            await wakeups.wait(what, timedelta(seconds=10))
        yield wakeups
    finally:
        task.cancel()
        await asyncio.wait({task})
