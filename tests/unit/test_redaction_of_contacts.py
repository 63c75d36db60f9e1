"""Bodies rewritten without a deleted contact: nothing of them stays, and everything of the others does."""

import json
from datetime import timedelta
from typing import Any

import pytest

from meta_inbox.adapters.meta_graph.redaction_of_contacts import without_contact
from meta_inbox.domain.model.deletion import Forgotten
from meta_inbox.domain.model.ids import ContactId, MetaMessageId
from meta_inbox.domain.model.webhook import ItemKind
from tests.unit.meta_bodies import ANA, INSTAGRAM, SENT_AT, body, by_us, event, read

CANARY = "my number is 111"
RUI = "7782"
WHOM = Forgotten(
    external_id=INSTAGRAM,
    contact_id=ContactId(ANA),
    messages=frozenset({MetaMessageId("c_1")}),
    until=SENT_AT + timedelta(minutes=1),
)


def comment(writer: str, said: str = CANARY, **more: Any) -> dict[str, Any]:
    return {"field": "comments", "value": {"id": "c_9", "text": said, "from": {"id": writer}, **more}}


@pytest.mark.parametrize(
    "saying",
    [
        event(message={"mid": "m_1", "text": CANARY}),
        event(message={"mid": "m_1", "attachments": [{"type": "file", "payload": {"url": CANARY}}]}),
        by_us(INSTAGRAM, message={"mid": "m_1", "is_echo": True, "text": CANARY}),
        event(postback={"mid": "m_1", "title": CANARY}),
        event(message_edit={"mid": "m_1", "text": CANARY}),
        event(read={"mid": "m_1"}),
        event(something_new={"about": CANARY}),
        {"sender": {"id": int(ANA)}, "recipient": {"id": INSTAGRAM}, "message": {"mid": "m", "text": CANARY}},
        by_us(INSTAGRAM, contact="5", message={"mid": "c_1", "is_echo": True, "text": CANARY}),
        {"about": [{"who": ANA, "said": CANARY}]},
    ],
)
@pytest.mark.parametrize("where", ["messaging", "standby"])
def test_nothing_of_the_contact_stays_and_others_keep_their_places(
    saying: dict[str, Any], where: str
) -> None:
    rui = [event(sender=RUI, message={"mid": f"m_r{n}", "text": "mine"}) for n in (1, 2)]
    left = without_contact(body(rui[0], saying, rui[1], where=where), WHOM)
    assert left is not None
    assert CANARY not in left.decode()
    assert ANA not in left.decode()
    assert [(item.index, item.kind, item.text, item.contact_id) for item in read(left).items] == [
        (0, ItemKind.MESSAGE, "mine", RUI),
        (1, ItemKind.TEST, None, None),
        (2, ItemKind.MESSAGE, "mine", RUI),
    ]
    assert without_contact(left, WHOM) is None


@pytest.mark.parametrize(
    "change",
    [
        comment(ANA),
        comment(INSTAGRAM, parent_id="c_1"),
        {"field": "feed", "value": {"item": "comment", "comment_id": "c_1", "message": CANARY}},
        {"field": "mention", "value": {"sender_id": ANA, "message": CANARY}},
    ],
)
def test_comments_and_the_answers_to_them_go(change: dict[str, Any]) -> None:
    left = without_contact(body(change, comment(RUI, "mine"), where="changes"), WHOM)
    assert left is not None
    assert CANARY not in left.decode()
    assert [(item.kind, item.text) for item in read(left).items] == [
        (ItemKind.TEST, None),
        (ItemKind.MESSAGE, "mine"),
    ]


@pytest.mark.parametrize(
    "other",
    [
        body(event(sender=RUI, message={"mid": "m_1", "text": CANARY})),
        body(event(message={"mid": "m_1", "text": CANARY}), account="17841400000000002"),
        body(comment(RUI, parent_id="c_1"), where="changes"),
        body(comment(RUI, message_tags=[{"id": ANA}]), where="changes"),
        b"not JSON at all",
    ],
)
def test_what_is_of_others_stays(other: bytes) -> None:
    assert without_contact(other, WHOM) is None


def test_what_the_contact_wrote_after_the_deletion_stays() -> None:
    later = event(message={"mid": "m_2", "text": "me again"}) | {
        "timestamp": int((WHOM.until + timedelta(seconds=1)).timestamp() * 1000)
    }
    assert without_contact(body(later), WHOM) is None
    left = without_contact(body(event(message={"mid": "m_1", "text": CANARY}), later), WHOM)
    assert left is not None
    assert [item.text for item in read(left).items] == [None, "me again"]


def test_a_body_that_cannot_be_read_and_names_the_contact_is_emptied() -> None:
    for unreadable in (
        f'{{"sender": "{ANA}", "text": "{CANARY}"'.encode(),
        json.dumps([ANA, CANARY]).encode(),
    ):
        left = without_contact(unreadable, WHOM)
        assert left is not None
        assert CANARY not in left.decode()
        assert read(left).items == ()
