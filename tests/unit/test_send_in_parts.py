"""A long answer goes in parts while somebody waits, and is told as it is."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from meta_inbox.adapters.persistence.in_memory_outbox import InMemoryOutbox
from meta_inbox.domain.errors import ContentRefused, RefusedByMeta
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.content import Button, ButtonsContent, Content, TextContent
from meta_inbox.domain.model.history import PastPage
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.message import Message, MessageStatus, SendError
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.sending import Claim, Failed, Later, Once, Outcome, Sent, Unknown
from tests.contracts.scene import ANA, CASA, PAGE, echo, instagram_candidate, past, wrote
from tests.unit.doubles import AGENT, FakeGraph, World, eventually

OOPS = SendError(code="meta_error", detail="Meta said no")
LONG = "a" * 1999 + " \n" + "b" * 1999 + " " + "c" * 500
PARTS = ["a" * 1999, "b" * 1999, "c" * 500]
QUEUED, SENDING, UNKNOWN, FAILED, SENT = (
    MessageStatus.QUEUED,
    MessageStatus.SENDING,
    MessageStatus.UNKNOWN,
    MessageStatus.FAILED,
    MessageStatus.SENT,
)


@pytest.fixture
async def page(world: World) -> Account:
    """A connected Page to which Ana just wrote."""
    account = await world.scene.connected()
    await world.scene.happens(wrote("m-1", sent_at=world.clock.now()))
    return account


class SlowGraph(FakeGraph):
    """Takes a moment."""

    async def send(
        self,
        account: Account,
        token: Secret,
        message: Message,
        content: Content,
        reply_to: MetaMessageId | None,
    ) -> Outcome:
        """Takes the message after a while."""
        await asyncio.sleep(0.02)
        return await super().send(account, token, message, content, reply_to)


async def answer(world: World, account: Account, **given: Any) -> Message:
    """Bea answers Ana at length, unless something else is said."""
    usual: dict[str, Any] = {
        "by": AGENT,
        "account": account.id,
        "contact": ANA,
        "content": TextContent(text=LONG),
        "split": True,
    }
    return await world.send(**(usual | given))


async def refused(world: World, account: Account, *, text: str, split: bool = True) -> str:
    """Why the text may not go; nothing was kept and nothing left."""
    before = len(world.store.messages)
    with pytest.raises(ContentRefused) as raised:
        await answer(world, account, content=TextContent(text=text), split=split)
    assert raised.value.code == "text_too_long"
    assert len(world.store.messages) == before
    assert world.graph.sent == []
    return raised.value.detail


async def worked_off(world: World) -> None:
    """A worker does what is due, until nothing is."""
    while await world.deliver.due():
        await eventually(lambda: not world.deliver.running)


def texts(world: World) -> list[str]:
    """What Meta was asked to send."""
    return [content.text for content, _ in world.graph.sent if isinstance(content, TextContent)]


def states(message: Message) -> list[MessageStatus]:
    """The parts' states."""
    return [part.status for part in message.parts]


async def test_a_long_text_goes_in_parts_and_is_told_as_one_message(world: World, page: Account) -> None:
    message = await answer(world, page)
    assert (message.status, message.text, message.type) == (SENT, LONG, "text")
    assert message.meta_message_id == "sent-1"
    assert [part.text for part in message.parts] == texts(world) == PARTS
    assert [part.meta_message_id for part in message.parts] == ["sent-1", "sent-2", "sent-3"]
    assert len({part.id for part in message.parts} | {message.id}) == 4
    assert [about for what, about in world.graph.calls if what == "send"] == [p.id for p in message.parts]
    assert await world.scene.message(message) == message


@pytest.mark.parametrize("split", [True, False])
async def test_what_fits_goes_as_one(world: World, page: Account, split: bool) -> None:
    message = await answer(world, page, content=TextContent(text="x" * 2000), split=split)
    assert (message.status, message.parts, texts(world)) == (SENT, (), ["x" * 2000])


