"""Whose files go to Meta now: few at a time, and of one account no more than its share."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from meta_inbox.domain.model.ids import AccountId

AT_ONCE = 4
"""How many files go to Meta at the same time: each is held in memory whole."""
SHARE = 2
"""How many of them are one account's, at which Meta may hang."""
PATIENCE = 10.0
"""Seconds that a message waits for its turn, which is less than its lease."""


def _shares() -> WeakValueDictionary[AccountId, asyncio.Semaphore]:
    return WeakValueDictionary()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTurns:
    """The turns of one process; the share of an account is forgotten when nobody waits for it or has it."""

    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE), repr=False)
    shares: WeakValueDictionary[AccountId, asyncio.Semaphore] = field(default_factory=_shares, repr=False)

    @asynccontextmanager
    async def turn(self, account: AccountId) -> AsyncGenerator[bool]:
        """Whether the account's turn came in time; it has its place until the block ends."""
        share = self.shares.setdefault(account, asyncio.Semaphore(SHARE))
        async with AsyncExitStack() as held:
            yield await _came(held, share, self.places)


async def _came(held: AsyncExitStack, *places: asyncio.Semaphore) -> bool:
    """The account's own share first: who waits for that must not take a place from others."""
    try:
        async with asyncio.timeout(PATIENCE):
            for place in places:
                await held.enter_async_context(place)
    except TimeoutError:
        return False
    return True
