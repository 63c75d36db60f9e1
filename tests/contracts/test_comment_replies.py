"""Answers to comments: kept once, sent once, and recognised when Meta repeats them, in either order."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from meta_inbox.domain.errors import NotFound, PrivateReplyUsed
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.changes import Hidden, Unsent
from meta_inbox.domain.model.comment_reply import Way
from meta_inbox.domain.model.content import PrivateReplyContent, PublicReplyContent
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import ContactId, MetaMessageId
from meta_inbox.domain.model.message import Message, MessageStatus, Origin
from meta_inbox.domain.model.sending import Failed, Later, Outcome, Sent, Unknown
from meta_inbox.domain.model.webhook import WebhookItem
from tests.contracts.backstage import Stores
from tests.contracts.commenting import COMMENTER, answered, commented, replies, replying, the_comment
from tests.contracts.scene import ANA, CASA, OOPS, RIVAL, Scene, echo, past, says, untimed, wrote

SENT = Sent(meta_message_id=MetaMessageId("m-1"))
UNKNOWN = Unknown(error=OOPS)
UPDATED, TALK = EventType.MESSAGE_UPDATED, EventType.CONVERSATION_UPDATED
WAYS: Sequence[Way] = ("private", "public")
STEP, MINUTE = timedelta(seconds=2), timedelta(minutes=1)


@pytest.fixture
async def account(scene: Scene) -> Account:
    """A connected Page."""
    return await scene.connected()


@pytest.fixture
async def comment(scene: Scene, account: Account) -> Message:
    """Ana's comment under a post of that Page."""
    return await the_comment(scene, account)


async def own(scene: Scene, account: Account, contact: ContactId = COMMENTER) -> list[Message]:
    """What the business said in that conversation, newest first."""
    messages = await scene.messages(account, contact)
    return [message for message in messages if message.direction.value == "outbound"]


def told_of(way: Way, mid: str = "m-1", text: str = "40", **more: Any) -> WebhookItem:
    """The webhook that repeats it: an echo in the private conversation, or a comment of the account's."""
    return echo(mid, text, **more) if way == "private" else answered(mid, text, **more)


class TestKeeping:
    """What is put into the outbox."""

    async def test_an_answer_stands_in_the_comments_conversation(
        self, scene: Scene, account: Account, comment: Message
    ) -> None:
        private = await replies(scene, comment, "private", "40 for you")
        public = await replies(scene, comment, "public", "See your inbox")
        assert await own(scene, account) == [public, private]
        assert [each.details for each in (private, public)] == [
            {"reply": "private"},
            {"reply": "public", "parent_id": "c-1"},
        ]
        assert private.reply_to is not None
        assert (private.type, private.reply_to.id, private.reply_to.meta_message_id) == (
            "text",
            comment.id,
            "c-1",
        )
        assert (await scene.conversation(account, COMMENTER)).unread_count == 0
        assert await scene.messages(account, ANA) == ()

    @pytest.mark.parametrize(
        ("way", "content"),
        [
            ("private", PrivateReplyContent(comment=MetaMessageId("c-1"), text="olá ✨")),
            ("public", PublicReplyContent(comment=MetaMessageId("c-1"), text="olá ✨")),
        ],
    )
    async def test_it_comes_out_as_it_went_in(
        self, scene: Scene, comment: Message, way: Way, content: PrivateReplyContent | PublicReplyContent
    ) -> None:
        claim = await replying(scene, comment, way, "olá ✨")
        assert (claim.content, claim.reply_to) == (content, None)
        assert claim.message.reply_to is not None
        assert claim.message.reply_to.id == comment.id

    async def test_they_leave_in_order(self, scene: Scene, stores: Stores, comment: Message) -> None:
        first = await replying(scene, comment, "public")
        second = await replies(scene, comment, "private")
        assert await stores.outbox.claim(CASA, second.id) is None
        await stores.outbox.settle(first, SENT)
        assert await stores.outbox.claim(CASA, second.id) is not None


