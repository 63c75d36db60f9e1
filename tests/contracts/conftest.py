"""The contracts run on every set of adapters listed here; the tests do not know which."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import pytest

from tests.contracts.backstage import Stores
from tests.contracts.memory_stores import memory_stores
from tests.contracts.postgres_stores import postgres_stores
from tests.contracts.scene import Scene

MakeStores = Callable[[], AbstractAsyncContextManager[Stores]]

KINDS = [
    pytest.param(memory_stores, id="memory"),
    pytest.param(postgres_stores, id="postgres", marks=pytest.mark.real),
]


@pytest.fixture(params=KINDS)
async def stores(request: pytest.FixtureRequest) -> AsyncIterator[Stores]:
    """Empty adapters of one kind."""
    make: MakeStores = request.param
    async with make() as opened:
        yield opened


@pytest.fixture
def scene(stores: Stores) -> Scene:
    """Accounts, contacts and what they write, on those adapters."""
    return Scene(stores)
