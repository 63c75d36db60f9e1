"""What happened to what is already there: edits, reactions, unsends, receipts, owners, policy."""

from typing import Any

import pytest

from meta_inbox.adapters.meta_graph.reader import MsgspecWebhookReader
from meta_inbox.domain.model.changes import (
    Delivered,
    Edited,
    OwnerChanged,
    Party,
    PolicyEnforced,
    Reacted,
    Seen,
    Unsent,
)
from meta_inbox.domain.model.webhook import ItemKind
from meta_inbox.domain.model.window import OpeningKind
from tests.unit.meta_bodies import ANA, AT, INSTAGRAM, PAGE, SENT_AT, body, by_us, event, one, only, said

LOVE = {"mid": "m_1", "action": "react", "reaction": "love", "emoji": "❤️"}


@pytest.mark.parametrize(("number", "meant"), [(2, 2), ("2", 2), (None, 1), ("two", 1), (-1, 1)])
def test_an_edit_has_its_number(number: Any, meant: int) -> None:
    item = one(event(message_edit={"mid": "m_1", "text": "Oi", "num_edit": number}))
    assert said(item) == Edited(text="Oi", number=meant)
    assert (item.kind, item.meta_message_id, item.sent_at) == (ItemKind.CHANGE, "m_1", SENT_AT)
    assert item.opens is None


def test_an_edit_that_counts_none_changes_nothing() -> None:
    item = one({"timestamp": AT, "message_edit": {"mid": "m_1", "num_edit": 0}})
    assert (item.kind, item.event, item.says, item.problem) == (ItemKind.OTHER, "message_edit", None, None)


@pytest.mark.parametrize("account", [INSTAGRAM, PAGE])
def test_a_reaction_opens_the_window(account: str) -> None:
    item = one(event(account, reaction=LOVE), account)
    assert said(item) == Reacted(by=Party.CONTACT, reaction="love", emoji="❤️")
    assert (item.kind, item.contact_id, item.opens) == (ItemKind.CHANGE, ANA, OpeningKind.REACTION)


def test_a_reaction_taken_back_opens_nothing() -> None:
    item = one(event(reaction={"mid": "m_1", "action": "unreact"}))
    assert (said(item), item.opens) == (Reacted(by=Party.CONTACT, reaction=None), None)


def test_our_own_reaction_opens_nothing() -> None:
    item = one(by_us(INSTAGRAM, reaction=LOVE))
    assert said(item) == Reacted(by=Party.ACCOUNT, reaction="love", emoji="❤️")
    assert (item.contact_id, item.opens) == (ANA, None)


@pytest.mark.parametrize(
    ("emoji", "shown"),
    [
        ("❤", "❤"),
        (r"\u{2764}\u{FE0F}", "❤️"),
        (r"\u{110000}\u{D800}\u{0}", None),
        (None, None),
        (7, None),
        ("😀" * 65, None),
    ],
)
def test_an_emoji_comes_as_a_character_or_spelled_out(emoji: Any, shown: str | None) -> None:
    item = one(event(reaction={**LOVE, "emoji": emoji}))
    assert said(item) == Reacted(by=Party.CONTACT, reaction="love", emoji=shown)


def test_a_reaction_with_an_emoji_alone_is_another_one() -> None:
    item = one(event(reaction={"mid": "m_1", "action": "react", "emoji": "🌵"}))
    assert said(item) == Reacted(by=Party.CONTACT, reaction="other", emoji="🌵")


def test_a_reaction_without_a_name_is_one_all_the_same() -> None:
    item = one(event(reaction={"mid": "m_1", "action": "react"}))
    assert (said(item), item.opens) == (Reacted(by=Party.CONTACT, reaction="other"), OpeningKind.REACTION)


@pytest.mark.parametrize("flag", [True, "true"])
def test_a_contact_unsends(flag: bool | str) -> None:
    item = one(event(message={"mid": "m_1", "is_deleted": flag}))
    assert (item.kind, item.event, said(item)) == (ItemKind.CHANGE, "message_deleted", Unsent())
    assert (item.meta_message_id, item.contact_id, item.opens) == ("m_1", ANA, None)


def test_the_business_unsends() -> None:
    item = one(by_us(INSTAGRAM, message={"mid": "m_1", "is_deleted": True, "is_echo": True}))
    assert (said(item), item.contact_id) == (Unsent(), ANA)


def test_instagram_names_the_message_that_was_seen() -> None:
    item = one(event(read={"mid": "m_1"}))
    assert (said(item), item.meta_message_id) == (Seen(up_to=None), "m_1")


