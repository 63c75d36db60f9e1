"""All that is made to go wrong, and its end."""

from dataclasses import replace

from meta_inbox.adapters.meta_graph.world_chaos import Chaos
from meta_inbox.adapters.meta_graph.world_faults import ANY, Fault, FaultKind
from tests.unit.world_stage import new_world


def test_everything_that_goes_wrong_ends_at_once() -> None:
    world = new_world()
    world.faults.plan(ANY, Fault(kind=FaultKind.DROP), None)
    world.weather.begin(Chaos(rate=1))
    world.quirks = replace(world.quirks, webhooks_lost=True, usage_percent={"*": 95})
    assert world.troubles.odd == {"webhooks_lost": True, "usage_percent": {"*": 95}}
    world.troubles.end()
    assert world.troubles.odd == {}
    assert world.faults.waiting == ()
    assert world.call("messages", lambda: "done").answer == "done"


def test_settings_that_harm_nothing_stay() -> None:
    world = new_world()
    world.quirks = replace(world.quirks, page_size=7, human_agent_approved=False, copies_of_webhooks=3)
    assert world.troubles.odd == {"copies_of_webhooks": 3}
    world.troubles.end()
    assert (world.quirks.page_size, world.quirks.human_agent_approved) == (7, False)
    assert world.quirks.copies_of_webhooks == 1


def test_faults_of_one_kind_can_be_ended_alone() -> None:
    world = new_world()
    for kind in (FaultKind.DROP, FaultKind.DELAY):
        world.faults.plan("messages", Fault(kind=kind))
    world.faults.plan("me", Fault(kind=FaultKind.DROP))
    world.faults.clear("messages", FaultKind.DROP)
    assert [(one.endpoint, one.fault.kind) for one in world.faults.waiting] == [
        ("messages", FaultKind.DELAY),
        ("me", FaultKind.DROP),
    ]
