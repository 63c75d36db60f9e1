"""What every handler of the sandbox may ask for by name, and who may call them."""

from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.di import NamedDependency, Provide
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.params import SkipValidation

from meta_inbox.adapters.meta_graph.sandbox_delivery import Courier
from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_media import Media

TheWorld = NamedDependency[SkipValidation[World]]
TheCourier = NamedDependency[SkipValidation[Courier]]
TheMedia = NamedDependency[SkipValidation[Media]]


def given(world: World, courier: Courier) -> dict[str, Provide]:
    """The dependencies of the handlers."""
    return {
        "world": Provide(lambda: world, sync_to_thread=False),
        "courier": Provide(lambda: courier, sync_to_thread=False),
        "media": Provide(lambda: world.media, sync_to_thread=False),
    }


def own_pages_only(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Refuses what a page of another origin sends; a program sends no Origin."""
    origin = connection.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != connection.headers.get("host"):
        raise PermissionDeniedException("the sandbox is played from its own page")
