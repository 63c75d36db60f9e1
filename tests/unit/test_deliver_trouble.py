"""Delivering while the database stumbles: nothing that is known is lost, nothing unsent is doubted."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from meta_inbox.domain.errors import StorageUnavailable
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.message import MessageStatus
from tests.contracts.scene import wrote
from tests.unit.doubles import World


class Stumbles:
    """Another object whose one method fails the first time, or is slow."""

    def __init__(self, real: Any, method: str, *, slow: asyncio.Event | None = None) -> None:
        self._real, self._method, self._slow, self._fails = real, method, slow, slow is None

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        return found if name != self._method else self._stumbling(found)

    def _stumbling(self, real: Any) -> Any:
        async def call(*given: Any) -> Any:
            if self._fails:
                self._fails = False
                raise StorageUnavailable("the database restarts")
            result = await real(*given)
            if self._slow is not None:
                await self._slow.wait()
            return result

        return call


@pytest.fixture
async def page(world: World) -> Account:
    """A connected Page to which Ana just wrote."""
    account = await world.scene.connected()
    await world.scene.happens(wrote("m-1", sent_at=world.clock.now()))
    return account


async def test_an_outcome_that_cannot_be_written_at_once_is_written_later(
    world: World, page: Account
) -> None:
    deliver = replace(world.deliver, outbox=Stumbles(world.deliver.outbox, "settle"))
    message = await world.scene.answers(page)
    assert (await deliver(message)).status is MessageStatus.SENT
    assert (await world.scene.message(message)).status is MessageStatus.SENT


async def test_what_could_not_be_looked_up_before_sending_is_sent_later(world: World, page: Account) -> None:
    deliver = replace(world.deliver, accounts=Stumbles(world.deliver.accounts, "token"))
    message = await world.scene.answers(page)
    assert (await deliver(message)).status is MessageStatus.QUEUED
    assert [what for what, _ in world.graph.calls if what == "send"] == []


async def test_a_committed_message_is_not_refused_because_the_database_stumbles(
    world: World, page: Account
) -> None:
    deliver = replace(world.deliver, outbox=Stumbles(world.deliver.outbox, "claim"))
    message = await world.scene.answers(page)
    assert (await deliver(message)).status is MessageStatus.SENDING
    assert (await world.scene.message(message)).status is MessageStatus.QUEUED


async def test_what_was_claimed_is_sent_though_the_worker_was_told_to_end(
    world: World, page: Account
) -> None:
    committed = asyncio.Event()
    deliver = replace(world.deliver, outbox=Stumbles(world.deliver.outbox, "claim_due", slow=committed))
    message = await world.scene.answers(page)
    round_ = asyncio.create_task(deliver.due())
    await asyncio.sleep(0.01)
    round_.cancel()
    committed.set()
    await deliver.drain(2)
    assert (await world.scene.message(message)).status is MessageStatus.SENT


@pytest.mark.parametrize("lease_is_over", [False, True])
async def test_a_process_that_was_held_up_before_it_sent_sends_no_more(
    world: World, page: Account, *, lease_is_over: bool
) -> None:
    message = await world.scene.answers(page)
    claim = await world.deliver.outbox.claim(message.tenant_id, message.id)
    assert claim is not None
    if lease_is_over:
        await world.scene.stores.backstage.age_message(message, timedelta(seconds=31))
        await world.deliver.outbox.expire_leases()
    told = await world.deliver.deliver(replace(claim, since=claim.since - 16))
    assert told.status is (MessageStatus.UNKNOWN if lease_is_over else MessageStatus.QUEUED)
    assert [what for what, _ in world.graph.calls if what == "send"] == []