class TestOncePrivately:
    """A comment has one private answer."""

    @pytest.mark.parametrize("outcome", [None, SENT, UNKNOWN, Later(error=OOPS, after=MINUTE)])
    async def test_while_one_is_there_or_may_be_a_second_is_refused(
        self, scene: Scene, stores: Stores, account: Account, comment: Message, outcome: Outcome | None
    ) -> None:
        claim = await replying(scene, comment, "private")
        if outcome is not None:
            await stores.outbox.settle(claim, outcome)
        before = await scene.told()
        with pytest.raises(PrivateReplyUsed):
            await replies(scene, comment, "private", "another")
        assert len(await own(scene, account)) == 1
        assert await scene.told() == before

    async def test_one_that_failed_may_be_tried_again(
        self, scene: Scene, stores: Stores, comment: Message
    ) -> None:
        await stores.outbox.settle(await replying(scene, comment, "private"), Failed(error=OOPS))
        await replies(scene, comment, "private")
        with pytest.raises(PrivateReplyUsed):
            await replies(scene, comment, "private")

    async def test_of_twenty_at_once_one_is_kept(
        self, scene: Scene, account: Account, comment: Message
    ) -> None:
        tries = (replies(scene, comment, "private", f"try {n}") for n in range(20))
        results = await asyncio.gather(*tries, return_exceptions=True)
        assert sum(isinstance(result, Message) for result in results) == 1
        assert sum(isinstance(result, PrivateReplyUsed) for result in results) == 19
        assert len(await own(scene, account)) == 1

    async def test_another_comment_has_one_of_its_own_and_public_ones_are_not_counted(
        self, scene: Scene, account: Account, comment: Message
    ) -> None:
        await replies(scene, comment, "private")
        for text in ("one", "two"):
            await replies(scene, comment, "public", text)
        await replies(scene, await the_comment(scene, account, "c-2"), "private")
        assert len(await own(scene, account)) == 4

    async def test_one_that_was_unsent_was_still_the_one(
        self, scene: Scene, stores: Stores, comment: Message
    ) -> None:
        await stores.outbox.settle(await replying(scene, comment, "private"), SENT)
        await scene.happens(says(Unsent(), "m-1"))
        with pytest.raises(PrivateReplyUsed):
            await replies(scene, comment, "private")


