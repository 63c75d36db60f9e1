"""The page on which one plays the contact, and its script and style; nothing comes from elsewhere."""

from functools import cache
from importlib.resources import files
from typing import Any

from litestar import Response, get

_PACKAGE = "meta_inbox.adapters.meta_graph.sandbox_assets"
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' https: http:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@cache
def _asset(name: str) -> bytes:
    return files(_PACKAGE).joinpath(name).read_bytes()


def _served(name: str, media_type: str) -> Response[bytes]:
    headers = {
        "Content-Security-Policy": _CSP,
        "Cache-Control": "no-cache",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(_asset(name), media_type=media_type, headers=headers)


@get("/")
async def index() -> Response[bytes]:
    """The page."""
    return _served("index.html", "text/html")


@get("/app.js")
async def script() -> Response[bytes]:
    """Its script."""
    return _served("app.js", "text/javascript")


@get("/words.js")
async def words() -> Response[bytes]:
    """Its texts."""
    return _served("words.js", "text/javascript")


@get("/app.css")
async def style() -> Response[bytes]:
    """Its style, which the login dialog shares."""
    return _served("app.css", "text/css")


@get("/favicon.ico", status_code=204)
async def icon() -> None:
    """No icon; browsers ask all the same."""


PAGE_ROUTES: list[Any] = [index, script, words, style, icon]
