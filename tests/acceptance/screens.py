"""Screens on which the inbox is open: what came to them, and where they would go on."""

import json
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from meta_inbox.adapters.http.front import Front
from tests.contracts.live_socket import opened
from tests.harness.live import connected


@dataclass
class Screen:
    """Everything that was told, in order; the connection is behind it."""

    frames: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    behind: AsyncExitStack = field(default_factory=AsyncExitStack)

    def take(self, payload: bytes, at: float) -> None:
        """One frame came."""
        del at
        self.frames.append(json.loads(payload))

    @property
    def is_ready(self) -> bool:
        """Whether the connection has said where it begins."""
        return bool(self.frames)

    @property
    def cursor(self) -> str:
        """Where it would go on."""
        return str(self.frames[-1]["cursor"])

    def told(self, kind: str) -> list[dict[str, Any]]:
        """What was told of this kind."""
        return [frame["data"] for frame in self.frames if frame["type"] == kind]

    def texts(self) -> list[str]:
        """New messages, in the order in which they appeared."""
        return [str(data["message"]["text"]) for data in self.told("message.created")]

    async def close(self) -> None:
        """Hangs up."""
        await self.behind.aclose()


async def over_asgi(front: Front, ticket: str, after: str | None) -> Screen:
    """A screen of the app in this process."""
    screen = Screen()
    asked = {"ticket": ticket} | ({} if after is None else {"after": after})
    socket = await screen.behind.enter_async_context(opened(front, **asked))
    socket.watched(screen.take)
    return screen


async def over_http(base: str, ticket: str, after: str | None) -> Screen:
    """A screen of a running service."""
    screen, where = Screen(), urlsplit(base)
    assert where.port is not None
    cursor = "" if after is None else f"&after={after}"
    target = f"{where.path}/live?ticket={ticket}{cursor}"
    follower = await screen.behind.enter_async_context(connected(where.port, target, screen.take))
    assert follower.status == 101
    return screen
