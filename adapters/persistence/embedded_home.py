"""Where the embedded database lives: a directory that its user can reach, and the files in it."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from meta_inbox.adapters.persistence.embedded_process import (
    DatabaseNotStarted,
    DatabaseUser,
    can_enter,
    database_user,
)

ROOTS_DATA_DIR: Final = Path("/var/lib/meta-inbox")
_LONGEST_SOCKET_PATH: Final = 100  # 107 bytes on Linux, 103 on macOS
_SOCKET: Final = ".s.PGSQL.5432"


@dataclass(frozen=True, slots=True)
class DataDir:
    """The directory in use, and what to tell the operator when it is not the one that was asked for."""

    path: Path
    notice: str | None = None


def choose_data_dir(wanted: Path, *, instead: Path = ROOTS_DATA_DIR) -> DataDir:
    """The wanted directory; another one when this is root and the database's user cannot get there.

    Makes the directory. The modes of directories that exist are left alone. Raises DatabaseNotStarted.
    """
    wanted = wanted.expanduser().resolve()
    if _reachable(wanted):
        return DataDir(wanted)
    user = database_user(wanted / "postgres" / "data")
    who = user.name if user else "this user"
    if wanted == instead or not _reachable(instead):
        raise DatabaseNotStarted(
            f"the database's user {who} cannot enter {wanted}, nor {instead}; set META_INBOX_DATA_DIR"
        )
    return DataDir(instead, f"the database's user {who} cannot enter {wanted}: the data is in {instead}")


@dataclass(frozen=True, slots=True)
class Home:
    """The files of one embedded server. Only ``data`` and the sockets belong to the database's user."""

    base: Path
    user: DatabaseUser | None

    @classmethod
    def in_data_dir(cls, data_dir: Path) -> "Home":
        """The home under a data directory from ``choose_data_dir``."""
        base = data_dir / "postgres"
        user = database_user(base / "data")
        _make(base)
        return cls(base, user)

    @property
    def data(self) -> Path:
        """Postgres's own directory."""
        return self.base / "data"

    @property
    def lock(self) -> Path:
        """Held by the process that supervises the server."""
        return self.base / ".lock"

    @property
    def log(self) -> Path:
        """What Postgres prints: no statements, no values."""
        return self.base / "postgres.log"

    @property
    def copies(self) -> Path:
        """Programs copied from where the database's user cannot run them."""
        return self.base / "programs"

    def private(self, directory: Path) -> Path:
        """The directory, made for the database's user alone."""
        directory.mkdir(mode=0o700, exist_ok=True)
        if self.user:
            os.chown(directory, self.user.uid, self.user.gid, follow_symlinks=False)
        return directory

    def socket_dir(self) -> Path:
        """A private directory for the socket: here, or under /tmp when the path would be too long."""
        here = self.base / "run"
        if len(os.fsencode(here / _SOCKET)) <= _LONGEST_SOCKET_PATH:
            return self.private(here)
        note = self.base / "socket_dir"
        if note.exists() and self._still_private(before := Path(note.read_text())):
            return before
        made = Path(tempfile.mkdtemp(prefix="meta-inbox-", dir="/tmp"))  # short, whatever TMPDIR is
        note.write_text(str(made))
        return self.private(made)

    def _still_private(self, directory: Path) -> bool:
        owner = self.user.uid if self.user else os.geteuid()
        try:
            found = directory.lstat()
        except OSError:
            return False
        return found.st_uid == owner and found.st_mode == 0o040700


def _reachable(directory: Path) -> bool:
    user = database_user(directory / "postgres" / "data")
    existing = directory
    while not existing.exists():
        existing = existing.parent
    if user and not can_enter(existing, user):
        return False
    try:
        _make(directory)
    except PermissionError as error:
        raise DatabaseNotStarted(f"{error.filename} cannot be made; set META_INBOX_DATA_DIR") from error
    return user is None or can_enter(directory, user)


def _make(directory: Path) -> None:
    """Makes what is missing of the path; as root passable for the database's user, whatever the umask."""
    if directory.exists():
        return
    _make(directory.parent)
    directory.mkdir(exist_ok=True)
    directory.chmod(0o711 if os.geteuid() == 0 else 0o700)
