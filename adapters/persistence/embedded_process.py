"""Processes of the embedded Postgres: as which user they run, and which of them are still about."""

import os
import pwd
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from meta_inbox.domain.errors import StorageUnavailable

_LAUNCH = Path(__file__).with_name("embedded_launch.py")
_UNPRIVILEGED = ("postgres", "nobody")


class DatabaseNotStarted(StorageUnavailable):
    """The embedded Postgres cannot run here; the text says what to do."""


@dataclass(frozen=True, slots=True)
class DatabaseUser:
    """Whom root becomes to run Postgres, which refuses to run as root."""

    uid: int
    gid: int
    name: str


def database_user(data: Path) -> DatabaseUser | None:
    """The owner of an existing database, else ``postgres``, else ``nobody``; None when not root."""
    if os.geteuid() != 0:
        _require_a_name(os.geteuid())
        return None
    if data.exists() and (owner := data.stat().st_uid) != 0:
        entry = _require_a_name(owner)
        return DatabaseUser(entry.pw_uid, entry.pw_gid, entry.pw_name)
    for name in _UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return DatabaseUser(entry.pw_uid, entry.pw_gid, entry.pw_name)
    raise DatabaseNotStarted("Postgres does not run as root, and there is no user postgres or nobody here")


def spawn(
    command: list[str], user: DatabaseUser | None, *, at_death: int, output: int
) -> subprocess.Popen[bytes]:
    """Starts a child in a session of its own, out of reach of Ctrl-C.

    ``at_death`` is the signal it gets when the calling *thread* ends (Linux): call from a thread that stays.
    """
    return subprocess.Popen(  # noqa: S603 - our own arguments, no shell
        [*_launcher(user, at_death, "/"), *command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        env=_environment(),
        start_new_session=True,
        umask=0o077,
    )


def run(command: list[str], user: DatabaseUser | None, *, timeout: float = 120) -> tuple[int, str]:
    """Runs a short command to its end; its exit code and output. It does not outlive this process."""
    with spawn(command, user, at_death=signal.SIGKILL, output=subprocess.PIPE) as process:
        try:
            output, _ = process.communicate(timeout=timeout)
        except BaseException:
            process.kill()
            raise
    return process.returncode, output.decode(errors="replace")


def can_enter(directory: Path, user: DatabaseUser | None) -> bool:
    """Whether the database's user may pass through the directory, tried and not computed (ACLs)."""
    command = _launcher(user, 0, str(directory))
    return subprocess.run(command, check=False, env=_environment()).returncode == 0  # noqa: S603 - our own arguments


@dataclass(frozen=True, slots=True)
class Running:
    """What ``postmaster.pid`` says of the server on a data directory."""

    pid: int
    socket_dir: Path
    ready: bool


def running(data: Path) -> Running | None:
    """The server that a data directory names, dead or alive."""
    try:
        lines = (data / "postmaster.pid").read_text(errors="replace").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not lines or not lines[0].isdigit():
        return None
    lines += [""] * (8 - len(lines))
    return Running(int(lines[0]), Path(lines[4]), lines[7].strip() == "ready")


def end_orphan(data: Path) -> None:
    """Ends a server whose supervisor is gone; only for whoever holds the directory's lock.

    A pid that meanwhile belongs to another program is taken out of the way: Postgres would not start.
    """
    found = running(data)
    if found is None or not _alive(found.pid):
        return
    if not _serves(found.pid, data):
        (data / "postmaster.pid").unlink(missing_ok=True)
        return
    for number, seconds in ((signal.SIGINT, 30), (signal.SIGQUIT, 10)):
        os.kill(found.pid, number)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not _alive(found.pid) or not _serves(found.pid, data):
                return
            time.sleep(0.02)
    raise DatabaseNotStarted(f"an earlier Postgres (process {found.pid}) on {data} does not end")


def _launcher(user: DatabaseUser | None, at_death: int, directory: str) -> list[str]:
    if not sys.executable:
        raise DatabaseNotStarted(
            "this program embeds Python without saying where Python is; set DATABASE_URL"
        )
    uid, gid = (user.uid, user.gid) if user else (-1, -1)
    numbers = [str(number) for number in (os.getpid(), int(at_death), uid, gid)]
    return [sys.executable, "-I", "-S", str(_LAUNCH), *numbers, directory]


def _environment() -> dict[str, str]:
    # nothing of ours: no secrets for /proc, no PG* settings, no locale that initdb would take over
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


def _require_a_name(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        raise DatabaseNotStarted(
            f"the embedded Postgres needs a user with a name, and uid {uid} has no line in /etc/passwd: "
            "add one, run as another user, or set DATABASE_URL"
        ) from None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _serves(pid: int, data: Path) -> bool:
    """Whether the process is a Postgres on this directory: by its command line, which a zombie has not."""
    if Path("/proc/self").exists():
        try:
            line = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return b"-D" in line and os.fsencode(data) in line
    command = ["/bin/ps", "-o", "command=", "-p", str(pid)]
    shown = subprocess.run(command, check=False, capture_output=True).stdout  # noqa: S603 - our own arguments
    return b"-D " + os.fsencode(data) in shown