def test_messenger_names_the_time_up_to_which_all_was_seen() -> None:
    assert said(one(event(PAGE, read={"watermark": AT, "seq": 5}), PAGE)) == Seen(up_to=SENT_AT)


@pytest.mark.parametrize(
    "what", [{"read": {"mid": "m_1"}}, {"read": {"watermark": AT}}, {"delivery": {"watermark": AT}}], ids=str
)
def test_what_the_account_itself_has_seen_is_no_receipt_of_the_contact(what: dict[str, Any]) -> None:
    item = one(by_us(INSTAGRAM, **what))
    assert (item.kind, item.says, item.problem) == (ItemKind.OTHER, None, None)


@pytest.mark.parametrize(
    ("delivery", "meant"),
    [
        ({"mids": ["m_1", "m_2"], "watermark": AT}, Delivered(up_to=SENT_AT, messages=("m_1", "m_2"))),  # type: ignore[arg-type]
        ({"watermark": AT, "seq": 37}, Delivered(up_to=SENT_AT)),
        ({"mids": ["m_1", None, {}]}, Delivered(up_to=None, messages=("m_1",))),  # type: ignore[arg-type]
    ],
)
def test_messenger_tells_what_arrived(delivery: dict[str, Any], meant: Delivered) -> None:
    assert said(one(event(PAGE, delivery=delivery), PAGE)) == meant


@pytest.mark.parametrize("key", ["policy-enforcement", "policy_enforcement"])
def test_a_policy_is_enforced_on_the_account_and_names_no_person(key: str) -> None:
    happened: dict[str, Any] = {"recipient": {"id": PAGE}, "timestamp": AT}
    item = one({**happened, key: {"action": "block", "reason": "Spam."}}, PAGE)
    assert said(item) == PolicyEnforced(action="block", reason="Spam.")
    assert (item.kind, item.contact_id, item.meta_message_id) == (ItemKind.CHANGE, None, None)


@pytest.mark.parametrize(
    ("kind", "control", "owner"),
    [
        ("pass", {"previous_owner_app_id": 1, "new_owner_app_id": "2", "metadata": "a"}, "2"),
        ("pass", {"previous_owner_app_id": 1, "new_owner_app_id": 102030405060}, "self"),
        ("pass", {"previous_owner_app_id": 1, "new_owner_app_id": None}, None),
        ("take", {"previous_owner_app_id": "1", "new_owner_app_id": 3}, "3"),
    ],
)
def test_a_thread_gets_another_owner(kind: str, control: dict[str, Any], owner: str | None) -> None:
    reader = MsgspecWebhookReader(own_apps=("102030405060",))
    item = only(reader.read(body(event() | {f"{kind}_thread_control": control})))
    assert said(item) == OwnerChanged(owner=owner)
    assert (item.kind, item.type, item.opens) == (ItemKind.NOTICE, "thread_control", None)
    assert item.details is not None
    assert item.details["action"] == kind


def test_what_is_handed_over_with_a_thread_has_two_names() -> None:
    control = {"new_owner_app_id": 5, "thread_control_metadata": {"text": "wants a refund"}}
    item = one(event(pass_thread_control=control))
    assert item.details == {"new_owner_app_id": "5", "metadata": "wants a refund", "action": "pass"}


def test_asking_for_a_thread_changes_no_owner() -> None:
    item = one(event(request_thread_control={"requested_owner_app_id": 5, "metadata": "please"}))
    assert (item.kind, item.says) == (ItemKind.NOTICE, None)
    assert item.details == {"requested_owner_app_id": "5", "metadata": "please", "action": "request"}


@pytest.mark.parametrize(
    "what",
    [
        {"message": {"is_deleted": True}},
        {"message_edit": {"text": "Oi", "num_edit": 1}},
        {"reaction": {"action": "react", "reaction": "love"}},
        {"read": {}},
        {"delivery": {"mids": []}},
        {"read": None, "reaction": 7},
    ],
    ids=str,
)
def test_a_change_of_nothing_is_told(what: dict[str, Any]) -> None:
    assert one(event(**what)).problem is not None


@pytest.mark.parametrize("what", [{"read": {"watermark": AT}}, {"delivery": {"watermark": AT}}], ids=str)
def test_a_receipt_of_nobody_is_told(what: dict[str, Any]) -> None:
    item = one({"recipient": {"id": PAGE}, "timestamp": AT, **what}, PAGE)
    assert item.problem == "the event names no usable contact"


@pytest.mark.parametrize("what", [{"message_edit": {"mid": "m_1"}}, {"policy-enforcement": {}}], ids=str)
def test_a_change_of_an_entry_without_an_id_is_told(what: dict[str, Any]) -> None:
    assert one(event(**what), "").problem == "the entry has no usable id"
