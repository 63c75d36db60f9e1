"""Edits, reactions, unsends, receipts, owners and comments: what becomes of messages and conversations."""

from collections.abc import Set
from datetime import UTC, datetime, timedelta

import pytest

from meta_inbox.domain.errors import AccountNotSendable, NotFound
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.changes import (
    Delivered,
    Edited,
    Hidden,
    OwnerChanged,
    Party,
    PolicyEnforced,
    Reacted,
    Seen,
    Unsent,
)
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import ContactId, MetaMessageId
from meta_inbox.domain.model.media import MediaId
from meta_inbox.domain.model.message import Attachment, Direction, Message, MessageStatus, Origin
from meta_inbox.domain.model.sending import Sent
from meta_inbox.domain.model.webhook import ItemKind
from meta_inbox.domain.model.window import OpeningKind
from tests.contracts.backstage import Stores
from tests.contracts.commenting import COMMENTER, commented
from tests.contracts.scene import ANA, Scene, echo, says, wrote

T0 = datetime(2026, 11, 20, 12, tzinfo=UTC)
LOVE = Reacted(by=Party.CONTACT, reaction="love", emoji="❤️")
CREATED, UPDATED = EventType.MESSAGE_CREATED, EventType.MESSAGE_UPDATED


def at(minutes: int) -> datetime:
    """So many minutes after the beginning."""
    return T0 + timedelta(minutes=minutes)


async def only(scene: Scene, account: Account, contact: ContactId = ANA) -> Message:
    """The conversation's one message."""
    (message,) = await scene.messages(account, contact)
    return message


async def test_an_edited_message_shows_the_new_text_and_keeps_every_one_before(scene: Scene) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1", "Do you ship to Kyiv?", sent_at=at(0)))
    await scene.happens(says(Edited(text="to Lviv?", number=2), "m-1", sent_at=at(2)))
    await scene.happens(says(Edited(text="to Odesa?", number=1), "m-1", sent_at=at(1)))
    message = await only(scene, account)
    assert (message.text, message.edited_at) == ("to Lviv?", at(2))
    assert [(each.number, each.text) for each in message.edits] == [
        (0, "Do you ship to Kyiv?"),
        (1, "to Odesa?"),
        (2, "to Lviv?"),
    ]
    assert await scene.told() == [(CREATED, message.id), (UPDATED, message.id), (UPDATED, message.id)]


async def test_a_reaction_shows_and_opens_the_window(scene: Scene) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1", sent_at=at(0)))
    await scene.happens(says(LOVE, "m-1", opens=OpeningKind.REACTION, sent_at=at(5)))
    message, conversation = await only(scene, account), await scene.conversation(account)
    assert [(each.by, each.reaction, each.emoji) for each in message.shown_reactions] == [
        (Party.CONTACT, "love", "❤️")
    ]
    assert (conversation.opened_at, conversation.unread_count) == (at(5), 1)


async def test_a_reaction_that_is_taken_back_is_gone(scene: Scene) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1", sent_at=at(0)), says(LOVE, "m-1", sent_at=at(1)))
    await scene.happens(says(Reacted(by=Party.CONTACT, reaction=None), "m-1", sent_at=at(2)))
    assert (await only(scene, account)).shown_reactions == ()


