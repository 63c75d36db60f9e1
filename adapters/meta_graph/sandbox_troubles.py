"""Having Meta go wrong over the control API: planned faults, and an end to everything that does."""

import msgspec
from litestar import delete, get, post
from litestar.params import FromQuery, JSONBody

from meta_inbox.adapters.meta_graph.sandbox_bodies import NewFault
from meta_inbox.adapters.meta_graph.sandbox_given import TheWorld
from meta_inbox.adapters.meta_graph.sandbox_view import troubles
from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind, PlannedFault
from meta_inbox.adapters.meta_graph.world_values import Json


@get("/faults")
async def list_faults(world: TheWorld) -> tuple[PlannedFault, ...]:
    """What is still to go wrong."""
    return world.faults.waiting


@post("/faults")
async def plan_fault(data: JSONBody[NewFault], world: TheWorld) -> tuple[PlannedFault, ...]:
    """Has calls go wrong."""
    asked = msgspec.structs.asdict(data)
    endpoint, count = asked.pop("endpoint"), asked.pop("count")
    world.faults.plan(endpoint, Fault(**asked), count)
    return world.faults.waiting


@delete("/faults")
async def clear_faults(
    world: TheWorld, endpoint: FromQuery[str | None] = None, kind: FromQuery[FaultKind | None] = None
) -> None:
    """Nothing goes wrong any more, at one endpoint or anywhere, in one way or any."""
    world.faults.clear(endpoint, kind)


@get("/troubles")
async def see_troubles(world: TheWorld) -> Json:
    """All that is made to go wrong."""
    return troubles(world)


@delete("/troubles")
async def end_troubles(world: TheWorld) -> None:
    """Nothing is made to go wrong any more."""
    world.troubles.end()


TROUBLE_ROUTES = (list_faults, plan_fault, clear_faults, see_troubles, end_troubles)
