"""Calls to graph.facebook.com in the name of one Meta app, and to graph.instagram.com.

Every call to the former proves the app's secret ("Securing Graph API Requests"): ``appsecret_proof`` is an
HMAC of the very token that makes it, and is no secret itself. An Instagram Login's token makes its calls at
the latter, for itself and unproven.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self
from urllib.parse import quote

from meta_inbox.adapters.meta_graph.exchange import (
    READ_DEADLINE,
    SEND_DEADLINE,
    UPLOAD_DEADLINE,
    FilePart,
    HeldBack,
    Lost,
    NotSent,
    Request,
    Transport,
)
from meta_inbox.adapters.meta_graph.graph_errors import TABLE
from meta_inbox.adapters.meta_graph.json_values import as_dict
from meta_inbox.adapters.meta_graph.meter import Caller, Meter
from meta_inbox.adapters.meta_graph.wire import Complaint, read_answer
from meta_inbox.domain.errors import GraphUnavailable
from meta_inbox.domain.model.account import Account, Login
from meta_inbox.domain.model.budget import Priority
from meta_inbox.domain.model.secret import Secret

Json = dict[str, Any]

_DEAD_TOKEN = Complaint(verdict=TABLE[190, None], status=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetaApp:
    """The Meta app of this deployment, or its Instagram app."""

    id: str
    secret: Secret

    @property
    def token(self) -> Secret:
        """The app's own access token."""
        return Secret(f"{self.id}|{self.secret.reveal()}")

    def proof(self, token: Secret) -> str:
        """The appsecret_proof of a token."""
        key, message = self.secret.reveal().encode(), token.reveal().encode()
        return hmac.new(key, message, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphCalls:
    """The Graph API of one version; the deadlines are in seconds, for each call as a whole."""

    transport: Transport = field(repr=False)
    app: MetaApp
    instagram_app: MetaApp | None = None
    base_url: str = "https://graph.facebook.com"
    instagram_base_url: str = "https://graph.instagram.com"
    proves: bool = True
    version: str = "v26.0"
    read_deadline: float = READ_DEADLINE
    send_deadline: float = SEND_DEADLINE
    upload_deadline: float = UPLOAD_DEADLINE
    meter: Meter = field(default_factory=Meter, repr=False)
    caller: Caller = field(default_factory=Caller, repr=False)

    def by(self, caller: Caller) -> Self:
        """The same calls, made for this caller."""
        return replace(self, caller=caller)

    def of(
        self, account: Account, priority: Priority = Priority.PEOPLE, *, sends: bool = False
    ) -> "GraphCalls":
        """The calls as this account's login makes them, counted as the account's own."""
        calls = self.by(Caller.of(account, priority, sends=sends))
        if account.login is Login.FACEBOOK:
            return calls
        return calls.at_instagram()

    def at_instagram(self) -> Self:
        """The same calls at graph.instagram.com, which takes no proof."""
        return replace(self, base_url=self.instagram_base_url, proves=False)

    def url(self, *path: str) -> str:
        """The address of a node and its edge."""
        return "/".join((self.base_url.rstrip("/"), self.version, *(_segment(part) for part in path)))

    async def get(self, *path: str, token: Secret, query: Mapping[str, str] | None = None) -> Json:
        """What the node or edge says. GraphUnavailable, AccessRevoked, RefusedByMeta."""
        return required(await self.try_get(*path, token=token, query=query))

    async def try_get(
        self, *path: str, token: Secret, query: Mapping[str, str] | None = None
    ) -> Json | Complaint:
        """The same, with Meta's complaint as it is. GraphUnavailable when there is no answer."""
        return await self._safely(Request(method="GET", url=self.url(*path), query=query or {}), token)

    async def try_post(self, *path: str, token: Secret, form: Mapping[str, str]) -> Json | Complaint:
        """Changes something, in a call that does no harm when it is made again. GraphUnavailable."""
        return await self._safely(Request(method="POST", url=self.url(*path), form=form), token)

    async def try_do(self, *path: str, token: Secret, json: Mapping[str, Any]) -> Json | Complaint:
        """The same, for what is written as JSON. GraphUnavailable."""
        return await self._safely(Request(method="POST", url=self.url(*path), json=json), token)

    async def delete(self, *path: str, token: Secret) -> Json:
        """Ends something. GraphUnavailable, AccessRevoked, RefusedByMeta."""
        return required(await self._safely(Request(method="DELETE", url=self.url(*path)), token))

    async def try_delete(self, *path: str, token: Secret, json: Mapping[str, Any]) -> Json | Complaint:
        """Ends what the JSON names. GraphUnavailable."""
        return await self._safely(Request(method="DELETE", url=self.url(*path), json=json), token)

    async def send(self, *path: str, token: Secret, json: Mapping[str, Any]) -> Json | Complaint:
        """Does something that must not be done twice, so there is more time for it. NotSent, Lost."""
        request = Request(method="POST", url=self.url(*path), json=json, deadline=self.send_deadline)
        return await self._attempt(request, token)

    async def upload(
        self, *path: str, token: Secret, form: Mapping[str, str], file: FilePart
    ) -> Json | Complaint:
        """Hands a file over, which takes longer and does no harm when it is done again. NotSent, Lost."""
        deadline = self.upload_deadline
        request = Request(method="POST", url=self.url(*path), form=form, file=file, deadline=deadline)
        return await self._attempt(request, token)

    async def exchange(self, form: Mapping[str, str]) -> Json | Complaint:
        """A new token for a code or a token, both of which stay out of the address. GraphUnavailable."""
        client = {"client_id": self.app.id, "client_secret": self.app.secret.reveal()}
        request = Request(method="POST", url=self.url("oauth", "access_token"), form={**client, **form})
        return await self._safely(request, None)

    async def bare(self, request: Request) -> Json | Complaint:
        """A call outside the Graph API's versions, which carries what it needs itself. GraphUnavailable."""
        return await self._safely(request, None)

    async def inspect(self, token: Secret) -> Json | Complaint:
        """What Meta says of a token, which only here must stand in an address. GraphUnavailable."""
        query = {"input_token": token.reveal()}
        found = await self.try_get("debug_token", token=self.app.token, query=query)
        return found if isinstance(found, Complaint) else as_dict(found.get("data")) or {}

    async def _safely(self, request: Request, token: Secret | None) -> Json | Complaint:
        try:
            return await self._attempt(replace(request, deadline=self.read_deadline), token)
        except (NotSent, Lost) as error:
            raise unanswered(error) from error

    async def _attempt(self, request: Request, token: Secret | None) -> Json | Complaint:
        if token is None:
            return await self._metered(request)
        text = token.reveal()
        if not text.isascii() or not text.isprintable() or not text:
            return _DEAD_TOKEN
        if self.proves:
            request = _with(request, {"appsecret_proof": self.app.proof(token)})
        return await self._metered(replace(request, token=token))

    async def _metered(self, request: Request) -> Json | Complaint:
        self.meter.begin(self.caller)
        answer = await self.transport.call(request)
        found = read_answer(answer, self.caller.account_id)
        self.meter.end(self.caller, answer, found if isinstance(found, Complaint) else None)
        return found


def unanswered(error: NotSent | Lost) -> GraphUnavailable:
    """There is no answer, or the call was held back, with how long it must wait."""
    if isinstance(error, HeldBack):
        return GraphUnavailable(str(error), retry_after=error.wait)
    return GraphUnavailable(f"Meta did not answer ({error})")


def own_node(account: Account) -> str:
    """The node that acts for the account: its Page, or itself."""
    return (account.facebook_page_id if account.login is Login.FACEBOOK else None) or "me"


def required(found: Json | Complaint) -> Json:
    """What was found; raises the complaint as the core's error."""
    if isinstance(found, Complaint):
        raise found.as_error()
    return found


def _with(request: Request, more: Mapping[str, str]) -> Request:
    """The request with one more parameter, in its body where it has one."""
    if request.json is not None:
        return replace(request, json={**request.json, **more})
    if request.form is not None:
        return replace(request, form={**request.form, **more})
    return replace(request, query={**request.query, **more})


def _segment(part: str) -> str:
    return quote(part, safe="") if part.strip(".") else "-"
