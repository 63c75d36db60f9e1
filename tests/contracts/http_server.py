"""The API on a real port, with a connected account and a message, for tools that need one."""

import asyncio
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn

from tests.contracts.http_stage import HttpStage


@dataclass(frozen=True, slots=True)
class Served:
    """Where it is, who may call it, and what is in it."""

    base: str
    token: str
    account: str


@contextmanager
def serve_in_background() -> Generator[Served]:
    """Serves from a thread with a loop of its own until the block ends."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        stage = HttpStage(rate_limit=0)
        account = asyncio.run(_filled(stage))
        server = uvicorn.Server(uvicorn.Config(stage.app, log_config=None, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        port = listening.getsockname()[1]
        try:
            yield Served(f"http://127.0.0.1:{port}", stage.token(), account)
        finally:
            server.should_exit = True
            thread.join(timeout=10)


async def _filled(stage: HttpStage) -> str:
    account = await stage.connects()
    await stage.contact_writes()
    await stage.contact_comments()
    return account
