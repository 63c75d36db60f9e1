"""Comments and mentions: conversations of their own kind."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from meta_inbox.domain.model.changes import Edited, Hidden, Unsent
from meta_inbox.domain.model.webhook import ItemKind
from tests.unit.meta_bodies import ANA, AT, INSTAGRAM, PAGE, SENT_AT, change, only, read, said

WRITTEN_AT = 1795943999
MEDIA = {"id": "18000", "media_product_type": "FEED", "ad_id": "1202", "ad_title": "Outono"}


def comment(**value: Any) -> dict[str, Any]:
    """An Instagram comment of Ana's."""
    return {
        "id": "179",
        "text": "Preço?",
        "from": {"id": ANA, "username": "ana.k"},
        "media": {"id": "18000", "media_product_type": "FEED"},
        **value,
    }


def feed(**value: Any) -> dict[str, Any]:
    """A comment of Ana's on a post of the Page."""
    return {
        "item": "comment",
        "verb": "add",
        "comment_id": "55_66",
        "post_id": "1001_55",
        "parent_id": "1001_55",
        "from": {"id": "246", "name": "Ana K"},
        "message": "Preço?",
        "created_time": WRITTEN_AT,
        **value,
    }


@pytest.mark.parametrize(("field", "type_"), [("comments", "comment"), ("live_comments", "live_comment")])
def test_a_comment_on_instagram(field: str, type_: str) -> None:
    item = change(field, **comment())
    assert (item.kind, item.event, item.type, item.text) == (ItemKind.MESSAGE, field, type_, "Preço?")
    assert (item.contact_id, item.meta_message_id) == (f"comments:{ANA}", "179")
    assert (item.sent_at, item.reply_to, item.opens) == (SENT_AT, None, None)
    assert item.details == {
        "comment_id": "179",
        "media_id": "18000",
        "media_type": "FEED",
        "username": "ana.k",
    }


def test_a_comment_under_an_advertisement_names_it() -> None:
    details = change("comments", **comment(media=MEDIA)).details
    assert details is not None
    assert (details["ad_id"], details["ad_title"]) == ("1202", "Outono")


def test_a_comment_answers_another() -> None:
    item = change("comments", **comment(parent_id="178"))
    assert (item.kind, item.reply_to) == (ItemKind.MESSAGE, "178")


def test_a_comment_by_its_other_name() -> None:
    value = comment()
    value["comment_id"] = value.pop("id")
    assert change("comments", **value).meta_message_id == "179"


def test_a_comment_of_nobody_has_a_conversation_of_its_own() -> None:
    assert change("comments", id="179", text="Preço?").contact_id == "comments:on-179"


def test_people_with_ids_too_long_for_ours_stay_apart() -> None:
    ana, bea = (change("comments", **comment(**{"from": {"id": "7" * 127 + end}})).contact_id for end in "12")
    assert ana != bea
    assert all(each is not None and len(each) <= 128 for each in (ana, bea))


def test_our_own_answer_to_a_comment_is_no_contacts() -> None:
    item = change("comments", **comment(**{"from": {"id": INSTAGRAM}, "parent_id": "178"}))
    assert (item.kind, item.contact_id, item.reply_to) == (ItemKind.ANSWER, None, "178")


def test_our_own_comment_that_answers_nobody_is_kept() -> None:
    item = change("comments", **comment(**{"from": {"id": INSTAGRAM}}))
    assert (item.kind, item.contact_id) == (ItemKind.OTHER, None)


def test_a_comment_on_a_page() -> None:
    item = change("feed", PAGE, **feed())
    assert (item.kind, item.event, item.type, item.text) == (ItemKind.MESSAGE, "feed", "comment", "Preço?")
    assert (item.contact_id, item.meta_message_id, item.reply_to) == ("comments:246", "55_66", None)
    assert item.sent_at == datetime.fromtimestamp(WRITTEN_AT, UTC)
    assert item.details is not None
    assert (item.details["post_id"], item.details["name"]) == ("1001_55", "Ana K")


def test_a_comment_on_a_page_answers_another() -> None:
    assert change("feed", PAGE, **feed(parent_id="55_60")).reply_to == "55_60"


