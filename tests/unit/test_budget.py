"""The rule of the rate budget, as a pure function of what Meta said and when."""

from datetime import UTC, datetime, timedelta

import pytest

from meta_inbox.domain.model.budget import BACKOFF, FRESH, PAUSED_FROM, SPACING, Budget, Priority

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NOW = timedelta(0)
SECOND = timedelta(seconds=1)
LONG = timedelta(hours=20)


def waits(budget: Budget, after: timedelta = NOW) -> list[timedelta]:
    """How long people, automations and reading wait."""
    return [budget.wait(priority, NOON + after) for priority in Priority]


@pytest.mark.parametrize(
    ("used", "waiting"),
    [
        (0, [NOW, NOW, NOW]),
        (79, [NOW, NOW, NOW]),
        (80, [NOW, NOW, FRESH]),
        (89, [NOW, NOW, FRESH]),
        (90, [NOW, FRESH, FRESH]),
        (99, [NOW, FRESH, FRESH]),
        (100, [BACKOFF, FRESH, FRESH]),
        (140, [BACKOFF, FRESH, FRESH]),
    ],
)
def test_who_waits_at_which_reading(used: int, waiting: list[timedelta]) -> None:
    assert waits(Budget().read(used, NOW, NOON)) == waiting


def test_the_first_of_all_waits_last() -> None:
    assert sorted(PAUSED_FROM, key=lambda priority: -PAUSED_FROM[priority]) == list(Priority)


@pytest.mark.parametrize("used", [80, 95])
def test_a_reading_counts_for_five_minutes(used: int) -> None:
    budget = Budget().read(used, NOW, NOON)
    assert waits(budget, FRESH - SECOND)[-1] == SECOND
    assert waits(budget, FRESH) == [NOW, NOW, NOW]


def test_the_latest_reading_counts() -> None:
    assert waits(Budget().read(95, NOW, NOON).read(10, NOW, NOON)) == [NOW, NOW, NOW]


def test_what_meta_says_of_the_wait_counts_for_as_long_as_it_says() -> None:
    budget = Budget().read(100, LONG, NOON)
    assert waits(budget) == [LONG, LONG, LONG]
    assert waits(budget, LONG - SECOND) == [SECOND, SECOND, SECOND]
    assert waits(budget, LONG) == [NOW, NOW, NOW]


def test_a_shorter_wait_does_not_cut_a_longer_one() -> None:
    budget = Budget().read(100, LONG, NOON).refused(BACKOFF, NOON, everything=True).read(100, NOW, NOON)
    assert waits(budget)[0] == LONG


def test_a_refusal_of_what_is_read_back_holds_up_nothing_else() -> None:
    assert waits(Budget().refused(BACKOFF, NOON, everything=False)) == [NOW, NOW, BACKOFF]
    assert waits(Budget().refused(BACKOFF, NOON, everything=True)) == [BACKOFF, BACKOFF, BACKOFF]


def test_afterwards_only_what_is_read_back_is_a_second_apart_if_only_that_was_refused() -> None:
    after = NOON + timedelta(hours=1)
    tried = Budget().refused(BACKOFF, NOON, everything=False).called(after)
    assert waits(tried, timedelta(hours=1)) == [NOW, NOW, SPACING]
    worse = tried.refused(BACKOFF, NOON, everything=True)
    assert waits(worse.refused(BACKOFF, NOON, everything=False), timedelta(hours=1)) == [SPACING] * 3


def test_the_space_between_two_calls_is_not_a_wait_of_everyone() -> None:
    budget = Budget().refused(BACKOFF, NOON, everything=True)
    assert budget.all_wait(NOON + SECOND) == BACKOFF - SECOND
    tried = budget.called(NOON + BACKOFF)
    assert (tried.wait(Priority.PEOPLE, NOON + BACKOFF), tried.all_wait(NOON + BACKOFF)) == (SPACING, NOW)
    assert Budget().read(95, NOW, NOON).all_wait(NOON) == NOW


@pytest.mark.parametrize(
    "limited", [Budget().refused(BACKOFF, NOON, everything=True), Budget().read(100, BACKOFF, NOON)]
)
def test_afterwards_calls_are_a_second_apart_until_one_goes_well(limited: Budget) -> None:
    after = NOON + timedelta(hours=1)
    tried = limited.called(after)
    assert limited.wait(Priority.PEOPLE, after) == NOW
    assert tried.wait(Priority.PEOPLE, after) == SPACING
    assert tried.wait(Priority.PEOPLE, after + SPACING) == NOW
    assert tried.went_well().wait(Priority.PEOPLE, after) == NOW
    assert tried.read(10, NOW, after).wait(Priority.PEOPLE, after) == NOW
