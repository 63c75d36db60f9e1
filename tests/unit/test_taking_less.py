"""What is too much for one transaction is taken in smaller pieces."""

from typing import Any, cast

import pytest

from meta_inbox.adapters.persistence.database import Contention, Database
from meta_inbox.adapters.persistence.postgres_webhook_queue import PostgresWebhookQueue
from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.domain.model.webhook_delivery import TAKEN_TOGETHER


class SlowDatabase:
    """Makes one delivery of each event, and does not get further than this many in time."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.asked: list[int] = []

    async def as_system(self, work: Any) -> int:
        return int(await work(self))

    async def execute(self, query: str, values: dict[str, int], **more: Any) -> "SlowDatabase":
        self.asked.append(values["total"])
        if values["total"] > self.most:
            raise Contention("the database is held up by other work")
        return self

    async def fetchone(self) -> tuple[int]:
        return (self.asked[-1],)


async def test_half_as_much_is_taken_each_time_until_it_is_done_and_then_more_again() -> None:
    database = SlowDatabase(TAKEN_TOGETHER // 4)
    queue = PostgresWebhookQueue(cast("Database", database), cast("KeyRing", None))
    for _ in range(2):
        with pytest.raises(Contention):
            await queue.take(100)
    assert await queue.take(100) == TAKEN_TOGETHER // 4
    database.most = TAKEN_TOGETHER
    for _ in range(3):
        await queue.take(100)
    assert [TAKEN_TOGETHER // each for each in database.asked] == [1, 2, 4, 2, 1, 1]
