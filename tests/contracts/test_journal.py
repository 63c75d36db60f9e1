"""The journal: every body is kept, every item is done exactly once, or waits with its reason."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from meta_inbox.domain.model.account import Login, Platform
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import ContactId, MetaMessageId
from meta_inbox.domain.model.message import Attachment, Direction, MessageStatus, Origin
from meta_inbox.domain.model.webhook import Delivery, ItemKind, Reading
from tests.contracts.backstage import Stores
from tests.contracts.scene import ANA, CASA, PAGE, RIVAL, RUI, Scene, echo, instagram_candidate, wrote

CREATED = EventType.MESSAGE_CREATED


async def states(scene: Scene) -> list[tuple[str, str | None]]:
    """What waits, and why."""
    return [(item.state, item.reason) for item in await scene.stores.backstage.items()]


async def test_what_a_contact_wrote_becomes_a_message(scene: Scene, stores: Stores) -> None:
    account, at = await scene.connected(), scene.now - timedelta(seconds=3)
    await scene.happens(wrote("m-1", "oi, tudo bem?", sent_at=at))
    (message,) = await scene.messages(account)
    assert (message.text, message.type, message.meta_message_id) == ("oi, tudo bem?", "text", "m-1")
    assert (message.direction, message.status, message.origin) == (
        Direction.INBOUND,
        MessageStatus.RECEIVED,
        Origin.CONTACT,
    )
    assert (message.account_id, message.contact_id, message.sent_at) == (account.id, ANA, at)
    conversation = await scene.conversation(account)
    assert conversation.last_message == message
    assert (conversation.last_message_at, conversation.opened_at, conversation.unread_count) == (at, at, 1)
    (event,) = [event for event in await stores.backstage.events(CASA) if event.type is CREATED]
    assert (event.account_id, event.contact_id, event.message_id) == (account.id, ANA, message.id)
    assert await states(scene) == []


async def test_all_that_a_message_shows_is_kept(scene: Scene) -> None:
    account = await scene.connected()
    shown: dict[str, Any] = {
        "type": "image",
        "text": None,
        "attachments": (
            Attachment(id="", type="image", source_url="https://cdn.example/1.jpg", name="1.jpg"),
        ),
        "quick_reply": "YES",
        "postback": {"title": "Start", "payload": "START"},
        "story": {"id": "5", "kind": "reply", "url": None},
        "referral": {"source": "ADS", "type": "OPEN_THREAD", "ref": "x", "ad_id": "6", "title": "Sale"},
    }
    await scene.happens(wrote("m-1", **shown))
    (message,) = await scene.messages(account)
    assert message.attachments[0].id
    assert replace(message.attachments[0], id="", has_file=False) == shown["attachments"][0]
    for name in ("type", "text", "quick_reply", "postback", "story", "referral"):
        assert getattr(message, name) == shown[name], name


async def test_every_body_is_kept_as_it_came(scene: Scene, stores: Stores) -> None:
    reading = Reading(object=None, problem="this is not JSON")
    for body in (b"\xff\x00{", b""):
        await stores.journal.append(
            Delivery(body=body, signed_by=Login.FACEBOOK, reading=reading, received_at=scene.now)
        )
    assert await stores.backstage.bodies() == [b"\xff\x00{", b""]
    assert await stores.backstage.unreadable() == ["this is not JSON"] * 2
    assert await stores.journal.claim_due(10) == []


async def test_a_bad_item_is_quarantined_and_its_neighbours_are_done(scene: Scene) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1"), wrote("m-2", problem="the message has no usable id"), wrote("m-3"))
    assert {message.meta_message_id for message in await scene.messages(account)} == {"m-1", "m-3"}
    assert await states(scene) == [("quarantined", "the message has no usable id")]


async def test_what_a_newer_reader_may_understand_is_kept(scene: Scene) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1", kind=ItemKind.OTHER, event="reaction", opens=None))
    assert await states(scene) == [("kept", None)]
    assert await scene.messages(account) == ()


async def test_a_test_of_the_dashboard_leaves_nothing(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    await scene.happens(wrote("m-1", kind=ItemKind.TEST, external_id="0"))
    assert await states(scene) == []
    assert await stores.backstage.count_messages(CASA) == 0


@pytest.mark.parametrize(
    ("external_id", "by", "platform"),
    [
        ("1002", Login.FACEBOOK, Platform.MESSENGER),
        (PAGE, Login.INSTAGRAM, Platform.MESSENGER),
        (PAGE, Login.FACEBOOK, Platform.INSTAGRAM),
    ],
)
async def test_an_item_of_nobody_waits_unrouted(
    scene: Scene, external_id: str, by: Login, platform: Platform
) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1", external_id=external_id, platform=platform), by=by)
    assert [state for state, _ in await states(scene)] == ["unrouted"]
    assert await scene.messages(account) == ()


async def test_items_of_two_tenants_in_one_body_go_to_their_own(scene: Scene) -> None:
    casa = await scene.connected()
    rival = await scene.connected(RIVAL, instagram_candidate("9001", None))
    theirs = wrote("m-2", platform=Platform.INSTAGRAM, external_id="9001")
    await scene.happens(wrote("m-1"), theirs)
    assert [message.meta_message_id for message in await scene.messages(casa)] == ["m-1"]
    assert [message.meta_message_id for message in await scene.messages(rival)] == ["m-2"]
    assert len(await scene.told(CASA)) == 1
    assert len(await scene.told(RIVAL)) == 1


async def test_a_disconnected_account_receives_nothing_until_it_is_back(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await stores.accounts.disconnect(CASA, account.id)
    await scene.happens(wrote("m-1"))
    assert await scene.messages(account) == ()
    await scene.connected()
    await scene.settle_down()
    assert len(await scene.messages(account)) == 1


async def test_the_same_message_twice_is_one_message_and_one_event(scene: Scene) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1"), wrote("m-1"))
    await scene.happens(wrote("m-1"))
    assert len(await scene.messages(account)) == 1
    assert len(await scene.told()) == 1
    assert (await scene.conversation(account)).unread_count == 1


async def test_twenty_copies_at_once_are_one_message_and_one_event(scene: Scene) -> None:
    account = await scene.connected()
    await asyncio.gather(*(scene.comes(wrote("m-1"), wrote("m-2")) for _ in range(20)))
    await scene.settle_down()
    assert len(await scene.messages(account)) == 2
    assert len(await scene.told()) == 2
    assert (await scene.conversation(account)).unread_count == 2


async def test_the_same_id_on_two_accounts_is_two_messages(scene: Scene) -> None:
    page = await scene.connected()
    instagram = await scene.connected(candidate=instagram_candidate("9001", PAGE))
    await scene.happens(wrote("m-1"), wrote("m-1", platform=Platform.INSTAGRAM, external_id="9001"))
    assert len(await scene.messages(page)) == len(await scene.messages(instagram)) == 1


@pytest.mark.parametrize(
    "sent_at",
    [
        None,
        datetime(2003, 12, 31, tzinfo=UTC),
        datetime(9999, 1, 1, tzinfo=UTC),
        pytest.param("ahead", id="six minutes ahead"),
    ],
)
async def test_an_absurd_time_gives_way_to_the_arrival(scene: Scene, sent_at: datetime | str | None) -> None:
    account, arrival = await scene.connected(), scene.now
    told = arrival + timedelta(minutes=6) if isinstance(sent_at, str) else sent_at
    await scene.comes(wrote("m-1", sent_at=told), at=arrival)
    (message,) = await scene.messages(account)
    assert message.sent_at == arrival
    assert (await scene.conversation(account)).opened_at == arrival


async def test_a_clock_slightly_ahead_is_believed(scene: Scene) -> None:
    account, ahead = await scene.connected(), scene.now + timedelta(minutes=4)
    await scene.happens(wrote("m-1", sent_at=ahead))
    (message,) = await scene.messages(account)
    assert message.sent_at == ahead


@pytest.mark.parametrize("order", list(permutations(range(4))))
async def test_the_conversation_is_the_same_in_whatever_order_its_messages_come(
    scene: Scene, order: tuple[int, ...]
) -> None:
    account, now = await scene.connected(), scene.now
    items = [
        wrote("m-0", sent_at=now - timedelta(minutes=4)),
        wrote("m-1", sent_at=now - timedelta(minutes=3)),
        echo("m-2", sent_at=now - timedelta(minutes=2)),
        wrote("m-3", sent_at=now - timedelta(minutes=1)),
    ]
    for index in order:
        await scene.happens(items[index])
    messages = await scene.messages(account)
    assert [message.meta_message_id for message in messages] == ["m-3", "m-2", "m-1", "m-0"]
    conversation = await scene.conversation(account)
    assert conversation.last_message == messages[0]
    assert conversation.opened_at == now - timedelta(minutes=1)
    assert conversation.unread_count == 1


async def test_what_is_written_elsewhere_reads_the_conversation_and_opens_nothing(scene: Scene) -> None:
    account, now = await scene.connected(), scene.now
    await scene.happens(wrote("m-1", sent_at=now - timedelta(minutes=2)))
    await scene.happens(echo("m-2", "from the phone", sent_at=now - timedelta(minutes=1)))
    conversation = await scene.conversation(account)
    assert conversation.unread_count == 0
    assert conversation.opened_at == now - timedelta(minutes=2)
    assert conversation.last_message is not None
    assert conversation.last_message.text == "from the phone"


@pytest.mark.parametrize(("app_id", "origin"), [(None, Origin.NATIVE_APP), ("77", Origin.OTHER_APP)])
async def test_what_was_written_elsewhere_says_where(
    scene: Scene, app_id: str | None, origin: Origin
) -> None:
    account = await scene.connected()
    await scene.happens(echo("m-1", "from elsewhere", app_id=app_id))
    (message,) = await scene.messages(account)
    assert (message.direction, message.status, message.origin) == (
        Direction.OUTBOUND,
        MessageStatus.SENT,
        origin,
    )
    assert [kind for kind, _ in await scene.told()] == [CREATED]


async def test_the_same_echo_twice_is_one_message(scene: Scene) -> None:
    account = await scene.connected()
    await asyncio.gather(*(scene.comes(echo("m-1")) for _ in range(5)))
    await scene.settle_down()
    assert len(await scene.messages(account)) == 1
    assert len(await scene.told()) == 1


async def test_an_answer_of_a_contact_names_the_message_it_answers(scene: Scene) -> None:
    account, now = await scene.connected(), scene.now
    await scene.happens(echo("m-1", sent_at=now - timedelta(minutes=1)))
    known = wrote("m-2", reply_to=MetaMessageId("m-1"), sent_at=now)
    unknown = wrote("m-3", contact_id=RUI, reply_to=MetaMessageId("m-before-we-came"))
    await scene.happens(known, unknown)
    answer, answered = await scene.messages(account)
    assert answer.reply_to is not None
    assert (answer.reply_to.id, answer.reply_to.meta_message_id) == (answered.id, "m-1")
    (other,) = await scene.messages(account, RUI)
    assert other.reply_to is not None
    assert (other.reply_to.id, other.reply_to.meta_message_id) == (None, "m-before-we-came")


async def test_events_are_numbered_without_gaps_for_each_tenant(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    await scene.connected(RIVAL, instagram_candidate("9001", None))
    await asyncio.gather(*(scene.comes(wrote(f"m-{n}"), wrote(f"n-{n}")) for n in range(20)))
    await scene.settle_down()
    for tenant, expected in ((CASA, 41), (RIVAL, 1)):
        events = await stores.backstage.events(tenant)
        assert [event.seq for event in events] == list(range(1, expected + 1))
        assert {event.tenant_id for event in events} == {tenant}


async def test_a_thousand_items_in_one_body_are_all_done(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    people = [ContactId(f"c-{n % 50}") for n in range(1000)]
    await scene.happens(*(wrote(f"m-{n}", contact_id=who) for n, who in enumerate(people)))
    assert await stores.backstage.count_messages(CASA) == 1000
    assert len(await scene.told()) == 1000


async def test_keeping_partitions_keeps_what_is_recent(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1"), wrote("m-2", external_id="1002"))
    await stores.journal.keep_partitions(7, 7)
    await stores.journal.keep_partitions(7, 7)
    assert len(await stores.backstage.bodies()) == 1
    assert len(await scene.told()) == 1
    assert [state for state, _ in await states(scene)] == ["unrouted"]
    assert len(await scene.messages(account)) == 1
