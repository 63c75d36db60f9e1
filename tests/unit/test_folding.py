"""What becomes of a message by what happens to it, example by example."""

from dataclasses import replace

import pytest

from meta_inbox.domain.model.changes import Edited, Hidden, Party, Reacted, Unsent
from meta_inbox.domain.model.folding import folded
from meta_inbox.domain.model.message import Version
from tests.unit.doubles import NOON
from tests.unit.folding_stage import WROTE, after, later

LOVE = Reacted(by=Party.CONTACT, reaction="love", emoji="❤️")
WOW = Reacted(by=Party.CONTACT, reaction="wow")
BACK = Reacted(by=Party.CONTACT, reaction=None)
OURS = Reacted(by=Party.ACCOUNT, reaction="like", emoji="👍")
FIRST = Edited(text="Do you ship to Kyiv?", number=1)
SECOND = Edited(text="Do you ship to Lviv?", number=2)


def test_an_edit_shows_its_text_and_keeps_the_former() -> None:
    message = folded(WROTE, FIRST, later(1))
    assert (message.text, message.edited_at) == ("Do you ship to Kyiv?", later(1))
    assert message.edits == (
        Version(number=0, text="Do you ship?", at=NOON),
        Version(number=1, text="Do you ship to Kyiv?", at=later(1)),
    )


def test_the_edit_of_the_highest_number_stands_whenever_it_comes() -> None:
    message = after([(SECOND, later(2)), (FIRST, later(3))])
    assert (message.text, message.edited_at) == ("Do you ship to Lviv?", later(2))
    assert [version.number for version in message.edits] == [0, 1, 2]


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_edits_of_one_number_the_later_stands(order: int) -> None:
    happened = [(FIRST, later(1)), (replace(FIRST, text="Never mind"), later(2))]
    assert after(happened[::order]).text == "Never mind"


def test_an_edit_without_a_text_leaves_the_last_that_is_known() -> None:
    message = after([(FIRST, later(1)), (Edited(text=None, number=2), later(2))])
    assert (message.text, message.edited_at) == ("Do you ship to Kyiv?", later(2))


@pytest.mark.parametrize("number", [0, -1])
def test_an_edit_that_counts_none_changes_nothing(number: int) -> None:
    assert folded(WROTE, Edited(text="Oi", number=number), later(1)) is WROTE


def test_a_side_has_one_reaction_the_last() -> None:
    message = after([(LOVE, later(1)), (WOW, later(2)), (OURS, later(1))])
    assert [(each.by, each.reaction) for each in message.shown_reactions] == [
        (Party.ACCOUNT, "like"),
        (Party.CONTACT, "wow"),
    ]


def test_a_reaction_taken_back_does_not_show_again_when_the_reaction_comes_late() -> None:
    message = after([(BACK, later(2)), (LOVE, later(1))])
    assert message.shown_reactions == ()


def test_a_reaction_after_one_taken_back_shows() -> None:
    message = after([(LOVE, later(1)), (BACK, later(2)), (WOW, later(3))])
    assert [each.reaction for each in message.shown_reactions] == ["wow"]


def test_of_two_reactions_at_one_moment_the_same_stands_always() -> None:
    assert after([(LOVE, later(1)), (WOW, later(1))]) == after([(WOW, later(1)), (LOVE, later(1))])


def test_an_unsend_leaves_a_tombstone() -> None:
    message = after([(FIRST, later(1)), (LOVE, later(1)), (Unsent(), later(2))])
    assert (message.type, message.deleted_at) == ("deleted", later(2))
    assert (message.text, message.attachments, message.buttons) == (None, (), ())
    assert (message.quick_reply, message.postback, message.story, message.referral) == (None,) * 4
    assert (message.reactions, message.edits, message.edited_at) == ((), (), None)
    assert (message.id, message.contact_id, message.sent_at) == (WROTE.id, WROTE.contact_id, NOON)


def test_a_comment_that_is_gone_keeps_its_place_and_not_its_writer() -> None:
    assert folded(WROTE, Unsent(), later(1)).details == {"comment_id": "179", "media_id": "18000"}
    assert folded(replace(WROTE, details={"username": "ana.k"}), Unsent(), later(1)).details is None


@pytest.mark.parametrize("late", [FIRST, LOVE, Hidden(hidden=True)], ids=str)
def test_nothing_brings_an_unsent_message_back(late: Edited | Reacted | Hidden) -> None:
    gone = folded(WROTE, Unsent(), later(1))
    assert folded(gone, late, later(5)) is gone


@pytest.mark.parametrize("order", [1, -1])
def test_it_was_unsent_when_that_was_first_told(order: int) -> None:
    happened = [(Unsent(), later(1)), (Unsent(), later(2))]
    assert after(happened[::order]).deleted_at == later(1)


@pytest.mark.parametrize("order", [1, -1])
def test_a_comment_is_hidden_as_it_was_last(order: int) -> None:
    happened = [(Hidden(hidden=True), later(1)), (Hidden(hidden=False), later(2))]
    details = after(happened[::order]).details
    assert details is not None
    assert (details["hidden"], details["username"]) == (False, "ana.k")
