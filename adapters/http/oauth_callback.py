"""Connecting, as the person's browser sees it: off to Meta's dialog, and back."""

import re
from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.datastructures import Cookie

from meta_inbox.adapters.http.errors import retry_after
from meta_inbox.adapters.http.given import Core, Options
from meta_inbox.adapters.http.identity import PUBLIC
from meta_inbox.adapters.http.oauth_pages import (
    CALLBACK_CSS,
    CALLBACK_JS,
    PAGE_CSP,
    PageContext,
    failure_page,
    success_page,
)
from meta_inbox.adapters.http.oauth_texts import preferred
from meta_inbox.adapters.http.options import HttpOptions
from meta_inbox.domain.errors import ConnectFailed, Unavailable
from meta_inbox.domain.inbox import Inbox
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.secret import Secret

_HANDLE = re.compile(r"[A-Za-z0-9_-]{43}")
_COOKIE_LIFE = 3600
_CANCELLED = frozenset({"access_denied", "user_denied", "user_cancelled_login"})


def _cookie_name(options: HttpOptions) -> str:
    return "__Host-meta_inbox_browser" if options.secure else "meta_inbox_browser"


def _browser(request: Request[Any, Any, Any], options: HttpOptions) -> Secret | None:
    return _handle(request.cookies.get(_cookie_name(options)))


def _handle(text: str | None) -> Secret | None:
    return Secret(text) if text and _HANDLE.fullmatch(text) else None


def _one(request: Request[Any, Any, Any], name: str) -> str | None:
    """The parameter's value when it is there exactly once."""
    values = request.query_params.getall(name, [])
    return values[0] if len(values) == 1 else None


def _context(request: Request[Any, Any, Any], options: HttpOptions, origin: str | None = None) -> PageContext:
    return PageContext(
        base_path=options.base_path,
        language=preferred(request.headers.get("accept-language", "")),
        origins=(origin,) if origin else options.origins,
    )


def _html(page: str, status: int = 200, headers: dict[str, str] | None = None) -> Response[str]:
    policy = {"Content-Security-Policy": PAGE_CSP, **(headers or {})}
    return Response(page, status_code=status, media_type=MediaType.HTML, headers=policy)


def _failed(
    request: Request[Any, Any, Any], options: HttpOptions, error: ConnectFailed | Unavailable
) -> Response[str]:
    """The readable page; an unknown beginning is told to every allowed origin, and to no other."""
    if isinstance(error, ConnectFailed):
        page = failure_page(error.code, error.detail, _context(request, options, error.return_origin))
        return _html(page, 502 if error.by_meta else 400)
    page = failure_page("unavailable", "the service did not answer", _context(request, options))
    return _html(page, 503, retry_after(error))


@get("/oauth/authorize", status_code=302, opt=PUBLIC)
async def authorize(request: Request[Any, Any, Any], inbox: Core, options: Options) -> Response[Any]:
    """Sends the browser to Meta's dialog and binds the login to that browser."""
    ticket = _one(request, "ticket")
    try:
        sent = await inbox.connect_account.authorize(
            ticket=Secret(ticket or ""), browser=_browser(request, options)
        )
    except (ConnectFailed, Unavailable) as error:
        return _failed(request, options, error)
    cookie = Cookie(
        key=_cookie_name(options),
        value=sent.browser.reveal(),
        max_age=_COOKIE_LIFE,
        path="/",
        secure=options.secure,
        httponly=True,
        samesite="lax",
    )
    return Response(None, status_code=302, headers={"Location": sent.dialog_url}, cookies=[cookie])


async def _callback(
    request: Request[Any, Any, Any], inbox: Inbox, options: HttpOptions, login: Login
) -> Response[str]:
    error = _one(request, "error")
    code = None if "error" in request.query_params else _one(request, "code")
    try:
        authorized = await inbox.connect_account.callback(
            login=login,
            state=_handle(_one(request, "state")),
            code=Secret(code) if code else None,
            browser=_browser(request, options),
            cancelled=error in _CANCELLED,
        )
    except (ConnectFailed, Unavailable) as failure:
        return _failed(request, options, failure)
    return _html(success_page(authorized, _context(request, options)))


@get("/oauth/callback", media_type=MediaType.HTML, opt=PUBLIC)
async def callback(request: Request[Any, Any, Any], inbox: Core, options: Options) -> Response[str]:
    """Where Facebook Login returns to, with ``state`` and ``code`` or ``error``."""
    return await _callback(request, inbox, options, Login.FACEBOOK)


@get("/oauth/callback/instagram", media_type=MediaType.HTML, opt=PUBLIC)
async def callback_instagram(request: Request[Any, Any, Any], inbox: Core, options: Options) -> Response[str]:
    """Where Instagram Login returns to: its own address, so that no code is taken for the other login's."""
    return await _callback(request, inbox, options, Login.INSTAGRAM)


@get("/oauth/callback.js", media_type="text/javascript", opt=PUBLIC)
async def callback_script() -> Response[bytes]:
    """The script of the callback page."""
    return Response(CALLBACK_JS, media_type="text/javascript")


@get("/oauth/callback.css", media_type=MediaType.CSS, opt=PUBLIC)
async def callback_style() -> Response[bytes]:
    """The style of the callback page."""
    return Response(CALLBACK_CSS, media_type=MediaType.CSS)
