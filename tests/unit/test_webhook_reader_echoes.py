"""What a contact pressed, and what the business wrote."""

from typing import Any

import pytest

from meta_inbox.domain.model.webhook import ItemKind
from meta_inbox.domain.model.window import OpeningKind
from tests.unit.meta_bodies import ANA, INSTAGRAM, PAGE, body, by_us, event, one, only, read


def test_a_pressed_button() -> None:
    item = one(event(postback={"mid": "m_9", "title": "Preços", "payload": "PRICES"}))
    assert (item.kind, item.type, item.text) == (ItemKind.MESSAGE, "postback", "Preços")
    assert item.postback == {"title": "Preços", "payload": "PRICES"}
    assert (item.meta_message_id, item.opens) == ("m_9", OpeningKind.POSTBACK)


def test_a_pressed_button_without_an_id_always_gets_the_same_one() -> None:
    pressed = body(event(postback={"title": "Oi", "payload": "GET_STARTED", "referral": {"ref": "x"}}))
    first, again = only(read(pressed)), only(read(pressed + b" "))
    assert first.meta_message_id is not None
    assert first.meta_message_id.startswith("pb:")
    assert first.meta_message_id == again.meta_message_id
    other = one(event(sender="7782", postback={"title": "Oi", "payload": "GET_STARTED"}))
    assert other.meta_message_id != first.meta_message_id
    assert first.referral is not None


def test_an_echo_carries_our_token_and_its_app() -> None:
    item = one(
        by_us(
            message={"is_echo": True, "app_id": 102030405060, "metadata": "own-1", "mid": "m_5", "text": "Oi"}
        ),
        PAGE,
    )
    assert (item.kind, item.event, item.contact_id) == (ItemKind.ECHO, "echo", ANA)
    assert (item.client_token, item.app_id, item.opens) == ("own-1", "102030405060", None)
    assert (item.type, item.text, item.meta_message_id) == ("text", "Oi", "m_5")


@pytest.mark.parametrize("app", [26390203743090, 263902037430900, "1217981644879628", None])
def test_what_was_typed_in_metas_own_inbox_names_no_app(app: Any) -> None:
    assert (
        one(by_us(message={"is_echo": True, "app_id": app, "mid": "m_5", "text": "Oi"}), PAGE).app_id is None
    )


def test_what_the_account_wrote_is_an_echo_without_the_flag_too() -> None:
    item = one(by_us(message={"mid": "m_6", "text": "Oi"}), PAGE)
    assert (item.kind, item.contact_id) == (ItemKind.ECHO, ANA)


@pytest.mark.parametrize(
    ("what", "name"),
    [
        ({"message": {"mid": "m", "is_self": True, "is_echo": True, "text": "a"}}, "self"),
        ({"message": {"mid": "m", "is_echo": True, "text": "a"}}, "self"),
        ({"postback": {"mid": "m", "title": "a", "payload": "b"}, "is_self": True}, "postback"),
        ({"reaction": {"mid": "m", "action": "react", "reaction": "love"}}, "reaction"),
        ({"referral": {"source": "SHORTLINK"}}, "referral"),
    ],
    ids=str,
)
def test_what_the_account_does_with_itself_is_nobodys_message(what: dict[str, Any], name: str) -> None:
    item = one(by_us(INSTAGRAM, INSTAGRAM, **what))
    assert (item.kind, item.event, item.contact_id) == (ItemKind.OTHER, name, None)
    assert (item.opens, item.says, item.problem) == (None, None, None)


@pytest.mark.parametrize("flag", [True, "true"])
def test_an_echo_is_known_by_its_flag_too(flag: bool | str) -> None:
    happened = {"sender": {"id": "1784999"}, "recipient": {"id": ANA}, "timestamp": 1}
    item = one({**happened, "message": {"mid": "m_6", "text": "Oi", "is_echo": flag}}, INSTAGRAM)
    assert (item.kind, item.contact_id) == (ItemKind.ECHO, ANA)


@pytest.mark.parametrize("flag", [False, "false", None, 0])
def test_a_flag_that_is_not_set_says_nothing(flag: Any) -> None:
    flags = dict.fromkeys(("is_echo", "is_deleted", "is_self", "is_unsupported"), flag)
    item = one({**by_us(ANA, INSTAGRAM), "message": {"mid": "m", "text": "Oi", **flags}})
    assert (item.kind, item.type, item.contact_id) == (ItemKind.MESSAGE, "text", ANA)


def test_an_echoed_template_shows_its_words_and_choices() -> None:
    buttons = [{"type": "postback", "title": "Sim", "payload": "Y"}]
    payload: dict[str, Any] = {"template_type": "button", "text": "Escolha", "buttons": buttons}
    part = {"type": "template", "payload": payload}
    item = one(by_us(message={"is_echo": True, "mid": "m_7", "attachments": [part]}), PAGE)
    assert (item.type, item.text) == ("template", "Escolha")
    assert item.details == {"template_type": "button", "buttons": buttons}
