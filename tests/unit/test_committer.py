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
    first = asyncio.create_task(committer.put("a", 1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    later = [asyncio.create_task(committer.put(name, 1)) for name in "bcd"]
    await asyncio.sleep(0)
    store.open.set()
    await asyncio.gather(first, *later)
    assert store.batches == [["a"], ["b", "c", "d"]]


async def test_nobody_is_answered_before_the_commit() -> None:
    store = Store()
    store.open.clear()
    committer = Committer(store.commit)
    waiting = asyncio.create_task(committer.put("a", 1))
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
    callers = [asyncio.create_task(committer.put(str(n), 1)) for n in range(5)]
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
    gone = asyncio.create_task(committer.put("a", 1))
    stays = asyncio.create_task(committer.put("b", 1))
    await asyncio.sleep(0.01)
    gone.cancel()
    store.open.set()
    await stays
    assert gone.cancelled() or gone.cancelling()
    with pytest.raises(asyncio.CancelledError):
        await gone


async def test_too_much_waiting_is_refused_at_once() -> None:
    store = Store()
    store.open.clear()
    committer = Committer(store.commit, Limits(waiting_bytes=10))
    first = asyncio.create_task(committer.put("a", 8))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(committer.put("b", 8))
    await asyncio.sleep(0.01)
    with pytest.raises(StorageUnavailable):
        await committer.put("c", 8)
    store.open.set()
    await asyncio.gather(first, second)


async def test_batches_are_bounded() -> None:
    store = Store()
    store.open.clear()
    committer = Committer(store.commit, Limits(batch_entries=2))
    callers = [asyncio.create_task(committer.put(str(n), 1)) for n in range(5)]
    await asyncio.sleep(0.01)
    store.open.set()
    await asyncio.gather(*callers)
    assert max(len(batch) for batch in store.batches) == 2
    assert sum(len(batch) for batch in store.batches) == 5
