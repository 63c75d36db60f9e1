"""A server that answers the three calls of S3 that are used, in its own thread; it checks no signature."""

import hashlib
import re
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_RANGE = re.compile(r"bytes=(\d+)-(\d+)")
_NO_KEY = b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>"


class _Server(ThreadingHTTPServer):
    objects: dict[str, bytes]
    asked: list[str]


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def _store(self) -> _Server:
        assert isinstance(self.server, _Server)
        return self.server

    def do_PUT(self) -> None:
        """Keeps an object."""
        self._store.asked.append(f"PUT {self.path}")
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self._store.objects[self.path] = content
        self._say(200, b"", ETag=f'"{hashlib.md5(content).hexdigest()}"')  # noqa: S324  # as S3 names versions

    def do_GET(self) -> None:
        """A part of an object."""
        self._store.asked.append(f"GET {self.path}")
        content = self._store.objects.get(self.path)
        found = _RANGE.fullmatch(self.headers.get("Range", ""))
        if content is None or found is None:
            self._say(404, _NO_KEY)
            return
        first, last = int(found[1]), min(int(found[2]), len(content) - 1)
        self._say(
            206,
            content[first : last + 1],
            **{
                "Content-Range": f"bytes {first}-{last}/{len(content)}",
                "ETag": '"one"',
                "Last-Modified": "Mon, 23 Nov 2026 12:00:00 GMT",
            },
        )

    def do_DELETE(self) -> None:
        """Nothing is there any more."""
        self._store.asked.append(f"DELETE {self.path}")
        self._store.objects.pop(self.path, None)
        self._say(204, b"")

    def _say(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name is the base class's
        """Is quiet."""


@contextmanager
def s3_server() -> Generator[tuple[str, list[str]]]:
    """Its address, and every call that it was asked for."""
    server = _Server(("127.0.0.1", 0), _Answers)
    server.objects, server.asked = {}, []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", server.asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
