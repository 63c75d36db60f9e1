"""Faults by chance over the control API."""

from typing import Annotated

import msgspec
from litestar import delete, get, post
from litestar.params import FromQuery, JSONBody

from meta_inbox.adapters.meta_graph.sandbox_bodies import Strict
from meta_inbox.adapters.meta_graph.sandbox_given import TheWorld
from meta_inbox.adapters.meta_graph.world_chaos import MISHAPS, Chaos, Mishap
from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind
from meta_inbox.adapters.meta_graph.world_values import Json


class NewMishap(Strict):
    """One way in which calls go wrong, as a planned fault is said."""

    kind: FaultKind
    weight: Annotated[float, msgspec.Meta(gt=0)] = 1
    seconds: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 0
    code: int = 2
    subcode: int | None = None
    status: Annotated[int, msgspec.Meta(ge=400, le=599)] = 500

    def mishap(self) -> Mishap:
        """The world's word for it."""
        fault = Fault(
            kind=self.kind, seconds=self.seconds, code=self.code, subcode=self.subcode, status=self.status
        )
        return Mishap(fault=fault, weight=self.weight)


class NewChaos(Strict):
    """The share of an endpoint's calls that goes wrong; without mishaps, in every way there is."""

    rate: Annotated[float, msgspec.Meta(ge=0, le=1)]
    endpoint: str = "messages"
    seed: int = 0
    mishaps: tuple[NewMishap, ...] = ()


@get("/chaos")
async def see_chaos(world: TheWorld) -> Json:
    """What reigns, and how often calls met what."""
    return {"reigning": world.weather.reigning, "met": world.weather.met}


@post("/chaos")
async def begin_chaos(data: JSONBody[NewChaos], world: TheWorld) -> tuple[Chaos, ...]:
    """Has a share of the calls go wrong, until it is ended."""
    mishaps = tuple(one.mishap() for one in data.mishaps) or MISHAPS
    world.weather.begin(Chaos(endpoint=data.endpoint, rate=data.rate, seed=data.seed, mishaps=mishaps))
    return world.weather.reigning


@delete("/chaos")
async def end_chaos(world: TheWorld, endpoint: FromQuery[str | None] = None) -> None:
    """Calm, at one endpoint or everywhere."""
    world.weather.end(endpoint)


CHAOS_ROUTES = (see_chaos, begin_chaos, end_chaos)
