"""One Postgres in the foreground, started, watched and stopped."""

import logging
import os
import signal
import subprocess
import threading
import time
from typing import Final

from meta_inbox.adapters.persistence.embedded_binaries import Binaries
from meta_inbox.adapters.persistence.embedded_home import Home
from meta_inbox.adapters.persistence.embedded_process import DatabaseNotStarted, running, spawn

_log = logging.getLogger(__name__)
_LARGEST_LOG: Final = 10_000_000
_SETTINGS: Final = {
    "listen_addresses": "",
    "port": "5432",
    "max_connections": "100",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "log_checkpoints": "off",
    "logging_collector": "off",
    "log_destination": "stderr",
    "log_min_error_statement": "panic",  # statements and details hold what people wrote
    "log_error_verbosity": "terse",
}
_NOT_DURABLE: Final = {"fsync": "off", "full_page_writes": "off"}


class Postmaster:
    """Keeps Postgres running until it is stopped: one that is killed is started again.

    A thread of its own starts it and waits for it, since the kernel's signal at the parent's death fires
    when the *thread* that forked ends.
    """

    def __init__(self, home: Home, binaries: Binaries, *, durable: bool = True) -> None:
        self.socket_dir = home.socket_dir()
        self._home = home
        settings = {**_SETTINGS, "unix_socket_directories": str(self.socket_dir)}
        settings |= {} if durable else _NOT_DURABLE
        self._command = [binaries.program("postgres"), "-D", str(home.data)]
        self._command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._thread = threading.Thread(target=self._watch, name="embedded-postgres", daemon=True)
        self._turn = threading.Lock()
        self._stopping = threading.Event()
        self._was_ready = False
        self._process: subprocess.Popen[bytes] | None = None
        self._log_from = 0

    def start(self, timeout: float) -> None:
        """Returns when it answers; raises DatabaseNotStarted with the end of its log when it does not."""
        deadline = time.monotonic() + timeout
        self._thread.start()
        while time.monotonic() < deadline:
            found = running(self._home.data)
            if found and found.ready and self._process and found.pid == self._process.pid:
                self._was_ready = True
                return
            if not self._thread.is_alive():
                raise DatabaseNotStarted(f"Postgres did not start: {self._last_words()}")
            time.sleep(0.01)
        raise DatabaseNotStarted(f"Postgres was not ready after {timeout:.0f} s: {self._last_words()}")

    def stop(self) -> None:
        """Ends it cleanly, and by force only if it takes longer than 7 s."""
        with self._turn:
            self._stopping.set()
        for number, seconds in ((signal.SIGINT, 7), (signal.SIGQUIT, 2), (signal.SIGKILL, 2)):
            if self._process:
                self._process.send_signal(number)
            self._thread.join(seconds)
            if not self._thread.is_alive():
                return

    def _watch(self) -> None:
        pause = 0.1
        while process := self._spawn():
            began = time.monotonic()
            code = process.wait()
            if self._stopping.is_set() or not (self._was_ready or self._memory_still_in_use()):
                return
            pause = 0.1 if time.monotonic() - began > 10 else min(pause * 2, 5)
            _log.warning("the embedded Postgres ended (%s) and is started again", code)
            self._stopping.wait(pause)

    def _spawn(self) -> subprocess.Popen[bytes] | None:
        with self._turn:
            if self._stopping.is_set():
                return None
            output = self._open_log()
            try:
                self._process = spawn(self._command, self._home.user, at_death=signal.SIGINT, output=output)
            finally:
                os.close(output)
            return self._process

    def _open_log(self) -> int:
        path = self._home.log
        if path.exists() and path.stat().st_size > _LARGEST_LOG:
            path.replace(path.with_suffix(".log.1"))
        log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        self._log_from = os.fstat(log).st_size
        return log

    def _memory_still_in_use(self) -> bool:
        """Whether backends of a killed postmaster have not ended yet."""
        return "shared memory block" in self._last_words()

    def _last_words(self) -> str:
        with self._home.log.open("rb") as log:
            log.seek(self._log_from)
            lines = log.read(20_000).decode(errors="replace").splitlines()
        return " / ".join(line.strip() for line in lines[-4:]) or "it said nothing"
