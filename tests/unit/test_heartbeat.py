"""The sign of life of whoever receives webhooks."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from meta_inbox.adapters.meta_graph.fake import FakeMeta
from meta_inbox.adapters.persistence.in_memory_histories import InMemoryHistories
from meta_inbox.domain.errors import StorageUnavailable
from meta_inbox.entrypoints import heartbeat as module
from meta_inbox.entrypoints.heartbeat import Heartbeat
from meta_inbox.entrypoints.plugin import open_inbox
from meta_inbox.entrypoints.settings import Settings
from tests.unit.doubles import World, eventually

BRIEF = module.timedelta(milliseconds=5)


@dataclass(frozen=True, slots=True)
class Failing(InMemoryHistories):
    """Fails at first."""

    async def beat(self) -> bool:
        """Once with trouble, then as usual."""
        if self.store.heard_at is None:
            self.store.heard_at = self.store.clock.now()
            raise StorageUnavailable("the database did not answer in time")
        return await InMemoryHistories.beat(self)


@asynccontextmanager
async def beating(heartbeat: Heartbeat) -> AsyncGenerator[None]:
    task = asyncio.create_task(heartbeat.run())
    try:
        yield
    finally:
        task.cancel()


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """A beat every few milliseconds."""
    monkeypatch.setattr(module, "EVERY", BRIEF)
    monkeypatch.setattr(module, "_LOOKS", BRIEF)


async def test_a_process_that_serves_nothing_gives_no_sign_of_life(world: World) -> None:
    heartbeat = Heartbeat(histories=world.histories)
    async with beating(heartbeat):
        await asyncio.sleep(0.05)
        assert world.store.heard_at is None
        heartbeat.serves = True
        await eventually(lambda: world.store.heard_at is not None)


async def test_a_beat_that_fails_is_followed_by_another(world: World) -> None:
    async with beating(Heartbeat(histories=Failing(world.store), serves=True)):
        await eventually(lambda: world.store.heard_at is not None)
        world.later(minutes=1)
        await eventually(lambda: world.store.heard_at == world.clock.now())


async def test_mounting_the_api_begins_it() -> None:
    async with open_inbox(Settings.in_memory(meta=FakeMeta()), jobs=False) as inbox:
        assert not inbox.heartbeat.serves
        inbox.asgi(identity=lambda _: None)  # type: ignore[arg-type]
        assert inbox.heartbeat.serves