def test_the_pages_own_answer() -> None:
    own = feed(**{"from": {"id": PAGE, "name": "Casa"}, "parent_id": "55_60"})
    assert change("feed", PAGE, **own).kind is ItemKind.ANSWER


@pytest.mark.parametrize("verb", ["edit", "edited"])
def test_a_comment_is_edited_and_the_later_edit_stands(verb: str) -> None:
    item = change("feed", PAGE, **feed(verb=verb, message="Quanto?"))
    assert said(item) == Edited(text="Quanto?", number=AT)
    assert (item.kind, item.event, item.meta_message_id) == (ItemKind.CHANGE, f"feed.{verb}", "55_66")
    assert item.sent_at == SENT_AT


@pytest.mark.parametrize(
    ("verb", "meant"),
    [("hide", Hidden(hidden=True)), ("unhide", Hidden(hidden=False)), ("remove", Unsent())],
)
def test_a_comment_is_hidden_shown_or_removed(verb: str, meant: Hidden | Unsent) -> None:
    item = change("feed", PAGE, **feed(verb=verb))
    assert (item.kind, said(item), item.sent_at) == (ItemKind.CHANGE, meant, SENT_AT)


def test_a_verb_of_2031_is_kept() -> None:
    assert change("feed", PAGE, **feed(verb="pin")).kind is ItemKind.OTHER


@pytest.mark.parametrize("what", ["post", "status", "reaction", "photo", "video", "share", "album", "event"])
def test_what_else_happens_on_a_page_is_kept(what: str) -> None:
    item = change("feed", PAGE, **feed(item=what))
    assert (item.kind, item.event, item.problem) == (ItemKind.OTHER, "feed", None)


def test_a_mention_on_instagram_names_no_person() -> None:
    mentions = [change("mentions", media_id="1799", **more) for more in ({}, {"comment_id": "1790"})]
    assert [item.type for item in mentions] == ["mention", "mention"]
    assert [item.contact_id for item in mentions] == ["comments:on-1799"] * 2
    assert len({item.meta_message_id for item in mentions}) == 2


def test_a_mention_by_a_person_of_facebook() -> None:
    value = {"item": "comment", "verb": "add", "post_id": "9_9", "comment_id": "9_10"}
    item = change("mention", PAGE, sender_id="246", sender_name="Ana K", created_time=WRITTEN_AT, **value)
    assert (item.kind, item.type, item.contact_id) == (ItemKind.MESSAGE, "mention", "comments:246")
    assert item.details == {"comment_id": "9_10", "post_id": "9_9", "name": "Ana K"}


def test_a_mention_that_is_gone_names_the_message_that_it_was() -> None:
    value = {"post_id": "9_9", "sender_id": "246"}
    there, gone = (change("mention", PAGE, verb=verb, **value) for verb in ("add", "remove"))
    assert (gone.kind, gone.event, said(gone)) == (ItemKind.CHANGE, "mention.remove", Unsent())
    assert gone.meta_message_id == there.meta_message_id


@pytest.mark.parametrize("value", [{}, {"text": "Preço?"}, {"id": {}}, {"id": ""}], ids=str)
def test_a_comment_without_an_id_is_told(value: dict[str, Any]) -> None:
    assert change("comments", **value).problem == "the comment has no usable id"


@pytest.mark.parametrize(
    "field", ["story_insights", "inbox_labels", "leadgen", "ratings", "follow", "delta", "a_field_of_2031"]
)
def test_another_field_is_kept(field: str) -> None:
    item = change(field, id="1")
    assert (item.kind, item.event, item.problem) == (ItemKind.OTHER, field, None)
    assert json.loads(item.raw) == {"field": field, "value": {"id": "1"}}


def test_a_comment_may_lie_flat_in_its_entry() -> None:
    entry = {"id": INSTAGRAM, "time": AT // 1000, "field": "comments", "value": comment()}
    item = only(read(json.dumps({"object": "instagram", "entry": [entry]}).encode()))
    assert (item.event, item.text, item.sent_at) == ("comments", "Preço?", SENT_AT)