async def test_a_long_text_is_refused_unless_it_may_be_split(world: World, page: Account) -> None:
    assert "2001 characters; at most 2000" in (await refused(world, page, text="x" * 2001, split=False))
    await answer(world, page, content=TextContent(text="x" * 2001))
    assert texts(world) == ["x" * 2000, "x"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x" * 40_001, "at most 40000"),
        ("e" + "\u0301" * 2000, "one character alone has 2001 characters"),
        ("x " * 1001 + " " * 2000 + "y " * 1000 * 19, "at most 40000"),
    ],
)
async def test_what_does_not_go_in_parts_either_is_refused(
    world: World, page: Account, text: str, why: str
) -> None:
    assert why in await refused(world, page, text=text)


async def test_only_plain_text_is_split(world: World, page: Account) -> None:
    button = Button(type="postback", title="Call me", payload="CALL")
    content = ButtonsContent(text="x" * 2001, buttons=(button,))
    with pytest.raises(ContentRefused, match="at most 640"):
        await answer(world, page, content=content)


async def test_instagram_counts_bytes(world: World) -> None:
    account = await world.scene.connected(candidate=instagram_candidate("9001", PAGE))
    now = world.clock.now()
    await world.scene.happens(wrote("m-1", platform=account.platform, external_id="9001", sent_at=now))
    message = await answer(world, account, content=TextContent(text="é" * 501))
    assert [len(part.text) for part in message.parts] == [500, 1]


async def test_the_first_part_alone_answers_another_message(world: World, page: Account) -> None:
    (asked,) = await world.scene.messages(page)
    message = await answer(world, page, reply_to=asked.id)
    assert [reply_to for _, reply_to in world.graph.sent] == ["m-1", None, None]
    assert message.reply_to is not None
    assert message.reply_to.id == asked.id


async def test_every_part_is_sent_as_human_agent(world: World, page: Account) -> None:
    world.later(hours=25)
    message = await answer(world, page, human_agent=True)
    rows = [world.store.messages[CASA, part.id] for part in message.parts]
    assert [row.human_agent for row in rows] == [True, True, True]


async def test_a_refused_part_ends_the_rest_and_is_told_with_what_has_gone(
    world: World, page: Account
) -> None:
    world.graph.outcomes = [Sent(meta_message_id=MetaMessageId("first")), Failed(error=OOPS)]
    with pytest.raises(RefusedByMeta) as raised:
        await answer(world, page)
    message = raised.value.message
    assert message is not None
    assert (message.status, message.error, states(message)) == (FAILED, OOPS, [SENT, FAILED, FAILED])
    assert texts(world) == PARTS[:2]
    world.later(hours=1)
    assert await world.deliver.due() == 0


async def test_an_unknown_part_leaves_the_rest_to_a_worker(world: World, page: Account) -> None:
    world.graph.outcomes = [Unknown(error=OOPS)]
    message = await answer(world, page)
    assert (message.status, states(message)) == (QUEUED, [UNKNOWN, QUEUED, QUEUED])
    assert await world.deliver.due() == 0
    world.later(seconds=31)
    await worked_off(world)
    assert texts(world) == PARTS
    assert states(await world.scene.message(message)) == [UNKNOWN, SENT, SENT]


async def test_a_part_that_goes_later_leaves_the_rest_to_a_worker(world: World, page: Account) -> None:
    world.graph.outcomes = [
        Sent(meta_message_id=MetaMessageId("first")),
        Later(error=OOPS, after=timedelta(seconds=5)),
    ]
    message = await answer(world, page)
    assert (message.status, message.error, states(message)) == (QUEUED, OOPS, [SENT, QUEUED, QUEUED])
    world.later(seconds=6)
    await worked_off(world)
    assert texts(world) == [*PARTS[:2], *PARTS[1:]]
    assert (await world.scene.message(message)).status is SENT


