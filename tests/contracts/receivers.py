"""Those whom events are posted to: one who takes everything, and one on a port who does as it is told."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from meta_inbox.adapters.addresses.guard import AddressGuard
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.webhook_delivery import Posted
from meta_inbox.domain.model.webhook_hosts import WebhookHosts

Answer = Callable[[asyncio.StreamWriter], object]


@dataclass
class YesPoster:
    """Every receiver answers 204, but for ``outcomes``, which the next posts come to; once ``go`` is set."""

    outcomes: list[Posted] = field(default_factory=list[Posted])
    posted: list[tuple[str, str, bytes]] = field(default_factory=list[tuple[str, str, bytes]])
    secrets: list[Sequence[Secret]] = field(default_factory=list[Sequence[Secret]])
    trouble: list[Exception] = field(default_factory=list[Exception])
    go: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.go.set()

    def require_allowed(self, url: str) -> None:
        """As the real one does."""
        AddressGuard(hosts=WebhookHosts()).look(url)

    async def post(self, url: str, secrets: Sequence[Secret], id_: str, body: bytes) -> Posted:
        """Notes it, unless there is ``trouble``."""
        if self.trouble:
            raise self.trouble.pop(0)
        self.posted.append((url, id_, body))
        self.secrets.append(secrets)
        await self.go.wait()
        return self.outcomes.pop(0) if self.outcomes else Posted(status=204)


@dataclass
class Request:
    """What a receiver was sent."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Answers each request in the next of these ways, the last one for ever."""

    answers: list[Answer]
    port: int = 0
    seen: list[Request] = field(default_factory=list[Request])
    _serving: set["asyncio.Task[None]"] = field(default_factory=set["asyncio.Task[None]"])

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/hooks"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            line, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name.lower(): value for name, _, value in (each.partition(": ") for each in lines)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            answer = self.answers[min(len(self.seen), len(self.answers) - 1)]
            self.seen.append(Request(line, headers, body))
            found = answer(writer)
            if asyncio.iscoroutine(found):
                await found
            await writer.drain()
        writer.close()
        self._serving.discard(task)

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator["Receiver"]:
        """For the length of a test."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in self._serving:
                task.cancel()
            await asyncio.gather(*self._serving, return_exceptions=True)


def saying(head: str, body: bytes = b"") -> Answer:
    """This status and these headers, a line each."""
    return lambda writer: writer.write(
        f"HTTP/1.1 {head}\nContent-Length: {len(body)}\n\n".replace("\n", "\r\n").encode() + body
    )


OK = saying("204 No Content")
