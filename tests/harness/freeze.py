"""A Postgres that stops in the middle of whatever it does, as a machine does that is out of memory."""

import os
import signal
import subprocess
import sys

import psutil

from meta_inbox.adapters.persistence.embedded import EmbeddedPostgres

_THAW = """
import os, signal, sys, time
time.sleep(float(sys.argv[1]))
for pid in sys.argv[2:]:
    try:
        os.kill(int(pid), signal.SIGCONT)
    except OSError:
        pass
"""


class Frozen:
    """Stops every process of the server; a process of its own thaws them, whatever becomes of the test."""

    def __init__(self, postgres: EmbeddedPostgres, seconds: float) -> None:
        postmaster = postmaster_of(postgres)
        self._pids = [postmaster.pid, *(child.pid for child in postmaster.children())]
        self._guard = subprocess.Popen(
            [sys.executable, "-c", _THAW, str(seconds), *map(str, self._pids)], start_new_session=True
        )

    def __enter__(self) -> None:
        for pid in self._pids:
            os.kill(pid, signal.SIGSTOP)

    def __exit__(self, *_: object) -> None:
        for pid in self._pids:
            os.kill(pid, signal.SIGCONT)
        self._guard.kill()
        self._guard.wait()


def postmaster_of(postgres: EmbeddedPostgres) -> psutil.Process:
    """The server's first process."""
    pid = (postgres.data_dir / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0]
    return psutil.Process(int(pid))
