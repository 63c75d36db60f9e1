"""The whole way of a send, from the outbox to Meta and back, when Meta says not now, or not so."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from meta_inbox.adapters.meta_graph.client import HttpGraphApi
from meta_inbox.adapters.meta_graph.exchange import Answer, Request, Transport
from meta_inbox.adapters.meta_graph.meter import Meter
from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind
from meta_inbox.adapters.persistence.blob_memory import MemoryBlobs
from meta_inbox.domain.model.account import Account, AccountStatus
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import ContactId
from meta_inbox.domain.model.message import Message, MessageStatus
from meta_inbox.domain.model.sending import SENDS_AT_ONCE
from meta_inbox.domain.use_cases.deliver import Deliver
from meta_inbox.domain.use_cases.hand_over_files import HandOverFiles
from meta_inbox.entrypoints.worker import MAX_ON_THEIR_WAY
from tests.contracts.backstage import Stores
from tests.contracts.meta_error_table import ROWS
from tests.contracts.meta_stage import CASA_VERDE, PADARIA_SOL, Stage, opened
from tests.contracts.scene import CASA, Scene, page_candidate, wrote
from tests.unit.doubles import eventually

HOUR = timedelta(hours=1)
AT_ONCE = 5
"""What one process has on its way in these tests."""


@dataclass
class Counted:
    """Counts the sends that leave; those of the Page ``hangs`` get no answer until ``answers``."""

    transport: Transport
    sends: int = 0
    hangs: str | None = None
    answers: asyncio.Event = field(default_factory=asyncio.Event)

    async def call(self, request: Request) -> Answer:
        """Carries the call on."""
        self.sends += request.url.endswith("/messages")
        if self.hangs is not None and f"/{self.hangs}/" in request.url:
            await self.answers.wait()
        return await self.transport.call(request)


@dataclass
class Shop:
    """Casa Verde's inbox, served by two processes, before Meta in this process."""

    scene: Scene
    stage: Stage
    line: Counted
    processes: list[Deliver] = field(default_factory=list[Deliver])
    ahead: timedelta = timedelta(0)
    """How much later it is for what the processes know of Meta's limits."""

    async def connects(self, page: str = CASA_VERDE) -> Account:
        """Connects a Page, or does so again."""
        token = await self.stage.page_token(page)
        account = await self.scene.connects(candidate=page_candidate(page), token=token)
        assert account is not None
        return account

    async def answers(self, account: Account, text: str = "Oi", *, to: ContactId | None = None) -> Message:
        """Answers somebody who just wrote, by default somebody new."""
        if to is None:
            to = ContactId(self.stage.contact(account.external_id).id)
            item = wrote(f"m-{to}", contact_id=to, external_id=account.external_id, sent_at=self.scene.now)
            await self.scene.happens(item)
        return await self.scene.answers(account, text, contact=to)

    async def work(self) -> None:
        """Sends what is due, until nothing more is."""
        while any(await asyncio.gather(*(each.due(AT_ONCE) for each in self.processes))):
            for each in self.processes:
                await each.drain(5)

    async def later(self, by: timedelta, *messages: Message) -> None:
        """Time passes for what waits."""
        await self.scene.stores.backstage.age_pauses(by)
        for message in messages:
            await self.scene.stores.backstage.age_message(message, by)
        self.forget()

    def time(self) -> datetime:
        """The present moment, for the processes' meters."""
        return self.scene.now + self.ahead

    def forget(self) -> None:
        """As if the processes were new, which know nothing of Meta's limits."""
        stores, calls = self.scene.stores, replace(self.stage.calls, transport=self.line)
        graphs = [HttpGraphApi(graph=replace(calls, meter=Meter(self.time))) for _ in range(2)]
        self.processes = [
            Deliver(
                outbox=stores.outbox,
                accounts=stores.accounts,
                conversations=stores.conversations,
                graph=graph,
                files=HandOverFiles(
                    uploads=stores.uploads, blobs=MemoryBlobs(), graph=graph, outbox=stores.outbox
                ),
                clock=stores.clock,
            )
            for graph in graphs
        ]

    async def statuses(self, messages: list[Message]) -> list[MessageStatus]:
        """How they stand."""
        return [(await self.scene.message(each)).status for each in messages]


@pytest.fixture
async def shop(scene: Scene) -> AsyncGenerator[Shop]:
    async with opened("fake") as stage:
        shop = Shop(scene, stage, Counted(stage.calls.transport))
        shop.forget()
        yield shop


