"""Faults by chance: their share, their seed, and what becomes of the calls that meet them."""

from collections import Counter
from typing import Any

import pytest

from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_chaos import MISHAPS, Chaos, Mishap, Weather
from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind
from tests.unit.world_stage import new_world

DROPS = (Mishap(fault=Fault(kind=FaultKind.DROP)),)


def met(weather: Weather, calls: int = 2000, endpoint: str = "messages") -> list[Fault | None]:
    return [weather.fault(endpoint) for _ in range(calls)]


def test_the_share_of_calls_and_every_kind_come() -> None:
    weather = Weather()
    weather.begin(Chaos(rate=0.2, seed=1))
    faults = [fault for fault in met(weather, 50_000) if fault]
    assert 9500 < len(faults) < 10_500
    assert {one.fault for one in MISHAPS} == set(faults)
    assert sum(weather.met.values()) == len(faults)
    assert weather.met["accept_then_hang"] > weather.met["token_dies"] > weather.met["throttle 80006"] > 0


def test_the_same_seed_tells_the_same_story() -> None:
    one, two, other = Weather(), Weather(), Weather()
    for weather, seed in ((one, 7), (two, 7), (other, 8)):
        weather.begin(Chaos(rate=0.3, seed=seed))
    assert met(one) == met(two) != met(other)


def test_one_endpoint_is_met_and_can_be_calmed() -> None:
    weather = Weather()
    weather.begin(Chaos(rate=1, mishaps=DROPS))
    assert Counter(map(bool, met(weather, 5, "profile"))) == {False: 5}
    assert Counter(map(bool, met(weather, 5))) == {True: 5}
    weather.end("messages")
    assert weather.reigning == ()
    assert Counter(map(bool, met(weather, 5))) == {False: 5}
    assert weather.met == {"drop": 5}


@pytest.mark.parametrize(
    "wrong", [{"rate": 1.5}, {"rate": -0.1}, {"rate": 0.5, "mishaps": ()}, {"rate": 0.5, "endpoint": "moon"}]
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"chaos needs|no endpoint"):
        Weather().begin(Chaos(**wrong))


def test_a_planned_fault_comes_before_chance() -> None:
    world: World = new_world()
    world.weather.begin(Chaos(rate=1, mishaps=DROPS))
    planned = Fault(kind=FaultKind.HTML_503)
    world.faults.plan("messages", planned)
    assert world.faults.take("messages") == planned
    assert world.faults.take("messages") == DROPS[0].fault
