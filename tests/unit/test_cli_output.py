"""What commands print."""

from datetime import UTC, datetime, timedelta, timezone

from meta_inbox.entrypoints.cli_output import shown_time


def test_times_are_shown_in_utc_whatever_zone_the_database_has() -> None:
    there = timezone(timedelta(hours=-3))
    assert shown_time(datetime(2026, 3, 1, 22, 0, 7, 123, there)) == "2026-03-02 01:00:07"
    assert shown_time(datetime(2026, 3, 1, 22, tzinfo=UTC)) == "2026-03-01 22:00:00"
    assert shown_time(None) is None
