"""The default database: a real Postgres from a wheel, supervised by this process. For local use.

Layout under the data directory: ``postgres/data`` (Postgres's own), ``run`` (its socket, mode 0700, the only
way in: TCP is off, which is what makes ``trust`` safe), ``postgres.log``, ``.lock`` (held by the supervisor).
"""

import atexit
import fcntl
import logging
import os
import shutil
import sys
import threading
import time
from pathlib import Path
from typing import Final

import psycopg
from psycopg.conninfo import make_conninfo

from meta_inbox.adapters.persistence.embedded_binaries import Binaries, choose
from meta_inbox.adapters.persistence.embedded_home import ROOTS_DATA_DIR, Home, choose_data_dir
from meta_inbox.adapters.persistence.embedded_postmaster import Postmaster
from meta_inbox.adapters.persistence.embedded_process import DatabaseNotStarted, end_orphan, run, running

_log = logging.getLogger(__name__)
SUPERUSER: Final = "postgres"
_PORT: Final = 5432


class EmbeddedPostgres:
    """The Postgres of one data directory. The first process to come owns it; the others attach to it.

    An attached process loses its connections when the owner stops; ``stop`` and ``start`` then make it the
    owner. ``data_dir`` is where the data really
    is, and ``notice`` says why when that is not where it was asked to be. Not ``durable``, it is quicker and
    loses everything at a power cut: for tests, which throw it away.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        roots_data_dir: Path = ROOTS_DATA_DIR,
        start_timeout: float = 300,
        durable: bool = True,
    ) -> None:
        self.data_dir = data_dir
        self.notice: str | None = None
        self.owned = False
        self._roots_data_dir = roots_data_dir
        self._start_timeout = start_timeout  # recovery after a crash may take minutes
        self._durable = durable
        self._turn = threading.RLock()
        self._socket_dir: Path | None = None
        self._postmaster: Postmaster | None = None
        self._lock: int | None = None
        self._process = os.getpid()

    def start(self) -> str:
        """Blocks until it answers; the superuser's DSN to its ``postgres`` database.

        Again: the same DSN. Raises DatabaseNotStarted with what to do.
        """
        with self._turn:
            if self._socket_dir is None:
                chosen = choose_data_dir(self.data_dir, instead=self._roots_data_dir)
                self.data_dir, self.notice = chosen.path, chosen.notice
                if chosen.notice:
                    _log.warning(chosen.notice)
                try:
                    self._socket_dir = self._own_or_attach(Home.in_data_dir(chosen.path))
                except PermissionError as error:
                    raise DatabaseNotStarted(
                        f"{error.filename} belongs to another user; set META_INBOX_DATA_DIR"
                    ) from error
            return self.dsn("postgres", SUPERUSER)

    def dsn(self, database: str, user: str) -> str:
        """The DSN of a database for a role, over the private socket; only after ``start``."""
        if self._socket_dir is None:
            raise RuntimeError("the embedded Postgres is not started")
        return make_conninfo(host=str(self._socket_dir), port=_PORT, dbname=database, user=user)

    def stop(self) -> None:
        """Stops it cleanly if this process owns it. Again: nothing."""
        if self._process != os.getpid():  # a fork of the owner
            return
        with self._turn:
            atexit.unregister(self.stop)
            if self._postmaster:
                self._postmaster.stop()
            self._unlock()
            self._postmaster, self._socket_dir, self.owned = None, None, False

    def _own_or_attach(self, home: Home) -> Path:
        deadline = time.monotonic() + self._start_timeout
        while not self._locked(home.lock):
            if (attached := _answering(home.data)) is not None:
                return attached
            if time.monotonic() > deadline:
                raise DatabaseNotStarted(
                    f"another process holds {home.lock}, and its Postgres does not answer"
                )
            time.sleep(0.05)
        try:
            return self._own(home, deadline - time.monotonic())
        except BaseException:
            self._unlock()
            raise

    def _own(self, home: Home, timeout: float) -> Path:
        end_orphan(home.data)
        binaries = choose(home.user, major=_major(home.data), copies=home.copies)
        if not home.data.exists():
            _initialise(home, binaries)
        postmaster = Postmaster(home, binaries, durable=self._durable)
        try:
            postmaster.start(timeout)
        except BaseException:
            postmaster.stop()
            raise
        self._postmaster, self.owned, self._process = postmaster, True, os.getpid()
        atexit.register(self.stop)
        return postmaster.socket_dir

    def _locked(self, path: Path) -> bool:
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return False
        self._lock = lock
        return True

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _answering(data: Path) -> Path | None:
    found = running(data)
    if found is None or not found.ready:
        return None
    try:
        psycopg.connect(
            host=str(found.socket_dir), port=_PORT, dbname="postgres", user=SUPERUSER, connect_timeout=2
        ).close()
    except psycopg.OperationalError:
        return None
    return found.socket_dir


def _major(data: Path) -> int | None:
    try:
        return int((data / "PG_VERSION").read_text())
    except FileNotFoundError:
        if data.exists():
            raise DatabaseNotStarted(f"{data} holds no database; move it away") from None
        return None


def _initialise(home: Home, binaries: Binaries) -> None:
    """Made beside its place and moved there whole, so that a crash leaves no half-made database."""
    unfinished = home.base / "data.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    home.private(unfinished)
    command = [binaries.program("initdb"), "-D", str(unfinished), "-U", SUPERUSER, "--no-instructions"]
    command += ["--auth-local=trust", "--auth-host=reject", "--encoding=UTF8", "--data-checksums"]
    code, output = run([*command, *_locale(binaries.major)], home.user)
    if code != 0:
        raise DatabaseNotStarted(f"initdb failed: {' / '.join(output.splitlines()[-4:])}")
    unfinished.rename(home.data)
    folder = os.open(home.base, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _locale(major: int) -> list[str]:
    """Upper and lower case beyond ASCII, the same on every machine where the version allows it."""
    if major >= 17:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=en_US.UTF-8" if sys.platform == "darwin" else "--locale=C.UTF-8"]
