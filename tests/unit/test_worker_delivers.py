"""When the worker looks again for messages that are due."""

from typing import Any, cast

import pytest

from meta_inbox.domain.inbox import Inbox
from meta_inbox.domain.ports import Journal, Outbox
from meta_inbox.entrypoints.worker import AT_ONCE, MAX_ON_THEIR_WAY, Job, jobs_of


class Anything:
    """Whatever a job is made of, and nothing that these tests run."""

    def __init__(self, **known: Any) -> None:
        self._known = known

    def __getattr__(self, name: str) -> Any:
        return self._known.get(name, Anything())


class Due(Anything):
    """So many messages are due, and so many are on their way."""

    def __init__(self, due: int, under_way: int) -> None:
        super().__init__(running=set(range(under_way)))
        self.asked: list[int] = []
        self._due = due

    async def due(self, limit: int) -> int:
        self.asked.append(limit)
        return min(limit, self._due)


def delivering(due: Due) -> Job:
    inbox = Anything(upkeep=Anything(deliver=due))
    jobs = jobs_of(
        cast("Inbox", inbox), cast("Journal", Anything()), cast("Outbox", Anything()), event_days=7
    )
    (job,) = (job for job in jobs if job.name == "deliver")
    return job


@pytest.mark.parametrize(
    ("due", "under_way", "asked", "goes_on"),
    [
        (AT_ONCE + 5, 0, [AT_ONCE], True),
        (AT_ONCE, 0, [AT_ONCE], True),
        (AT_ONCE - 1, 0, [AT_ONCE], False),
        (0, 0, [AT_ONCE], False),
        (30, MAX_ON_THEIR_WAY - 3, [3], True),
        (30, MAX_ON_THEIR_WAY, [], False),
    ],
)
async def test_it_goes_on_at_once_only_while_more_may_be_due(
    due: int, under_way: int, asked: list[int], *, goes_on: bool
) -> None:
    messages = Due(due, under_way)
    assert (await delivering(messages).run() > 0) is goes_on
    assert messages.asked == asked
