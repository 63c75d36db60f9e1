"""Whatever bytes come, there is a reading, and one bad item costs only itself."""

import json
import re
from typing import Any, TypeGuard, cast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from meta_inbox.adapters.meta_graph.reader import MsgspecWebhookReader
from meta_inbox.adapters.meta_graph.reader_free import MISREAD
from meta_inbox.domain.model.webhook import ItemKind, Reading, WebhookItem

read = MsgspecWebhookReader().read

GOOD = (
    '{"sender":{"id":"7001"},"recipient":{"id":"1001"},"timestamp":1789999999000,'
    '"message":{"mid":"m_%s","text":"Oi"}}'
)
LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


def batch(*events: bytes) -> bytes:
    return b'{"object":"page","entry":[{"id":"1001","time":1,"messaging":[' + b",".join(events) + b"]}]}"


def good(number: int) -> bytes:
    return (GOOD % number).encode()


def with_text(literal: bytes) -> bytes:
    return good(0).replace(b'"Oi"', literal)


def is_dict(value: Any) -> TypeGuard[dict[Any, Any]]:
    return isinstance(value, dict)


def inside(value: Any) -> list[tuple[Any, Any]]:
    if is_dict(value):
        return list(value.items())
    return list(enumerate(cast("tuple[Any, ...]", value))) if isinstance(value, list) else []


def depth_of(value: Any) -> int:
    deepest, level = 0, [value]
    while level:
        deepest += 1
        level = [part for each in level for _, part in inside(each)]
    return deepest


def require_sound(item: WebhookItem, index: int) -> None:
    assert item.index == index
    assert len(item.external_id) <= 128
    assert item.external_id or item.kind in (ItemKind.TEST, ItemKind.OTHER) or item.problem
    for text in (
        item.contact_id,
        item.meta_message_id,
        item.text,
        item.event,
        item.client_token,
        item.app_id,
    ):
        assert text is None or (text and "\0" not in text and not LONE_SURROGATE.search(text))
    assert item.contact_id is None or len(item.contact_id) <= 128
    assert item.meta_message_id is None or len(item.meta_message_id.encode()) <= 512
    assert item.kind not in (ItemKind.MESSAGE, ItemKind.ECHO) or item.problem or item.contact_id
    assert item.kind not in (ItemKind.MESSAGE, ItemKind.ECHO) or item.problem or item.meta_message_id
    raw = item.raw.decode()
    assert "\\u0000" not in raw.replace("\\\\", "")
    parsed = json.loads(raw, parse_constant=pytest.fail)
    assert depth_of(parsed) <= 500
    assert not re.search(r"[0-9]{4001}", raw)  # a numeric of Postgres has no more than 16,383 decimals
    json.dumps(parsed, ensure_ascii=False).encode()  # fails for a lone surrogate


def require_total(body: bytes) -> Reading:
    reading = read(body)
    for index, item in enumerate(reading.items):
        require_sound(item, index)
        assert not (item.problem or "").startswith(MISREAD)
    assert reading.problem is None or not reading.items
    return reading


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)

FULL: dict[str, Any] = {
    "object": "instagram",
    "entry": [
        {
            "id": "17841400000000001",
            "time": 1795944012345,
            "messaging": [
                {
                    "sender": {"id": "7781"},
                    "recipient": {"id": "17841400000000001"},
                    "timestamp": 1795944011000,
                    "message": {
                        "mid": "aWdfZAG1",
                        "text": "Do you ship?",
                        "quick_reply": {"payload": "SHIP"},
                        "reply_to": {"mid": "aWdf0", "story": {"id": "1", "url": "https://cdn/1"}},
                        "attachments": [
                            {"type": "image", "payload": {"url": "https://cdn/2", "sticker_id": 1}},
                            {"type": "location", "payload": {"coordinates": {"lat": 1.5, "long": 2}}},
                        ],
                        "referral": {"ref": "a", "source": "ADS", "ads_context_data": {"ad_title": "b"}},
                        "is_echo": False,
                        "metadata": "own-1",
                        "app_id": 5,
                    },
                },
                {"sender": {"id": "1"}, "recipient": {"id": "2"}, "timestamp": 1, "postback": {"title": "a"}},
                {
                    "sender": {"id": "1"},
                    "recipient": {"id": "2"},
                    "timestamp": 1,
                    "reaction": {"action": "react"},
                },
            ],
            "standby": [{"sender": {"id": "1"}, "message": {"mid": "m", "text": "a"}}],
            "changes": [{"field": "comments", "value": {"id": "1"}}],
        }
    ],
}

