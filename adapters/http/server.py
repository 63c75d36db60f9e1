"""The HTTP server process: it listens, serves one application in one or more processes, and ends in time.

``serve`` and ``run_many`` end within 10 s of SIGTERM or SIGINT, and at once on the second signal: requests
get 7.5 s, what remains is cut, the application's own stop has until 8.5 s, and a thread ends the process at
9 s whatever hangs. Several processes share sockets that the parent keeps, so one that dies loses no
connection that it had not taken. Each hangs on a line to the parent, and the line's end, even by SIGKILL of
the parent, stops it.
"""

import _thread
import asyncio
import contextlib
import errno
import itertools
import logging
import os
import resource
import signal
import socket
import time
from asyncio.subprocess import Process
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import FrameType
from typing import Any, cast

import uvicorn
import uvloop

from meta_inbox.adapters.http.asgi import ASGIApp, Event, Scope
from meta_inbox.adapters.http.live_protocol import LiveProtocol, websocket_options
from meta_inbox.adapters.http.protocol import LimitedHttpProtocol, Limits
from meta_inbox.adapters.http.webhook_lane import OpenLane

Ready = Callable[[str], None]
"""Is told the address, ``http://host:port``, once it is served."""

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_BACKLOG = 2048
_SPARE_FILES = 256  # for the database, for Meta and for files, beside the connections
_READY = b"r"
_NO_SUCH_ADDRESS = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}

_log = logging.getLogger("meta_inbox.http")


class CannotListen(Exception):
    """The address cannot be had; one line says which and why."""


class NotStarted(Exception):
    """The application, or a worker process, ended before it served anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds after the first signal at which something is given up."""

    requests: float = 7.5
    stop: float = 8.5
    process: float = 9.0
    workers: float = 9.2
    parent: float = 9.7
    insisted: float = 0.5


