"""The Graph API over HTTP: which path is which call. Raw ASGI, since its faults need the connection."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from litestar.types import HTTPScope, Receive, Send

from meta_inbox.adapters.meta_graph.sandbox_actions import action_call
from meta_inbox.adapters.meta_graph.sandbox_answer import Answer, play
from meta_inbox.adapters.meta_graph.sandbox_request import GraphRequest, read_request
from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_errors import GraphError, invalid_parameter
from meta_inbox.adapters.meta_graph.world_faults import Attempt, FaultKind
from meta_inbox.adapters.meta_graph.world_instagram import renamed
from meta_inbox.adapters.meta_graph.world_values import Json

_DEAD_TOKEN = 190

Act = Callable[[], Json]
Handshake = Callable[[str, str], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class _Call:
    """A call by its endpoint's name, and what it does."""

    endpoint: str
    act: Act


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphHttp:
    """Serves the world's Graph API; ``handshake`` verifies a callback URL with its verify token."""

    world: World
    handshake: Handshake

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """One call."""
        try:
            request = self._by_own_names(await read_request(scope, receive))
            call = self._call(request)
        except GraphError as error:
            attempt: Attempt[Json] = self.world.call_under(None, partial(_raise, error))
            await Answer.of(attempt, self.world.ground.version, {}).send(send)
            return
        fault = self.world.faults.take(call.endpoint)
        if fault is not None and fault.kind is FaultKind.DELAY:
            await asyncio.sleep(fault.seconds)
        if fault is not None and fault.kind is FaultKind.TOKEN_DIES:
            self.world.access.kill(request.caller.token, fault.subcode)
        refusal = await self._unverified(request, call)
        attempt = self.world.call_under(fault, lambda: self._act(request, call, refusal))
        if request.host == "instagram" and attempt.answer is not None:
            attempt = replace(attempt, answer=renamed(attempt.answer, self.world.instagram.scoped()))
        if request.host == "instagram" and attempt.error is not None and attempt.error.code != _DEAD_TOKEN:
            attempt.error.type = "IGApiException"
        if fault is not None and fault.kind is FaultKind.ANSWER_LATE:
            await asyncio.sleep(fault.seconds)
        await play(fault, self._answer(request, attempt), receive, send)

    def _by_own_names(self, request: GraphRequest) -> GraphRequest:
        """The app of Instagram Login may know contacts by other ids."""
        own = {theirs: ours for ours, theirs in self.world.instagram.scoped().items()}
        if request.host == "facebook" or not own:
            return request
        path = tuple(own.get(part, part) for part in request.path)
        return replace(request, path=path, params=renamed(dict(request.params), own))

    def _answer(self, request: GraphRequest, attempt: Attempt[Json]) -> Answer:
        limits = self.world.limits
        account = limits.account_of(request.path, request.params)
        fault = attempt.fault
        throttled = fault is not None and fault.kind is FaultKind.THROTTLE
        usage = limits.headers(account, timedelta(seconds=fault.seconds) if fault and throttled else None)
        return Answer.of(attempt, self.world.ground.version, usage)

    def _act(self, request: GraphRequest, call: _Call, refusal: GraphError | None) -> Json:
        if self.world.quirks.refuse_secrets_in_urls:
            request.require_no_secret_in_url()
        return call.act() if refusal is None else _raise(refusal)

    async def _unverified(self, request: GraphRequest, call: _Call) -> GraphError | None:
        """Why an app-level subscription is refused: its callback must answer the verify handshake."""
        if (call.endpoint, request.method) != ("subscriptions", "POST"):
            return None
        try:
            self.world.access.require_app(request.caller)
        except GraphError as error:
            return error
        if await self.handshake(request.text("callback_url"), request.text("verify_token")):
            return None
        return GraphError(2200, "(#2200) Callback verification failed: the challenge was not answered.")

    def _call(self, request: GraphRequest) -> _Call:
        """The call that the path names. GraphError for a path that names none."""
        readers = (self._login_call, self._comment_call, self._send_call, self._page_call)
        call = next((found for read in readers if (found := read(request))), None)
        if call is None and (action := action_call(self.world, request)) is not None:
            call = _Call(*action)
        if call is None:
            raise GraphError(2500, "Unknown path components: /" + "/".join(request.path))
        return call

    def _login_call(self, request: GraphRequest) -> _Call | None:
        world = self.world
        params = {name: request.text(name) for name in request.params}
        if request.host == "instagram":
            return self._instagram_login_call(request, params)
        match request.path:
            case ("oauth", "access_token"):
                return _Call("oauth_access_token", lambda: world.oauth.access_token(params))
            case ("debug_token",):
                token = request.text("input_token")
                return _Call("debug_token", lambda: world.permissions.debug_token(request.caller, token))
            case ("me", "permissions", *rest):
                return _Call("me_permissions", self._permissions(request, rest))
            case (app_id, "subscriptions") if app_id == world.ground.app_id:
                return _Call("subscriptions", self._subscriptions(request))
            case _:
                return None

    def _instagram_login_call(self, request: GraphRequest, params: dict[str, str]) -> _Call | None:
        login = self.world.instagram_login
        match (request.method, *request.path):
            case ("POST", "oauth", "access_token"):
                return _Call("oauth_access_token", lambda: login.exchange(params))
            case ("GET", "access_token"):
                return _Call("access_token", lambda: login.long_lived(params))
            case ("GET", "refresh_access_token"):
                return _Call("refresh_access_token", lambda: login.refresh(params))
            case (_, "access_token" | "refresh_access_token"):
                raise _unsupported(request)
            case _:
                return None

    def _comment_call(self, request: GraphRequest) -> _Call | None:
        comments = self.world.comments
        if request.method != "POST":
            return None
        match request.path:
            case (comment, "replies" | "comments" as edge):
                text = request.text("message")
                return _Call("comment_replies", lambda: comments.reply(request.caller, comment, edge, text))
            case (comment,):
                params = dict(request.params)
                return _Call("comment", lambda: comments.hide(request.caller, comment, params))
            case _:
                return None

    def _send_call(self, request: GraphRequest) -> _Call | None:
        caller, world = request.caller, self.world
        match (request.method, *request.path):
            case ("POST", page_id, "messages"):
                return _Call("messages", partial(world.messages.send, caller, page_id, request.object()))
            case ("POST", page_id, "message_attachments"):
                body, file = request.object(), request.file
                act = partial(world.attachments.upload, caller, page_id, body, file)
                return _Call("message_attachments", act)
            case _:
                return None

    def _page_call(self, request: GraphRequest) -> _Call | None:
        match request.path:
            case (_, "accounts"):
                return _Call("me_accounts", lambda: self._accounts(request))
            case (page_id, "subscribed_apps"):
                return _Call("subscribed_apps", self._subscribed_apps(request, page_id))
            case (page_id, "conversations"):
                return _Call("conversations", lambda: self._conversations(request, page_id))
            case (node,) if request.method == "GET":
                return self._node(request, node)
            case _:
                return None

    def _node(self, request: GraphRequest, node: str) -> _Call:
        caller, fields, world = request.caller, request.text("fields"), self.world
        if request.host == "instagram" and node in ("me", *world.ground.state.instagram):
            return _Call("me", lambda: world.instagram.me(caller, node, fields))
        if node == "me":
            return _Call("me", lambda: world.pages.me(caller, fields))
        if node in world.ground.state.pages:
            return _Call("page", lambda: world.pages.node(caller, node, fields))
        if world.conversations.is_node(node):
            return _Call("node", lambda: world.conversations.node(caller, node, fields))
        return _Call("profile", lambda: world.conversations.profile(caller, node, fields))

    def _permissions(self, request: GraphRequest, rest: list[str]) -> Act:
        permissions = self.world.permissions
        match request.method:
            case "GET" if not rest:
                return lambda: permissions.list(request.caller)
            case "DELETE":
                return lambda: permissions.revoke(request.caller, rest[0] if rest else None)
            case _:
                raise _unsupported(request)

    def _accounts(self, request: GraphRequest) -> Json:
        return self.world.pages.accounts(
            request.caller,
            fields=request.text("fields"),
            limit=request.number("limit", 25),
            after=request.text("after") or None,
        )

    def _subscribed_apps(self, request: GraphRequest, page_id: str) -> Act:
        by_page, by_login = self.world.subscriptions, self.world.instagram
        subscriptions = by_page if request.host == "facebook" else by_login
        caller = request.caller
        match request.method:
            case "POST":
                fields = request.words("subscribed_fields")
                return lambda: subscriptions.install(caller, page_id, fields)
            case "GET":
                return lambda: subscriptions.installed(caller, page_id)
            case "DELETE":
                return lambda: subscriptions.uninstall(caller, page_id)
            case _:
                raise _unsupported(request)

    def _conversations(self, request: GraphRequest, page_id: str) -> Json:
        return self.world.conversations.list(
            request.caller,
            page_id,
            platform=request.text("platform", "messenger"),
            user_id=request.text("user_id") or None,
            fields=request.text("fields"),
            limit=request.number("limit", 25),
            after=request.text("after") or None,
        )

    def _subscriptions(self, request: GraphRequest) -> Act:
        subscriptions, caller, object_ = self.world.subscriptions, request.caller, request.text("object")
        match request.method:
            case "POST":
                fields, url = request.words("fields"), request.text("callback_url")
                if not url:
                    raise invalid_parameter("The parameter callback_url is required.")
                return lambda: subscriptions.subscribe_app(caller, object_, fields, url)
            case "GET":
                return lambda: subscriptions.app_subscriptions(caller)
            case "DELETE":
                return lambda: subscriptions.unsubscribe_app(caller, object_ or None)
            case _:
                raise _unsupported(request)


def _unsupported(request: GraphRequest) -> GraphError:
    return GraphError(100, f"Unsupported {request.method.lower()} request.", subcode=33)


def _raise(error: GraphError) -> Json:
    raise error