def refuse(shop: Shop, code: int, subcode: int | None = None, count: int | None = 1) -> None:
    """What Meta answers to the next sends."""
    fault = Fault(kind=FaultKind.REFUSE, code=code, subcode=subcode, status=400)
    shop.stage.world.faults.plan("messages", fault, count)


async def test_a_throttled_account_waits_in_every_process_and_says_until_when(shop: Shop) -> None:
    account = await shop.connects()
    messages = [await shop.answers(account) for _ in range(12)]
    fault = Fault(kind=FaultKind.THROTTLE, seconds=600)
    shop.stage.world.faults.plan("messages", fault, count=None)
    await shop.work()
    assert shop.line.sends <= 2 * AT_ONCE
    shop.forget()
    late = await shop.answers(account)
    await shop.processes[0](late)
    await shop.work()
    assert shop.line.sends <= 2 * AT_ONCE
    for message in [*messages, late]:
        found = await shop.scene.message(message)
        assert found.status is MessageStatus.QUEUED
        assert found.error is not None
        assert found.error.code == "rate_limited"
        assert found.next_attempt_at is not None
        assert timedelta(minutes=9) < found.next_attempt_at - shop.scene.now < timedelta(minutes=11)


async def test_another_account_is_served_while_one_is_throttled(shop: Shop) -> None:
    slow, fast = await shop.connects(), await shop.connects(PADARIA_SOL)
    refuse(shop, 80006)
    first = await shop.processes[0](await shop.answers(slow))
    assert first.status is MessageStatus.QUEUED
    other = await shop.processes[0](await shop.answers(fast))
    assert other.status is MessageStatus.SENT


async def test_an_account_at_which_meta_hangs_takes_its_share_and_no_more(shop: Shop) -> None:
    slow, fast = await shop.connects(), await shop.connects(PADARIA_SOL)
    stuck = [await shop.answers(slow) for _ in range(SENDS_AT_ONCE + 15)]
    shop.line.hangs = CASA_VERDE
    while any([await each.due(AT_ONCE) for each in shop.processes]):
        pass
    assert sum(len(each.running) for each in shop.processes) == SENDS_AT_ONCE < MAX_ON_THEIR_WAY
    quick = [await shop.answers(fast) for _ in range(10)]
    sent = [await shop.processes[0](message) for message in quick[:5]]
    assert {message.status for message in sent} == {MessageStatus.SENT}
    assert await shop.processes[1].due(20) == 5
    more = await shop.processes[0](await shop.answers(slow))
    assert more.status is MessageStatus.QUEUED
    shop.line.answers.set()
    for each in shop.processes:
        await each.drain(5)
    await shop.work()
    assert set(await shop.statuses([*stuck, *quick, more])) == {MessageStatus.SENT}


async def test_while_limited_no_more_than_one_a_second_leaves_and_later_all_arrive_in_order(
    shop: Shop,
) -> None:
    account, world = await shop.connects(), shop.stage.world
    first = await shop.answers(account, "0")
    texts = [str(n) for n in range(1, 6)]
    messages = [first, *[await shop.answers(account, text, to=first.contact_id) for text in texts]]
    others = [await shop.answers(account, "other") for _ in range(10)]
    world.quirks = replace(world.quirks, sends_a_second=0)
    await shop.work()
    burst = shop.line.sends
    assert burst <= 2 * AT_ONCE
    for tries in range(1, 5):
        await shop.later(HOUR, *messages, *others)
        await shop.work()
        assert shop.line.sends == burst + tries
    world.quirks = replace(world.quirks, sends_a_second=None)
    for _ in range(3):
        await shop.later(HOUR, *messages, *others)
        await shop.work()
    assert set(await shop.statuses([*messages, *others])) == {MessageStatus.SENT}
    arrived = [sent.message["text"] for sent in world.ledger if sent.recipient_id == first.contact_id]
    assert arrived == ["0", *texts]


