"""Host applications, one of each kind: a login of their own, and something mounted at ``/x``."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

import django
from django.conf import settings as django_settings
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from fastapi import FastAPI
from litestar import Litestar, asgi, post
from litestar import Request as LitestarRequest
from litestar.middleware.session.client_side import CookieBackendConfig
from litestar.types import Receive as LitestarReceive
from litestar.types import Scope as LitestarScope
from litestar.types import Send as LitestarSend
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from meta_inbox import Principal
from meta_inbox.adapters.http.asgi import ASGIApp, Receive, Scope, Send
from meta_inbox.adapters.http.identity import Connection

KEY = "a-key-of-the-hosts-in-these-tests"
TENANT = "t1"
Who = Callable[[Connection], Awaitable[Principal | None]]


async def in_the_session(request: Connection) -> Principal | None:
    """Whom the host's own middleware found."""
    user = cast("dict[str, str]", request.scope["session"]).get("user")
    return Principal(TENANT, user) if user else None


async def in_djangos_cookie(request: Connection) -> Principal | None:
    """The same where Django's middleware is not in the way: its session is opened here."""
    user = SessionStore(request.cookies.get("sessionid")).get("user")
    return Principal(TENANT, user) if user else None


def starlette_host(mounted: ASGIApp) -> ASGIApp:
    """Starlette."""

    async def login(request: Request) -> Response:
        request.session["user"] = "ana"
        return Response()

    return Starlette(
        routes=[Route("/login", login, methods=["POST"]), Mount("/x", app=as_any(mounted))],
        middleware=[Middleware(SessionMiddleware, secret_key=KEY)],
    )


def fastapi_host(mounted: ASGIApp) -> ASGIApp:
    """FastAPI."""
    app = FastAPI()
    app.add_middleware(SessionMiddleware, secret_key=KEY)

    async def login(request: Request) -> Response:
        request.session["user"] = "ana"
        return Response()

    app.add_api_route("/login", login, methods=["POST"])
    app.mount("/x", as_any(mounted))
    return as_any(app)


def litestar_host(mounted: ASGIApp) -> ASGIApp:
    """Litestar, the framework that the API is made of."""

    @post("/login")
    async def login(request: LitestarRequest[Any, Any, Any]) -> None:
        request.session["user"] = "ana"

    @asgi("/x", is_mount=True, copy_scope=True)
    async def inbox(scope: LitestarScope, receive: LitestarReceive, send: LitestarSend) -> None:
        await as_any(mounted)(scope, receive, send)

    sessions = CookieBackendConfig(secret=KEY[:32].encode())
    return as_any(Litestar([login, inbox], middleware=[sessions.middleware], openapi_config=None))


def django_host(mounted: ASGIApp) -> ASGIApp:
    """Django, which serves HTTP alone and mounts nothing: a router before it does."""
    if not django_settings.configured:
        django_settings.configure(
            SECRET_KEY=KEY,
            ALLOWED_HOSTS=["*"],
            ROOT_URLCONF=(path("login", django_login),),
            SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
            MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
            LOGGING_CONFIG=None,
        )
        django.setup()
    inner = get_asgi_application()

    async def routed(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and scope["path"].startswith("/x/"):
            await mounted({**scope, "root_path": "/x"}, receive, send)
        else:
            await as_any(inner)(scope, receive, send)

    return routed


def django_login(request: HttpRequest) -> HttpResponse:
    """A view of Django's."""
    request.session["user"] = "ana"
    return HttpResponse()


def as_any(app: Any) -> Any:
    """Each framework has types of its own for one and the same protocol."""
    return app


HOSTS: dict[str, tuple[Callable[[ASGIApp], ASGIApp], Who]] = {
    "starlette": (starlette_host, in_the_session),
    "fastapi": (fastapi_host, in_the_session),
    "litestar": (litestar_host, in_the_session),
    "django": (django_host, in_djangos_cookie),
}