KINDS: dict[str, Any] = {
    "message_edit": {"mid": "m_1", "text": "a", "num_edit": 1},
    "reaction": {"mid": "m_1", "action": "react", "reaction": "love", "emoji": "\u2764"},
    "delivery": {"mids": ["m_1"], "watermark": 1795944010000},
    "read": {"watermark": 1795944010000},
    "policy-enforcement": {"action": "block", "reason": "a"},
    "referral": {"ref": "a", "source": "ADS", "ads_context_data": {"ad_title": "b"}, "product": {"id": "1"}},
    "optin": {"type": "notification_messages", "notification_messages_status": "STOP_NOTIFICATIONS"},
    "account_linking": {"status": "linked"},
    "appointment": {"booking_id": 1, "start_time": 1795944010},
    "order": {"note": "a", "products": [{"name": "b", "quantity": 1}]},
    "response_feedback": {"feedback": "Good response", "mid": "m_1"},
    "messaging_feedback": {
        "feedback_screens": [{"questions": {"q": {"payload": "4", "follow_up": {"payload": "a"}}}}]
    },
    "pass_thread_control": {"new_owner_app_id": 1, "thread_control_metadata": {"text": "a"}},
    "something_of_2031": {"a": [1]},
}
SHOWING = {
    "mid": "m_2",
    "commands": [{"name": "flights"}],
    "attachments": [
        {"type": "ig_story", "payload": {"story_media_id": 1, "story_media_url": "https://cdn/1"}},
        {"type": "template", "payload": {"product": {"elements": [{"id": 1}]}, "buttons": [{"title": "a"}]}},
        {"type": "appointment_booking", "payload": {"booking_id": 1}},
    ],
}
FEED = {"item": "comment", "comment_id": "5_6", "post_id": "1001_5", "from": {"id": "7001"}, "message": "a"}
MENTION = {"post_id": "9_9", "comment_id": "9_10", "sender_id": "7001", "verb": "add"}
EVERY: dict[str, Any] = {
    "object": "page",
    "entry": [
        {
            "id": "1001",
            "time": 1795944012345,
            "messaging": [
                {"sender": {"id": "7001"}, "recipient": {"id": "1001"}, "timestamp": 1, kind: said}
                for kind, said in KINDS.items()
            ]
            + [{"sender": {"id": "7001"}, "recipient": {"id": "1001"}, "message": SHOWING}],
            "changes": [
                {"field": "feed", "value": {**FEED, "verb": verb}}
                for verb in ("add", "edited", "hide", "remove")
            ]
            + [{"field": "mention", "value": MENTION}, {"field": "mentions", "value": {"media_id": "1"}}],
        }
    ],
}


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path]
    for key, part in inside(value):
        found += places(part, (*path, key))
    return found


