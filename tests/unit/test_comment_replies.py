"""Answering comments and hiding them: each refusal by its code, and nothing kept before Meta."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from meta_inbox.domain.errors import (
    AccessRevoked,
    AccountNotSendable,
    CommentDeleted,
    ContentRefused,
    GraphUnavailable,
    NotFound,
    PrivateReplyUsed,
    RefusalKind,
    Refused,
    RefusedByMeta,
    ScopeMissing,
    WindowClosed,
)
from meta_inbox.domain.model.account import Account, AccountStatus, StatusReason
from meta_inbox.domain.model.changes import Unsent
from meta_inbox.domain.model.comment_reply import Way, require_answerable, require_unused
from meta_inbox.domain.model.content import PrivateReplyContent, PublicReplyContent
from meta_inbox.domain.model.ids import ContactId, MessageId
from meta_inbox.domain.model.message import Direction, Message, MessageStatus, Origin, SendError
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.sending import Failed, Later, Once, Unknown
from tests.contracts.commenting import COMMENTER, answered, the_comment
from tests.contracts.scene import ANA, CASA, says, wrote
from tests.unit.doubles import AGENT, BOT, NOON, STRANGER, World

READER = Principal(CASA, "bea", frozenset({Scope.MESSAGES_READ}))
OOPS = SendError(code="meta_error", detail="Meta said no")
LATER = Later(error=OOPS, after=timedelta(seconds=5))
ONCE = Once(key="k-1", fingerprint=b"1")
WAYS: tuple[Way, Way] = ("private", "public")


@pytest.fixture
async def page(world: World) -> Account:
    """A connected Page."""
    return await world.scene.connected()


@pytest.fixture
async def comment(world: World, page: Account) -> Message:
    """What Ana just wrote under one of its posts."""
    return await the_comment(world.scene, page, sent_at=NOON)


async def answer(world: World, comment: Message, /, **given: Any) -> Message:
    """Bea answers Ana's comment in private, unless something else is said."""
    usual: dict[str, Any] = {
        "by": AGENT,
        "account": comment.account_id,
        "contact": comment.contact_id,
        "comment": comment.id,
        "text": "40 for you",
        "way": "private",
    }
    return await world.reply(**(usual | given))


async def hide(world: World, comment: Message, /, **given: Any) -> None:
    """Bea hides Ana's comment, unless something else is said."""
    usual: dict[str, Any] = {
        "by": AGENT,
        "account": comment.account_id,
        "contact": comment.contact_id,
        "comment": comment.id,
    }
    await world.hide(**(usual | given))


async def refused(world: World, comment: Message, /, **given: Any) -> Refused:
    """Why she may not; nothing was kept and nothing left."""
    messages, sent = len(world.store.messages), len(world.graph.sent)
    with pytest.raises(Refused) as raised:
        await answer(world, comment, **given)
    assert len(world.store.messages) == messages
    assert len(world.graph.sent) == sent
    return raised.value


async def test_a_private_answer_goes_to_the_comment(world: World, comment: Message) -> None:
    message = await answer(world, comment)
    assert world.graph.sent == [(PrivateReplyContent(comment=comment_id(comment), text="40 for you"), None)]
    assert (message.status, message.type, message.text, message.contact_id) == (
        MessageStatus.SENT,
        "text",
        "40 for you",
        COMMENTER,
    )
    assert (message.direction, message.origin, message.sent_by) == (
        Direction.OUTBOUND,
        Origin.AGENT,
        "bea",
    )
    assert message.reply_to is not None
    assert (message.reply_to.id, message.details) == (comment.id, {"reply": "private"})


def comment_id(comment: Message) -> Any:
    """Meta's id of it."""
    return comment.meta_message_id


async def test_public_answers_have_no_end(world: World, comment: Message) -> None:
    world.later(days=30)
    for text in ("40", "and 5 for shipping"):
        assert (await answer(world, comment, way="public", text=text)).status is MessageStatus.SENT
    assert [content for content, _ in world.graph.sent] == [
        PublicReplyContent(comment=comment_id(comment), text=text) for text in ("40", "and 5 for shipping")
    ]


async def test_an_automations_answer_says_so(world: World, comment: Message) -> None:
    assert (await answer(world, comment, by=BOT)).origin is Origin.AUTOMATION


