"""Meta's limits: read off every answer, and kept by not calling, in process and over HTTP alike."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from meta_inbox.adapters.meta_graph.meter import Meter
from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind
from meta_inbox.domain.errors import GraphUnavailable
from meta_inbox.domain.model.ids import ContactId
from meta_inbox.domain.model.message import Origin
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.sending import Copied, Later, Sent
from tests.contracts.meta_stage import CASA_VERDE, CASAVERDE, PADARIA_SOL, Stage, account, opened
from tests.contracts.test_graph_uploads import given

MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@dataclass
class Time:
    """A clock that is moved by hand."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture(params=["fake", "http"])
async def stage(request: pytest.FixtureRequest) -> AsyncGenerator[Stage]:
    async with opened(request.param) as stage:
        yield stage


@pytest.fixture
def time(stage: Stage) -> Time:
    clock = Time()
    stage.calls = replace(stage.calls, meter=Meter(clock))
    return clock


def meta_tells(stage: Stage, **quirks: Any) -> None:
    """What Meta tells of usage from now on."""
    stage.world.quirks = replace(stage.world.quirks, **quirks)


async def read(stage: Stage, token: Secret, external_id: str = CASA_VERDE) -> timedelta | None:
    """How long a profile must wait; None = it was read."""
    try:
        await stage.api.profile(account(external_id), token, ContactId(stage.contact(external_id).id))
    except GraphUnavailable as held:
        return held.retry_after or timedelta(0)
    return None


async def send(stage: Stage, token: Secret, origin: Origin = Origin.AGENT, to: str = CASA_VERDE) -> Any:
    """What comes of a send to somebody new."""
    return await stage.send(token, stage.contact(to), origin=origin)


async def test_under_80_per_cent_all_go(stage: Stage, time: Time) -> None:
    token = await stage.page_token()
    meta_tells(stage, usage_percent={CASA_VERDE: 79})
    for origin in (Origin.AGENT, Origin.AUTOMATION):
        assert isinstance(await send(stage, token, origin), Sent)
    assert await read(stage, token) is None
    assert await read(stage, token) is None


async def test_from_80_per_cent_reading_waits(stage: Stage, time: Time) -> None:
    token = await stage.page_token()
    meta_tells(stage, usage_percent={CASA_VERDE: 80})
    assert isinstance(await send(stage, token), Sent)
    assert await read(stage, token) == 5 * MINUTE
    assert isinstance(await send(stage, token, Origin.AUTOMATION), Sent)


async def test_from_90_per_cent_automations_wait_too(stage: Stage, time: Time) -> None:
    token = await stage.page_token()
    meta_tells(stage, usage_percent={CASA_VERDE: 90})
    assert await read(stage, token) is None
    outcome = await send(stage, token, Origin.AUTOMATION)
    assert isinstance(outcome, Later)
    assert (outcome.error.code, outcome.after, outcome.whole_account) == ("rate_limited", 5 * MINUTE, False)
    assert isinstance(await send(stage, token), Sent)


async def test_a_person_who_asks_what_became_of_a_message_does_not_wait(stage: Stage, time: Time) -> None:
    token = await stage.page_token()
    meta_tells(stage, usage_percent={CASA_VERDE: 95})
    await send(stage, token)
    with pytest.raises(GraphUnavailable):
        await stage.api.history(account(), token, None)
    page = await stage.api.history(account(), token, None, urgent=True)
    assert page.next is None


async def test_an_automations_files_wait_as_its_messages_do(stage: Stage, time: Time) -> None:
    token = await stage.page_token()
    meta_tells(stage, usage_percent={CASA_VERDE: 90})
    await send(stage, token)
    outcome = await given(stage, token, automated=True)
    assert isinstance(outcome, Later)
    assert (outcome.error.code, outcome.whole_account) == ("rate_limited", False)
    assert isinstance(await given(stage, token), Copied)


async def test_at_100_per_cent_everything_waits_as_long_as_meta_says(stage: Stage, time: Time) -> None:
    token = await stage.page_token()
    meta_tells(stage, usage_percent={CASA_VERDE: 100}, regain_minutes=600)
    assert isinstance(await send(stage, token), Sent)
    calls = len(stage.world.limits.sends[CASA_VERDE])
    for origin in (Origin.AGENT, Origin.AUTOMATION):
        outcome = await send(stage, token, origin)
        assert isinstance(outcome, Later)
        assert (outcome.after, outcome.whole_account) == (600 * MINUTE, True)
    assert await read(stage, token) == 600 * MINUTE
    assert len(stage.world.limits.sends[CASA_VERDE]) == calls
    time.at += 600 * MINUTE
    assert isinstance(await send(stage, token), Sent)


async def test_a_reading_of_more_than_five_minutes_ago_does_not_count(stage: Stage, time: Time) -> None:
    token = await stage.page_token()
    meta_tells(stage, usage_percent={CASA_VERDE: 95})
    await send(stage, token)
    meta_tells(stage, usage_percent={})
    time.at += 5 * MINUTE - timedelta(seconds=1)
    assert await read(stage, token) == timedelta(seconds=1)
    time.at += timedelta(seconds=1)
    assert await read(stage, token) is None