@pytest.mark.parametrize("way", WAYS)
class TestRepeated:
    """Meta's answer and the webhook meet in either order, and one message remains."""

    async def test_the_answer_then_the_webhook(
        self, scene: Scene, stores: Stores, account: Account, comment: Message, way: Way
    ) -> None:
        settled = await stores.outbox.settle(await replying(scene, comment, way), SENT)
        await scene.happens(told_of(way))
        (message,) = await own(scene, account)
        assert untimed(message) == settled
        assert (message.origin, message.status) == (Origin.AGENT, MessageStatus.SENT)
        assert await scene.messages(account, ANA) == ()
        assert await stores.backstage.items() == []

    async def test_the_webhook_waits_for_a_send_that_is_under_way(
        self, scene: Scene, stores: Stores, account: Account, comment: Message, way: Way
    ) -> None:
        claim = await replying(scene, comment, way)
        await scene.happens(told_of(way))
        assert len(await own(scene, account)) == 1
        settled = await stores.outbox.settle(claim, SENT)
        await stores.backstage.age_items(STEP)
        await scene.settle_down()
        (message,) = await own(scene, account)
        assert untimed(message) == settled
        assert await scene.messages(account, ANA) == ()
        assert await stores.backstage.items() == []

    async def test_a_webhook_that_became_a_message_of_its_own_is_taken_in(
        self, scene: Scene, stores: Stores, account: Account, comment: Message, way: Way
    ) -> None:
        claim = await replying(scene, comment, way)
        await scene.happens(told_of(way, sent_at=scene.now + timedelta(seconds=10)))
        await stores.backstage.age_items(MINUTE)
        await scene.settle_down()
        elsewhere = await own(scene, account, ANA if way == "private" else COMMENTER)
        assert elsewhere[0].origin is Origin.NATIVE_APP
        settled = await stores.outbox.settle(claim, SENT)
        assert await own(scene, account) == [settled]
        assert (settled.id, settled.status, settled.meta_message_id, settled.details) == (
            claim.message.id,
            MessageStatus.SENT,
            "m-1",
            claim.message.details,
        )
        assert await scene.messages(account, ANA) == ()
        assert (await scene.conversation(account)).last_message is None
        listed = await stores.conversations.list(
            CASA, account.id, limit=9, after=None, query=None, unread=None
        )
        assert [one.contact_id for one in listed.items] == [COMMENTER]
        assert (await scene.told())[-1] == (UPDATED, settled.id)

    async def test_the_webhook_settles_one_of_which_nobody_knew(
        self, scene: Scene, stores: Stores, account: Account, comment: Message, way: Way
    ) -> None:
        claim = await replying(scene, comment, way)
        await stores.outbox.settle(claim, UNKNOWN)
        await scene.happens(told_of(way))
        (message,) = await own(scene, account)
        assert (message.id, message.status, message.meta_message_id, message.error) == (
            claim.message.id,
            MessageStatus.SENT,
            "m-1",
            None,
        )
        assert await scene.messages(account, ANA) == ()
        assert await stores.outbox.claim_due(10) == []

    async def test_other_words_are_somebody_elses(
        self, scene: Scene, stores: Stores, account: Account, comment: Message, way: Way
    ) -> None:
        claim = await replying(scene, comment, way)
        await stores.outbox.settle(claim, UNKNOWN)
        await scene.happens(told_of(way, text="I was asked for 45"))
        assert (await scene.message(claim.message)).status is MessageStatus.UNKNOWN
        (other, *_) = await own(scene, account, ANA if way == "private" else COMMENTER)
        assert other.origin is Origin.NATIVE_APP

    @pytest.mark.parametrize("order", list(permutations(("answer", "webhook", "webhook", "expiry"))))
    async def test_in_every_order_one_message_is_sent(
        self, scene: Scene, account: Account, comment: Message, way: Way, order: tuple[str, ...]
    ) -> None:
        stores, claim = scene.stores, await replying(scene, comment, way)
        await stores.backstage.age_message(claim.message, timedelta(seconds=31))
        for step in order:
            if step == "answer":
                await stores.outbox.settle(claim, SENT)
            elif step == "webhook":
                await scene.happens(told_of(way))
            else:
                await stores.outbox.expire_leases()
        await stores.backstage.age_items(STEP)
        await scene.settle_down()
        (message,) = await own(scene, account)
        assert (message.id, message.status, message.meta_message_id, message.error) == (
            claim.message.id,
            MessageStatus.SENT,
            "m-1",
            None,
        )
        assert await scene.messages(account, ANA) == ()


class TestWhichOne:
    """A webhook is of this answer, and of no other."""

    async def test_a_token_settles_a_private_answer_whoever_commented(
        self, scene: Scene, account: Account
    ) -> None:
        unnamed = ContactId("comments:on-c-9")
        comment = await the_comment(scene, account, "c-9", contact_id=unnamed)
        claim = await replying(scene, comment, "private")
        await scene.happens(echo("m-1", "40", client_token=claim.message.id))
        assert (await scene.message(claim.message)).status is MessageStatus.SENT
        assert await scene.messages(account, ANA) == ()

    async def test_a_private_answer_is_not_settled_by_what_somebody_else_was_told(
        self, scene: Scene, stores: Stores, comment: Message
    ) -> None:
        claim = await replying(scene, comment, "private")
        await stores.outbox.settle(claim, UNKNOWN)
        await scene.happens(echo("m-1", "40", contact_id=ContactId("7002")))
        assert (await scene.message(claim.message)).status is MessageStatus.UNKNOWN

    async def test_a_public_answer_is_not_settled_by_one_under_another_comment(
        self, scene: Scene, stores: Stores, account: Account, comment: Message
    ) -> None:
        claim = await replying(scene, comment, "public")
        await stores.outbox.settle(claim, UNKNOWN)
        await the_comment(scene, account, "c-2")
        await scene.happens(answered("m-1", "40", under="c-2"))
        assert (await scene.message(claim.message)).status is MessageStatus.UNKNOWN

    async def test_an_answer_to_an_answer_stands_under_the_first_comment(
        self, scene: Scene, stores: Stores, account: Account, comment: Message
    ) -> None:
        rui = ContactId("comments:7002")
        deeper = await the_comment(scene, account, "c-2", contact_id=rui, reply_to=comment.meta_message_id)
        claim = await replying(scene, deeper, "public")
        await stores.outbox.settle(claim, UNKNOWN)
        await scene.happens(answered("m-1", "40", under="c-1"))
        assert (await scene.message(claim.message)).status is MessageStatus.SENT
        assert await own(scene, account) == []

    async def test_what_is_written_in_private_does_not_wait_for_a_public_answer(
        self, scene: Scene, account: Account, comment: Message
    ) -> None:
        await replying(scene, comment, "public")
        await scene.happens(echo("m-9", "40"))
        (message,) = await own(scene, account, ANA)
        assert message.origin is Origin.NATIVE_APP