class TestRefusals:
    """Before Meta: each with its code, and nothing kept."""

    @pytest.mark.parametrize("first", [None, Unknown(error=OOPS), LATER])
    async def test_a_second_private_answer(
        self, world: World, comment: Message, first: Unknown | Later | None
    ) -> None:
        world.graph.outcomes = [] if first is None else [first]
        await answer(world, comment)
        why = await refused(world, comment, text="another")
        assert (type(why), why.code, why.kind) == (
            PrivateReplyUsed,
            "private_reply_used",
            RefusalKind.STATE,
        )
        assert (await answer(world, comment, way="public")).id

    async def test_but_not_after_one_that_failed(self, world: World, comment: Message) -> None:
        world.graph.outcomes = [Failed(error=OOPS)]
        with pytest.raises(RefusedByMeta):
            await answer(world, comment)
        assert (await answer(world, comment)).status is MessageStatus.SENT

    @pytest.mark.parametrize("kind", ["comment", "live_comment"])
    async def test_a_private_answer_after_a_week(self, world: World, page: Account, kind: str) -> None:
        comment = await the_comment(world.scene, page, sent_at=NOON, type=kind)
        world.later(days=7)
        why = await refused(world, comment)
        assert (type(why), why.code) == (WindowClosed, "window_closed")

    async def test_until_then_it_is_allowed(self, world: World, comment: Message) -> None:
        world.later(days=7, seconds=-1)
        assert (await answer(world, comment)).status is MessageStatus.SENT

    @pytest.mark.parametrize("way", WAYS)
    async def test_a_comment_that_is_gone(self, world: World, comment: Message, way: Way) -> None:
        await world.scene.happens(says(Unsent(), "c-1", contact_id=None))
        why = await refused(world, comment, way=way)
        assert (type(why), why.code, why.kind) == (CommentDeleted, "comment_deleted", RefusalKind.STATE)
        with pytest.raises(CommentDeleted):
            await hide(world, comment)

    async def test_what_is_no_comment(self, world: World, page: Account, comment: Message) -> None:
        await world.scene.happens(
            wrote("m-1"),
            wrote("ev:1", contact_id=COMMENTER, type="mention", details={"comment_id": "c-7"}),
            answered("c-2"),
        )
        own = await answer(world, comment, way="public")
        others = [*await world.scene.messages(page), *await world.scene.messages(page, COMMENTER), own]
        others = [message for message in others if message.id != comment.id]
        assert len(others) == 5
        for message in others:
            why = await refused(world, message)
            assert (why.code, why.kind) == ("not_supported_here", RefusalKind.CONTENT)
            with pytest.raises(ContentRefused):
                await hide(world, message)

    @pytest.mark.parametrize(
        ("way", "text", "code"),
        [
            ("private", " ", "text_empty"),
            ("public", "", "text_empty"),
            ("private", "a" * 2001, "text_too_long"),
            ("public", "a" * 8001, "text_too_long"),
        ],
    )
    async def test_a_text_that_does_not_fit(
        self, world: World, comment: Message, way: Way, text: str, code: str
    ) -> None:
        assert (await refused(world, comment, way=way, text=text)).code == code

    @pytest.mark.parametrize("way", WAYS)
    async def test_an_account_that_cannot_send(
        self, world: World, page: Account, comment: Message, way: Way
    ) -> None:
        await world.accounts.disconnect(CASA, page.id)
        assert (await refused(world, comment, way=way)).code == "account_not_sendable"
        with pytest.raises(AccountNotSendable):
            await hide(world, comment)
        assert world.graph.calls == []


async def test_whatever_is_not_the_tenants_is_not_found(world: World, comment: Message) -> None:
    wrong: list[dict[str, Any]] = [
        {"by": STRANGER},
        {"contact": ANA},
        {"contact": ContactId("comments:7002")},
        {"comment": MessageId("nothing")},
        {"account": "nothing"},
    ]
    for given in wrong:
        with pytest.raises(NotFound):
            await answer(world, comment, **given)
        with pytest.raises(NotFound):
            await hide(world, comment, **given)
    assert world.graph.calls == []


async def test_it_needs_the_scope(world: World, comment: Message) -> None:
    for act in (answer, hide):
        with pytest.raises(ScopeMissing):
            await act(world, comment, by=READER)


class TestOnce:
    """The same key gets the same answer."""

    async def test_the_second_request_sends_nothing(self, world: World, comment: Message) -> None:
        first = await answer(world, comment, once=ONCE)
        assert await answer(world, comment, once=ONCE) == first
        assert len(world.graph.sent) == 1

    async def test_a_refusal_stays_a_refusal(self, world: World, comment: Message) -> None:
        await answer(world, comment)
        for _ in range(2):
            assert (await refused(world, comment, once=ONCE)).code == "private_reply_used"

    async def test_another_tenant_may_use_the_same_key(self, world: World, comment: Message) -> None:
        await answer(world, comment, once=ONCE)
        with pytest.raises(NotFound):
            await answer(world, comment, by=STRANGER, once=ONCE)


