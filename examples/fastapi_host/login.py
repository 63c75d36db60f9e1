"""The CRM's own login: a session in a signed cookie. Yours looks people up in its database."""

import os
from secrets import compare_digest
from typing import Any, cast

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel

from meta_inbox import Connection, Principal

router = APIRouter()


class Credentials(BaseModel):
    """What is typed into the login form."""

    name: str
    password: str


@router.post("/login", status_code=204)
async def log_in(given: Credentials, request: Request) -> None:
    """Whoever knows the CRM's password is who they say they are."""
    if not compare_digest(given.password.encode(), os.environ["CRM_PASSWORD"].encode()):
        raise HTTPException(401)
    request.session["user"] = given.name


async def agent(request: Request) -> Principal:
    """For routes of the CRM's own; 401 for whoever is not logged in."""
    found = _principal(request.session)
    if found is None:
        raise HTTPException(401)
    return found


async def who_is_it(request: Connection) -> Principal | None:
    """For the mounted API: the session middleware is in front of it too."""
    return _principal(cast("dict[str, Any]", request.scope["session"]))


def _principal(session: dict[str, Any]) -> Principal | None:
    # Where several companies share the CRM, the tenant is the user's company.
    user: str | None = session.get("user")
    return Principal("crm", user, name=user) if user else None