async def test_a_second_message_that_finds_out_too_soon_does_not_pause_the_account_again(
    shop: Shop, stores: Stores
) -> None:
    account, process = await shop.connects(), shop.processes[0]
    refuse(shop, 613, 2534040)
    assert (await process(await shop.answers(account))).status is MessageStatus.QUEUED
    shop.ahead = HOUR
    await stores.backstage.age_pauses(HOUR)
    shop.line.hangs = CASA_VERDE
    first = asyncio.ensure_future(process(await shop.answers(account)))
    await eventually(lambda: shop.line.sends == 2)
    await stores.backstage.age_pauses(timedelta(seconds=1))
    assert (await process(await shop.answers(account))).status is MessageStatus.QUEUED
    other = await shop.answers(account)
    assert (await shop.scene.message(other)).next_attempt_at is None
    shop.line.answers.set()
    assert (await first).status is MessageStatus.SENT
    assert (await process(other)).status is MessageStatus.SENT
    assert shop.line.sends == 3


async def test_a_dead_token_stops_the_queue_which_goes_on_in_order_after_a_login(
    shop: Shop, stores: Stores
) -> None:
    account, world = await shop.connects(), shop.stage.world
    first = await shop.answers(account, "0")
    messages = [first, *[await shop.answers(account, str(n), to=first.contact_id) for n in range(1, 4)]]
    others = [await shop.answers(account, "other") for _ in range(20)]
    before = len(await stores.backstage.events(CASA))
    world.access.revoke(460)
    await shop.work()
    await shop.work()
    assert shop.line.sends <= 2 * AT_ONCE
    events = (await stores.backstage.events(CASA))[before:]
    assert [event.type for event in events].count(EventType.ACCOUNT_UPDATED) == 1
    found = await stores.accounts.get(CASA, account.id)
    assert found.status is AccountStatus.REAUTH_REQUIRED
    assert set(await shop.statuses([*messages, *others])) == {MessageStatus.QUEUED}
    again = await shop.connects()
    assert again.id == account.id
    await shop.work()
    assert set(await shop.statuses([*messages, *others])) == {MessageStatus.SENT}
    arrived = [sent.message["text"] for sent in world.ledger if sent.recipient_id == first.contact_id]
    assert arrived == ["0", "1", "2", "3"]
    assert len(world.ledger) == len(messages) + len(others)


async def test_what_the_window_closed_on_meanwhile_fails_and_the_rest_goes(
    shop: Shop, stores: Stores
) -> None:
    account, world = await shop.connects(), shop.stage.world
    world.access.revoke(460)
    old = await shop.answers(account)
    await shop.work()
    fresh = await shop.answers(account)
    await shop.later(HOUR, old)
    contact = world.ground.contact(old.contact_id)
    world.ground.put(replace(contact, last_action_at=shop.scene.now - 25 * HOUR))
    await shop.connects()
    await shop.work()
    failed = await shop.scene.message(old)
    assert failed.status is MessageStatus.FAILED
    assert failed.error is not None
    assert failed.error.code == "window_closed"
    assert await shop.statuses([fresh]) == [MessageStatus.SENT]


async def test_nothing_but_the_class_of_dead_tokens_changes_an_account(shop: Shop, stores: Stores) -> None:
    account = await shop.connects()
    for row in ROWS:
        if (row.code, row.subcode) == (10, None):
            continue  # asks what is still granted
        refuse(shop, row.code, row.subcode)
        message = await shop.processes[0](await shop.answers(account))
        found = await stores.accounts.get(CASA, account.id)
        assert (found.status is AccountStatus.REAUTH_REQUIRED) == (row.kind == "R"), row
        reason = found.status_reason
        if row.kind == "R":
            assert reason is not None
            assert message.error is not None
            assert (reason.meta_code, reason.meta_subcode) == (row.code, row.subcode)
            assert reason.fbtrace_id == message.error.fbtrace_id
            assert reason.at is not None
            await shop.connects()
        else:
            assert reason is None, row
        await shop.later(30 * HOUR)
        if message.status is MessageStatus.QUEUED:
            await shop.work()


async def test_only_a_damaged_answer_that_says_so_is_probably_sent(shop: Shop) -> None:
    account = await shop.connects()
    details: list[str] = []
    for code, subcode in ((1, 1357046), (2, None)):
        refuse(shop, code, subcode)
        message = await shop.processes[0](await shop.answers(account))
        assert (message.status, message.meta_message_id) == (MessageStatus.UNKNOWN, None)
        assert message.error is not None
        details.append(message.error.detail)
    assert ["probably" in detail for detail in details] == [True, False]
    refuse(shop, 2, 2018344)
    assert (await shop.processes[0](await shop.answers(account))).status is MessageStatus.QUEUED
