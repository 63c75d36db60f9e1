"""Group commit: who is answered when, whatever the database does."""

import asyncio
from collections.abc import Sequence

import pytest

from meta_inbox.adapters.persistence.committer import Committer, Limits
from meta_inbox.domain.errors import StorageUnavailable


class Store:
    """Commits when it is let, and remembers its batches."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.error: Exception | None = None

    async def commit(self, entries: Sequence[str]) -> None:
        self.batches.append(list(entries))
        await self.open.wait()
        if self.error is not None:
            raise self.error


async def test_what_arrives_during_a_commit_goes_together_into_the_next() -> None:
    store = Store()
    store.open.clear()
    committer = Committer(store.commit)
    first = committer.put("a", 1)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    later = [committer.put(name, 1) for name in "bcd"]
    await asyncio.sleep(0)
    store.open.set()
    await asyncio.gather(first, *later)
    assert store.batches == [["a"], ["b", "c", "d"]]


async def test_nobody_is_answered_before_the_commit() -> None:
    store = Store()
    store.open.clear()
    committer = Committer(store.commit)
    waiting = committer.put("a", 1)
    await asyncio.sleep(0.05)
    assert not waiting.done()
    store.open.set()
    await waiting


async def test_a_commit_that_never_ends_is_answered_in_time() -> None:
    store = Store()
    store.open.clear()
    committer = Committer(store.commit, Limits(deadline=0.2))
    began = asyncio.get_running_loop().time()
    with pytest.raises(StorageUnavailable):
        await committer.put("a", 1)
    assert asyncio.get_running_loop().time() - began < 0.5
    store.open.set()
    await committer.close(1)


async def test_those_behind_a_commit_that_never_ends_are_answered_in_time() -> None:
    store = Store()
    store.open.clear()
    committer = Committer(store.commit, Limits(deadline=0.2))
    callers = [committer.put(str(n), 1) for n in range(5)]
    results = await asyncio.gather(*callers, return_exceptions=True)
    assert all(isinstance(result, StorageUnavailable) for result in results)
    store.open.set()
    await committer.close(1)


async def test_a_failed_commit_is_told_to_everybody_in_it_and_to_nobody_else() -> None:
    store = Store()
    store.error = RuntimeError("disk full")
    committer = Committer(store.commit)
    with pytest.raises(StorageUnavailable):
        await committer.put("a", 1)
    store.error = None
    await committer.put("b", 1)


async def test_a_caller_who_left_does_not_stop_the_others() -> None:
    store = Store()
    store.open.clear()
    committer = Committer(store.commit)
    gone = committer.put("a", 1)
    stays = committer.put("b", 1)
    await asyncio.sleep(0.01)
    gone.cancel()
    store.open.set()
    await stays
    assert gone.cancelled()
    with pytest.raises(asyncio.CancelledError):
        await gone


async def test_too_much_waiting_is_refused_at_once() -> None:
    store = Store()
    store.open.clear()
    committer = Committer(store.commit, Limits(waiting_bytes=10))
    under_way: list[asyncio.Future[None]] = []
    for name in "ab":
        under_way.append(committer.put(name, 8))
        await asyncio.sleep(0.01)
    waits = committer.put("c", 8)
    with pytest.raises(StorageUnavailable, match="too much"):
        await committer.put("d", 8)
    store.open.set()
    await asyncio.gather(*under_way, waits)


async def test_the_next_batch_is_sent_behind_the_first_once_half_of_all_wait_in_it() -> None:
    store = Store()
    store.open.clear()
    committer = Committer(store.commit)
    calls = [committer.put(name, 1) for name in "abcd"]
    await asyncio.sleep(0.01)
    calls.append(committer.put("e", 1))
    await asyncio.sleep(0.01)
    assert store.batches == [["a", "b", "c", "d"]]
    for name in "fgh":
        calls.append(committer.put(name, 1))
        await asyncio.sleep(0.01)
    assert store.batches == [["a", "b", "c", "d"], ["e", "f", "g", "h"]]
    calls += [committer.put(name, 1) for name in "ijklmnop"]
    await asyncio.sleep(0.01)
    assert len(store.batches) == 2
    store.open.set()
    await asyncio.gather(*calls)
    assert store.batches[2:] == [list("ijklmnop")]


async def test_batches_are_bounded() -> None:
    store = Store()
    store.open.clear()
    committer = Committer(store.commit, Limits(batch_entries=2))
    callers = [committer.put(str(n), 1) for n in range(5)]
    await asyncio.sleep(0.01)
    store.open.set()
    await asyncio.gather(*callers)
    assert max(len(batch) for batch in store.batches) == 2
    assert sum(len(batch) for batch in store.batches) == 5
