"""The real parts of the acceptance run: Postgres, the service as a process, the sandbox on a port."""

import asyncio
import secrets
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import LiteralString

import psycopg
import uvicorn
from litestar.types import Receive, Scope, Send
from psycopg import sql

from meta_inbox.adapters.meta_graph.sandbox import Sandbox, create_sandbox
from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_ground import InstagramApp
from meta_inbox.domain.model.secret import Secret
from tests.harness.service import Service, common_server, free_port, meta_inbox, new_database

APP_ID = "102030405060"
INSTAGRAM_APP = InstagramApp()
_KEPT_BETWEEN_SCENARIOS = ("schema_migrations", "key_canaries")


class Switchboard:
    """One port for the sandboxes of all scenarios, one after the other, on a loop of its own."""

    def __init__(self) -> None:
        self.port = free_port()
        self.loop = asyncio.new_event_loop()
        self._sandbox: Sandbox | None = None
        config = uvicorn.Config(
            self._serve,
            host="127.0.0.1",
            port=self.port,
            interface="asgi3",
            lifespan="off",
            log_config=None,
            access_log=False,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, daemon=True)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._sandbox is not None
        await self._sandbox(scope, receive, send)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self._server.serve())
        self.loop.close()

    def start(self) -> None:
        """Begins to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Ends."""
        self._server.should_exit = True
        self._thread.join(10)

    @contextmanager
    def showing(
        self, world: World, deliver_to: str, pauses: tuple[float, ...] = (0.05, 0.2, 1)
    ) -> Generator[None]:
        """Serves this world for the length of a scenario; it tries to deliver again after these pauses."""
        self._sandbox = create_sandbox(
            world, deliver_to=deliver_to, public_url=f"http://127.0.0.1:{self.port}", pauses=pauses
        )
        asyncio.run_coroutine_threadsafe(self._sandbox.__aenter__(), self.loop).result(10)
        try:
            yield
        finally:
            ending = self._sandbox.__aexit__(None, None, None)
            asyncio.run_coroutine_threadsafe(ending, self.loop).result(10)
            self._sandbox = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RealParts:
    """What is started once for all scenarios."""

    database: str
    service: Service
    switchboard: Switchboard

    @property
    def base(self) -> str:
        """Where the API is."""
        return f"http://127.0.0.1:{self.service.port}/api/meta"

    def host_variables(self) -> dict[str, str]:
        """What a host application beside the service is configured with."""
        names = ("META_", "DATABASE_URL", "AUTH_JWT_SECRET")
        given = self.service.variables
        return {name: value for name, value in given.items() if name.startswith(names)}

    def forget(self) -> None:
        """Empties every table and the media store; again when the service's own work stands in the way."""
        for _ in range(5):
            try:
                self._empty()
            except psycopg.errors.DeadlockDetected:
                continue
            for file in self._files():
                file.unlink(missing_ok=True)
            return
        raise RuntimeError("the tables could not be emptied")

    def _empty(self) -> None:
        """Deletes, since truncating makes new files for each table, which takes five times as long.

        The lock waits for what the service is in the middle of and lets nothing begin, as truncating would.
        """
        with psycopg.connect(self.database) as connection:
            tables = connection.execute(
                "select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
                "where n.nspname = 'meta_inbox' and c.relkind in ('r', 'p') and not c.relispartition "
                "and relname <> all(%s)",
                (list(_KEPT_BETWEEN_SCENARIOS),),
            ).fetchall()
            names = [sql.Identifier("meta_inbox", str(name)) for (name,) in tables]
            lock = sql.SQL("lock table {} in exclusive mode").format(sql.SQL(", ").join(names))
            deletions = (sql.SQL("delete from {}").format(name) for name in names)
            replica = sql.SQL("set local session_replication_role = replica")
            connection.execute(sql.SQL("; ").join([replica, lock, *deletions]))

    async def kept(self) -> int:
        """How many items are kept for a newer reader."""
        return self._count("select count(*) from meta_inbox.journal_items where state = 'kept'")

    async def idle(self) -> bool:
        """Whether no item is pending."""
        return not self._count("select count(*) from meta_inbox.journal_items where state = 'pending'")

    async def holds(self, text: str) -> bool:
        """Whether any table holds this text, in whatever column."""
        with psycopg.connect(self.database) as connection:
            tables = connection.execute(
                "select relname from pg_class where relnamespace = 'meta_inbox'::regnamespace"
                " and relkind in ('r', 'p') and not relispartition"
            ).fetchall()
            rows = [
                connection.execute(
                    sql.SQL("select string_agg(t::text, ' ') from {} t").format(
                        sql.Identifier("meta_inbox", str(table))
                    )
                ).fetchone()
                for (table,) in tables
            ]
            bodies = connection.execute("select body from meta_inbox.journal").fetchall()
        return any(text in str(row) for row in rows) or any(text.encode() in row[0] for row in bodies)

    async def knows_person(self, person: str) -> bool:
        """Whether an account still names whoever connected it by Meta's id of them, or has their token."""
        with psycopg.connect(self.database) as connection:
            found = connection.execute(
                "select 1 from meta_inbox.accounts where connected_by_meta_id = %s"
                " or page_token is not null or user_token is not null",
                [person],
            ).fetchone()
        return found is not None

    async def files_kept(self) -> int:
        """How many files are kept anywhere."""
        return len(self._files())

    def _files(self) -> list[Path]:
        place = Path(self.service.variable("META_INBOX_DATA_DIR"))
        return [path for path in place.rglob("*") if path.is_file()]

    async def hurry(self) -> None:
        """What is to be tried again in a minute is due now, and so is reading back."""
        with psycopg.connect(self.database) as connection:
            connection.execute("update meta_inbox.unsubscriptions set due_at = now()")
            connection.execute("update meta_inbox.history_runs set due_at = now()")
            connection.execute("update meta_inbox.webhook_deliveries set due_at = now()")

    async def look_for_sends(self) -> None:
        """What is to be looked for at Meta in some seconds is looked for now."""
        with psycopg.connect(self.database) as connection:
            connection.execute("update meta_inbox.outbox set look_at = now() where look_at is not null")

    async def looked(self) -> bool:
        """Whether nothing is to be looked for any more."""
        return not self._count("select count(*) from meta_inbox.outbox where look_at is not null")

    async def look_after(self) -> None:
        """Every account is to be looked after now."""
        with psycopg.connect(self.database) as connection:
            connection.execute("update meta_inbox.accounts set care_due_at = now()")

    async def looked_after(self) -> bool:
        """Whether every account was, and what is doubted waits for its second look."""
        return not self._count(
            "select count(*) from meta_inbox.accounts where status = 'active'"
            " and care_due_at <= now() + interval '10 min'"
            " and not (care_doubted and care_due_at > now() and care_due_at <= now() + interval '1 min')"
        )

    async def read_back(self) -> bool:
        """Whether every history was read to its end."""
        return not self._count(
            "select count(*) from meta_inbox.history_runs where state <> 'done' or due_at <= now()"
        )

    async def notified(self) -> int:
        """How many messages the log tells as new."""
        return self._count("select count(*) from meta_inbox.events where type = 'message.created'")

    def _count(self, query: LiteralString) -> int:
        with psycopg.connect(self.database) as connection:
            row = connection.execute(query).fetchone()
        return int(row[0]) if row else 0


