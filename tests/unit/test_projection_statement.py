"""Which statement a batch of webhooks runs: that of plain texts is measured, and stays as it is."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from meta_inbox.adapters.persistence.database import Database
from meta_inbox.adapters.persistence.postgres_journal import PostgresJournal
from meta_inbox.adapters.persistence.postgres_projection import (
    PROJECT,
    PROJECT_BATCH,
    PROJECT_BATCH_WITH_MEDIA,
    PROJECT_WITH_MEDIA,
)
from meta_inbox.adapters.persistence.round_trip import Call
from meta_inbox.adapters.persistence.time_and_ids import UuidV7Ids
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.message import Attachment
from meta_inbox.domain.model.webhook import Delivery, Reading, WebhookItem
from meta_inbox.entrypoints.wakeups import ProcessWakeups
from tests.contracts.scene import wrote

PHOTO = Attachment(id="", type="image", source_url="https://scontent.xx.fbcdn.net/a.jpg")


class Noting:
    """A database that only notes what it was sent."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    async def at_once(self, calls: Sequence[Call], *, tells: bool) -> None:
        assert tells
        self.sent += [call.statement.name for call in calls]


async def run(*items: WebhookItem) -> list[bytes]:
    db = Noting()
    journal = PostgresJournal(cast("Database", cast("Any", db)), UuidV7Ids(), ProcessWakeups())
    reading = Reading(object="page", items=items)
    await journal.append(
        Delivery(body=b"{}", signed_by=Login.FACEBOOK, reading=reading, received_at=datetime.now(UTC))
    )
    return db.sent


async def test_texts_alone_run_the_statement_without_files() -> None:
    assert await run(wrote("m-1"), wrote("m-2")) == [b"meta_inbox_keep", PROJECT_BATCH.name]


async def test_a_batch_with_a_file_runs_the_other_and_wakes_whoever_fetches() -> None:
    sent = await run(wrote("m-1"), wrote("m-2", None, type="image", attachments=(PHOTO,)))
    assert sent == [b"meta_inbox_keep", b"meta_inbox_wake_media", PROJECT_BATCH_WITH_MEDIA.name]


def test_the_two_differ_in_the_files_alone() -> None:
    assert "meta_inbox.media" not in PROJECT
    assert PROJECT_WITH_MEDIA.count("insert into meta_inbox.media ") == 1
    before, _, rest = PROJECT_WITH_MEDIA.partition("), file as (")
    _, _, after = rest.partition("), talk as (")
    rejoined = before.replace(", media json", "") + "), talk as (" + after
    assert rejoined == PROJECT