class TestLater:
    """One that could not go at first is looked at again before it goes."""

    async def delayed(self, world: World, comment: Message, way: Way, **by: float) -> Message:
        """The answer after its second attempt."""
        world.graph.outcomes = [LATER]
        message = await answer(world, comment, way=way)
        world.later(**by)
        assert await world.deliver.due() == 1
        await world.deliver.drain(2)
        return await world.scene.message(message)

    @pytest.mark.parametrize("way", WAYS)
    async def test_it_goes_although_nothing_opened_the_window(
        self, world: World, comment: Message, way: Way
    ) -> None:
        message = await self.delayed(world, comment, way, days=2)
        assert (message.status, len(world.graph.sent)) == (MessageStatus.SENT, 2)

    async def test_after_a_week_a_private_one_fails(self, world: World, comment: Message) -> None:
        message = await self.delayed(world, comment, "private", days=8)
        assert (message.status, message.error and message.error.code) == (
            MessageStatus.FAILED,
            "window_closed",
        )
        assert len(world.graph.sent) == 1

    @pytest.mark.parametrize("way", WAYS)
    async def test_when_the_comment_is_gone_it_fails(self, world: World, comment: Message, way: Way) -> None:
        world.graph.outcomes = [LATER]
        message = await answer(world, comment, way=way)
        await world.scene.happens(says(Unsent(), "c-1", contact_id=None))
        world.later(minutes=1)
        assert await world.deliver.due() == 1
        await world.deliver.drain(2)
        failed = await world.scene.message(message)
        assert (failed.status, failed.error and failed.error.code) == (
            MessageStatus.FAILED,
            "comment_deleted",
        )


async def test_metas_refusal_of_a_second_private_answer_is_one_of_the_state(
    world: World, comment: Message
) -> None:
    used = SendError(code="private_reply_used", detail="it was answered in Meta's app")
    world.graph.outcomes = [Failed(error=used)]
    with pytest.raises(RefusedByMeta) as raised:
        await answer(world, comment)
    assert (raised.value.code, raised.value.kind) == ("private_reply_used", RefusalKind.STATE)
    assert raised.value.message is not None
    assert raised.value.message.status is MessageStatus.FAILED


async def test_an_answer_to_a_comment_is_no_ordinary_message(world: World, comment: Message) -> None:
    for content in (
        PrivateReplyContent(comment=comment_id(comment), text="40"),
        PublicReplyContent(comment=comment_id(comment), text="40"),
    ):
        with pytest.raises(ContentRefused):
            await world.send(by=AGENT, account=comment.account_id, contact=COMMENTER, content=content)


class TestHiding:
    """Hidden at Meta, then here."""

    async def test_a_comment_is_hidden_and_shown_again(self, world: World, comment: Message) -> None:
        await hide(world, comment)
        assert ((await world.scene.message(comment)).details or {})["hidden"] is True
        world.later(seconds=1)
        await hide(world, comment, hide=False)
        assert ((await world.scene.message(comment)).details or {})["hidden"] is False
        assert world.graph.calls == [("hide", "c-1"), ("show", "c-1")]

    @pytest.mark.parametrize("trouble", [GraphUnavailable("no answer"), RefusedByMeta("no")])
    async def test_what_meta_did_not_do_is_not_shown(
        self, world: World, comment: Message, trouble: Exception
    ) -> None:
        world.graph.trouble = trouble
        with pytest.raises(type(trouble)):
            await hide(world, comment)
        assert await world.scene.message(comment) == comment

    async def test_a_dead_token_asks_for_a_login(self, world: World, page: Account, comment: Message) -> None:
        world.graph.trouble = AccessRevoked("the session ended", meta_code=190, meta_subcode=463)
        with pytest.raises(AccountNotSendable):
            await hide(world, comment)
        account = await world.accounts.get(CASA, page.id)
        assert account.status is AccountStatus.REAUTH_REQUIRED
        assert isinstance(account.status_reason, StatusReason)
        assert (account.status_reason.meta_code, account.status_reason.meta_subcode) == (190, 463)


def test_the_rules_are_pure(comment: Message) -> None:
    require_answerable(comment, "private", NOON)
    require_unused([])
    require_unused([replace(comment, status=MessageStatus.FAILED)])
    for status in (MessageStatus.QUEUED, MessageStatus.SENDING, MessageStatus.UNKNOWN, MessageStatus.READ):
        with pytest.raises(PrivateReplyUsed):
            require_unused([replace(comment, status=status)])
