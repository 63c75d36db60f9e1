"""UUIDv7 as RFC 9562 lays it out, rising within the process; clocks in UTC."""

import re
import threading
import time
import uuid
from datetime import UTC, timedelta

from meta_inbox.adapters.persistence.time_and_ids import ManualClock, SystemClock, UuidV7Ids
from meta_inbox.domain.model.projection import is_message_id
from tests.unit.doubles import NOON

FORM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


class Milliseconds:
    """A clock for ids that a test sets."""

    def __init__(self, at: int) -> None:
        self.at = at

    def __call__(self) -> int:
        return self.at


def test_an_id_has_the_layout_of_a_uuidv7() -> None:
    at = Milliseconds(0x0123456789AB)
    for _ in range(100):
        made = UuidV7Ids(at).new()
        assert FORM.fullmatch(made)
        assert is_message_id(made)
        assert made.startswith("01234567-89ab-7")
        parsed = uuid.UUID(made)
        assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)


def test_it_carries_the_present_time() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid.UUID(UuidV7Ids().new()).int >> 80
    assert before <= made <= time.time_ns() // 1_000_000


def test_a_hundred_thousand_are_unique_and_in_order() -> None:
    ids = UuidV7Ids()
    made = [ids.new() for _ in range(100_000)]
    assert len(set(made)) == 100_000
    assert made == sorted(made)
    assert all(map(FORM.fullmatch, made[::997]))


def test_they_rise_within_one_millisecond_and_when_the_clock_is_set_back() -> None:
    at = Milliseconds(1_000_000)
    ids = UuidV7Ids(at)
    made = [ids.new() for _ in range(1000)]
    at.at = 500_000
    made += [ids.new() for _ in range(1000)]
    at.at = 1_000_001
    made.append(ids.new())
    assert made == sorted(set(made))
    assert uuid.UUID(made[-1]).int >> 80 == 1_000_001


def test_two_processes_do_not_make_the_same() -> None:
    at = Milliseconds(1_000_000)
    one, other = UuidV7Ids(at), UuidV7Ids(at)
    assert not {one.new() for _ in range(1000)} & {other.new() for _ in range(1000)}


def test_threads_do_not_make_the_same() -> None:
    ids, made = UuidV7Ids(), list[str]()
    threads = [threading.Thread(target=lambda: made.extend(ids.new() for _ in range(5000))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 20_000


def test_the_clocks_tell_utc() -> None:
    assert SystemClock().now().tzinfo is UTC
    assert ManualClock().now().tzinfo is UTC


def test_a_manual_clock_moves_when_it_is_moved() -> None:
    clock = ManualClock(NOON)
    assert clock.now() == clock.now() == NOON
    clock.advance(timedelta(hours=25))
    assert clock.now() == NOON + timedelta(hours=25)
