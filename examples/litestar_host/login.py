"""The CRM's own login: a session in an encrypted cookie. Yours looks people up in its database."""

import os
from dataclasses import dataclass
from hashlib import sha256
from secrets import compare_digest
from typing import Any

from litestar import Request, post
from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult, DefineMiddleware
from litestar.middleware.session.client_side import CookieBackendConfig

from meta_inbox import Connection, Principal

sessions = CookieBackendConfig(secret=sha256(os.environ["CRM_SECRET_KEY"].encode()).digest())


@dataclass
class Credentials:
    """What is typed into the login form."""

    name: str
    password: str


@post("/login", status_code=204)
async def log_in(data: Credentials, request: Request[Any, Any, Any]) -> None:
    """Whoever knows the CRM's password is who they say they are."""
    if not compare_digest(data.password.encode(), os.environ["CRM_PASSWORD"].encode()):
        raise NotAuthorizedException
    request.session["user"] = data.name


async def who_is_it(request: Connection) -> Principal | None:
    """The person of this session. Where several companies share the CRM, the tenant is the user's company."""
    user: str | None = request.session.get("user")
    return Principal("crm", user, name=user) if user else None


class OnlyAgents(AbstractAuthenticationMiddleware):
    """Before the CRM's own routes."""

    async def authenticate_request(
        self, connection: ASGIConnection[Any, Any, Any, Any]
    ) -> AuthenticationResult:
        """401 for whoever is not logged in."""
        found = await who_is_it(connection)
        if found is None:
            raise NotAuthorizedException
        return AuthenticationResult(user=found, auth=None)


logged_in = DefineMiddleware(OnlyAgents, exclude=["^/login$", "^/inbox"])
