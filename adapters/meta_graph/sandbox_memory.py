"""Keeps the world in a file, so that connected accounts still work after a restart of the sandbox."""

import asyncio
import logging
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from meta_inbox.adapters.meta_graph.world import World

_log = logging.getLogger("meta_inbox.sandbox")
EVERY = 2.0


def recall(world: World, path: Path) -> None:
    """Takes up what the file holds; a file of another version is left alone and the world begins anew."""
    try:
        world.restore(path.read_bytes())
    except FileNotFoundError:
        return
    except ValueError as error:
        _log.warning("%s: %s; beginning anew", path.name, error)


def keep(path: Path, dumped: bytes) -> None:
    """Writes the file whole or not at all, for its owner's eyes alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(dumped)
    draft.replace(path)


@asynccontextmanager
async def remembering(world: World, path: Path | None) -> AsyncGenerator[None]:
    """Keeps the world in the file while inside, and once more at the end; None = nowhere."""
    if path is None:
        yield
        return
    task = asyncio.create_task(_keep_on(world, path))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        keep(path, world.dump())


async def _keep_on(world: World, path: Path) -> None:
    kept = b""
    while True:
        dumped = world.dump()
        if dumped != kept:
            await asyncio.to_thread(keep, path, dumped)
            kept = dumped
        await asyncio.sleep(EVERY)
