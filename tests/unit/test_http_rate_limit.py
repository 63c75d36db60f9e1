"""How many requests a minute are let through."""

from meta_inbox.adapters.http import rate_limit
from meta_inbox.adapters.http.rate_limit import RateLimiter
from meta_inbox.domain.model.principal import Principal

BEA = Principal(tenant_id="casa", user_id="bea")
RUI = Principal(tenant_id="casa", user_id="rui")


class Time:
    """Seconds that are moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_limit_is_reached_exactly_and_the_next_is_told_how_long_to_wait() -> None:
    time = Time()
    limiter = RateLimiter(5, time)
    assert [limiter.take(BEA) for _ in range(5)] == [None] * 5
    wait = limiter.take(BEA)
    assert wait is not None
    assert 1 <= wait <= 120
    time.now += wait
    assert limiter.take(BEA) is None


def test_one_principal_does_not_use_up_anothers_requests() -> None:
    limiter = RateLimiter(2, Time())
    assert [limiter.take(BEA) for _ in range(3)][:2] == [None, None]
    assert limiter.take(RUI) is None
    assert limiter.take(Principal(tenant_id="other", user_id="bea")) is None


def test_a_tenant_has_ten_times_as_many_however_many_users_it_has() -> None:
    limiter = RateLimiter(2, Time())
    users = [Principal(tenant_id="casa", user_id=f"u{n}") for n in range(21)]
    assert [limiter.take(user) for user in users[:20]] == [None] * 20
    assert limiter.take(users[20]) is not None


def test_refused_requests_do_not_count() -> None:
    time = Time()
    limiter = RateLimiter(2, time)
    for _ in range(50):
        limiter.take(BEA)
    time.now += 120
    assert limiter.take(BEA) is None


def test_never_more_than_the_limit_in_any_minute_that_begins_with_a_burst() -> None:
    time = Time()
    limiter = RateLimiter(60, time)
    passed: list[float] = []
    for _ in range(600):
        if limiter.take(BEA) is None:
            passed.append(time.now)
        time.now += 0.5
    busiest = max(sum(start <= at < start + 60 for at in passed) for start in passed)
    assert busiest <= 75  # two counters approximate a sliding window
    assert len(passed) >= 240


def test_zero_is_off() -> None:
    limiter = RateLimiter(0, Time())
    assert {limiter.take(BEA) for _ in range(10_000)} == {None}


def test_what_it_remembers_is_bounded() -> None:
    limiter = RateLimiter(10, Time())
    for number in range(rate_limit.MAX_KEYS * 2):
        limiter.take(Principal(tenant_id=f"t{number}", user_id="u"))
    assert limiter.remembered <= 2 * rate_limit.MAX_KEYS + 4
