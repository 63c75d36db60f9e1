"""One HTTP/1.1 connection with limits: what ASGI cannot see is refused before the application is asked.

uvicorn's protocol stays underneath. It has no deadline for a request that never ends, no bound on a
request's head, on pipelined requests or on connections, and it answers a broken request in the middle of
an earlier answer. Lengths and codings that contradict each other (RFC 9112, section 6.3) are refused by
its parser, llhttp.
"""

import asyncio
import logging
import math
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from meta_inbox.adapters.http.asgi import Headers
from meta_inbox.adapters.http.problems import Rejection, problem, raw_problem
from meta_inbox.adapters.http.webhook_lane import LaneCycle, OpenLane, usual_signature, written

_TICK = 1.0  # seconds between two looks at a connection: how late an end may come, and what looking costs
_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
_SOON = {"Retry-After": "1"}
_FRAMING = frozenset({b"content-length", b"transfer-encoding"})

_log = logging.getLogger("meta_inbox.http")

malformed = partial(Rejection, 400, "malformed_request", "this is not a valid HTTP/1.1 request")
wrong_method = partial(Rejection, 405, "method_not_allowed", "this method is not served", {"Allow": _METHODS})
too_slow = partial(Rejection, 408, "request_timeout", "the request did not arrive in time")
too_many_pipelined = partial(Rejection, 429, "too_many_pipelined", "too many requests wait on one connection")
head_too_large = partial(
    Rejection, 431, "header_too_large", "the header of the request has too many fields or bytes"
)
stopping = partial(Rejection, 503, "stopping", "the server is stopping; try again in a moment", _SOON)
crowded = partial(Rejection, 503, "too_many_connections", "every connection is in use; try again", _SOON)
wrong_version = partial(Rejection, 505, "http_version_not_supported", "only HTTP/1.1 and HTTP/1.0 are served")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one connection may ask for, and how many there may be; times in seconds.

    A request has more time the more of its body comes, if that comes fast enough: files take longer.
    A kept connection outlasts the proxy's own side of it, or a request of the proxy meets a closed door.
    """

    header_fields: int = 64
    head_bytes: int = 16 * 1024
    request_seconds: float = 10
    body_bytes_a_second: int = 32 * 1024
    keep_alive_seconds: float = 75
    write_seconds: float = 20
    linger_seconds: float = 1
    parting_seconds: float = 0.25
    pipelined: int = 32
    connections: int = 2048


class LimitedHttpProtocol(HttpToolsProtocol):
    """A connection within `limits`; what breaks them is told why and closed."""

    limits: ClassVar[Limits] = Limits()
    open_lane: ClassVar[OpenLane] = staticmethod(lambda: None)
    _stored_answer: ClassVar[tuple[Headers, bytes]] = ([], b"")

    _timer: asyncio.TimerHandle | None = None  # one a connection: a deadline that moves does not touch it
    _deadline = math.inf
    _in_lane: LaneCycle | None = None  # the latest request, when the lane took it
    _refusal: Rejection | None = None
    _stopping = False
    _receiving = False  # a request has begun and not ended
    _has_cycle = False  # its head was accepted: `cycle` is the application's side of it
    _chunk = 0  # bytes of the data at hand
    _began_in = 0  # bytes of the data in which the request began
    _fed = 0  # bytes since the request began or its body last grew
    _unsent = 0
    _unsent_since = 0.0

    @classmethod
    def within(cls, limits: Limits, open_lane: OpenLane | None = None) -> "type[LimitedHttpProtocol]":
        """This protocol with other limits, and a lane for webhooks if there is one."""
        lane = staticmethod(open_lane) if open_lane is not None else cls.open_lane
        return type(cls.__name__, (cls,), {"limits": limits, "open_lane": lane})

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._deadline = self.loop.time() + self.limits.request_seconds
        self._arm(self.limits.request_seconds)
        if len(self.connections) > self.limits.connections:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refusal is not None:
            return  # read on, or closing would reset the connection before the answer is read
        self._chunk = len(data)
        self._fed = self._fed + self._chunk if self._receiving else self._chunk
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._switch(data[cast("int", upgrade.args[0]) :])
        except httptools.HttpParserError as error:
            cause = error.__context__
            self.refuse(cause if isinstance(cause, Rejection) else malformed())
        else:
            if self._receiving and self._fed > self.limits.head_bytes:
                self.refuse(head_too_large())  # a head, or a chunk's extension or trailer, without end

    def on_message_begin(self) -> None:
        # What ASGI wants to know is put together when it is known that ASGI is asked.
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self._receiving = True
        self._has_cycle = False
        self._began_in = self._chunk
        self._deadline = self.loop.time() + self.limits.request_seconds

    def on_headers_complete(self) -> None:
        self._check_head()
        if self._takes_lane():
            return
        url, headers, expected = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.headers, self.expect_100_continue = url, headers, expected
        self.scope["headers"] = headers
        if self.parser.should_upgrade():
            self.scope["method"] = self.parser.get_method().decode("ascii")
            return  # `_switch` goes on
        super().on_headers_complete()
        self.headers = []  # trailers are read into this one, which nobody sees
        self._has_cycle = True
        if self._stopping:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        self._fed = 0
        if self._in_lane is not None:
            self._in_lane.body += body
            return
        if not self.cycle.response_complete:  # what nobody waits for any more buys no time
            self._deadline += len(body) / self.limits.body_bytes_a_second
        super().on_body(body)

    def on_message_complete(self) -> None:
        if self.parser.should_upgrade():
            return
        self._receiving = False
        self._fed = 0
        self._deadline = math.inf
        if self._in_lane is not None:
            if not self._in_lane.disconnected:
                self._in_lane.begin()
            return
        super().on_message_complete()
        if self.cycle.response_complete:
            self._rest()

    def on_response_complete(self) -> None:
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif self._refusal is not None:
            self._say(self._refusal)
        elif not self._receiving:
            self._rest()

    def refuse(self, why: Rejection) -> None:
        """Tells the latest request why, once all earlier ones are answered, and closes."""
        if self.transport.is_closing() or self._refusal is not None:
            return
        self._refusal = why
        self._receiving = False
        self._deadline = math.inf
        if not self._has_cycle:
            if not self._answering():
                self._say(why)
        elif self.pipeline:
            self.pipeline.popleft()
        elif self.cycle.response_started:
            self.transport.close()
        else:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            self._say(why)

    def shutdown(self) -> None:
        """The server stops: the running request is the last; an idle connection has a moment for another."""
        self._stopping = True
        if self._answering():
            self.cycle.keep_alive = False
        else:
            self._deadline = min(self._deadline, self.loop.time() + self.limits.parting_seconds)
            self._arm(self.limits.parting_seconds)

    def give_up(self) -> None:
        """The server stops now: an answer not begun is a 503, one under way is cut."""
        if self._answering() and not self.pipeline and self._refusal is None:
            self.refuse(stopping())
        else:
            self.transport.abort()

    def common_headers(self) -> Headers:
        """What every answer of the server carries; the same list for a second."""
        return self.server_state.default_headers

    def stored_answer(self, headers: Headers) -> bytes:
        """The answer to a webhook that was stored, made once for all."""
        common, server = self.server_state.default_headers, type(self)
        if server._stored_answer[0] is not common:
            server._stored_answer = common, written(200, common, headers, b"", keep_alive=True)
        return server._stored_answer[1]

    def _takes_lane(self) -> bool:
        """Whether the request is a webhook like any other, which begins its way here then."""
        self._in_lane = None
        lane, parser = type(self).open_lane(), self.parser
        if lane is None or self.url != lane.path or parser.get_method() != b"POST":
            return False
        if self._stopping or self._answering() or self.flow.write_paused:
            return False
        if parser.should_upgrade() or not parser.should_keep_alive() or parser.get_http_version() != "1.1":
            return False
        signature = usual_signature(self.headers)
        if signature is None:
            return False
        self._in_lane = LaneCycle(lane, self, signature)
        self.cycle = cast("RequestResponseCycle", self._in_lane)
        self._has_cycle = True
        return True

    def _check_head(self) -> None:
        limits, headers, hosts = self.limits, self.headers, 0
        version = self.parser.get_http_version()
        for name, value in headers:
            if name == b"host":
                hosts += 1
            elif name == b"transfer-encoding" and (version != "1.1" or value.lower() != b"chunked"):
                raise malformed()
        if len(headers) > limits.header_fields or (
            self._began_in + self._fed > limits.head_bytes and self._head_bytes() > limits.head_bytes
        ):
            raise head_too_large()
        if version not in {"1.1", "1.0"}:
            raise wrong_version()
        if hosts != 1 and (hosts or version == "1.1"):
            raise malformed()
        if self.parser.get_method() in {b"TRACE", b"CONNECT"}:
            raise wrong_method()
        if len(self.pipeline) >= limits.pipelined:
            raise too_many_pipelined()

    def _head_bytes(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + len(b": \r\n") for name, value in self.headers)

    def _switch(self, rest: bytes) -> None:
        if not self._should_upgrade():
            self._decline_upgrade(rest)
        elif self._answering():
            self.refuse(malformed())
        else:
            self._disarm()
            self.handle_websocket_upgrade()

    def _decline_upgrade(self, rest: bytes) -> None:
        # Java's HTTP client offers h2c with its first request, body and all. The parser has skipped the body
        # and would take it for the next request, so this one is read anew without the offer.
        first = f"{self.scope['method']} ".encode() + self.url
        lines = [b"%s HTTP/%s" % (first, self.parser.get_http_version().encode())]
        lines += [b"%s: %s" % header for header in self.headers if header[0] != b"upgrade"]
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn's own
        self._receiving = False
        self.data_received(b"\r\n".join([*lines, b"", rest]))

    def _should_upgrade(self) -> bool:
        # By RFC 6455 it is a GET; whatever has a body is answered as if nothing else had been offered.
        return self.scope["method"] == "GET" and not self._has_body() and super()._should_upgrade()

    def _has_body(self) -> bool:
        return any(name in _FRAMING for name, _ in self.headers)

    def _answering(self) -> bool:
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return cycle is not None and not cycle.response_complete

    def _waiting(self) -> bool:
        """Whether the client holds this connection, not the application."""
        return self._receiving or not self._answering()

    def _rest(self) -> None:
        seconds = self.limits.parting_seconds if self._stopping else self.limits.keep_alive_seconds
        self._deadline = self.loop.time() + seconds

    def _say(self, why: Rejection) -> None:
        _log.debug("refused a request: %s", why.code)
        self.flow.resume_reading()
        self.transport.write(refusal(why, self.server_state.default_headers))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._deadline = self.loop.time() + self.limits.linger_seconds
        self._arm(self.limits.linger_seconds)

    def _make_room(self) -> None:
        # Refusing newcomers would let the stalled lock the honest out, so those that wait longest go; several
        # at a time, since looking through all of them is too dear for each newcomer.
        others = (found for found in cast("set[object]", self.connections) if found is not self)
        waiting = [found for found in others if isinstance(found, LimitedHttpProtocol) and found._waiting()]
        waiting.sort(key=lambda connection: connection._deadline)
        for connection in waiting[: 1 + self.limits.connections // 16]:
            self.connections.discard(connection)
            connection.transport.abort()
        if not waiting:
            self.refuse(crowded())

    def _arm(self, seconds: float) -> None:
        self._disarm()
        self._timer = self.loop.call_later(min(seconds, _TICK), self._look)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        now = self.loop.time()
        if self._write_stalled(now):
            self.transport.abort()
            return
        if now >= self._deadline and not self.transport.is_closing():
            self._overdue(now)
        self._arm(max(self._deadline - now, 0.0) if self._deadline > now else _TICK)

    def _overdue(self, now: float) -> None:
        if self._refusal is not None:
            self.transport.abort()
        elif not self._receiving:
            self.transport.close()
        elif self.flow.read_paused or (bool(self.pipeline) if self._has_cycle else self._answering()):
            self._deadline = now + self.limits.request_seconds  # it waits for us: its time begins anew
        else:
            self.refuse(too_slow())

    def _write_stalled(self, now: float) -> bool:
        unsent = self.transport.get_write_buffer_size()
        if not unsent or unsent != self._unsent:
            self._unsent, self._unsent_since = unsent, now
            return False
        return now - self._unsent_since >= self.limits.write_seconds


def refusal(why: Rejection, common: Headers) -> bytes:
    """A whole answer that says no, after which the connection ends."""
    status, headers, body = raw_problem(problem(why.status, why.code, why.detail), why.headers)
    guards = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
    return written(status, common, [*headers, *guards], body, keep_alive=False)
