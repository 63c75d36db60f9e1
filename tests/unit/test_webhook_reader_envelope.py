"""Around the items: entries, standby, ids, times, the dashboard's tests, other objects."""

import json
from datetime import datetime
from typing import Any

import pytest

from meta_inbox.domain.model.account import Platform
from meta_inbox.domain.model.webhook import ItemKind
from tests.unit.meta_bodies import AT, INSTAGRAM, PAGE, SENT_AT, body, by_us, event, one, only, read


def test_the_page_object_is_messenger() -> None:
    item = one(event(PAGE, "2460001", message={"mid": "m_1", "text": "Oi"}), PAGE)
    assert (item.platform, item.external_id, item.contact_id) == (Platform.MESSENGER, PAGE, "2460001")


def test_one_post_carries_many_accounts_in_order() -> None:
    entries = [
        {
            "id": f"10{entry}",
            "time": AT,
            "messaging": [
                event(f"10{entry}", message={"mid": f"m_{entry}_{n}", "text": "Oi"}) for n in range(2)
            ],
        }
        for entry in range(3)
    ]
    reading = read(json.dumps({"object": "page", "entry": entries}).encode())
    assert [(item.index, item.external_id, item.meta_message_id) for item in reading.items] == [
        (0, "100", "m_0_0"),
        (1, "100", "m_0_1"),
        (2, "101", "m_1_0"),
        (3, "101", "m_1_1"),
        (4, "102", "m_2_0"),
        (5, "102", "m_2_1"),
    ]


def test_what_another_app_answers_is_read_and_marked() -> None:
    events = (
        event(message={"mid": "m_1", "text": "Oi"}),
        by_us(INSTAGRAM, message={"mid": "m_2", "is_echo": True, "text": "Olá", "app_id": 5}),
        event(postback={}),
        event(reaction={"mid": "m_1", "action": "unreact"}),
    )
    items = read(body(*events, where="standby", hop_context=[{"app_id": 5, "metadata": "bot"}])).items
    assert [(item.kind, item.event, item.standby) for item in items] == [
        (ItemKind.MESSAGE, "standby.message", True),
        (ItemKind.ECHO, "standby.echo", True),
        (ItemKind.MESSAGE, "standby.postback", True),
        (ItemKind.CHANGE, "standby.reaction", True),
    ]
    assert items[2].postback == {"title": None, "payload": None}
    assert not any(item.is_common for item in items)


def test_a_message_may_come_as_a_change() -> None:
    change = {"field": "messages", "value": event(message={"mid": "m_1", "text": "Oi"})}
    item = only(read(body(change, where="changes")))
    assert (item.kind, item.text) == (ItemKind.MESSAGE, "Oi")


def test_what_comes_as_a_change_in_standby_is_marked_too() -> None:
    change = {"field": "standby", "value": event(message={"mid": "m_1", "text": "Oi"})}
    item = only(read(body(change, where="changes")))
    assert (item.event, item.standby) == ("standby.message", True)


def test_all_three_lists_and_the_entry_itself_are_read() -> None:
    entry: dict[str, Any] = {
        "id": INSTAGRAM,
        "time": AT,
        "messaging": [event(message={"mid": "m_1", "text": "Oi"})],
        "standby": [event(message={"mid": "m_2", "text": "Oi"})],
        "changes": [{"field": "follow", "value": {}}],
        "field": "delta",
        "value": {},
    }
    items = read(json.dumps({"object": "instagram", "entry": [entry]}).encode()).items
    assert [(item.index, item.event) for item in items] == [
        (0, "message"),
        (1, "standby.message"),
        (2, "follow"),
        (3, "delta"),
    ]


TEST_VALUE = {
    "sender": {"id": "12334"},
    "recipient": {"id": "23245"},
    "timestamp": "1527459824",
    "message": {"mid": "random_mid", "text": "random_text"},
}
AS_CHANGE = {"field": "messages", "value": TEST_VALUE}
COMMENT = {"field": "comments", "value": {"id": "1"}}
REAL_PERSON = event(message={"mid": "m", "text": "a"})


@pytest.mark.parametrize(
    "test",
    [
        {"object": "instagram", "entry": [{"id": "0", "changes": [AS_CHANGE]}]},
        {"object": "page", "entry": [{"id": "0", "time": AT, "messaging": [TEST_VALUE]}]},
        {"object": "page", "entry": [{"id": PAGE, "time": AT, "messaging": [TEST_VALUE]}]},
        {"object": "page", "entry": [{"id": 0, "time": AT, "standby": [TEST_VALUE]}]},
        {"object": "instagram", "entry": [{"id": "0", "changes": [COMMENT]}]},
        {"object": "instagram", "entry": [{"id": "0", "time": AT, **COMMENT}]},
        AS_CHANGE,
        {"object": "page", "entry": [{"id": "0", "time": 1, "messaging": [REAL_PERSON]}]},
    ],
)
def test_the_dashboards_test_is_nobodys_message(test: dict[str, Any]) -> None:
    assert only(read(json.dumps(test).encode())).kind is ItemKind.TEST


def test_ids_may_come_as_numbers() -> None:
    numbers = {
        "sender": {"id": 2**60},
        "recipient": {"id": 1001},
        "timestamp": AT,
        "message": {"mid": 5, "text": "a"},
    }
    item = only(
        read(json.dumps({"object": "page", "entry": [{"id": 1001, "messaging": [numbers]}]}).encode())
    )
    assert (item.external_id, item.contact_id, item.meta_message_id) == ("1001", str(2**60), "5")


@pytest.mark.parametrize(
    ("timestamp", "meant"),
    [
        (AT, SENT_AT),
        (AT // 1000, SENT_AT),
        (str(AT // 1000), SENT_AT),
        (str(AT), SENT_AT),
        (float(AT), SENT_AT),
        (AT + 123, SENT_AT.replace(microsecond=123000)),
        (10**30, None),
        (-1, None),
        (0, None),
        (True, None),
        ("soon", None),
        (None, None),
        ([], None),
        (10**14, None),
    ],
)
def test_times_come_in_several_forms(timestamp: Any, meant: datetime | None) -> None:
    item = one({**event(message={"mid": "m_1", "text": "a"}), "timestamp": timestamp})
    assert (item.sent_at, item.text, item.problem) == (meant, "a", None)


def test_somebody_known_by_a_reference_too_is_known_by_the_id() -> None:
    happened = event(PAGE, message={"mid": "m_1", "text": "Oi"})
    happened["sender"]["user_ref"] = "cart-9"
    assert one(happened, PAGE).contact_id == "7781"


@pytest.mark.parametrize("name", ["permissions", "user", "whatsapp_business_account"])
def test_another_object_is_told_and_not_taken(name: str) -> None:
    reading = read(json.dumps({"object": name, "entry": [{"id": "0", "changes": []}]}).encode())
    assert (reading.object, reading.items) == (name, ())
    assert reading.problem == f"unknown object: {name}"


def test_a_mistake_of_the_readers_own_costs_one_item(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr("meta_inbox.adapters.meta_graph.reader_events.read_content", fails)
    text, photo = event(message={"mid": "m_1", "text": "a"}), event(message={"mid": "m_2", "attachments": []})
    fine, failed = read(body(text, photo)).items
    assert (fine.text, fine.problem) == ("a", None)
    assert (failed.kind, failed.problem) == (ItemKind.OTHER, "the reader failed: KeyError")
    assert json.loads(failed.raw) == photo
