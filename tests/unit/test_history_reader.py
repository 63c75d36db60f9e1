"""A conversation read back, whatever Meta's JSON is like."""

from datetime import UTC, datetime
from typing import Any

import pytest

from meta_inbox.adapters.meta_graph.history_reader import as_past_time, read_conversation
from tests.contracts.meta_stage import CASAVERDE, account

ANA = {"id": "7781", "username": "ana"}
CASA = {"id": CASAVERDE, "username": "casaverde"}
AT = "2026-11-12T19:11:07+0000"


def thread(*messages: Any, people: Any = (CASA, ANA)) -> dict[str, Any]:
    return {
        "id": "aWdf1",
        "updated_time": AT,
        "participants": {"data": list(people)},
        "messages": {"data": list(messages)},
    }


def message(**more: Any) -> dict[str, Any]:
    return {"id": "mid-1", "created_time": AT, "from": ANA, "to": {"data": [CASA]}, "message": "Oi"} | more


def test_the_business_is_known_by_either_of_its_ids() -> None:
    business = {"id": "25000", "user_id": CASAVERDE, "username": "casaverde"}
    found = read_conversation(account(CASAVERDE), thread(message(), people=(business, ANA)))
    assert found is not None
    assert (found.contact_id, found.username) == ("7781", "ana")


@pytest.mark.parametrize(
    "people",
    [(CASA,), (ANA,), (CASA, ANA, {"id": "7782"}), (ANA, {"id": "7782"}), (), (CASA, {"username": "?"})],
)
def test_a_group_and_a_conversation_of_nobody_are_left_out(people: Any) -> None:
    assert read_conversation(account(CASAVERDE), thread(message(), people=people)) is None


@pytest.mark.parametrize(
    "odd",
    [
        {"id": "mid-2"},
        message(id="mid-2", created_time=None),
        message(id="mid-2", created_time="yesterday"),
        message(id="mid-2", **{"from": {"id": "9999"}}),
        message(id=None),
        message(id="m" * 600),
        "mid-2",
        None,
    ],
)
def test_an_odd_message_costs_only_itself(odd: Any) -> None:
    found = read_conversation(account(CASAVERDE), thread(odd, message()))
    assert found is not None
    assert [item.meta_message_id for item in found.items] == ["mid-1"]


@pytest.mark.parametrize(
    "parts",
    [
        {"attachments": {"data": [{"id": "1"}, None, "x"]}},
        {"attachments": {"data": [{"image_data": {"url": "javascript:1"}, "size": 2**70, "mime_type": 4}]}},
        {"shares": {"data": [{"link": None}]}, "story": {"mention": {}}},
        {"story": {"reply_to": {"link": 1}}, "reply_to": "no", "reactions": [], "is_unsupported": "yes"},
    ],
)
def test_odd_parts_lose_nothing_else_of_the_message(parts: dict[str, Any]) -> None:
    found = read_conversation(account(CASAVERDE), thread(message(**parts)))
    assert found is not None
    (item,) = found.items
    assert item.text == "Oi"
    assert all(one.source_url is None and one.size is None for one in item.attachments)


def test_a_time_is_read_in_any_offset_and_only_with_one() -> None:
    noon = datetime(2026, 11, 12, 12, tzinfo=UTC)
    assert as_past_time("2026-11-12T12:00:00+0000") == noon
    assert as_past_time("2026-11-12T09:00:00-0300") == noon
    assert as_past_time("2026-11-12T12:00:00") is None
    assert as_past_time("1899-11-12T12:00:00+0000") is None
    assert as_past_time(1763000000) is None
