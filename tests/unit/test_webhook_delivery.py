"""What follows from an attempt to post an event."""

from datetime import timedelta

import pytest

from meta_inbox.domain.model.webhook_delivery import PAUSES, DeliveryState, Posted, outcome_of

HOUR = timedelta(hours=1)


def test_what_arrived_is_delivered_whenever_that_was() -> None:
    for attempt in (1, 9, 99):
        found = outcome_of(Posted(status=200), attempt)
        assert (found.state, found.error, found.after) == (DeliveryState.DELIVERED, None, None)


@pytest.mark.parametrize(
    "posted",
    [Posted(status=status) for status in (302, 400, 401, 404, 429, 500)]
    + [Posted(error=error) for error in ("timeout", "unreachable", "address_barred")],
)
def test_whatever_else_is_tried_again_ever_later_and_then_failed(posted: Posted) -> None:
    for attempt, pause in enumerate(PAUSES, 1):
        found = outcome_of(posted, attempt)
        assert found.state is DeliveryState.PENDING
        assert found.after is not None
        assert 0.8 * pause <= found.after <= 1.2 * pause
    last = outcome_of(posted, len(PAUSES) + 1)
    assert (last.state, last.after) == (DeliveryState.FAILED, None)
    assert last.error == (posted.error or "http_status")


def test_the_tries_are_spread_over_most_of_a_day() -> None:
    assert timedelta(hours=17) < sum(PAUSES, timedelta()) < timedelta(hours=18)


def test_tries_of_many_do_not_come_at_the_same_moment() -> None:
    assert len({outcome_of(Posted(status=500), 4).after for _ in range(20)}) > 10


def test_a_receiver_may_ask_for_more_time_up_to_an_hour() -> None:
    assert outcome_of(Posted(status=429, retry_after=timedelta(minutes=9)), 1).after == timedelta(minutes=9)
    assert outcome_of(Posted(status=503, retry_after=timedelta(days=9)), 1).after == HOUR
    later = outcome_of(Posted(status=503, retry_after=timedelta(seconds=1)), 8).after
    assert later is not None
    assert later >= 8 * HOUR


def test_whoever_is_gone_is_not_asked_again() -> None:
    found = outcome_of(Posted(status=410), 1)
    assert (found.state, found.unwanted, found.error) == (DeliveryState.FAILED, True, "endpoint_gone")
