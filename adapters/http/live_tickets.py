"""Tickets for the live connection, and what its address says to whoever asks without upgrading."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Response, get, post
from litestar.params import FromQuery, QueryParameter

from meta_inbox.adapters.http.given import By, Core
from meta_inbox.adapters.http.identity import PUBLIC
from meta_inbox.adapters.http.problems import Rejection
from meta_inbox.adapters.http.request import query
from meta_inbox.adapters.http.wire import utc


class Ticket(msgspec.Struct, kw_only=True):
    """Opens one live connection, within 30 seconds."""

    ticket: str
    expires_at: datetime


@post("/live/tickets", status_code=201)
async def make_ticket(by: By, inbox: Core) -> Ticket:
    """A ticket for ``GET /live?ticket=…``, which a browser cannot send a bearer token with."""
    ticket, expires_at = await inbox.open_live.start(by=by)
    return Ticket(ticket=ticket.reveal(), expires_at=utc(expires_at))


@get("/live", opt={**PUBLIC, **query("ticket", "after")})
async def follow_live(
    ticket: FromQuery[str | None] = None,
    after: Annotated[str | None, QueryParameter(description="the cursor of the last frame seen")] = None,
) -> Response[None]:
    """A WebSocket: the first frame is ``ready`` or ``resync``, each other one an event."""
    del ticket, after
    raise Rejection(
        426,
        "upgrade_required",
        "this address serves WebSockets",
        {"Upgrade": "websocket", "Connection": "Upgrade"},
    )
