"""A proxy that shows the service below a path of its own origin, as a company's web server does."""

import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread

_HEAD_ENDS = b"\r\n\r\n"
_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False


@contextmanager
def proxied(port: int, path: str, to: int) -> Generator[None]:
    """What is asked for below ``path`` goes on to the service without it; everything else is a 404."""

    class Asked(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                _pass_on(self.request, path.encode(), to)

    with _Server(("127.0.0.1", port), Asked) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()


def _pass_on(browser: socket.socket, path: bytes, to: int) -> None:
    """One request of one connection; what follows it is of the same, such as a WebSocket."""
    head, gap, body = _head(browser)
    if not gap:
        return
    method, target, rest = head.split(b" ", 2)
    if not target.startswith(path + b"/"):
        browser.sendall(_NOT_FOUND)
        return
    lines = rest.split(b"\r\n")
    if not any(line.lower().startswith(b"upgrade:") for line in lines):
        lines = [line for line in lines if not line.lower().startswith(b"connection:")]
        lines.append(b"Connection: close")
    with socket.create_connection(("127.0.0.1", to)) as service:
        first = method + b" " + target.removeprefix(path) + b" " + b"\r\n".join(lines)
        service.sendall(first + _HEAD_ENDS + body)
        Thread(target=_pipe, args=(browser, service), daemon=True).start()
        _pipe(service, browser)


def _head(browser: socket.socket) -> tuple[bytes, bytes, bytes]:
    read = b""
    while _HEAD_ENDS not in read and (chunk := browser.recv(65536)):
        read += chunk
    return read.partition(_HEAD_ENDS)


def _pipe(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while chunk := one.recv(65536):
            other.sendall(chunk)
        other.shutdown(socket.SHUT_WR)
