"""Bodies rewritten without what was taken back: the rest stays, and nothing of the message does."""

import json
from typing import Any

import pytest

from meta_inbox.adapters.meta_graph.reader import MsgspecWebhookReader
from meta_inbox.adapters.meta_graph.redaction import without
from meta_inbox.domain.model.changes import Unsent
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.webhook import ItemKind
from tests.corpus import bodies
from tests.unit.meta_bodies import body, event

SECRET = "my number is 111"
GONE = {MetaMessageId("m_1")}
read = MsgspecWebhookReader().read


def text(mid: str, said: str = SECRET) -> dict[str, Any]:
    return event(message={"mid": mid, "text": said})


@pytest.mark.parametrize(
    "saying",
    [
        text("m_1"),
        event(message={"mid": "m_1", "is_echo": True, "attachments": [{"type": "file", "title": SECRET}]}),
        event(message_edit={"mid": "m_1", "text": SECRET, "num_edit": 1}),
        event(postback={"mid": "m_1", "title": SECRET, "payload": "P"}),
    ],
)
def test_what_it_said_is_gone_and_the_others_keep_their_places(saying: dict[str, Any]) -> None:
    rewritten = without(body(text("m_0", "before"), saying, text("m_2", "after")), GONE)
    assert rewritten is not None
    assert SECRET not in rewritten.decode()
    items = read(rewritten).items
    assert [(item.index, item.kind, item.text) for item in items] == [
        (0, ItemKind.MESSAGE, "before"),
        (1, ItemKind.TEST, None),
        (2, ItemKind.MESSAGE, "after"),
    ]


def test_that_it_was_taken_back_may_still_wait_and_stays() -> None:
    unsent = body(event(message={"mid": "m_1", "is_deleted": True}))
    assert without(unsent, GONE) is None
    rewritten = without(body(text("m_1"), event(message={"mid": "m_1", "is_deleted": True})), GONE)
    assert rewritten is not None
    assert [item.says for item in read(rewritten).items] == [None, Unsent()]


def test_a_removed_comment_is_gone_wherever_it_lies() -> None:
    value = {"id": "m_1", "text": SECRET, "from": {"id": "7781"}}
    listed = body({"field": "comments", "value": value}, where="changes")
    flat = {
        "object": "instagram",
        "entry": [{"id": "17841400000000001", "field": "comments", "value": value}],
    }
    for raw in (listed, json.dumps(flat).encode()):
        rewritten = without(raw, GONE)
        assert rewritten is not None
        assert SECRET not in rewritten.decode()
        assert [item.kind for item in read(rewritten).items] == [ItemKind.TEST]


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"7", b'{"entry":[7,{"messaging":7}]}', body(text("m_2"))])
def test_a_body_without_it_is_left_alone(raw: bytes) -> None:
    assert without(raw, GONE) is None


def test_no_body_of_the_corpus_breaks_it() -> None:
    for each in bodies():
        named = {item.meta_message_id for item in read(each.raw).items if item.meta_message_id is not None}
        rewritten = without(each.raw, named)
        if rewritten is not None:
            assert len(read(rewritten).items) == len(read(each.raw).items)
