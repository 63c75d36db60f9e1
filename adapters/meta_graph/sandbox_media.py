"""Meta's CDN over HTTP: the files that contacts send, made-up profile pictures and scenes."""

from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from meta_inbox.adapters.meta_graph.world_media import AVATARS, FILES, SCENERY, Media, Served


def media_routes(media: Media) -> list[Any]:
    """Where files are fetched."""

    @get(f"{FILES}{{name:str}}")
    async def photo(name: FromPath[str]) -> Response[bytes]:
        return _response(media.answer(f"{FILES}{name}"))

    @get(f"{AVATARS}{{name:str}}")
    async def avatar(name: FromPath[str]) -> Response[bytes]:
        return _response(media.answer(f"{AVATARS}{name}"))

    @get(f"{SCENERY}{{name:str}}")
    async def scene(name: FromPath[str]) -> Response[bytes]:
        return _response(media.answer(f"{SCENERY}{name}"))

    return [photo, avatar, scene]


def _response(served: Served) -> Response[bytes]:
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'"}
    if served.location is not None:
        headers["Location"] = served.location
    return Response(served.content, status_code=served.status, media_type=served.kind, headers=headers)
