"""Which path is which call, for what a business does beside messages."""

from collections.abc import Callable

from meta_inbox.adapters.meta_graph.sandbox_request import GraphRequest
from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_routing import EDGES
from meta_inbox.adapters.meta_graph.world_values import Json

Named = tuple[str, Callable[[], Json]]


def action_call(world: World, request: GraphRequest) -> Named | None:
    """The endpoint's name and what the call does; None for a path of others."""
    match request.path:
        case (node, edge) if request.method == "POST" and edge in EDGES:
            body = request.object()
            return "thread_control", lambda: world.routing.control(request.caller, node, edge, body)
        case (node, "thread_owner") if request.method == "GET":
            recipient = request.text("recipient")
            return "thread_control", lambda: world.routing.owner(request.caller, node, recipient)
        case (node, "messenger_profile"):
            return _profile_call(world, request, node)
        case _:
            return None


def _profile_call(world: World, request: GraphRequest, node: str) -> Named | None:
    profiles, caller = world.profiles, request.caller
    platform, fields = request.text("platform", "messenger"), request.words("fields")
    match request.method:
        case "GET":
            return "messenger_profile", lambda: profiles.get(caller, node, platform, fields)
        case "POST":
            return "messenger_profile", lambda: profiles.set(caller, node, dict(request.params))
        case "DELETE":
            return "messenger_profile", lambda: profiles.delete(caller, node, platform, fields)
        case _:
            return None