@contextmanager
def real_parts(**variables: str) -> Generator[RealParts]:
    """Starts them, the service with these variables too, and ends them."""
    switchboard = Switchboard()
    switchboard.start()
    with tempfile.TemporaryDirectory(prefix="mi-media-") as place:
        database = new_database(common_server(), f"parts_{secrets.token_hex(4)}")
        meta = f"http://127.0.0.1:{switchboard.port}"
        own = {
            "META_GRAPH_BASE_URL": meta,
            "META_DIALOG_BASE_URL": meta,
            "META_APP_ID": APP_ID,
            "META_INSTAGRAM_APP_ID": INSTAGRAM_APP.id,
            "META_INSTAGRAM_APP_SECRET": INSTAGRAM_APP.secret.reveal(),
            "META_INSTAGRAM_DIALOG_BASE_URL": f"{meta}/instagram",
            "META_INSTAGRAM_API_BASE_URL": f"{meta}/instagram",
            "META_INSTAGRAM_GRAPH_BASE_URL": f"{meta}/instagram",
            "META_MEDIA_HOSTS": f"127.0.0.1:{switchboard.port}",
            "META_INBOX_DATA_DIR": place,
            "META_INBOX_WEBHOOK_HOSTS": "127.0.0.1",
        }
        service = meta_inbox(database, **own | variables)
        try:
            yield RealParts(database=database, service=service.start(), switchboard=switchboard)
        finally:
            service.stop()
            switchboard.stop()


def new_world(secret: str, verify_token: str) -> World:
    """A Meta of the scenario's own."""
    return World(APP_ID, Secret(secret), verify_token=Secret(verify_token), clock=lambda: datetime.now(UTC))