def put(whole: dict[str, Any], path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    changed = json.loads(json.dumps(whole))
    target = changed
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return changed


WRONG: list[Any] = [
    None,
    True,
    0,
    -1,
    2**70,
    1.5,
    "",
    "x" * 600,
    "a\0b",
    "\u00e9",
    [],
    {},
    [[]],
    {"id": {}},
    [None],
    [{}],
    "7" * 128,
]


ANYWHERE = [(whole, path) for whole in (FULL, EVERY) for path in places(whole)]


@pytest.mark.parametrize(("whole", "path"), ANYWHERE, ids=[str(path) for _, path in ANYWHERE])
def test_a_wrong_type_at_any_key_is_survived(whole: dict[str, Any], path: tuple[Any, ...]) -> None:
    for wrong in WRONG:
        require_total(json.dumps(put(whole, path, wrong)).encode())


@given(st.binary(max_size=400))
@example(b"")
@example(b"\xef\xbb\xbf{}")
@example('{"object":"page"}'.encode("utf-16"))
@example(b'{"object":"\xff\xfe"}')
@example(b"NaN")
@example(b'"')
@example(b"[" * 30_000)
def test_any_bytes_give_a_reading(body: bytes) -> None:
    require_total(body)


@given(values)
def test_any_json_gives_a_reading(value: Any) -> None:
    require_total(json.dumps(value).encode())


@settings(max_examples=300)
@given(st.sampled_from(ANYWHERE), values)
def test_any_value_at_any_key_gives_a_reading(
    place: tuple[dict[str, Any], tuple[Any, ...]], value: Any
) -> None:
    require_total(json.dumps(put(*place, value)).encode())


@settings(max_examples=300)
@given(st.data())
def test_a_real_body_damaged_anywhere_gives_a_reading(data: st.DataObject) -> None:
    body = bytearray(json.dumps(FULL).encode())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    require_total(bytes(body))


BAD_ITEMS = {
    "wrong type": b"7",
    "null": b"null",
    "no sender": b'{"message":{"mid":"m_x","text":"a"}}',
    "an empty id": good(500).replace(b"7001", b""),
    "an id of 200 characters": good(500).replace(b"7001", b"7" * 200),
    "a message that is no object": good(500).replace(b'{"mid":"m_500","text":"Oi"}', b'"Oi"'),
}


@pytest.mark.parametrize("bad", BAD_ITEMS.values(), ids=BAD_ITEMS.keys())
def test_one_bad_item_of_a_thousand_costs_only_itself(bad: bytes) -> None:
    reading = require_total(batch(*(good(n) if n != 500 else bad for n in range(1000))))
    assert len(reading.items) == 1000
    assert [item.index for item in reading.items if item.problem] == [500]
    assert [item.meta_message_id for item in reading.items if not item.problem] == [
        f"m_{n}" for n in range(1000) if n != 500
    ]


WITHOUT_A_USABLE_ID = {
    "no mid": good(500).replace(b'"mid":"m_500",', b""),
    "a mid of 8 kB": good(500).replace(b"m_500", b"m" * 8000),
    "NUL in the mid": good(500).replace(b"m_500", rb"m_\u0000"),
    "a mid that is a list": good(500).replace(b'"m_500"', b"[]"),
    "a lone surrogate in the mid": good(500)
    .replace(b"m_500", rb"m_\ud800")
    .replace(b'"text"', b'"mid":[],"text"'),
}


@pytest.mark.parametrize("odd", WITHOUT_A_USABLE_ID.values(), ids=WITHOUT_A_USABLE_ID.keys())
def test_a_message_without_a_usable_id_is_not_lost(odd: bytes) -> None:
    items = require_total(batch(good(1), odd, good(2))).items
    assert [(item.text, item.problem) for item in items] == [("Oi", None)] * 3
    assert (items[1].meta_message_id or "").startswith(("ev:", "sha256:"))


MENDED = {
    "NUL": (rb'"a\u0000b"', "a\ufffdb"),
    "a raw NUL": (b'"a\0b"', "a\ufffdb"),
    "bad UTF-8": (b'"a\xffb"', "a\ufffdb"),
    "a lone surrogate": (rb'"a\ud800b"', "a\ufffdb"),
    "a raw line break": (b'"a\nb"', "a\nb"),
    "an escaped backslash before u0000": (rb'"a\\u0000b"', "a\\u0000b"),
}


@pytest.mark.parametrize(("literal", "shown"), MENDED.values(), ids=MENDED.keys())
def test_a_text_that_cannot_be_kept_is_mended(literal: bytes, shown: str) -> None:
    reading = require_total(batch(good(1), with_text(literal), good(2)))
    assert [(item.text, item.problem) for item in reading.items] == [
        ("Oi", None),
        (shown, None),
        ("Oi", None),
    ]


@pytest.mark.parametrize(
    "odd",
    [
        b'"x":NaN',
        b'"x":1e400',
        b'"x":1e-20000',
        b'"x":' + b"9" * 5000,
        b'"x":0.' + b"0" * 20_000 + b"1",
        b'"x":' + b"[" * 5000 + b"]" * 5000,
        b'"x":' + b'{"a":' * 600 + b"1" + b"}" * 600,
        b'"\\u0000":1',
        b'"\xff":1',
    ],
    ids=range(9),
)
def test_an_odd_value_beside_a_message_does_not_hide_it(odd: bytes) -> None:
    reading = require_total(batch(good(1), good(2)[:-1] + b"," + odd + b"}", good(3)))
    assert [item.meta_message_id for item in reading.items] == ["m_1", "m_2", "m_3"]
    assert [item.problem for item in reading.items] == [None, None, None]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"nothing", b"[1,2", b"[]", b"7", b"{}", b'{"object":7}', b'{"object":"page","entry":7}'],
)
def test_a_body_that_says_nothing_is_told(body: bytes) -> None:
    reading = require_total(body)
    assert reading.problem
    assert reading.items == ()


@pytest.mark.parametrize("element", [b"1", b"{}", b'"x"'])
def test_a_body_of_very_many_tiny_elements_is_not_taken_apart(element: bytes) -> None:
    many = b",".join([element] * 500_000)
    body = b'{"object":"page","entry":[{"id":"1001","time":1,"messaging":[' + many + b"]}]}"
    reading = MsgspecWebhookReader().read(body)
    assert reading.items == ()
    assert reading.problem is not None
