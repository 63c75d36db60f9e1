"""Histories of a conversation, in any order, and what remains of them when nothing depends on the order."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.changes import (
    Delivered,
    Edited,
    Hidden,
    OwnerChanged,
    Party,
    Reacted,
    Seen,
    Unsent,
)
from meta_inbox.domain.model.ids import ContactId, MetaMessageId
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem
from meta_inbox.domain.model.window import OpeningKind
from tests.contracts.scene import Scene, echo, says, wrote

T0 = datetime(2026, 11, 20, 12, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """So many minutes after the beginning."""
    return T0 + timedelta(minutes=minutes)


def love(minutes: float, mid: str = "m-1", reaction: str | None = "love") -> WebhookItem:
    """The contact reacts, or takes the reaction back."""
    change = Reacted(by=Party.CONTACT, reaction=reaction)
    opens = OpeningKind.REACTION if reaction else None
    return says(change, mid, opens=opens, sent_at=at(minutes))


def edit(minutes: float, number: int, mid: str = "m-1") -> WebhookItem:
    """The contact edits the message."""
    return says(Edited(text=f"version {number} of {mid}", number=number), mid, sent_at=at(minutes))


def unsend(minutes: float, mid: str = "m-1") -> WebhookItem:
    """The writer takes it back."""
    return says(Unsent(), mid, sent_at=at(minutes))


def seen(minutes: float) -> WebhookItem:
    """The contact has read what was sent until then."""
    return says(Seen(up_to=at(minutes)), sent_at=at(minutes))


def seen_message(mid: str, minutes: float) -> WebhookItem:
    """The contact has read up to this message."""
    return says(Seen(up_to=None), mid, sent_at=at(minutes))


def delivered(*mids: str) -> WebhookItem:
    """These messages reached the contact."""
    return says(Delivered(up_to=None, messages=tuple(map(MetaMessageId, mids))))


def taken_over(minutes: float, owner: str) -> WebhookItem:
    """Another app owns the thread."""
    return wrote(
        f"ev:{owner}-{minutes}",
        None,
        kind=ItemKind.NOTICE,
        type="thread_control",
        says=OwnerChanged(owner=owner),
        opens=None,
        sent_at=at(minutes),
    )


HISTORIES: dict[str, Sequence[WebhookItem]] = {
    "edits, a reaction and an unsend": [
        wrote("m-1", "first", sent_at=at(0)),
        edit(1, 1),
        edit(2, 2),
        love(3),
        unsend(4),
        wrote("m-2", "later", sent_at=at(5)),
    ],
    "a reaction changed and taken back": [
        wrote("m-1", sent_at=at(0)),
        love(1),
        love(2, reaction="sad"),
        love(3, reaction=None),
        edit(4, 1),
        edit(4, 1),
    ],
    "answers from elsewhere and receipts": [
        wrote("m-1", sent_at=at(0)),
        echo("m-2", "from the phone", sent_at=at(2)),
        echo("m-3", "and again", sent_at=at(4)),
        says(Delivered(up_to=at(4))),
        seen(3),
        love(5, "m-2"),
    ],
    "receipts that name messages": [
        echo("m-1", sent_at=at(1)),
        echo("m-2", sent_at=at(2)),
        echo("m-3", sent_at=at(3)),
        delivered("m-1", "m-3"),
        seen_message("m-2", 6),
        wrote("m-4", sent_at=at(7)),
    ],
    "owners, a referral and a reaction to what never comes": [
        taken_over(1, "77"),
        taken_over(2, "self"),
        wrote(
            "ev:r", None, type="referral", referral={"ref": "r"}, opens=OpeningKind.REFERRAL, sent_at=at(3)
        ),
        wrote("m-3", "by an ad", referral={"ref": "ad"}, sent_at=at(2.5)),
        love(9, "m-lost"),
        echo("m-2", sent_at=at(4)),
    ],
    "a message that came twice and was unsent twice": [
        wrote("m-1", "secret", sent_at=at(0)),
        wrote("m-1", "secret", sent_at=at(0)),
        unsend(2),
        unsend(3),
        seen(4),
        says(Hidden(hidden=True), "m-1", sent_at=at(5)),
    ],
}


def of_contact(item: WebhookItem, name: str) -> WebhookItem:
    """The same with another contact, whose messages have ids of their own."""

    def own(mid: MetaMessageId) -> MetaMessageId:
        made_up = "ev:" if mid.startswith("ev:") else ""
        return MetaMessageId(f"{made_up}{name}/{mid.removeprefix(made_up)}")

    change = item.says
    if isinstance(change, Delivered):
        change = replace(change, messages=tuple(map(own, change.messages)))
    return replace(
        item,
        contact_id=ContactId(name),
        meta_message_id=None if item.meta_message_id is None else own(item.meta_message_id),
        says=change,
    )


async def digest(scene: Scene, account: Account, name: str) -> dict[str, Any]:
    """All that people see of the conversation, but for ids of ours and times of arrival."""
    conversation = await scene.conversation(account, ContactId(name))
    last = conversation.last_message
    messages = await scene.messages(account, ContactId(name))
    return {
        "last": None if last is None else str(last.meta_message_id).replace(f"{name}/", ""),
        "last_message_at": conversation.last_message_at,
        "unread": conversation.unread_count,
        "opened_at": conversation.opened_at,
        "owner": conversation.thread_owner,
        "referral": conversation.referral,
        "messages": [
            {
                "mid": str(each.meta_message_id).replace(f"{name}/", ""),
                "shown": (each.direction, each.type, each.text, each.status, each.origin, each.standby),
                "edits": each.edits,
                "reactions": each.shown_reactions,
                "times": (each.edited_at, each.deleted_at, each.sent_at, each.ordered_at),
                "details": each.details,
            }
            for each in sorted(messages, key=lambda each: (each.ordered_at, str(each.meta_message_id)))
        ],
    }


def random_history(seed: int, length: int) -> list[WebhookItem]:
    """A long history, with repeats and with changes of messages that never come."""
    dice = random.Random(seed)
    made: list[WebhookItem] = []
    inbound, outbound = ["m-lost"], ["e-lost"]
    for minute in range(length):
        mid = dice.choice(inbound + outbound)
        match dice.randrange(11):
            case 0 | 1 | 2:
                inbound.append(f"m-{minute}")
                made.append(wrote(f"m-{minute}", f"text {minute}", sent_at=at(minute)))
            case 3 | 4:
                outbound.append(f"e-{minute}")
                made.append(echo(f"e-{minute}", f"answer {minute}", sent_at=at(minute)))
            case 5:
                made.append(edit(minute, dice.randrange(1, 5), dice.choice(inbound)))
            case 6:
                made.append(love(minute, mid, dice.choice(["love", "wow", None])))
            case 7:
                made.append(unsend(minute, mid))
            case 8:
                made.append(seen(minute) if dice.random() < 0.5 else seen_message(mid, minute))
            case 9:
                up_to = says(Delivered(up_to=at(minute)), sent_at=at(minute))
                made.append(up_to if dice.random() < 0.5 else delivered(mid))
            case _:
                made.append(taken_over(minute, dice.choice(["77", "self", "88"])))
    return made + dice.choices(made, k=length // 3)
