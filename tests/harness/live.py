"""Clients of the live connection: as light as can be, so that hundreds cost the machine little."""

import asyncio
import base64
import json
import os
import socket
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, cast

import httpx

from meta_inbox.domain.model.secret import Secret
from meta_inbox.entrypoints.cli_tokens import sign
from tests.harness.service import JWT_SECRET, Service

_LONG = 126
_VERY_LONG = 127
_TEXT, _CLOSE, _PING = 1, 8, 9

Told = Callable[[bytes, float], None]


def token(tenant: str, user: str = "ana") -> str:
    """A bearer token of the tenant's."""
    return sign(Secret(JWT_SECRET), tenant, user, life=timedelta(hours=1))


async def ticket(client: httpx.AsyncClient, service: Service, tenant: str, user: str = "ana") -> str:
    """A ticket for one connection."""
    headers = {"Authorization": f"Bearer {token(tenant, user)}"}
    answer = await client.post(f"http://127.0.0.1:{service.port}/api/meta/live/tickets", headers=headers)
    answer.raise_for_status()
    return str(answer.json()["ticket"])


class Follower(asyncio.Protocol):
    """Hands each frame to ``told`` with the moment it came; answers pings; knows why it was closed."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._buffer = b""
        self._open = False
        self.status = 0
        self.code: int | None = None
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def asks(self, target: str) -> None:
        """Offers to upgrade."""
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {target} HTTP/1.1", "Host: live", "Upgrade: websocket", "Connection: Upgrade"]
        lines += [f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "", ""]
        self.transport.write("\r\n".join(lines).encode())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._open:
            head, gap, rest = self._buffer.partition(b"\r\n\r\n")
            if not gap:
                return
            self.status, self._open, self._buffer = int(head[9:12]), True, rest
            if not self.ready.done():
                self.ready.set_result(None)
        while (frame := self._frame()) is not None:
            self._take(*frame)

    def _take(self, kind: int, payload: bytes) -> None:
        if kind == _TEXT:
            self._told(payload, time.perf_counter())
        elif kind == _PING:
            self._say(0x8A, payload)
        elif kind == _CLOSE:
            self.code = int.from_bytes(payload[:2], "big") if payload else None
            self.transport.close()

    def _frame(self) -> tuple[int, bytes] | None:
        data = self._buffer
        if len(data) < 2:
            return None
        size, at = data[1], 2
        if size == _LONG:
            size, at = int.from_bytes(data[2:4], "big"), 4
        elif size == _VERY_LONG:
            size, at = int.from_bytes(data[2:10], "big"), 10
        if len(data) < at + size:
            return None
        self._buffer = data[at + size :]
        return data[0] & 0x0F, data[at : at + size]

    def _say(self, first: int, payload: bytes) -> None:
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))
        self.transport.write(bytes([first, 0x80 | len(payload)]) + mask + masked)

    def connection_lost(self, exc: Exception | None) -> None:
        for waited in (self.ready, self.gone):
            if not waited.done():
                waited.set_result(None)


@asynccontextmanager
async def connected(
    port: int, target: str, told: Told, *, room: int | None = None
) -> AsyncGenerator[Follower]:
    """One connection to that address of a service; ``room`` = bytes that wait at the client's end."""
    one = socket.socket()
    if room is not None:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    one.connect(("127.0.0.1", port))
    one.setblocking(False)
    loop = asyncio.get_running_loop()
    _, follower = await loop.create_connection(lambda: Follower(told), sock=one)
    try:
        follower.asks(target)
        await asyncio.wait_for(follower.ready, 10)
        yield follower
    finally:
        follower.transport.abort()


@asynccontextmanager
async def following(
    service: Service, given: str, told: Told, after: int | None = None, *, room: int | None = None
) -> AsyncGenerator[Follower]:
    """One connection by that ticket."""
    target = f"/api/meta/live?ticket={given}" + ("" if after is None else f"&after={after}")
    async with connected(service.port, target, told, room=room) as follower:
        yield follower


class Reader:
    """What a browser knows of the log: each cursor once, in order; it goes on where it was."""

    def __init__(self) -> None:
        self.seen: list[int] = []
        self.resyncs = 0
        self.place: int | None = None
        self.at: dict[str, float] = {}

    def take(self, payload: bytes, at: float) -> None:
        """One frame."""
        frame: dict[str, Any] = json.loads(payload)
        place = int(frame["cursor"])
        if frame["type"] == "resync":
            self.resyncs += 1
        elif frame["type"] != "ready":
            self.seen.append(place)
            if (message := frame["data"].get("message")) is not None:
                self.at.setdefault(message["message_id"], at)
        self.place = place
