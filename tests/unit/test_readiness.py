"""Background jobs are late when they have not come round, each by its own measure."""

import asyncio
import time
from datetime import timedelta

from meta_inbox.adapters.persistence.postgres_inspection import StorageState
from meta_inbox.entrypoints.readiness import JOBS_LATE, ServiceReadiness
from meta_inbox.entrypoints.wakeups import ProcessWakeups
from meta_inbox.entrypoints.worker import Job, Worker


async def storage() -> StorageState:
    """A database where all is well."""
    return StorageState(applied=frozenset(), oldest_waiting=None)


async def jobs_of(beats: dict[str, float]) -> tuple[bool, str]:
    """How the jobs are said to be doing."""
    readiness = ServiceReadiness(storage=storage, expected=frozenset(), beats=beats)
    (found,) = [each for each in await readiness.conditions() if each.name == "jobs"]
    return found.ok, found.detail


async def test_a_job_that_rests_for_an_hour_is_not_late() -> None:
    async def nothing() -> int:
        return 0

    async def drain(_: float) -> None:
        return

    rests = Job(name="rests", run=nothing, pause=timedelta(hours=1))
    worker = Worker(jobs=[rests], wakeups=ProcessWakeups(), drain=drain)
    worker.start()
    await asyncio.sleep(0.01)
    await worker.stop()
    due = worker.beats["rests"] - time.monotonic()
    assert 3599 < due <= 3600
    assert (await jobs_of(worker.beats))[0]


async def test_a_job_that_did_not_come_round_is_named() -> None:
    now = time.monotonic()
    assert await jobs_of({"stuck": now - JOBS_LATE - 1, "fine": now}) == (False, "late: stuck")