def listen(host: str, port: int) -> list[socket.socket]:
    """Listens on every address of the host; port 0 takes a free one. Raises CannotListen."""
    taken: list[socket.socket] = []
    refused: OSError | None = None
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, _, _, _, address in found:
            chosen = taken[0].getsockname()[1] if taken else port
            try:
                taken.append(_listening(family, (address[0], chosen, *address[2:])))
            except OSError as error:
                if error.errno not in _NO_SUCH_ADDRESS:
                    raise
                refused = error  # as with localhost on a machine without IPv6
        if refused and not taken:
            raise refused
    except OSError as error:
        for one in taken:
            one.close()
        raise CannotListen(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
    return taken


def _listening(family: int, address: tuple[Any, ...]) -> socket.socket:
    one = socket.socket(family, socket.SOCK_STREAM)
    try:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        one.bind(address)
        one.listen(_BACKLOG)
        one.setblocking(False)
    except OSError:
        one.close()
        raise
    return one


def address_of(sockets: Sequence[socket.socket]) -> str:
    """The address of the first, for people and browsers."""
    host, port = sockets[0].getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Lifespan:
    """The application's start and stop; a failed start raises what the application raised."""

    should_exit = False

    def __init__(self, app: ASGIApp, _config: uvicorn.Config) -> None:
        self.state: dict[str, Any] = {}
        self._app = app
        self._asked: asyncio.Queue[Event] = asyncio.Queue()
        self._reached = {"startup": asyncio.Event(), "shutdown": asyncio.Event()}
        self._running: asyncio.Task[None] | None = None

    async def startup(self) -> None:
        running = self._running = asyncio.ensure_future(self._run())
        if not await self._reach("startup", running, None):
            await running
            raise NotStarted("the application ended before it had started")

    async def shutdown(self, within: float) -> None:
        """Waits for the application's stop, so many seconds at most."""
        if self._running is None:
            return
        if not await self._reach("shutdown", self._running, within) and not self._running.done():
            _log.error("the application did not stop in time")
        elif self._running.done() and not self._running.cancelled() and self._running.exception():
            _log.error("the application failed while it stopped", exc_info=self._running.exception())

    async def abandon(self, within: float) -> None:
        """Gives up a start that has not ended."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait({self._running}, timeout=within)

    async def _run(self) -> None:
        asgi = {"version": "3.0", "spec_version": "2.0"}
        scope: Scope = {"type": "lifespan", "asgi": asgi, "state": self.state}
        await self._app(scope, self._asked.get, self._tell)

    async def _tell(self, event: Event) -> None:
        # "….failed" carries a traceback as text; the exception itself follows it.
        if event["type"].endswith(".complete"):
            self._reached[event["type"].split(".")[1]].set()

    async def _reach(self, phase: str, running: asyncio.Task[None], within: float | None) -> bool:
        await self._asked.put({"type": f"lifespan.{phase}"})
        reached = asyncio.ensure_future(self._reached[phase].wait())
        await asyncio.wait({running, reached}, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        reached.cancel()
        return self._reached[phase].is_set()


class HttpServer(uvicorn.Server):
    """uvicorn with our limits, which leaves signals alone and is stopped by `stop`.

    `closing` is set first of all, for streams and workers that would not end by themselves.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        closing: asyncio.Event | None = None,
        on_ready: Ready | None = None,
        limits: Limits | None = None,
        patience: Patience | None = None,
        ws: type[asyncio.Protocol] = LiveProtocol,
        open_lane: OpenLane | None = None,
    ) -> None:
        self._protocol = LimitedHttpProtocol.within(limits or Limits(), open_lane)
        config = uvicorn.Config(
            app,
            http=self._protocol,
            **websocket_options(ws),
            interface="asgi3",
            log_config=None,
            log_level="warning",
            access_log=False,  # it would print queries
            proxy_headers=False,
            server_header=False,
            workers=1,
        )
        config.load()
        config.lifespan_class = partial(_Lifespan, app)
        super().__init__(config)
        self.closing = closing or asyncio.Event()
        self.patience = patience or Patience()
        self._on_ready = on_ready
        self._stopped_at = 0.0

    def stop(self) -> None:
        """Ends the service: the last answers, then the application's stop. A second call changes nothing."""
        if not self.should_exit:
            self.should_exit = True
            self._stopped_at = asyncio.get_running_loop().time()
            self.closing.set()

    def insist(self) -> None:
        """Cuts short what `stop` waits for."""
        self.force_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts the application, then takes connections. Raises what the application raises."""
        starting = asyncio.ensure_future(self._lifespan.startup())
        closing = asyncio.ensure_future(self.closing.wait())
        await asyncio.wait({starting, closing}, return_when=asyncio.FIRST_COMPLETED)
        closing.cancel()
        if not starting.done():
            starting.cancel()
            await self._lifespan.abandon(self._left(self.patience.stop))
            return
        await starting
        await self._take_connections(sockets or [])

    async def _take_connections(self, sockets: list[socket.socket]) -> None:
        loop = asyncio.get_running_loop()
        connection = partial(
            self._protocol,
            config=self.config,
            server_state=self.server_state,
            app_state=self._lifespan.state,
        )
        self.servers = [await loop.create_server(connection, sock=one, backlog=_BACKLOG) for one in sockets]
        self.started = True
        if self._on_ready is not None:
            self._on_ready(address_of(sockets))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answers what is under way, cuts what lasts too long, and stops the application last."""
        for server in self.servers:
            server.close()
        for one in sockets or ():
            one.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        state, limit = self.server_state, self.patience.requests
        while (state.connections or state.tasks) and self._left(limit):  # noqa: ASYNC110  # sets, not events
            await asyncio.sleep(0.02)
        await self._cut()
        await self._lifespan.shutdown(self._left(self.patience.stop) or 0.3)

    async def _cut(self) -> None:
        for connection in cast("list[asyncio.Protocol]", list(self.server_state.connections)):
            if isinstance(connection, LimitedHttpProtocol):
                connection.give_up()
        tasks = set(self.server_state.tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=0.3)

    def _left(self, limit: float) -> float:
        """Seconds until the limit after `stop`."""
        if self.force_exit:
            return 0.0
        return max(self._stopped_at + limit - asyncio.get_running_loop().time(), 0.0)

    @property
    def _lifespan(self) -> _Lifespan:
        return cast("_Lifespan", self.lifespan)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Nothing: uvicorn would raise the signal anew at the end, for exit code 143."""
        yield


def serve(
    app: ASGIApp,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    inherited: int | None = None,
    closing: asyncio.Event | None = None,
    on_ready: Ready | None = None,
    limits: Limits | None = None,
    patience: Patience | None = None,
    ws: type[asyncio.Protocol] = LiveProtocol,
    open_lane: OpenLane | None = None,
) -> None:
    """Serves until SIGTERM or SIGINT, in the main thread; `inherited` is what `run_many` gave its command.

    `open_lane` gives the short way for webhooks once the application has started.
    Raises CannotListen, NotStarted, or what the application raised as it started.
    """
    line, sockets = (None, listen(host, port)) if inherited is None else _handed_down(inherited)
    ready = on_ready if line is None else partial(_report, line)
    fitting = _within_open_files(limits or Limits())
    server = HttpServer(
        app,
        closing=closing,
        on_ready=ready,
        limits=fitting,
        patience=patience,
        ws=ws,
        open_lane=open_lane,
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_until_told(server, sockets, line))


async def _until_told(server: HttpServer, sockets: list[socket.socket], line: socket.socket | None) -> None:
    loop, patience, times = asyncio.get_running_loop(), server.patience, itertools.count()

    def told() -> None:
        first = next(times) == 0
        _end_process_after(patience.process if first else patience.insisted)
        loop.call_soon_threadsafe(server.stop if first else server.insist)

    def line_ended() -> None:
        # Not counted with the signals: a service manager sends one to each process, before or after this.
        loop.remove_reader(cast("socket.socket", line))
        _end_process_after(patience.process)
        server.stop()

    if line is not None:
        loop.add_reader(line, line_ended)
    with _told_by_signals(told):
        await server.serve(sockets)


@contextlib.contextmanager
def _told_by_signals(told: Callable[[], None]) -> Generator[None, None, None]:
    # Not by the loop's own handlers: those wait for the loop, which may be what hangs.
    before = [signal.signal(number, lambda _number, _frame: told()) for number in _SIGNALS]
    after: list[signal.Handlers | Callable[..., Any] | int | None] = list(before)
    try:
        yield
        after = [_leave] * len(before)  # all is done: a late signal must not turn the exit code into 143
    finally:
        for number, handler in zip(_SIGNALS, after, strict=True):
            signal.signal(number, handler)


def _leave(_number: int, _frame: FrameType | None) -> None:
    os._exit(0)


def _end_process_after(seconds: float) -> None:
    # A bare thread: it needs neither the loop nor a lock that the code under the signal may hold.
    _thread.start_new_thread(_sleep_and_leave, (seconds,))


def _sleep_and_leave(seconds: float) -> None:
    time.sleep(seconds)
    os._exit(0)


def _within_open_files(limits: Limits) -> Limits:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = limits.connections + _SPARE_FILES
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return limits
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return replace(limits, connections=min(limits.connections, max(soft - _SPARE_FILES, soft // 2)))


def _handed_down(inherited: int) -> tuple[socket.socket, list[socket.socket]]:
    line = socket.socket(fileno=inherited)
    line.set_inheritable(False)
    _, numbers, _, _ = socket.recv_fds(line, 1, 16)
    if not numbers:
        raise NotStarted("the process that shares its sockets is gone")
    sockets = [socket.socket(fileno=number) for number in numbers]
    for one in sockets:
        one.set_inheritable(False)
        one.setblocking(False)
    line.setblocking(False)
    return line, sockets


def _report(line: socket.socket, _address: str) -> None:
    with contextlib.suppress(OSError):
        line.send(_READY)


def run_many(
    command: Callable[[int], Sequence[str]],
    *,
    workers: int,
    host: str,
    port: int,
    on_ready: Ready | None = None,
    patience: Patience | None = None,
) -> None:
    """Runs a command in several processes that share one address, until SIGTERM or SIGINT.

    `command` is given the file descriptor that its process hands to `serve(inherited=…)`. A process that
    dies is replaced. Raises CannotListen, or NotStarted when one ends before any served.
    """
    sockets = listen(host, port)
    crew = _Crew(command, sockets, on_ready, patience or Patience())
    asyncio.run(crew.run(workers))


class _Crew:
    """Worker processes, each at the other end of a line."""

    def __init__(
        self,
        command: Callable[[int], Sequence[str]],
        sockets: list[socket.socket],
        on_ready: Ready | None,
        patience: Patience,
    ) -> None:
        self._command = command
        self._sockets = sockets
        self._on_ready = on_ready
        self._patience = patience
        self._stopping = asyncio.Event()
        self._lines: dict[Process, socket.socket] = {}
        self._served = False
        self._told_once = False
        self._failure: NotStarted | None = None

    async def run(self, count: int) -> None:
        self._loop = asyncio.get_running_loop()
        with _told_by_signals(self._told):
            await asyncio.gather(*(self._keep_one() for _ in range(count)))
            if self._failure is not None:
                raise self._failure

    async def _keep_one(self) -> None:
        loop, pause = asyncio.get_running_loop(), 0.25
        while not self._stopping.is_set():
            began = loop.time()
            code = await self._run_one()
            if self._stopping.is_set():
                return
            if not self._served:
                self._failure = NotStarted(f"a worker ended with exit code {code} before it served anything")
                self._stop()
                return
            pause = 0.25 if loop.time() - began > 30 else min(pause * 2, 5.0)
            _log.error("a worker ended with exit code %d; another starts in %.1f s", code, pause)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    async def _run_one(self) -> int:
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                socket.send_fds(ours, [_READY], [one.fileno() for one in self._sockets])
                process = await asyncio.create_subprocess_exec(
                    *self._command(theirs.fileno()),
                    stdin=asyncio.subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    process_group=0,  # Ctrl-C is for the parent alone, or each would get it twice
                )
            ours.setblocking(False)
            self._lines[process] = ours
            if self._stopping.is_set():
                ours.shutdown(socket.SHUT_WR)
            with contextlib.suppress(OSError):
                if await asyncio.get_running_loop().sock_recv(ours, 1):
                    self._one_serves()
            code = await process.wait()
            del self._lines[process]
            return code

    def _one_serves(self) -> None:
        if not self._served and self._on_ready is not None:
            self._on_ready(address_of(self._sockets))
        self._served = True

    def _told(self) -> None:
        first = not self._told_once
        self._told_once = True
        _end_process_after(self._patience.parent if first else self._patience.insisted)
        self._loop.call_soon_threadsafe(self._stop if first else self._kill)

    def _stop(self) -> None:
        self._stopping.set()
        for line in self._lines.values():
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_WR)
        asyncio.get_running_loop().call_later(self._patience.workers, self._kill)

    def _kill(self) -> None:
        for process in list(self._lines):
            with contextlib.suppress(ProcessLookupError):
                process.kill()
