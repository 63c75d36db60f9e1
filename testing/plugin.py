"""Fixtures for the tests of a host. Pytest finds them by itself; nothing is imported until one is asked for.

``-p no:meta_inbox`` leaves them out.
"""

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

import pytest

try:
    from pytest_asyncio import fixture as async_fixture
except ImportError:
    async_fixture = pytest.fixture  # type: ignore[assignment]  # anyio's plugin runs it then, or nobody

if TYPE_CHECKING:
    from meta_inbox.adapters.meta_graph.fake import FakeMeta
    from meta_inbox.entrypoints.blocking import BlockingInbox
    from meta_inbox.entrypoints.plugin import OpenInbox
    from meta_inbox.entrypoints.settings import Settings
    from meta_inbox.testing.stage import Stage


@pytest.fixture
def fake_meta() -> "FakeMeta":
    """The Meta that the test plays."""
    from meta_inbox import FakeMeta

    return FakeMeta()


@pytest.fixture
def meta_inbox_settings(fake_meta: "FakeMeta") -> "Settings":
    """Settings of an inbox in memory, with that Meta; for a host that opens its inbox itself."""
    from meta_inbox import Settings

    return Settings.in_memory(fake_meta)


@async_fixture
async def meta_inbox(meta_inbox_settings: "Settings") -> AsyncIterator["OpenInbox"]:
    """An open inbox for a test that is a coroutine, on the test's own loop."""
    from meta_inbox import open_inbox

    async with open_inbox(meta_inbox_settings) as inbox:
        yield inbox


@pytest.fixture
def blocking_meta_inbox(meta_inbox_settings: "Settings") -> Iterator["BlockingInbox"]:
    """An open inbox for a test without a loop, and for scenarios."""
    from meta_inbox import open_inbox_blocking

    with open_inbox_blocking(meta_inbox_settings) as inbox:
        yield inbox


@pytest.fixture
def meta_stage(fake_meta: "FakeMeta", blocking_meta_inbox: "BlockingInbox") -> "Stage":
    """Where scenarios play: people, an account and Meta, by name."""
    from meta_inbox.testing.stage import Stage

    return Stage(fake_meta, blocking_meta_inbox)
