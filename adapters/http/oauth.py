"""Connecting, as the app's own front end calls it: begin, look at what came of it, complete."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.params import JSONBody, QueryParameter

from meta_inbox.adapters.http.accounts import AccountWire
from meta_inbox.adapters.http.given import By, Core, Links, Options
from meta_inbox.adapters.http.options import HttpOptions
from meta_inbox.adapters.http.problems import Rejection
from meta_inbox.adapters.http.request import query
from meta_inbox.adapters.http.wire import Strict, or_none, utc
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.oauth_state import Candidate, Wanted
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.use_cases.connect_account import RefusedCandidate

RETURN_TO = r"^/([A-Za-z0-9._~!$&'()*+,;=:@%?-][A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?$"


class Started(msgspec.Struct, kw_only=True):
    """Where to send the browser, within a minute."""

    authorization_url: str
    expires_at: datetime


class CandidateWire(msgspec.Struct, kw_only=True):
    """An account that the login made available, or the reason why it did not.

    Its picture is shown once it is connected: until then only Meta has an address of it.
    """

    key: str
    platform: str
    external_id: str | None
    name: str | None
    username: str | None
    profile_picture_url: str | None
    page_name: str | None
    connectable: bool
    reason: str | None

    @classmethod
    def of(cls, candidate: Candidate) -> "CandidateWire":
        """The candidate as the person chooses it."""
        return cls(
            key=candidate.key,
            platform=candidate.platform.value,
            external_id=candidate.external_id,
            name=candidate.name,
            username=candidate.username,
            profile_picture_url=None,
            page_name=candidate.page_name,
            connectable=candidate.connectable,
            reason=candidate.reason.value if candidate.reason else None,
        )


class Candidates(msgspec.Struct, kw_only=True):
    """What a login made available."""

    candidates: list[CandidateWire]


class RefusedWire(msgspec.Struct, kw_only=True):
    """A candidate that was not connected, and why."""

    key: str
    code: str
    detail: str

    @classmethod
    def of(cls, refused: RefusedCandidate) -> "RefusedWire":
        """The refusal as it came out."""
        return cls(key=refused.key, code=refused.code, detail=refused.detail)


class Connected(msgspec.Struct, kw_only=True):
    """What came of a login."""

    connected: list[AccountWire]
    refused: list[RefusedWire]


class CompletionBody(Strict):
    """The handle that the callback page handed over."""

    completion: str


class CompleteBody(Strict):
    """The handle, and the keys of the chosen candidates; none given = every connectable one."""

    completion: str
    keys: list[str] | msgspec.UnsetType = msgspec.UNSET


@get("/oauth/start", opt=query("login", "platform", "return_to"))
async def start(
    *,
    request: Request[Any, Any, Any],
    by: By,
    inbox: Core,
    options: Options,
    login: Annotated[Login, QueryParameter(description="Which of Meta's logins.")] = Login.FACEBOOK,
    platform: Annotated[Wanted, QueryParameter(description="Which accounts are asked for.")] = Wanted.ALL,
    return_to: Annotated[str, QueryParameter(pattern=RETURN_TO, max_length=2048)] = "/",
) -> Started:
    """Begins connecting; the outcome is handed to a page of the request's own origin."""
    ticket = await inbox.connect_account.start(
        by=by,
        login=login,
        wanted=platform,
        return_to=return_to,
        return_origin=_return_origin(request, options),
    )
    url = f"{options.base_url}/oauth/authorize?ticket={ticket.ticket.reveal()}"
    return Started(authorization_url=url, expires_at=utc(ticket.expires_at))


def _return_origin(request: Request[Any, Any, Any], options: HttpOptions) -> str:
    origin = request.headers.get("origin")
    if origin is None:
        return options.origins[0]
    if not options.allows(origin):
        raise Rejection(403, "origin_not_allowed", "this origin is not one of the front end's")
    return origin


@post("/oauth/completions", status_code=200)
async def completions(data: JSONBody[CompletionBody], by: By, inbox: Core) -> Candidates:
    """What the login made available; may be asked as often as one likes until it is completed."""
    found = await inbox.connect_account.candidates(by=by, completion=Secret(data.completion))
    return Candidates(candidates=[CandidateWire.of(candidate) for candidate in found])


@post("/oauth/complete", status_code=200)
async def complete(data: JSONBody[CompleteBody], by: By, inbox: Core, links: Links) -> Connected:
    """Connects the chosen accounts, once; each that was not is named with its reason."""
    outcome = await inbox.connect_account.complete(
        by=by,
        completion=Secret(data.completion),
        keys=or_none(data.keys),
    )
    return Connected(
        connected=[AccountWire.of(account, links) for account in outcome.connected],
        refused=[RefusedWire.of(refused) for refused in outcome.refused],
    )
