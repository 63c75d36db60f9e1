"""Real parts for tests and benchmarks: a Postgres, and the service as a process of its own."""

import atexit
import base64
import os
import secrets
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from meta_inbox.adapters.persistence.embedded import EmbeddedPostgres

SECRET = "0123456789abcdef0123456789abcdef"
JWT_SECRET = "tests-only-secret-of-more-than-32-bytes"
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients on this machine; without it each reads the certificates of the whole world, for 16 ms."""
META_INBOX = str(Path(sys.executable).parent / "meta-inbox")


class Service:
    """A program that listens on a port; it can be killed and started again as it was."""

    def __init__(self, name: str, command: Sequence[str], port: int, env: dict[str, str]) -> None:
        self.name = name
        self.port = port
        self._command = list(command)
        self._env = env
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, within: float = 60) -> "Service":
        """Starts it and waits until its port answers."""
        self._process = subprocess.Popen(self._command, env=self._env, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"{self.name} ended with {self._process.returncode} before it was ready")
            if listens(self.port):
                return self
            time.sleep(0.02)
        self.kill()
        raise RuntimeError(f"{self.name} was not ready within {within:.0f} s")

    @property
    def variables(self) -> dict[str, str]:
        """The environment it was given."""
        return dict(self._env)

    def variable(self, name: str) -> str:
        """One of them."""
        return self._env[name]

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The running process."""
        assert self._process is not None
        return self._process

    def kill(self) -> None:
        """Ends it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self, *, within: float = 12) -> int:
        """Asks it to end, by its own pid; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def end(self) -> None:
        """Ends it in whatever state it is, also when it was never started or is frozen."""
        if self._process is not None and self._process.poll() is None:
            self.kill()

    def memory_mb(self) -> float:
        """Resident memory of the process and its children."""
        root = psutil.Process(self.process.pid)
        return float(sum(p.memory_info().rss for p in (root, *root.children(recursive=True)))) / 2**20


def listens(port: int) -> bool:
    """Whether somebody accepts connections there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def meta_inbox(database: str, *arguments: str, **variables: str) -> Service:
    """``meta-inbox serve`` on this database, with its background jobs; not started yet."""
    port = free_port()
    command = [META_INBOX, "serve", "--port", str(port), *arguments]
    return Service("meta-inbox", command, port, environment(database, port) | variables)


def environment(database: str, port: int) -> dict[str, str]:
    """What ``meta-inbox serve`` needs, and nothing of the surroundings but where programs are."""
    return surroundings() | {
        "META_APP_ID": "102030405060",
        "META_APP_SECRET": SECRET,
        "META_OAUTH_REDIRECT_URI": f"http://127.0.0.1:{port}/api/meta/oauth/callback",
        "META_WEBHOOK_VERIFY_TOKEN": secrets.token_urlsafe(16),
        "META_GRAPH_BASE_URL": "http://127.0.0.1:9",
        "META_INBOX_ENCRYPTION_KEYS": "k1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "META_INBOX_RATE_LIMIT": "0",
        "DATABASE_URL": database,
        "AUTH_JWT_SECRET": JWT_SECRET,
        "LOG_LEVEL": "warning",
    }


def surroundings() -> dict[str, str]:
    """Where programs are; also which checkout is tested, if that is said."""
    return {"HOME": "/"} | {
        name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ
    }


@contextmanager
def database_server(*, durable: bool = True) -> Generator[EmbeddedPostgres]:
    """A real Postgres in a place of its own; not durable only where nobody crashes it and nobody measures."""
    with tempfile.TemporaryDirectory(prefix="meta-inbox-", dir="/tmp") as place:
        Path(place).chmod(0o755)
        server = EmbeddedPostgres(Path(place) / "data", durable=durable)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@cache
def common_server() -> EmbeddedPostgres:
    """One Postgres until this process ends, for tests that keep to databases of their own; not durable."""
    stack = ExitStack()
    atexit.register(_close, stack, os.getpid())
    return stack.enter_context(database_server(durable=False))


def _close(stack: ExitStack, made_by: int) -> None:
    if os.getpid() == made_by:
        stack.close()


def new_database(server: EmbeddedPostgres, name: str) -> str:
    """An empty database of this name; its connection string."""
    with psycopg.connect(server.start(), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    return server.dsn(name, "postgres")


def connect_page(database: str, page: str, tenant: str = "bench", platform: str = "messenger") -> str:
    """Makes the Page, or an Instagram account, known as connecting would, but for its history; its id."""
    with psycopg.connect(database) as connection:
        row = connection.execute(
            """with made as (
                 insert into meta_inbox.accounts (tenant_id, id, platform, login, external_id,
                   facebook_page_id, instagram_account_id, status, connected_at, connected_by)
                 values (%(tenant)s, gen_random_uuid(), %(platform)s, 'facebook', %(page)s, %(page)s,
                   case when %(platform)s = 'instagram' then %(page)s end, 'active', now(), 'somebody')
                 returning tenant_id, id
               ), nothing_to_read_back as (
                 insert into meta_inbox.history_runs (tenant_id, account_id, due_at)
                 select tenant_id, id, 'infinity' from made)
               insert into meta_inbox.account_routes (platform, external_id, login, tenant_id, account_id)
               select %(platform)s, %(page)s, 'facebook', tenant_id, id from made
               returning account_id::text""",
            {"tenant": tenant, "page": page, "platform": platform},
        ).fetchone()
    assert row is not None
    return str(row[0])


def missing(database: str, table: str, column: str, mids: Sequence[str]) -> int:
    """How many of these acknowledged messages are not in the table."""
    query = sql.SQL(
        "select count(*) from unnest(%s::text[]) m(mid) where not exists (select from {} where {} = m.mid)"
    )
    with psycopg.connect(database) as connection:
        row = connection.execute(
            query.format(sql.Identifier(*table.split(".")), sql.Identifier(column)), (list(mids),)
        ).fetchone()
    assert row is not None
    return int(row[0])