async def test_an_unsent_message_is_a_tombstone_that_says_nothing(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    photo = Attachment(id="", type="image", source_url="https://cdn.example/1")
    await scene.happens(wrote("m-1", "secret", attachments=(photo,), quick_reply="Q", raw=b'{"t":"secret"}'))
    await scene.happens(says(Edited(text="secret too", number=1), "m-1"), says(LOVE, "m-1"))
    before = await only(scene, account)
    await scene.happens(says(Unsent(), "m-1", sent_at=at(9)))
    message = await only(scene, account)
    assert (message.id, message.type, message.text, message.deleted_at) == (before.id, "deleted", None, at(9))
    assert (message.attachments, message.quick_reply, message.edits, message.reactions) == ((), None, (), ())
    assert (message.ordered_at, message.meta_message_id) == (before.ordered_at, "m-1")
    assert "secret" not in await stores.backstage.kept_of(message)


@pytest.mark.parametrize("change", [Edited(text="b", number=1), LOVE, Unsent(), Hidden(hidden=True)])
async def test_what_comes_before_its_message_waits_for_it(
    scene: Scene, stores: Stores, change: Edited | Reacted | Unsent | Hidden
) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-0", sent_at=at(0)), says(change, "m-1", sent_at=at(2)))
    assert [item.state for item in await stores.backstage.items()] == ["waiting"]
    await scene.happens(wrote("m-1", "a", sent_at=at(1)))
    early = (await scene.messages(account))[0]
    assert await stores.backstage.items() == []
    await scene.happens(wrote("m-2", "a", sent_at=at(1)), says(change, "m-2", sent_at=at(2)))
    late = next(each for each in await scene.messages(account) if each.meta_message_id == "m-2")
    for name in ("text", "type", "deleted_at", "reactions", "edits", "details", "edited_at"):
        assert getattr(early, name) == getattr(late, name)


async def test_a_change_that_says_nothing_new_is_not_told(scene: Scene) -> None:
    await scene.connected()
    change = says(Edited(text="b", number=1), "m-1", sent_at=at(1))
    await scene.happens(wrote("m-1", "a", sent_at=at(0)), change)
    told = await scene.told()
    await scene.happens(change)
    assert await scene.told() == told


async def test_a_receipt_of_a_time_covers_everything_sent_before(scene: Scene) -> None:
    account = await scene.connected()
    await scene.happens(*(echo(f"m-{n}", sent_at=at(n)) for n in range(4)))
    await scene.happens(says(Delivered(up_to=at(2))), says(Seen(up_to=at(0))))
    assert [message.status.value for message in await scene.messages(account)] == [
        "sent",
        "delivered",
        "delivered",
        "read",
    ]


async def test_a_receipt_may_name_the_messages(scene: Scene) -> None:
    account = await scene.connected()
    await scene.happens(*(echo(f"m-{n}", sent_at=at(n)) for n in range(3)))
    await scene.happens(says(Delivered(up_to=None, messages=(MetaMessageId("m-0"), MetaMessageId("m-2")))))
    assert [message.status.value for message in await scene.messages(account)] == [
        "delivered",
        "sent",
        "delivered",
    ]


async def test_instagram_names_the_last_message_that_was_read(scene: Scene) -> None:
    account = await scene.connected()
    await scene.happens(says(Seen(up_to=None), "m-1"))
    await scene.happens(*(echo(f"m-{n}", sent_at=at(n)) for n in range(3)))
    assert [message.status.value for message in await scene.messages(account)] == ["sent", "read", "read"]


async def test_a_receipt_may_come_before_the_first_message(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(says(Seen(up_to=at(5))))
    assert [item.state for item in await stores.backstage.items()] == ["waiting"]
    await scene.happens(echo("m-1", sent_at=at(1)))
    assert (await only(scene, account)).status is MessageStatus.READ


async def test_a_receipt_may_come_before_metas_answer_to_the_send(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    claim = await scene.sending(account)
    await scene.happens(says(Seen(up_to=scene.now + timedelta(minutes=1))))
    settled = await stores.outbox.settle(claim, Sent(meta_message_id=MetaMessageId("m-1")))
    assert settled.status is MessageStatus.READ


async def test_metas_time_of_an_own_send_decides_which_receipts_are_of_it(
    scene: Scene, stores: Stores
) -> None:
    account = await scene.connected()
    claim = await scene.sending(account)
    await scene.happens(says(Seen(up_to=scene.now - timedelta(seconds=5))))
    settled = await stores.outbox.settle(claim, Sent(meta_message_id=MetaMessageId("m-1")))
    assert settled.status is MessageStatus.SENT
    await scene.happens(
        echo("m-1", client_token=settled.id, sent_at=settled.created_at - timedelta(seconds=9))
    )
    assert (await only(scene, account)).status is MessageStatus.READ


async def test_a_notice_is_shown_and_neither_unread_nor_an_answer(scene: Scene) -> None:
    account = await scene.connected()
    taken = wrote(
        "ev:1",
        None,
        kind=ItemKind.NOTICE,
        type="thread_control",
        details={"action": "pass", "new_owner_app_id": "77"},
        says=OwnerChanged(owner="77"),
        opens=None,
        sent_at=at(3),
    )
    await scene.happens(wrote("m-1", sent_at=at(0)), taken)
    notice, _ = await scene.messages(account)
    conversation = await scene.conversation(account)
    assert (notice.direction, notice.type, notice.origin) == (
        Direction.OUTBOUND,
        "thread_control",
        Origin.OTHER_APP,
    )
    assert notice.shown_meta_id is None
    assert (conversation.thread_owner, conversation.unread_count, conversation.opened_at) == ("77", 1, at(0))


async def test_the_later_owner_stands(scene: Scene) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1", sent_at=at(0)))
    await scene.happens(says(OwnerChanged(owner="self"), sent_at=at(2)))
    await scene.happens(says(OwnerChanged(owner="77"), sent_at=at(1)))
    assert (await scene.conversation(account)).thread_owner == "self"


async def test_what_came_while_another_app_owned_the_thread_says_so(scene: Scene) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1", standby=True), echo("m-2", standby=True, app_id="77"))
    assert [(each.standby, each.origin) for each in await scene.messages(account)] == [
        (True, Origin.OTHER_APP),
        (True, Origin.CONTACT),
    ]


async def test_comments_are_a_conversation_of_their_own_kind(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1", "in private"), commented("c-1"))
    private, public = await scene.conversation(account), await scene.conversation(account, COMMENTER)
    assert (private.kind, public.kind) == ("direct", "comments")
    assert (public.contact.username, public.unread_count, public.opened_at) == ("ana.k", 1, None)
    assert [contact.id for contact in await stores.conversations.due_profiles(10)] == [ANA]


async def test_the_accounts_answer_to_a_comment_is_in_its_conversation(scene: Scene) -> None:
    account = await scene.connected()
    answer = wrote("c-2", "10 €", kind=ItemKind.ANSWER, contact_id=None, reply_to="c-1", opens=None)
    answer.sent_at = at(2)
    await scene.happens(answer)
    await scene.happens(commented("c-1", sent_at=at(1)))
    answered, _ = await scene.messages(account, COMMENTER)
    assert (answered.text, answered.direction, answered.origin) == (
        "10 €",
        Direction.OUTBOUND,
        Origin.NATIVE_APP,
    )


async def test_a_removed_comment_keeps_only_its_place(scene: Scene) -> None:
    account = await scene.connected()
    await scene.happens(commented("c-1"), says(Unsent(), "c-1", contact_id=None))
    message = await only(scene, account, COMMENTER)
    assert (message.type, message.text) == ("deleted", None)
    assert message.details == {"comment_id": "c-1", "media_id": "18"}


async def test_what_meta_says_of_its_policy_is_the_accounts_and_stops_sending(scene: Scene) -> None:
    account = await scene.connected()
    block = says(PolicyEnforced(action="block", reason="spam"), contact_id=None, sent_at=at(1))
    lifted = says(PolicyEnforced(action="unblock", reason=None), contact_id=None, sent_at=at(2))
    await scene.happens(block)
    blocked = await scene.stores.accounts.get(account.tenant_id, account.id)
    assert blocked.policy is not None
    assert (blocked.policy.action, blocked.policy.reason, blocked.policy.at) == ("block", "spam", at(1))
    with pytest.raises(AccountNotSendable, match="spam"):
        blocked.require_sendable()
    await scene.happens(lifted, block)
    (await scene.stores.accounts.get(account.tenant_id, account.id)).require_sendable()


async def test_what_was_unsent_leaves_the_journal_soon(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    await scene.happens(wrote("m-1", "secret"), wrote("m-2"), says(Unsent(), "m-1"))
    taken: list[Set[MetaMessageId]] = []

    def without(body: bytes, ids: Set[MetaMessageId]) -> bytes | None:
        taken.append(ids)
        return b'{"rewritten":"' + body[6:-2] + b'"}'

    assert await stores.journal.redact(without) == 1
    assert taken == [{"m-1"}]
    assert all(body.startswith(b'{"rewritten"') for body in await stores.backstage.bodies())
    assert await stores.journal.redact(without) == 0


async def test_the_files_of_an_unsent_message_go_with_it(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    photo = Attachment(id="", type="image", source_url="https://scontent.xx.fbcdn.net/a.jpg")
    await scene.happens(wrote("m-1", None, type="image", attachments=(photo,)))
    file = (await only(scene, account)).attachments[0]
    await scene.happens(says(Unsent(), "m-1"))
    with pytest.raises(NotFound):
        await stores.media.get(account.tenant_id, MediaId(file.id))
    assert await stores.media.claim_due(10) == []


async def test_a_file_from_before_its_unsend_is_never_fetched(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    photo = Attachment(id="", type="image", source_url="https://scontent.xx.fbcdn.net/a.jpg")
    await scene.happens(says(Unsent(), "m-1"))
    await scene.happens(wrote("m-1", None, type="image", attachments=(photo,)))
    assert await stores.media.claim_due(10) == []


async def test_the_conversation_keeps_by_what_the_contact_came_last(scene: Scene) -> None:
    account = await scene.connected()
    ad, link = {"source": "ADS", "ad_id": "120200"}, {"source": "SHORTLINK", "ref": "autumn"}
    await scene.happens(wrote("m-2", referral=link, sent_at=at(2)))
    await scene.happens(wrote("m-1", referral=ad, sent_at=at(1)), wrote("m-3", sent_at=at(3)))
    assert (await scene.conversation(account)).referral == link
    assert [message.referral for message in await scene.messages(account)] == [None, link, ad]


async def test_coming_by_an_advertisement_opens_the_window_for_longer(scene: Scene) -> None:
    account = await scene.connected()
    ad = {"source": "ADS", "type": "OPEN_THREAD", "ad_id": "6"}
    await scene.happens(wrote("m-1", sent_at=at(1)))
    assert (await scene.conversation(account)).ad_opened_at is None
    await scene.happens(wrote("m-2", referral=ad, sent_at=at(2)), wrote("m-3", sent_at=at(3)))
    conversation = await scene.conversation(account)
    assert (conversation.opened_at, conversation.ad_opened_at) == (at(3), at(2))
    assert conversation.window(at(2), account).closes_at == at(2) + timedelta(days=7)
