"""Answering: each refusal by its code, nothing kept before Meta, one answer for one key."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from meta_inbox.domain.errors import (
    InFlight,
    KeyReused,
    NotFound,
    RefusalKind,
    Refused,
    RefusedByMeta,
    ScopeMissing,
)
from meta_inbox.domain.model.account import Account, StatusReason
from meta_inbox.domain.model.content import Button, ButtonsContent, MediaContent, TextContent
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId
from meta_inbox.domain.model.message import Message, MessageStatus, Origin, SendError
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.sending import Failed, NeedsLogin, Once, Unknown
from tests.contracts.scene import ANA, CASA, RUI, wrote
from tests.unit.doubles import AGENT, BOT, STRANGER, World, eventually

HELLO = TextContent(text="Your order ships today")
ONCE = Once(key="k-1", fingerprint=b"1")
DEAD = StatusReason(code="token_expired", detail="the session ended")


@pytest.fixture
async def page(world: World) -> Account:
    """A connected Page to which Ana just wrote."""
    account = await world.scene.connected()
    await world.scene.happens(wrote("m-1", sent_at=world.clock.now()))
    return account


async def answer(world: World, page: Account, **given: Any) -> Message:
    """Bea answers Ana, unless something else is said."""
    usual: dict[str, Any] = {"by": AGENT, "account": page.id, "contact": ANA, "content": HELLO}
    return await world.send(**(usual | given))


async def refused(world: World, page: Account, **given: Any) -> Refused:
    """Why she may not; nothing was kept and nothing left."""
    before = len(world.store.messages)
    with pytest.raises(Refused) as raised:
        await answer(world, page, **given)
    assert len(world.store.messages) == before
    assert world.graph.sent == []
    return raised.value


async def test_an_answer_is_sent(world: World, page: Account) -> None:
    message = await answer(world, page)
    assert (message.status, message.meta_message_id, message.text) == (
        MessageStatus.SENT,
        "sent-1",
        "Your order ships today",
    )
    assert (message.origin, message.sent_by, message.human_agent) == (Origin.AGENT, "bea", False)
    assert world.graph.sent == [(HELLO, None)]
    assert await world.scene.message(message) == message


@pytest.mark.parametrize(
    "content",
    [
        MediaContent(url="https://shop.example/1.jpg"),
        MediaContent(url="http://localhost:8001/1.jpg"),
        ButtonsContent(text="Which?", buttons=(Button(type="postback", title="A", payload="A"),)),
    ],
)
async def test_images_and_buttons_are_sent(
    world: World, page: Account, content: MediaContent | ButtonsContent
) -> None:
    message = await answer(world, page, content=content)
    assert (message.status, message.type) == (MessageStatus.SENT, content.type)
    assert world.graph.sent == [(content, None)]


async def test_an_automations_answer_says_so(world: World, page: Account) -> None:
    message = await answer(world, page, by=BOT)
    assert (message.origin, message.sent_by) == (Origin.AUTOMATION, "bot")


async def test_a_reply_names_the_message_it_answers(world: World, page: Account) -> None:
    (asked,) = await world.scene.messages(page)
    message = await answer(world, page, reply_to=asked.id)
    assert message.reply_to is not None
    assert (message.reply_to.id, message.reply_to.meta_message_id) == (asked.id, "m-1")
    assert world.graph.sent == [(HELLO, "m-1")]


async def test_a_reply_to_another_conversations_message_is_not_found(world: World, page: Account) -> None:
    await world.scene.happens(wrote("m-2", contact_id=RUI))
    (other,) = await world.scene.messages(page, RUI)
    for reply_to in (other.id, MessageId("nothing")):
        with pytest.raises(NotFound):
            await answer(world, page, reply_to=reply_to)
    assert world.graph.sent == []


async def test_another_tenant_finds_no_account(world: World, page: Account) -> None:
    with pytest.raises(NotFound):
        await answer(world, page, by=STRANGER)
    with pytest.raises(NotFound):
        await answer(world, page, account=AccountId("nothing"))


async def test_it_needs_the_scope(world: World, page: Account) -> None:
    with pytest.raises(ScopeMissing):
        await answer(world, page, by=Principal(CASA, "bea", frozenset({Scope.MESSAGES_READ})))


class TestRefusals:
    """Before Meta: each with its code, and nothing kept."""

    async def test_who_never_wrote_is_not_written_to(self, world: World, page: Account) -> None:
        why = await refused(world, page, contact=ContactId("7009"))
        assert (why.code, why.kind) == ("window_closed", RefusalKind.STATE)

    async def test_a_day_later_the_window_is_closed(self, world: World, page: Account) -> None:
        world.later(hours=24)
        assert (await refused(world, page)).code == "window_closed"

    async def test_a_person_may_still_answer_as_human_agent(self, world: World, page: Account) -> None:
        world.later(days=6)
        assert (await answer(world, page, human_agent=True)).human_agent

    async def test_an_automation_never_may(self, world: World, page: Account) -> None:
        world.later(hours=24)
        assert (await refused(world, page, by=BOT, human_agent=True)).code == "window_closed"

    async def test_after_a_week_nobody_may(self, world: World, page: Account) -> None:
        world.later(days=7)
        assert (await refused(world, page, human_agent=True)).code == "window_closed"

    async def test_inside_the_window_the_tag_is_left_off(self, world: World, page: Account) -> None:
        assert not (await answer(world, page, human_agent=True)).human_agent

    async def test_a_disconnected_account_sends_nothing(self, world: World, page: Account) -> None:
        await world.accounts.disconnect(CASA, page.id)
        assert (await refused(world, page)).code == "account_not_sendable"

    async def test_nor_one_that_needs_a_login(self, world: World, page: Account) -> None:
        await world.accounts.needs_login(CASA, page.id, DEAD, as_of=page.connected_at)
        assert (await refused(world, page)).code == "account_not_sendable"

    async def test_content_that_does_not_fit(self, world: World, page: Account) -> None:
        why = await refused(world, page, content=TextContent(text="a" * 2001))
        assert (why.code, why.kind) == ("text_too_long", RefusalKind.CONTENT)

    @pytest.mark.parametrize(
        ("code", "kind"),
        [
            ("recipient_unavailable", RefusalKind.STATE),
            ("window_closed", RefusalKind.STATE),
            ("media_type", RefusalKind.CONTENT),
        ],
    )
    async def test_metas_own_refusal_keeps_the_failed_message(
        self, world: World, page: Account, code: str, kind: RefusalKind
    ) -> None:
        error = SendError(code=code, detail="Meta said no", meta_code=100, fbtrace_id="A1")
        world.graph.outcomes = [Failed(error=error)]
        with pytest.raises(RefusedByMeta) as raised:
            await answer(world, page)
        assert (raised.value.code, raised.value.kind, raised.value.detail) == (code, kind, "Meta said no")
        assert raised.value.message is not None
        kept = await world.scene.message(raised.value.message)
        assert (kept.status, kept.error) == (MessageStatus.FAILED, error)


async def test_an_unknown_outcome_is_called_unknown(world: World, page: Account) -> None:
    world.graph.outcomes = [Unknown(error=SendError(code="timeout", detail="no answer"))]
    assert (await answer(world, page)).status is MessageStatus.UNKNOWN


async def test_a_dead_token_queues_the_message_until_the_next_login(world: World, page: Account) -> None:
    dead = SendError(code="reauth_required", detail="the session ended", meta_code=190)
    world.graph.outcomes = [NeedsLogin(error=dead)]
    message = await answer(world, page)
    assert (message.status, message.error) == (MessageStatus.QUEUED, dead)
    assert (await refused_later(world, page)).code == "account_not_sendable"
    await world.scene.connected()
    assert await world.deliver.due() == 1
    await world.deliver.drain(2)
    assert (await world.scene.message(message)).status is MessageStatus.SENT


async def refused_later(world: World, page: Account) -> Refused:
    """The refusal of a second answer."""
    with pytest.raises(Refused) as raised:
        await answer(world, page)
    return raised.value


class TestOnce:
    """The same key gets the same answer."""

    async def test_the_second_request_sends_nothing(self, world: World, page: Account) -> None:
        first = await answer(world, page, once=ONCE)
        assert await answer(world, page, once=ONCE) == first
        assert len(world.graph.sent) == 1

    async def test_another_body_is_refused_and_the_first_answer_stays(
        self, world: World, page: Account
    ) -> None:
        first = await answer(world, page, once=ONCE)
        with pytest.raises(KeyReused):
            await answer(world, page, once=replace(ONCE, fingerprint=b"2"))
        assert await answer(world, page, once=ONCE) == first

    async def test_while_the_first_is_under_way_it_is_in_flight(self, world: World, page: Account) -> None:
        world.graph.hold = asyncio.Event()
        first = asyncio.create_task(answer(world, page, once=ONCE))
        await eventually(lambda: len(world.graph.sent) == 1)
        with pytest.raises(InFlight):
            await answer(world, page, once=ONCE)
        world.graph.hold.set()
        sent = await first
        assert await answer(world, page, once=ONCE) == sent
        assert len(world.graph.sent) == 1

    async def test_of_twenty_at_once_one_is_sent(self, world: World, page: Account) -> None:
        results = await asyncio.gather(
            *(answer(world, page, once=ONCE) for _ in range(20)), return_exceptions=True
        )
        assert len(world.graph.sent) == 1
        for result in results:
            assert isinstance(result, Message | InFlight)

    async def test_a_refusal_stays_a_refusal(self, world: World, page: Account) -> None:
        world.later(hours=24)
        assert (await refused(world, page, once=ONCE)).code == "window_closed"
        await world.scene.happens(wrote("m-2", sent_at=world.clock.now()))
        assert (await refused(world, page, once=ONCE)).code == "window_closed"

    async def test_metas_refusal_comes_again_with_its_message(self, world: World, page: Account) -> None:
        world.graph.outcomes = [Failed(error=SendError(code="media_type", detail="Meta said no"))]
        messages: list[Message | None] = []
        for _ in range(2):
            with pytest.raises(Refused) as raised:
                await answer(world, page, once=ONCE)
            messages.append(raised.value.message)
        assert messages[0] == messages[1] is not None
        assert len(world.graph.sent) == 1

    async def test_an_unknown_account_takes_no_key(self, world: World, page: Account) -> None:
        with pytest.raises(NotFound):
            await answer(world, page, account=AccountId("nothing"), once=ONCE)
        assert (await answer(world, page, once=ONCE)).status is MessageStatus.SENT
