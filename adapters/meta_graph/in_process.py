"""Calls to Meta that never leave the process: the world's Graph API, spoken to as ASGI without a server."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from meta_inbox.adapters.meta_graph.exchange import BODY_LIMIT, Answer, Lost, Request
from meta_inbox.adapters.meta_graph.multipart_body import encode
from meta_inbox.adapters.meta_graph.sandbox_graph import GraphHttp
from meta_inbox.adapters.meta_graph.world import World


class WorldTransport:
    """Carries calls to a world; its faults do to them what they do to calls over HTTP."""

    def __init__(self, world: World) -> None:
        self._graph = GraphHttp(world=world, handshake=_trusting)

    async def call(self, request: Request) -> Answer:
        """The world's answer. Lost, when a fault keeps it back."""
        kind, body = _body(request)
        connection = _Connection(body=body)
        try:
            async with asyncio.timeout(request.deadline):
                await self._graph(_scope(request, kind), connection.receive, connection.send)
        except (ConnectionResetError, TimeoutError) as error:
            raise Lost(type(error).__name__) from error
        return connection.answer()


@dataclass(slots=True, kw_only=True)
class _Connection:
    """The caller's end: it hands over one request, then waits for the answer and for nothing else."""

    body: bytes
    asked: bool = False
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    answered: bytearray = field(default_factory=bytearray)
    whole: bool = False

    async def receive(self) -> Any:
        if self.asked:
            if self.status is not None and not self.is_over:
                await asyncio.sleep(3600)
            return {"type": "http.disconnect"}
        self.asked = True
        return {"type": "http.request", "body": self.body, "more_body": False}

    @property
    def is_over(self) -> bool:
        """Whether nothing more is taken."""
        return self.whole or len(self.answered) > BODY_LIMIT

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        elif not self.is_over:
            self.answered += message["body"]
            self.whole = not message.get("more_body", False)

    def answer(self) -> Answer:
        if self.status is None or not self.is_over:
            raise Lost("no answer")
        plain = "content-encoding" not in self.headers and len(self.answered) <= BODY_LIMIT
        return Answer(status=self.status, headers=self.headers, body=bytes(self.answered) if plain else None)


def _scope(request: Request, kind: str) -> Any:
    url = urlsplit(request.url)
    headers = [(b"content-type", kind.encode())]
    if request.token is not None:
        headers.append((b"authorization", f"Bearer {request.token.reveal()}".encode()))
    return {
        "type": "http",
        "method": request.method,
        "path": url.path,
        "query_string": urlencode(request.query).encode(),
        "headers": headers,
    }


def _body(request: Request) -> tuple[str, bytes]:
    if request.json is not None:
        return "application/json", json.dumps(request.json).encode()
    form: Mapping[str, str] = request.form or {}
    if request.file is not None:
        return encode(form, request.file)
    return "application/x-www-form-urlencoded", urlencode(form).encode()


async def _trusting(_url: str, _token: str) -> bool:
    return True
