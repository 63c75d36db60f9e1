"""What a person or an app did that is no message: a line of its own, or kept for the operator."""

import json
from typing import Any

import pytest

from meta_inbox.domain.model.webhook import ItemKind
from meta_inbox.domain.model.window import OpeningKind
from tests.unit.meta_bodies import ANA, AT, PAGE, by_us, event, one


def test_a_link_into_an_existing_thread() -> None:
    item = one(event(referral={"ref": "autumn", "source": "SHORTLINK", "type": "OPEN_THREAD"}))
    assert (item.kind, item.type, item.opens) == (ItemKind.MESSAGE, "referral", OpeningKind.REFERRAL)
    assert item.referral is not None
    assert (item.referral["ref"], item.referral["source"]) == ("autumn", "SHORTLINK")
    assert item.text is None
    assert item.meta_message_id is not None
    assert item.meta_message_id.startswith("ev:")


def test_an_opt_in_says_what_for_and_never_its_token() -> None:
    optin = {
        "type": "notification_messages",
        "title": "Novidades",
        "payload": "NEWS",
        "notification_messages_token": "key-to-write-to-ana",
        "token_expiry_timestamp": AT,
        "user_token_status": "NOT_REFRESHED",
        "notification_messages_timezone": "Europe/Kyiv",
    }
    item = one(event(PAGE, optin=optin), PAGE)
    assert (item.kind, item.type, item.opens) == (ItemKind.MESSAGE, "opt_in", OpeningKind.OPT_IN)
    assert item.details == {
        "type": "notification_messages",
        "title": "Novidades",
        "payload": "NEWS",
        "notification_messages_timezone": "Europe/Kyiv",
    }


@pytest.mark.parametrize(
    ("status", "type_", "opens"),
    [
        ("STOP_NOTIFICATIONS", "opt_out", None),
        ("RESUME_NOTIFICATIONS", "opt_in", OpeningKind.OPT_IN),
    ],
)
def test_notifications_are_stopped_and_resumed(status: str, type_: str, opens: OpeningKind | None) -> None:
    item = one(event(optin={"type": "notification_messages", "notification_messages_status": status}))
    assert (item.type, item.opens) == (type_, opens)


def test_the_checkbox_plugin_names_no_person_yet() -> None:
    happened = {"recipient": {"id": PAGE}, "timestamp": AT, "optin": {"ref": "cart-9", "user_ref": "u-1"}}
    item = one({"sender": {"user_ref": "u-1"}, **happened}, PAGE)
    assert (item.kind, item.event, item.contact_id, item.problem) == (ItemKind.OTHER, "optin", None, None)
    assert item.opens is None


@pytest.mark.parametrize(
    ("what", "type_", "details"),
    [
        ({"optout": {"title": "Novidades"}}, "opt_out", {"title": "Novidades"}),
        (
            {"account_linking": {"status": "linked", "authorization_code": "secret"}},
            "account_linking",
            {"status": "linked"},
        ),
        ({"account_linking": {"status": "unlinked"}}, "account_linking", {"status": "unlinked"}),
        (
            {"appointment": {"booking_id": 7, "status": "requested", "start_time": 1796000000}},
            "appointment",
            {"booking_id": "7", "status": "requested", "start_time": "1796000000"},
        ),
        (
            {"order": {"products": [{"name": "Vaso", "unit_price": 90, "quantity": 2}], "note": "Azul"}},
            "order",
            {"note": "Azul", "products": [{"name": "Vaso", "unit_price": "90", "quantity": "2"}]},
        ),
    ],
    ids=str,
)
def test_what_a_person_did_is_a_line(what: dict[str, Any], type_: str, details: dict[str, Any]) -> None:
    item = one(event(PAGE, **what), PAGE)
    assert (item.kind, item.contact_id, item.type, item.details) == (ItemKind.MESSAGE, ANA, type_, details)
    assert item.opens is None


def test_feedback_on_a_message_answers_that_message() -> None:
    item = one(event(PAGE, response_feedback={"feedback": "Good response", "mid": "m_1"}), PAGE)
    assert (item.type, item.details, item.reply_to) == ("feedback", {"feedback": "Good response"}, "m_1")


def test_feedback_by_form_has_an_answer_for_each_question() -> None:
    question = {"type": "csat", "payload": "4", "follow_up": {"type": "free_form", "payload": "Rápido"}}
    screens = [{"screen_id": 0, "questions": {"q1": question, "q2": {"type": "nps", "payload": 9}}}]
    item = one(event(PAGE, messaging_feedback={"feedback_screens": screens}), PAGE)
    assert item.type == "feedback"
    assert item.details == {
        "answers": [
            {"question": "q1", "answer": "4", "words": "Rápido"},
            {"question": "q2", "answer": "9", "words": None},
        ]
    }


def test_a_line_is_known_again_when_it_comes_again() -> None:
    linked, again = (one(event(account_linking={"status": "linked"})) for _ in range(2))
    unlinked = one(event(account_linking={"status": "unlinked"}))
    assert linked.meta_message_id == again.meta_message_id != unlinked.meta_message_id


def test_what_an_app_did_is_a_line_that_neither_side_wrote() -> None:
    item = one(by_us(referral={"source": "SHORTLINK"}), PAGE)
    assert (item.kind, item.contact_id, item.opens) == (ItemKind.NOTICE, ANA, None)


@pytest.mark.parametrize(
    ("what", "name"),
    [
        ({"something_of_2031": []}, "something_of_2031"),
        ({"game_play": {"game_id": "1", "player_id": "2"}}, "game_play"),
        ({"payment": {"payload": "p"}}, "payment"),
        ({"messaging_customer_information": {"screens": []}}, "messaging_customer_information"),
        ({"weird name\n": []}, "unknown"),
        ({}, "unknown"),
    ],
    ids=str,
)
def test_an_unknown_kind_of_a_person_is_shown_as_unsupported(what: dict[str, Any], name: str) -> None:
    item = one(event(**what))
    assert (item.kind, item.event, item.type, item.problem) == (ItemKind.MESSAGE, name, "unsupported", None)
    assert (item.details, item.opens) == ({"event": name}, None)
    assert json.loads(item.raw) == event(**what)


@pytest.mark.parametrize(
    "what", [{"something_of_2031": []}, {"app_roles": {"1": ["primary_receiver"]}}], ids=str
)
def test_what_names_no_person_is_kept_for_the_operator(what: dict[str, Any]) -> None:
    happened = {"recipient": {"id": PAGE}, "timestamp": AT, **what}
    item = one(happened, PAGE)
    assert (item.kind, item.event, item.problem) == (ItemKind.OTHER, next(iter(what)), None)
    assert json.loads(item.raw) == happened


def test_app_roles_are_no_line_even_beside_a_sender() -> None:
    assert one(event(PAGE, app_roles={"1": ["primary_receiver"]}), PAGE).kind is ItemKind.OTHER


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_members_does_not_decide_what_an_event_is(order: int) -> None:
    members = [("is_guest_user", True), ("referral", {"source": "ADS"}), ("message", None)]
    item = one(event() | dict(members[::order]))
    assert (item.event, item.type, item.problem) == ("referral", "referral", None)


@pytest.mark.parametrize("name", ["message", "postback", "reaction", "something_of_2031"])
def test_null_says_nothing(name: str) -> None:
    assert one(event() | {name: None}).event == "unknown"
