"""PgBouncer in transaction mode between the service and its database, as large installations have it."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

_INI = """
[databases]
* = host={host} port={port}

[pgbouncer]
unix_socket_dir = {place}
listen_port = 6432
auth_type = trust
auth_file = {place}/users.txt
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 300
ignore_startup_parameters = extra_float_digits
logfile = {place}/log
pidfile = {place}/pid
{user}
"""


def installed() -> str | None:
    """Where the program is."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


@contextmanager
def pooled(database: str, *, size: int = 4) -> Generator[str]:
    """The way to the database through the pooler, which has so many connections to it at most."""
    program, parts = installed(), conninfo_to_dict(database)
    assert program is not None
    with tempfile.TemporaryDirectory(prefix="mi-pooler-", dir="/tmp") as folder:
        place = Path(folder)
        place.chmod(0o777)
        (place / "users.txt").write_text(f'"{parts["user"]}" ""\n')
        ini = place / "pgbouncer.ini"
        host, port = str(parts["host"]), parts.get("port", 5432)
        # It refuses to be root, and only the server's own user may look into the server's folder.
        user = f"user = {Path(host).owner()}" if os.geteuid() == 0 else ""
        ini.write_text(_INI.format(host=host, port=port, place=place, size=size, user=user))
        running = subprocess.Popen([program, "-q", str(ini)], stderr=subprocess.DEVNULL)
        try:
            dsn = make_conninfo(database, host=str(place), port=6432)
            _wait_for(dsn, place / "log")
            yield dsn
        finally:
            running.kill()
            running.wait()


def _wait_for(dsn: str, log: Path) -> None:
    ends = time.monotonic() + 10
    while True:
        try:
            psycopg.connect(dsn, connect_timeout=2).close()
        except psycopg.OperationalError:
            if time.monotonic() > ends:
                raise AssertionError(log.read_text() if log.exists() else "no log") from None
            time.sleep(0.05)
        else:
            return