async def test_a_private_conversation_that_went_on_stays_when_the_answer_is_taken_out_of_it(
    scene: Scene, stores: Stores, account: Account, comment: Message
) -> None:
    claim = await replying(scene, comment, "private")
    await scene.happens(echo("m-1", "40"))
    await stores.backstage.age_items(MINUTE)
    await scene.settle_down()
    await scene.happens(wrote("m-2", "Thanks!", sent_at=scene.now + timedelta(seconds=5)))
    await stores.outbox.settle(claim, SENT)
    (thanks,) = await scene.messages(account, ANA)
    conversation = await scene.conversation(account)
    assert (conversation.last_message, conversation.unread_count) == (thanks, 1)
    events = await stores.backstage.events(CASA)
    assert (TALK, ANA) in [(event.type, event.contact_id) for event in events]


async def test_reading_back_leaves_out_what_may_be_a_private_answer(
    scene: Scene, stores: Stores, account: Account, comment: Message
) -> None:
    claim = await replying(scene, comment, "private")
    (run,) = await stores.histories.claim_due(1)
    found = past(scene, items=(echo("m-1", "40", sent_at=scene.now),))
    assert await stores.histories.keep(run, [found], None) is not None
    assert await scene.messages(account, ANA) == ()
    await stores.outbox.settle(claim, SENT)
    assert len(await own(scene, account)) == 1


HIDDEN = Hidden(hidden=True)


class TestHiding:
    """A comment that was hidden from here says so."""

    async def test_it_is_hidden_and_shown_again_and_told(
        self, scene: Scene, stores: Stores, account: Account, comment: Message
    ) -> None:
        for hidden in (True, False):
            change = Hidden(hidden=hidden)
            await stores.conversations.note(
                CASA, account.id, COMMENTER, comment.id, change=change, at=scene.now
            )
            details = (await scene.message(comment)).details or {}
            assert (details["hidden"], details["comment_id"]) == (hidden, "c-1")
            assert (await scene.told())[-1] == (UPDATED, comment.id)

    async def test_once_more_at_the_same_moment_is_nothing_new(
        self, scene: Scene, stores: Stores, account: Account, comment: Message
    ) -> None:
        now = scene.now
        for _ in range(2):
            await stores.conversations.note(CASA, account.id, COMMENTER, comment.id, change=HIDDEN, at=now)
        assert [kind for kind, _ in await scene.told()].count(UPDATED) == 1

    async def test_nobody_elses_comment_is_hidden(
        self, scene: Scene, stores: Stores, account: Account, comment: Message
    ) -> None:
        for tenant, contact in ((RIVAL, COMMENTER), (CASA, ANA)):
            with pytest.raises(NotFound):
                await stores.conversations.note(
                    tenant, account.id, contact, comment.id, change=HIDDEN, at=scene.now
                )
        assert "hidden" not in ((await scene.message(comment)).details or {})

    async def test_a_deleted_comment_stays_as_it_is(
        self, scene: Scene, stores: Stores, account: Account, comment: Message
    ) -> None:
        await scene.happens(says(Unsent(), "c-1", contact_id=None))
        await stores.conversations.note(CASA, account.id, COMMENTER, comment.id, change=HIDDEN, at=scene.now)
        assert (await scene.message(comment)).details == {"comment_id": "c-1", "media_id": "18"}


async def test_a_comment_told_twice_has_one_private_answer(
    scene: Scene, account: Account, comment: Message
) -> None:
    await replies(scene, comment, "private")
    await scene.happens(commented("c-1"))
    with pytest.raises(PrivateReplyUsed):
        await replies(scene, comment, "private")
    assert len(await own(scene, account)) == 1
