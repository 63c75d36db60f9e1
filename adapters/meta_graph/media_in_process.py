"""Files of a fake Meta: fetched by the very code that fetches Meta's, over no network."""

import httpx

from meta_inbox.adapters.addresses.guard import AddressGuard
from meta_inbox.adapters.meta_graph.fake import FakeMeta
from meta_inbox.adapters.meta_graph.media_fetch import MediaFetcher
from meta_inbox.adapters.meta_graph.media_source import MetaMediaSource
from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.domain.model.media_rules import MediaHosts

_SOMEWHERE = "157.240.0.1"
"""A public address, to which no connection is made."""


class FakeMediaSource(MetaMediaSource):
    """The media of a fake Meta."""

    def __init__(self, meta: FakeMeta, hosts: tuple[str, ...]) -> None:
        guard = AddressGuard(hosts=MediaHosts(hosts), resolve=_somewhere)
        super().__init__(graph=meta.calls, fetcher=MediaFetcher(guard, carrier=_Carrier(meta.world)))


class _Carrier(httpx.AsyncBaseTransport):
    """Carries requests to the world's CDN; whoever else is asked does not answer."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The world's answer."""
        if not self._world.ground.media_url.endswith(f"//{request.headers['host']}"):
            raise httpx.ConnectError("nobody is there")
        served = self._world.media.answer(request.url.path)
        headers = {"Content-Type": served.kind, "Content-Length": str(len(served.content))}
        if served.location is not None:
            headers["Location"] = served.location
        return httpx.Response(served.status, headers=headers, stream=httpx.ByteStream(served.content))


async def _somewhere(_host: str, _port: int) -> tuple[str, ...]:
    return (_SOMEWHERE,)
