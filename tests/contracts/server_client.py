"""What the tests of the server's limits hold: the server as a process, and raw connections to it."""

import asyncio
import contextlib
import json
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_APP = Path(__file__).with_name("server_app.py")
PATIENCE = 8.0
"""Seconds within which whatever a test waits for must have come."""


@dataclass
class Answer:
    """One HTTP answer as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        """The code of a problem; only a problem has one."""
        assert self.headers["content-type"] == "application/problem+json"
        assert self.headers["connection"] == "close"
        problem: dict[str, Any] = json.loads(self.body)
        assert problem.keys() == {"type", "title", "status", "detail", "code"}
        assert problem["status"] == self.status
        return str(problem["code"])


@dataclass
class Raw:
    """A connection on which a test writes what it likes."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def write(self, data: bytes) -> None:
        """Sends bytes; a peer that has closed already is the reader's business."""
        self.writer.write(data)
        with contextlib.suppress(ConnectionError):
            await self.writer.drain()

    async def answer(self, *, head_only: bool = False) -> Answer:
        """Reads one answer to its end."""
        async with asyncio.timeout(PATIENCE):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
            length = 0 if head_only else int(headers.get("content-length", "0"))
            return Answer(int(head[0].split()[1]), headers, await self.reader.readexactly(length))

    async def ask(self, request: bytes) -> Answer:
        """Sends a request and reads its answer."""
        await self.write(request)
        return await self.answer()

    async def closed(self, within: float = PATIENCE) -> bytes:
        """Waits for the server to end the connection; gives what still came."""
        async with asyncio.timeout(within):
            with contextlib.suppress(ConnectionError):
                return await self.reader.read()
            return b""


def get(path: str = "/", *fields: str) -> bytes:
    """A GET request with further header lines."""
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: cellar", *fields, "", ""]).encode()


def post(path: str, *fields: str, body: bytes = b"") -> bytes:
    """A POST request, whose framing is the caller's affair."""
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: cellar", *fields, "", ""]).encode() + body


@dataclass
class Served:
    """The server as a process, with what it said so far."""

    process: Process
    host: str = ""
    port: int = 0
    said: list[str] = field(default_factory=list[str])

    async def hears(self, line: str) -> None:
        """Waits until the application says this."""
        async with asyncio.timeout(PATIENCE):
            while line not in self.said:
                self.said.append(await self.line())

    async def line(self) -> str:
        """The next line of standard output."""
        assert self.process.stdout is not None
        raw = await self.process.stdout.readline()
        if not raw:
            raise EOFError
        return raw.decode().strip()

    async def rest(self) -> list[str]:
        """Everything said, once the process has ended."""
        with contextlib.suppress(EOFError):
            while True:
                self.said.append(await self.line())
        return self.said

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncGenerator[Raw]:
        """A new connection."""
        raw = await self.connect()
        try:
            yield raw
        finally:
            await hang_up(raw)

    async def connect(self) -> Raw:
        """A new connection, which the caller hangs up."""
        return Raw(*await asyncio.open_connection(self.host, self.port, limit=2**20))

    async def ask(self, request: bytes) -> Answer:
        """One request on a connection of its own."""
        async with self.connected() as raw:
            return await raw.ask(request)

    async def stopped(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Sends a signal: the exit code and the seconds it took."""
        began = asyncio.get_running_loop().time()
        self.process.send_signal(number)
        async with asyncio.timeout(12):
            code = await self.process.wait()
        return code, asyncio.get_running_loop().time() - began


async def hang_up(raw: Raw) -> None:
    """Ends a connection from this side."""
    raw.writer.close()
    with contextlib.suppress(ConnectionError):
        await raw.writer.wait_closed()


async def launch(**options: object) -> Served:
    """Starts the process and does not wait for anything."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(_APP), json.dumps(options), stdout=PIPE, stderr=PIPE
    )
    return Served(process)


@contextlib.asynccontextmanager
async def serving(**options: object) -> AsyncGenerator[Served]:
    """The server, ready, and gone afterwards."""
    server = await launch(**options)
    try:
        async with asyncio.timeout(20):
            address = urlsplit(await server.line())
        server.host, server.port = address.hostname or "", address.port or 0
        yield server
    finally:
        await end(server)


async def end(server: Served) -> None:
    """Makes sure that the process is gone and its pipes are closed."""
    if server.process.returncode is None:
        server.process.kill()
    await server.process.communicate()
