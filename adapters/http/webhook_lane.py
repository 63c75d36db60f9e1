"""The way of nearly every webhook through our own server: from the parsed request straight to the journal.

An ASGI call makes a scope, a task and four messages for each request, which cost a webhook more than
reading, checking and storing it does (docs/decisions/0010-webhook-lane.md). What is out of the ordinary
about a request (a query, chunks, a large or compressed body, two signatures) goes the usual way.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from meta_inbox.adapters.http.asgi import Headers

_LONGEST = 256 * 1024
_OUT_OF_THE_ORDINARY = frozenset({b"transfer-encoding", b"content-encoding", b"expect", b"upgrade"})


class WebhookLane(Protocol):
    """Takes webhooks without ASGI; the same route as for everybody else stands behind it."""

    path: bytes

    def begin(self, body: bytes, signature: bytes | None) -> "asyncio.Future[None]":
        """Ends when the body is committed; the errors of ``ReceiveWebhookEvent``, at once or later."""
        ...

    def stored(self, seconds: float) -> Headers:
        """Counts a webhook that was stored; the headers of its answer."""
        ...

    def refused(self, error: Exception) -> tuple[int, Headers, bytes]:
        """Logs and counts one that was not; its answer."""
        ...


OpenLane = Callable[[], WebhookLane | None]
"""The lane once the application has started."""


class Connection(Protocol):
    """What the cycle needs of its connection."""

    transport: asyncio.Transport

    def on_response_complete(self) -> None:
        """The next request's turn."""
        ...

    def common_headers(self) -> Headers:
        """What every answer of the server carries; the same list for a second."""
        ...

    def stored_answer(self, headers: Headers) -> bytes:
        """The answer to a webhook that was stored, made once for all."""
        ...


class _Deaf:
    def set(self) -> None:
        """Nobody waits for it."""


_DEAF = _Deaf()


class LaneCycle:
    """One webhook and its answer; the connection keeps it where uvicorn keeps its own cycle."""

    __slots__ = (
        "_began",
        "_connection",
        "_lane",
        "_signature",
        "body",
        "disconnected",
        "keep_alive",
        "message_event",
        "response_complete",
        "response_started",
    )

    def __init__(self, lane: WebhookLane, connection: Connection, signature: bytes) -> None:
        self._lane = lane
        self._connection = connection
        self._signature = signature
        self._began = time.perf_counter()
        self.body = bytearray()
        self.keep_alive = True
        self.disconnected = False
        self.response_started = False
        self.response_complete = False
        self.message_event = _DEAF

    def begin(self) -> None:
        """The body is whole: store it, then answer."""
        try:
            storing = self._lane.begin(bytes(self.body), self._signature)
        except Exception as error:  # noqa: BLE001 - answered, and logged when nobody foresaw it
            self._refuse(error)
        else:
            storing.add_done_callback(self._end)

    def _end(self, storing: "asyncio.Future[None]") -> None:
        error = asyncio.CancelledError() if storing.cancelled() else storing.exception()
        if error is None:
            headers = self._lane.stored(time.perf_counter() - self._began)
            if self.keep_alive:
                self._write(self._connection.stored_answer(headers))
            else:
                self._answer(200, headers, b"")
        else:
            self._refuse(error if isinstance(error, Exception) else RuntimeError("storing was cancelled"))

    def _refuse(self, error: Exception) -> None:
        self._answer(*self._lane.refused(error))

    def _answer(self, status: int, headers: Headers, body: bytes) -> None:
        common = self._connection.common_headers()
        self._write(written(status, common, headers, body, keep_alive=self.keep_alive))

    def _write(self, answer: bytes) -> None:
        transport = self._connection.transport
        if self.disconnected or transport.is_closing():
            return
        self.response_started = self.response_complete = True
        transport.write(answer)
        if not self.keep_alive:
            transport.close()
        self._connection.on_response_complete()


def written(status: int, common: Headers, headers: Headers, body: bytes, *, keep_alive: bool) -> bytes:
    """A whole answer as bytes."""
    last = b"" if keep_alive else b"connection: close\r\n"
    lines = b"".join([b"%s: %s\r\n" % header for header in (*common, *headers)])
    return b"%s%scontent-length: %d\r\n%s\r\n%s" % (STATUS_LINE[status], lines, len(body), last, body)


def usual_signature(headers: Headers) -> bytes | None:
    """The signature of a webhook whose head has nothing that the lane leaves to the usual way, else None."""
    signature: bytes | None = None
    sized = False
    for name, value in headers:
        if name == b"x-hub-signature-256":
            if signature is not None:
                return None
            signature = value
        elif name == b"content-length":
            sized = value.isdigit() and len(value) < 7 and int(value) <= _LONGEST
        elif name in _OUT_OF_THE_ORDINARY:
            return None
    return signature if sized else None
