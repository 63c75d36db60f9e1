"""The React CRM of ``examples/react_host``: built as its README says, and served from its own origin."""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

_TOP = Path(__file__).parents[2]
LIBRARY = _TOP / "frontend"
EXAMPLE = _TOP / "examples" / "react_host"
_STAMP = EXAMPLE / "dist" / ".built-from"
_SOURCES = (
    *(LIBRARY / name for name in ("src", "build", "package.json", "package-lock.json", "vite.config.ts")),
    *(LIBRARY / name for name in ("tsconfig.json", "tsconfig.library.json")),
    *(EXAMPLE / name for name in ("src", "index.html", "package.json", "package-lock.json")),
    *(EXAMPLE / name for name in ("tsconfig.json", "vite.config.ts")),
)


def built() -> Path:
    """The built CRM, which is built anew when a source of it or of the library changed."""
    with _alone():
        wanted = _digest()
        if not _STAMP.is_file() or _STAMP.read_text() != wanted:
            _npm(LIBRARY, "run", "build:library")
            _npm(EXAMPLE, "ci")
            _npm(EXAMPLE, "run", "build")
            _STAMP.write_text(wanted)
    return EXAMPLE / "dist"


@contextmanager
def served(folder: Path, port: int, service: str) -> Generator[str]:
    """At this port, with the policy that ``docs/web-app.md`` asks for; its origin."""
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        f"img-src 'self' blob: data: {service}; media-src blob: {service}; "
        f"connect-src {service} {service.replace('http', 'ws', 1)}"
    )

    class Files(SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            self.send_header("Content-Security-Policy", policy)
            self.send_header("Cache-Control", "no-store")
            super().end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its own name for it
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), partial(Files, directory=str(folder))) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.shutdown()


def _npm(folder: Path, *command: str) -> None:
    here = Path(sys.executable).parent
    env = os.environ | {"PATH": f"{here}{os.pathsep}{os.environ['PATH']}"}
    called = [str(here / "npm"), "--loglevel=error", *command]
    done = subprocess.run(called, cwd=folder, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"npm {' '.join(command)} in {folder.name}:\n{done.stdout}\n{done.stderr}")


def _digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(_files()):
        digest.update(str(path).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files() -> Iterator[Path]:
    for source in _SOURCES:
        found = source.rglob("*") if source.is_dir() else (source,)
        yield from (path for path in found if path.is_file() and ".test" not in path.name)


@contextmanager
def _alone() -> Generator[None]:
    """One test process at a time."""
    with (EXAMPLE / "package-lock.json").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
