"""Who may open a live connection: whoever has a ticket, on a page of the front end's or as a program."""

import asyncio
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from meta_inbox.adapters.http.asgi import Headers, Scope, Send, header_values
from meta_inbox.adapters.http.errors import told
from meta_inbox.adapters.http.options import HttpOptions
from meta_inbox.adapters.http.problems import Rejection, invalid, problem, raw_problem
from meta_inbox.domain.errors import MetaInboxError, NotFound
from meta_inbox.domain.model.live import LivePass
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.ports import Clock
from meta_inbox.domain.use_cases.open_live import OpenLive

CURSOR = re.compile(r"[0-9]{1,18}", re.ASCII)

_TICKET = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_AT_ONCE = 4
"""Tickets that are looked up at the same time: anybody may make one up."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who comes in, what they saw last as they say it, and how many seconds they may stay; None = any."""

    lets_in: LivePass
    after: str | None
    seconds: float | None


class LiveEntry:
    """Uses the ticket up, unless the origin is refused first."""

    def __init__(self, live: OpenLive, options: HttpOptions, clock: Clock) -> None:
        self._live = live
        self._options = options
        self._clock = clock
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def admit(self, scope: Scope) -> Admitted:
        """Rejection 400 or 403; StorageUnavailable."""
        self._require_origin(scope)
        asked = _asked(scope)
        lets_in = await self._enter(asked.get("ticket", ""))
        seconds = None
        if lets_in.ends_at is not None:
            seconds = (lets_in.ends_at - self._clock.now()).total_seconds()
            if seconds <= 0:
                raise _no_entry()
        return Admitted(lets_in, asked.get("after"), seconds)

    def _require_origin(self, scope: Scope) -> None:
        origins = header_values(scope, b"origin")
        if origins and not (len(origins) == 1 and self._options.allows(origins[0].decode("latin-1"))):
            raise Rejection(403, "origin_not_allowed", "this origin is not one of the front end's")

    async def _enter(self, ticket: str) -> LivePass:
        if not _TICKET.fullmatch(ticket):
            raise _no_entry()
        async with self._turns:
            try:
                return await self._live.enter(Secret(ticket))
            except NotFound:
                raise _no_entry() from None


async def deny(scope: Scope, send: Send, refused: Rejection | MetaInboxError, headers: Headers) -> int:
    """Says no before the connection opens: in words where the server can, else by a bare 403; its status."""
    if "websocket.http.response" not in (scope.get("extensions") or {}):
        await send({"type": "websocket.close", "code": 1000})
        return 403
    if isinstance(refused, Rejection):
        found, more = problem(refused.status, refused.code, refused.detail), refused.headers
    else:
        found, more = told(refused) or (problem(503, "unavailable", str(refused)), {})
    status, own, body = raw_problem(found, more)
    await send({"type": "websocket.http.response.start", "status": status, "headers": [*headers, *own]})
    await send({"type": "websocket.http.response.body", "body": body})
    return status


def _asked(scope: Scope) -> dict[str, str]:
    given = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    asked = dict(given)
    if len(asked) != len(given) or not asked.keys() <= {"ticket", "after"}:
        raise invalid("the query takes ticket and after, each once")
    return asked


def _no_entry() -> Rejection:
    return Rejection(403, "ticket_invalid", "the ticket is unknown, used or expired; ask for a new one")