async def test_every_kind_of_call_is_read(stage: Stage, time: Time) -> None:
    token = await stage.page_token()
    meta_tells(stage, usage_percent={CASA_VERDE: 100}, regain_minutes=60)
    for ask in (
        lambda: read(stage, token),
        lambda: stage.api.mark_seen(account(), token, ContactId(stage.contact().id)),
        lambda: stage.api.history(account(), token, None),
    ):
        stage.calls = replace(stage.calls, meter=Meter(time))
        await ask()
        assert await read(stage, token) == 60 * MINUTE


async def test_each_account_has_its_own(stage: Stage, time: Time) -> None:
    token, other = await stage.page_token(), await stage.page_token(PADARIA_SOL)
    meta_tells(stage, usage_percent={CASA_VERDE: 100}, regain_minutes=60)
    await send(stage, token)
    assert isinstance(await send(stage, token), Later)
    assert isinstance(await send(stage, token, to=CASAVERDE), Sent)
    assert isinstance(await send(stage, other, to=PADARIA_SOL), Sent)
    assert await read(stage, other, PADARIA_SOL) is None


async def test_the_apps_own_usage_holds_up_all_but_answers_of_people(stage: Stage, time: Time) -> None:
    token, other = await stage.page_token(), await stage.page_token(PADARIA_SOL)
    meta_tells(stage, app_usage_percent=100)
    await send(stage, token)
    assert await read(stage, other, PADARIA_SOL) is not None
    assert isinstance(await send(stage, other, Origin.AUTOMATION, PADARIA_SOL), Later)
    assert isinstance(await send(stage, other, to=PADARIA_SOL), Sent)


async def test_a_send_that_is_throttled_stops_the_account(stage: Stage, time: Time) -> None:
    token = await stage.page_token()
    stage.world.faults.plan("messages", Fault(kind=FaultKind.REFUSE, code=613, subcode=2534040, status=400))
    throttled = await send(stage, token)
    assert isinstance(throttled, Later)
    assert (throttled.after, throttled.whole_account) == (timedelta(seconds=30), True)
    held = await send(stage, token)
    assert isinstance(held, Later)
    assert (held.after, held.whole_account) == (timedelta(seconds=30), True)
    assert await read(stage, token) == timedelta(seconds=30)


async def test_a_read_that_is_throttled_does_not_stop_answers(stage: Stage, time: Time) -> None:
    token = await stage.page_token()
    stage.world.faults.plan("profile", Fault(kind=FaultKind.REFUSE, code=613, status=400))
    assert await read(stage, token) == timedelta(seconds=30)
    assert await read(stage, token) == timedelta(seconds=30)
    assert isinstance(await send(stage, token), Sent)


async def test_after_a_pause_the_calls_of_an_account_are_a_second_apart(stage: Stage, time: Time) -> None:
    token = await stage.page_token()
    meta_tells(stage, sends_a_second=0)
    answered = stage.world.limits.sends
    assert isinstance(await send(stage, token), Later)
    time.at += timedelta(seconds=30)
    for _ in range(5):
        await send(stage, token)
    assert len(answered[CASA_VERDE]) == 2


async def test_a_call_held_back_for_its_space_alone_does_not_stop_the_account(
    stage: Stage, time: Time
) -> None:
    token = await stage.page_token()
    meta_tells(stage, sends_a_second=0)
    await send(stage, token)
    time.at += timedelta(seconds=30.08)
    stage.world.faults.plan("messages", Fault(kind=FaultKind.REFUSE, code=2, status=500))  # proves nothing
    await send(stage, token)
    time.at += timedelta(seconds=0.94)
    held = await send(stage, token)
    assert isinstance(held, Later)
    assert (held.error.code, held.asked, held.whole_account) == ("rate_limited", False, False)
    assert held.after == timedelta(seconds=1)


async def test_answers_go_as_fast_as_they_come_while_reading_is_throttled(stage: Stage, time: Time) -> None:
    token = await stage.page_token()
    stage.world.faults.plan("profile", Fault(kind=FaultKind.REFUSE, code=613, status=400))
    assert await read(stage, token) is not None
    stage.world.faults.plan(
        "messages", Fault(kind=FaultKind.REFUSE, code=2, status=500)
    )  # no success between
    await send(stage, token)
    assert isinstance(await send(stage, token), Sent)


async def test_an_automation_that_waits_longer_than_everyone_does_not_make_everyone_wait_as_long(
    stage: Stage, time: Time
) -> None:
    token = await stage.page_token()
    meta_tells(stage, usage_percent={CASA_VERDE: 100}, regain_minutes=1)
    await send(stage, token)
    held = await send(stage, token, Origin.AUTOMATION)
    assert isinstance(held, Later)
    assert (held.after, held.whole_account, held.pauses_for) == (5 * MINUTE, True, MINUTE)


async def test_what_was_refused_and_held_back_is_counted(stage: Stage, time: Time) -> None:
    token = await stage.page_token()
    meta_tells(stage, sends_a_second=0)
    for _ in range(3):
        await send(stage, token)
    assert (stage.calls.meter.refused, stage.calls.meter.held_back) == (1, 2)
