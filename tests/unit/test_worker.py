"""Background jobs: woken by a hint, polling behind it, outliving what goes wrong in one round."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from meta_inbox.domain.errors import StorageUnavailable
from meta_inbox.entrypoints.wakeups import ProcessEventHints, ProcessWakeups
from meta_inbox.entrypoints.worker import Job, Worker


class Rounds:
    """Work that says how much there was, round by round, and then nothing more."""

    def __init__(self, *found: int | Exception) -> None:
        self.found = list(found)
        self.count = 0

    async def __call__(self) -> int:
        self.count += 1
        result = self.found.pop(0) if self.found else 0
        if isinstance(result, Exception):
            raise result
        return result


@asynccontextmanager
async def running(
    job: Job, drain: Callable[[float], Awaitable[None]] | None = None
) -> AsyncGenerator[Worker]:
    async def nothing(seconds: float) -> None:
        pass

    worker = Worker(jobs=(job,), wakeups=WAKEUPS.get(job.name, ProcessWakeups()), drain=drain or nothing)
    worker.start()
    try:
        yield worker
    finally:
        await worker.stop()


WAKEUPS: dict[str, ProcessWakeups] = {}


async def soon(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(2):
        while not condition():  # noqa: ASYNC110  # a condition has no event
            await asyncio.sleep(0.005)


async def test_work_goes_on_without_a_pause_while_there_is_some() -> None:
    rounds = Rounds(3, 2, 1)
    async with running(Job(name="steady", run=rounds, pause=timedelta(hours=1))):
        await soon(lambda: rounds.count == 4)
        await asyncio.sleep(0.05)
    assert rounds.count == 4


async def test_a_hint_ends_the_pause_at_once() -> None:
    rounds = Rounds()
    wakeups = WAKEUPS["hinted"] = ProcessWakeups()
    async with running(Job(name="hinted", run=rounds, woken_by="outbox", pause=timedelta(hours=1))):
        await soon(lambda: rounds.count == 1)
        wakeups.wake("journal")
        wakeups.wake("what nobody knows")
        await asyncio.sleep(0.05)
        assert rounds.count == 1
        wakeups.wake("outbox")
        await soon(lambda: rounds.count == 2)


async def test_a_hint_given_during_a_round_is_not_lost() -> None:
    wakeups = ProcessWakeups()
    wakeups.wake("outbox")
    began = time.monotonic()
    await wakeups.wait("outbox", timedelta(seconds=5))
    assert time.monotonic() - began < 1


async def test_without_any_hint_work_is_found_by_polling() -> None:
    rounds = Rounds()
    job = Job(name="polled", run=rounds, woken_by="outbox", pause=timedelta(milliseconds=20))
    async with running(job):
        await soon(lambda: rounds.count >= 3)


async def test_a_failing_round_is_followed_by_another() -> None:
    rounds = Rounds(StorageUnavailable("the database did not answer in time"), 0)
    async with running(Job(name="failing", run=rounds, pause=timedelta(hours=1))) as worker:
        await soon(lambda: rounds.count == 2)
        assert worker.beats["failing"] > time.monotonic() + 3590


async def test_stopping_waits_for_what_is_on_its_way() -> None:
    waited: list[float] = []

    async def drain(seconds: float) -> None:
        waited.append(seconds)

    rounds = Rounds()
    async with running(Job(name="ending", run=rounds), drain):
        await soon(lambda: rounds.count == 1)
    assert len(waited) == 1
    count = rounds.count
    await asyncio.sleep(0.05)
    assert rounds.count == count


async def test_what_is_logged_wakes_whoever_posts_it() -> None:
    wakeups = ProcessWakeups()
    hints = ProcessEventHints(wakeups.wake)
    rounds = Rounds()
    WAKEUPS["posting"] = wakeups
    async with running(Job(name="posting", run=rounds, woken_by="webhooks", pause=timedelta(hours=1))):
        await soon(lambda: rounds.count == 1)
        hints.tell()
        await soon(lambda: rounds.count == 2)
