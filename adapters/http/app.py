"""Assembly of the HTTP adapter."""

from collections.abc import Mapping
from functools import cache
from typing import cast

from litestar import HttpMethod, Litestar, Response, Router, get, route
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.types import ControllerRouterHandler

from meta_inbox.adapters.http import (
    accounts,
    actions,
    callbacks,
    canned_replies,
    capabilities,
    comments,
    conversations,
    health,
    live_tickets,
    me,
    media,
    messenger_profile,
    oauth,
    oauth_callback,
    outcomes,
    send_message,
    uploads,
    webhook_deliveries,
    webhook_endpoints,
)
from meta_inbox.adapters.http.asgi import ASGIApp
from meta_inbox.adapters.http.errors import problem_handler
from meta_inbox.adapters.http.event_wire import event_frame
from meta_inbox.adapters.http.front import Front, security_headers
from meta_inbox.adapters.http.given import given
from meta_inbox.adapters.http.identity import PUBLIC, Gate, Identity
from meta_inbox.adapters.http.live import LiveRoute
from meta_inbox.adapters.http.live_entry import LiveEntry
from meta_inbox.adapters.http.live_hub import Encode, LiveHub
from meta_inbox.adapters.http.media_urls import MediaLinks, MediaUrls
from meta_inbox.adapters.http.observe import Metrics
from meta_inbox.adapters.http.openapi import document
from meta_inbox.adapters.http.options import API_PATH, HttpOptions
from meta_inbox.adapters.http.rate_limit import RateLimiter
from meta_inbox.adapters.http.request import StrictRequest
from meta_inbox.adapters.http.web_app import WebApp
from meta_inbox.adapters.http.webhook import WebhookRoute
from meta_inbox.domain.inbox import Inbox
from meta_inbox.domain.model.event import Event
from meta_inbox.domain.ports import Clock, EventHints, EventLog, Readiness


def create_app(
    *,
    inbox: Inbox,
    identity: Identity,
    options: HttpOptions,
    readiness: Readiness,
    clock: Clock,
    events: EventLog,
    hints: EventHints,
    metrics: Metrics | None = None,
    web: Mapping[str, bytes] | None = None,
) -> Front:
    """The HTTP API as an ASGI app; ``metrics`` is given when others count into the same registry.

    ``web``: the web app's files by path, to be served as well; none of them = it was not built.
    """
    counted = metrics or Metrics()
    urls = MediaUrls(base_url=options.base_url, keys=options.media_keys)
    room = uploads.UploadRoom()
    dependencies = {
        **given(inbox=inbox, options=options, clock=clock, urls=urls),
        "readiness": Provide(lambda: readiness, sync_to_thread=False),
        "room": Provide(lambda: room, sync_to_thread=False),
        "registry": Provide(lambda: counted.registry, sync_to_thread=False),
    }
    api = Litestar(
        [*_handlers(dependencies), _schema(dependencies, options)],
        middleware=[Gate(identity, RateLimiter(options.rate_limit), urls, clock)],
        exception_handlers={Exception: problem_handler},
        request_class=StrictRequest,
        request_max_body_size=options.max_body,
        openapi_config=None,
        logging_config=None,
    )
    headers = security_headers(options)
    webhook = WebhookRoute(inbox.receive_webhook_event, options, counted, headers)
    entry = LiveEntry(inbox.open_live, options, clock)
    live = LiveRoute(entry, LiveHub(events, hints, _encoder(urls, clock)), counted, headers)
    shown = None if web is None else WebApp(web, options)
    return Front(cast("ASGIApp", api), webhook, live, options, counted, web=shown)


def _encoder(urls: MediaUrls, clock: Clock) -> Encode:
    def encode(event: Event) -> bytes:
        now = clock.now()
        return event_frame(event, now, MediaLinks(urls, now))

    return encode


def _handlers(dependencies: dict[str, Provide]) -> list[ControllerRouterHandler]:
    api = Router(
        API_PATH,
        dependencies=dependencies,
        route_handlers=[
            oauth.start,
            oauth_callback.authorize,
            oauth_callback.callback,
            oauth_callback.callback_instagram,
            oauth_callback.callback_script,
            oauth_callback.callback_style,
            callbacks.deauthorize,
            callbacks.delete_data,
            callbacks.show_deletion,
            oauth.completions,
            oauth.complete,
            _allowing("/accounts/{account:str}", "DELETE", "GET"),
            accounts.list_accounts,
            accounts.get_account,
            accounts.disconnect_account,
            accounts.check_health,
            me.who_am_i,
            capabilities.list_capabilities,
            send_message.send_message,
            outcomes.check_message,
            outcomes.resend_message,
            comments.private_reply,
            comments.public_reply,
            comments.hide_comment,
            conversations.list_conversations,
            _allowing(conversations.CONVERSATION, "DELETE", "GET"),
            conversations.get_conversation,
            conversations.delete_contact,
            conversations.list_messages,
            conversations.mark_read,
            actions.show_typing,
            _allowing(actions.REACTION, "DELETE", "POST"),
            actions.react,
            actions.take_reaction_back,
            actions.control_thread,
            _allowing(messenger_profile.PROFILE, "GET", "PUT"),
            messenger_profile.get_messenger_profile,
            messenger_profile.set_messenger_profile,
            media.get_media,
            uploads.upload_media,
            _allowing(canned_replies.CANNED_REPLIES, "GET", "POST"),
            canned_replies.list_canned_replies,
            canned_replies.create_canned_reply,
            _allowing(canned_replies.CANNED_REPLY, "DELETE", "PATCH"),
            canned_replies.change_canned_reply,
            canned_replies.delete_canned_reply,
            live_tickets.make_ticket,
            live_tickets.follow_live,
            _allowing(webhook_endpoints.ENDPOINTS, "GET", "POST"),
            webhook_endpoints.list_webhook_endpoints,
            webhook_endpoints.create_webhook_endpoint,
            _allowing(webhook_endpoints.ENDPOINT, "DELETE", "PATCH"),
            webhook_endpoints.update_webhook_endpoint,
            webhook_endpoints.delete_webhook_endpoint,
            webhook_endpoints.rotate_webhook_secret,
            webhook_endpoints.test_webhook_endpoint,
            webhook_deliveries.list_webhook_deliveries,
            webhook_deliveries.replay_webhook_deliveries,
        ],
    )
    root = Router("/", dependencies=dependencies, route_handlers=[health.live, health.ready, health.metrics])
    return [api, root]


def _allowing(path: str, *methods: str) -> HTTPRouteHandler:
    """Answers OPTIONS for an address with several methods, of which the framework would name only one."""

    @route(path, http_method=HttpMethod.OPTIONS, include_in_schema=False)
    async def allowing() -> Response[None]:
        return Response(None, status_code=204, headers={"Allow": ", ".join((*methods, "OPTIONS"))})

    return allowing


def _schema(dependencies: dict[str, Provide], options: HttpOptions) -> ControllerRouterHandler:
    @cache
    def described() -> bytes:
        return document([*_handlers(dependencies), openapi_document], options)

    @get(f"{API_PATH}/schema/openapi.json", media_type="application/json", opt=PUBLIC)
    async def openapi_document() -> Response[bytes]:
        """This document."""
        return Response(described(), media_type="application/json")

    return openapi_document