async def test_after_ten_seconds_the_message_is_told_as_it_is_and_goes_on(
    world: World, page: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meta_inbox.domain.use_cases.deliver.CALLER_WAITS", timedelta(milliseconds=20))
    world.graph.hold = asyncio.Event()
    message = await answer(world, page)
    assert (message.status, states(message)) == (SENDING, [SENDING, QUEUED, QUEUED])
    world.graph.hold.set()
    await eventually(lambda: len(world.graph.sent) == 3 and not world.deliver.running)
    assert (await world.scene.message(message)).status is SENT


async def test_whoever_ends_begins_no_further_part(
    world: World, page: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meta_inbox.domain.use_cases.deliver.CALLER_WAITS", timedelta(milliseconds=20))
    world.graph.hold = asyncio.Event()
    message = await answer(world, page)
    ending = asyncio.create_task(world.deliver.drain(2))
    await asyncio.sleep(0)
    world.graph.hold.set()
    await ending
    assert states(await world.scene.message(message)) == [SENT, QUEUED, QUEUED]
    await worked_off(world)
    assert texts(world) == PARTS


async def test_a_worker_that_is_faster_is_waited_for(world: World, page: Account) -> None:
    worker = replace(world.deliver, graph=SlowGraph(sent=world.graph.sent))

    class Rivalled(InMemoryOutbox):
        async def settle(self, claim: Claim, outcome: Outcome) -> Message:
            settled = await super().settle(claim, outcome)
            await worker.due()
            return settled

    world.send = replace(world.send, dispatch=replace(world.deliver, outbox=Rivalled(world.store)))
    assert (await answer(world, page)).status is SENT
    assert texts(world) == PARTS


async def test_an_earlier_answer_goes_first(world: World, page: Account) -> None:
    world.graph.outcomes = [Unknown(error=OOPS)]
    await answer(world, page, content=TextContent(text="first"))
    message = await answer(world, page)
    assert states(message) == [QUEUED, QUEUED, QUEUED]
    assert texts(world) == ["first"]
    world.later(seconds=31)
    await worked_off(world)
    assert texts(world) == ["first", *PARTS]


async def test_the_same_key_is_answered_the_same(world: World, page: Account) -> None:
    once = Once(key="k-1", fingerprint=b"1")
    message = await answer(world, page, once=once)
    assert await answer(world, page, once=once) == message
    assert texts(world) == PARTS


async def test_sending_again_resumes_at_the_part_that_failed(world: World, page: Account) -> None:
    world.graph.outcomes = [Sent(meta_message_id=MetaMessageId("sent-0")), Failed(error=OOPS)]
    with pytest.raises(RefusedByMeta) as stopped:
        await answer(world, page)
    whole = stopped.value.message
    assert whole is not None
    assert [part.status for part in whole.parts] == [SENT, FAILED, FAILED]
    again = await world.resend(by=AGENT, account=page.id, contact=ANA, message=whole.id)
    assert (again.id, [part.status for part in again.parts]) == (whole.id, [SENT, SENT, SENT])
    assert again.parts[0].meta_message_id == "sent-0"
    sent = [content.text for content, _ in world.graph.sent if isinstance(content, TextContent)]
    assert sent == [PARTS[0], PARTS[1], PARTS[1], PARTS[2]]


async def test_sending_again_leaves_alone_what_is_known_to_be_there(world: World, page: Account) -> None:
    lost = Unknown(error=OOPS)
    world.graph.outcomes = [Sent(meta_message_id=MetaMessageId("sent-0")), lost]
    whole = await answer(world, page)
    assert [part.status for part in whole.parts] == [SENT, UNKNOWN, QUEUED]
    world.later(seconds=31)
    assert await world.deliver.due() == 1
    await world.deliver.drain(2)
    again = await world.resend(by=AGENT, account=page.id, contact=ANA, message=whole.id)
    assert [part.status for part in again.parts] == [SENT, SENT, SENT]
    sent = [content.text for content, _ in world.graph.sent if isinstance(content, TextContent)]
    assert sent == [PARTS[0], PARTS[1], PARTS[2], PARTS[1]]


async def test_each_unknown_part_is_looked_for(world: World, page: Account) -> None:
    world.graph.outcomes = [Unknown(error=OOPS)]
    whole = await answer(world, page)
    there = echo("m-there", whole.parts[0].text, sent_at=world.clock.now())
    world.graph.pages[None] = PastPage(conversations=[past(world.scene, items=(there,))])
    checked = await world.check(by=AGENT, account=page.id, contact=ANA, message=whole.id)
    assert (checked.id, checked.parts[0].status, checked.parts[0].meta_message_id) == (
        whole.id,
        SENT,
        "m-there",
    )
