"""The background jobs: each a loop that is woken by a hint, polls behind it, and outlives its failures."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from meta_inbox.adapters.logs.log import log_named
from meta_inbox.domain.errors import Unavailable
from meta_inbox.domain.inbox import Inbox
from meta_inbox.domain.ports import Journal, Outbox, Wakeups

MAX_ON_THEIR_WAY = 100
AT_ONCE = 20
MEDIA_AT_ONCE = 4
KEYS_AT_ONCE = 500
JOURNAL_DAYS = 7
TAKEN_TOGETHER = 0.05
"""Seconds between two looks at the log for what is to be posted."""
ENDS_WITHIN = 6.0
_POLL = timedelta(seconds=2)
_MAX_BACKOFF = 30.0

_log = log_named("meta_inbox.worker")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work that is done whenever some is due; ``run`` returns how much there was, 0 = wait."""

    name: str
    run: Callable[[], Awaitable[int]]
    woken_by: str | None = None
    pause: timedelta = _POLL


@dataclass(slots=True, kw_only=True)
class Worker:
    """Runs the jobs of one process.

    ``beats`` tells when each is to begin its next round, its pause included, by the monotonic clock.
    """

    jobs: Sequence[Job]
    wakeups: Wakeups
    drain: Callable[[float], Awaitable[None]]
    beats: dict[str, float] = field(default_factory=dict[str, float])
    _tasks: list["asyncio.Task[None]"] = field(default_factory=list["asyncio.Task[None]"])

    def start(self) -> None:
        """Begins every job in this event loop."""
        now = time.monotonic()
        for job in self.jobs:
            self.beats[job.name] = now
            self._tasks.append(asyncio.create_task(self._loop(job), name=f"meta-inbox {job.name}"))

    def retire(self) -> None:
        """Begins nothing more; what is on its way to Meta goes on."""
        for task in self._tasks:
            task.cancel()

    async def stop(self) -> None:
        """The same, and waits a while for what is on its way."""
        self.retire()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=1)
        self._tasks.clear()
        await self.drain(ENDS_WITHIN)

    async def _loop(self, job: Job) -> None:
        failures = 0
        while True:
            try:
                done = await job.run()
            except Exception as error:  # noqa: BLE001  # whatever one round met, the next may not
                failures += 1
                _tell(job, error, failures)
                await asyncio.sleep(min(0.5 * 2 ** min(failures, 6), _MAX_BACKOFF))
                continue
            failures = 0
            pause = job.pause.total_seconds() if done == 0 else 0.0
            self.beats[job.name] = time.monotonic() + pause
            if done == 0:
                await self._rest(job)

    async def _rest(self, job: Job) -> None:
        if job.woken_by is None:
            await asyncio.sleep(job.pause.total_seconds())
        else:
            await self.wakeups.wait(job.woken_by, job.pause)


def jobs_of(inbox: Inbox, journal: Journal, outbox: Outbox, *, event_days: int) -> tuple[Job, ...]:
    """Every background job of this release; ``event_days``: how long the event log keeps events."""
    upkeep = inbox.upkeep

    async def deliver() -> int:
        most = min(MAX_ON_THEIR_WAY - len(upkeep.deliver.running), AT_ONCE)
        begun = await upkeep.deliver.due(most) if most > 0 else 0
        # Fewer = no more is due. To look again at once would take messages from callers who wait for them.
        return begun if begun == most else 0

    async def partitions() -> int:
        await journal.keep_partitions(JOURNAL_DAYS, event_days)
        return 0

    async def subscriptions() -> int:
        return await upkeep.keep_subscriptions.due()

    async def old_sends() -> int:
        await upkeep.settle_unknown.forget()
        return 0

    async def leases() -> int:
        await outbox.expire_leases()
        return 0

    async def webhooks() -> int:
        taken = await upkeep.tell_endpoints()
        await asyncio.sleep(TAKEN_TOGETHER)
        return taken

    async def old_keys() -> int:
        return await outbox.forget_keys(KEYS_AT_ONCE)

    media = tuple(
        Job(name=f"media {number}", run=upkeep.fetch_media, woken_by="media", pause=_POLL * number)
        for number in range(1, MEDIA_AT_ONCE + 1)
    )
    return (
        *media,
        Job(name="discarded media", run=upkeep.fetch_media.discard, pause=_POLL * 2),
        Job(name="uploads", run=upkeep.discard_uploads, pause=timedelta(minutes=1)),
        Job(name="deliver", run=deliver, woken_by="outbox"),
        Job(name="leases", run=leases),
        Job(name="unknown sends", run=upkeep.settle_unknown),
        Job(name="late sends", run=upkeep.give_up_waiting, pause=timedelta(seconds=30)),
        Job(name="old sends", run=old_sends, pause=timedelta(seconds=10)),
        Job(name="old keys", run=old_keys, pause=timedelta(hours=1)),
        Job(name="outgoing webhooks", run=webhooks, woken_by="webhooks"),
        Job(name="old webhooks", run=upkeep.tell_endpoints.forget, pause=timedelta(seconds=30)),
        Job(name="project", run=upkeep.project_pending, woken_by="journal"),
        Job(name="history", run=upkeep.sync_history),
        Job(name="profiles", run=upkeep.fetch_profiles),
        Job(name="account pictures", run=upkeep.fetch_account_pictures, pause=_POLL * 5),
        Job(name="account care", run=upkeep.look_after_accounts),
        Job(name="subscriptions", run=subscriptions, woken_by="accounts"),
        Job(name="redactions", run=upkeep.redact_journal, pause=timedelta(seconds=5)),
        Job(name="deletions", run=upkeep.finish_deletions, woken_by="deletions"),
        Job(name="partitions", run=partitions, pause=timedelta(hours=1)),
    )


def _tell(job: Job, error: Exception, failures: int) -> None:
    if isinstance(error, Unavailable):
        _log.warning("job_waits", job=job.name, cause=str(error), failures=failures)
    else:
        _log.error("job_failed", job=job.name, failures=failures, exc_info=error)
