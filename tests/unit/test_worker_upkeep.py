"""What the worker keeps tidy."""

from typing import Any, cast

from meta_inbox.domain.inbox import Inbox
from meta_inbox.domain.ports import Journal, Outbox
from meta_inbox.entrypoints.worker import JOURNAL_DAYS, KEYS_AT_ONCE, jobs_of
from tests.unit.test_worker_delivers import Anything


class OldKeys(Anything):
    """An outbox with so many keys that are over."""

    def __init__(self, left: int) -> None:
        super().__init__()
        self.left = left

    async def forget_keys(self, limit: int) -> int:
        gone = min(limit, self.left)
        self.left -= gone
        return gone


async def test_old_keys_go_in_batches_until_none_is_left() -> None:
    outbox: Any = OldKeys(KEYS_AT_ONCE + 1)
    jobs = jobs_of(
        cast("Inbox", Anything()), cast("Journal", Anything()), cast("Outbox", outbox), event_days=7
    )
    (job,) = (job for job in jobs if job.name == "old keys")
    assert [await job.run() for _ in range(3)] == [KEYS_AT_ONCE, 1, 0]
    assert outbox.left == 0


class Partitions(Anything):
    """A journal that notes what it is told to keep."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[tuple[int, int]] = []

    async def keep_partitions(self, journal_days: int, event_days: int) -> None:
        self.kept.append((journal_days, event_days))


async def test_events_are_kept_for_as_long_as_is_set() -> None:
    journal: Any = Partitions()
    jobs = jobs_of(
        cast("Inbox", Anything()), cast("Journal", journal), cast("Outbox", Anything()), event_days=30
    )
    (job,) = (job for job in jobs if job.name == "partitions")
    await job.run()
    assert journal.kept == [(JOURNAL_DAYS, 30)]
