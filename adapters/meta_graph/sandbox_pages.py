"""The page on which one plays the contacts, and its scripts and styles; nothing comes from elsewhere."""

from functools import cache
from importlib.resources import files
from typing import Any

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

_ASSETS = files("meta_inbox.adapters.meta_graph.sandbox_assets")
_KINDS = {"html": "text/html", "js": "text/javascript", "css": "text/css"}
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' https: http:; media-src 'self' https: http:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@cache
def _assets() -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in _ASSETS.iterdir() if _kind(one.name) is not None}


def _kind(name: str) -> str | None:
    return _KINDS.get(name.rpartition(".")[2])


def _served(name: str) -> Response[bytes]:
    content = _assets().get(name)
    if content is None:
        raise NotFoundException
    headers = {
        "Content-Security-Policy": _CSP,
        "Cache-Control": "no-cache",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type=_kind(name), headers=headers)


@get("/")
async def index() -> Response[bytes]:
    """The page."""
    return _served("index.html")


@get("/assets/{name:str}")
async def asset(name: FromPath[str]) -> Response[bytes]:
    """One of its scripts or styles; the login dialog shares ``app.css``."""
    return _served(name)


@get("/favicon.ico", status_code=204)
async def icon() -> None:
    """No icon; browsers ask all the same."""


PAGE_ROUTES: list[Any] = [index, asset, icon]
