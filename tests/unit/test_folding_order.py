"""Neither the order nor the number of repeats changes what becomes of a message."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meta_inbox.domain.model.changes import Edited, Hidden, Party, Reacted, Unsent
from meta_inbox.domain.model.folding import folded
from tests.unit.folding_stage import ANYTHING, STANDING, UNSENDS, WROTE, Happened, after, later

several = st.lists(ANYTHING, max_size=6)
standing = st.lists(STANDING, max_size=6)


SIX: list[Happened] = [
    (Edited(text="one", number=1), later(3)),
    (Edited(text="two", number=2), later(1)),
    (Reacted(by=Party.CONTACT, reaction="love"), later(1)),
    (Reacted(by=Party.CONTACT, reaction=None), later(2)),
    (Hidden(hidden=True), later(1)),
    (Hidden(hidden=False), later(1)),
]


@pytest.mark.parametrize("last", [SIX[0], SIX[5], (Unsent(), later(0))], ids=str)
def test_seven_hundred_and_twenty_orders_end_in_the_same_message(last: Happened) -> None:
    happened = [*SIX[:5], last]
    assert len({repr(after(order)) for order in permutations(happened)}) == 1


@settings(deadline=None, max_examples=150)
@given(st.lists(ANYTHING, min_size=2, max_size=6))
def test_every_order_ends_in_the_same_message(happened: list[Happened]) -> None:
    meant = after(happened)
    assert all(after(order) == meant for order in permutations(happened))


@given(several, st.data())
def test_repeats_change_nothing(happened: list[Happened], data: st.DataObject) -> None:
    repeats = data.draw(st.lists(st.sampled_from(happened), max_size=4)) if happened else []
    mixed = data.draw(st.permutations([*happened, *repeats]))
    assert after(mixed) == after(happened)


@given(several)
def test_what_is_known_already_returns_the_very_message(happened: list[Happened]) -> None:
    message = after(happened)
    assert all(folded(message, change, at) is message for change, at in happened)


@given(standing, UNSENDS, st.data())
def test_an_unsend_wins_wherever_it_comes(
    happened: list[Happened], unsend: Happened, data: st.DataObject
) -> None:
    assert after(data.draw(st.permutations([*happened, unsend]))) == after([unsend])


@given(standing)
def test_the_text_is_of_the_highest_edit_that_has_one(happened: list[Happened]) -> None:
    told = [
        (change.number, at, change.text)
        for change, at in happened
        if isinstance(change, Edited) and change.number > 0
    ]
    last_of_each = {
        number: text for number, _, text in sorted(told, key=lambda each: (*each[:2], each[2] or ""))
    }
    texts = [last_of_each[number] for number in sorted(last_of_each)]
    said = [text for text in texts if text is not None]
    message = after(happened)
    assert message.text == (said[-1] if said else WROTE.text)
    assert [version.number for version in message.edits] == ([0, *sorted(last_of_each)] if told else [])


@given(standing)
def test_each_side_has_the_reaction_that_it_did_last(happened: list[Happened]) -> None:
    message = after(happened)
    for side in Party:
        times = [at for change, at in happened if isinstance(change, Reacted) and change.by is side]
        mine = [each for each in message.reactions if each.by is side]
        assert [each.at for each in mine] == ([max(times)] if times else [])


@given(several)
def test_a_message_is_a_tombstone_exactly_if_it_was_unsent(happened: list[Happened]) -> None:
    times = [at for change, at in happened if isinstance(change, Unsent)]
    message = after(happened)
    assert message.deleted_at == min(times, default=None)
    assert (message.type == "deleted") is bool(times)
