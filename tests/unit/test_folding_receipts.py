"""How far an answer came: sent, delivered, read, and never back."""

from dataclasses import replace
from datetime import datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta_inbox.domain.model.folding import Marks, delivered, echoed, receipted
from meta_inbox.domain.model.message import Message, MessageStatus
from tests.unit.folding_stage import SENT, WROTE, later

NEVER = Marks()
STATUSES = [MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.READ]

moments = st.none() | st.integers(-2, 2).map(later)
marks = st.builds(Marks, delivered_to=moments, read_to=moments, read_through=moments)


def _answer(status: MessageStatus, sent_at: datetime | None, meta_sent_at: datetime | None) -> Message:
    return replace(SENT, status=status, sent_at=sent_at, meta_sent_at=meta_sent_at)


answers = st.builds(_answer, st.sampled_from(MessageStatus), moments, moments)


@pytest.mark.parametrize(
    ("told", "status"),
    [
        (NEVER, MessageStatus.SENT),
        (Marks(delivered_to=later(-1)), MessageStatus.SENT),
        (Marks(delivered_to=later(0)), MessageStatus.DELIVERED),
        (Marks(read_to=later(-1), delivered_to=later(1)), MessageStatus.DELIVERED),
        (Marks(read_to=later(0)), MessageStatus.READ),
        (Marks(read_through=later(-1)), MessageStatus.SENT),
        (Marks(read_through=later(0)), MessageStatus.READ),
    ],
    ids=str,
)
def test_an_answer_is_as_far_as_the_marks_say(told: Marks, status: MessageStatus) -> None:
    assert receipted(SENT, told).status is status


def test_metas_own_time_of_an_answer_counts_once_it_is_known() -> None:
    answer = replace(SENT, meta_sent_at=later(2))
    assert receipted(answer, Marks(read_to=later(1))).status is MessageStatus.SENT
    assert receipted(answer, Marks(read_to=later(2))).status is MessageStatus.READ


def test_what_a_contact_wrote_has_no_receipts() -> None:
    everything = Marks(delivered_to=later(9), read_to=later(9), read_through=later(9))
    assert receipted(WROTE, everything) is WROTE
    assert delivered(WROTE) is WROTE


@pytest.mark.parametrize("status", [each for each in MessageStatus if each not in STATUSES[:2]])
def test_what_is_not_on_its_way_there_is_not_moved_by_receipts(status: MessageStatus) -> None:
    answer = replace(SENT, status=status)
    assert receipted(answer, Marks(read_to=later(9))) is answer
    assert delivered(answer) is answer


def test_an_answer_named_as_delivered_is() -> None:
    assert delivered(SENT).status is MessageStatus.DELIVERED
    read = replace(SENT, status=MessageStatus.READ)
    assert delivered(read) is read


@given(marks, marks, marks)
def test_marks_come_together_in_any_order_and_never_go_back(one: Marks, two: Marks, three: Marks) -> None:
    assert one.later_of(one) == one
    assert one.later_of(two) == two.later_of(one)
    assert one.later_of(two).later_of(three) == one.later_of(two.later_of(three))
    assert one.later_of(two).later_of(one) == one.later_of(two)


@given(answers, marks)
def test_a_receipt_never_takes_an_answer_back(answer: Message, told: Marks) -> None:
    now = receipted(answer, told)
    assert now.status is answer.status or STATUSES.index(now.status) > STATUSES.index(answer.status)
    assert receipted(now, told) is now


@given(st.lists(marks, max_size=4), st.randoms(use_true_random=False))
def test_receipts_say_the_same_in_any_order_and_all_at_once(told: list[Marks], chance: Random) -> None:
    together = NEVER
    for each in told:
        together = together.later_of(each)
    one_by_one = SENT
    for each in sorted(told, key=lambda _: chance.random()):
        one_by_one = receipted(one_by_one, each)
    assert one_by_one == receipted(SENT, together)


@given(st.permutations([later(1), later(2), later(1)]))
def test_the_first_time_that_an_echo_told_stands(told: list[datetime]) -> None:
    answer = SENT
    for at in told:
        answer = echoed(answer, at)
    assert answer.meta_sent_at == later(1)
    assert echoed(answer, later(3)) is answer
