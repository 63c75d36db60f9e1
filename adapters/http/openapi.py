"""The OpenAPI document: parameters from the handlers, shapes from their structs, answers from here."""

from typing import Any

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
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
    messenger_profile,
    oauth,
    problems,
    send_body,
    uploads,
    webhook_deliveries,
    webhook_endpoint_wire,
)
from meta_inbox.adapters.http.message_wire import MessageWire
from meta_inbox.adapters.http.openapi_answers import DESCRIBED, Described, answers, webhook_path
from meta_inbox.adapters.http.options import API_PATH, HttpOptions
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.oauth_state import Wanted

SHAPES = (
    accounts.AccountDetail,
    accounts.AccountHealth,
    accounts.Accounts,
    accounts.AccountWire,
    canned_replies.CannedReplies,
    canned_replies.CannedReplyBody,
    canned_replies.CannedReplyChangeBody,
    canned_replies.CannedReplyWire,
    capabilities.CapabilityTable,
    actions.ReactionBody,
    actions.Take,
    actions.Release,
    actions.Pass,
    actions.TypingBody,
    comments.HideBody,
    comments.ReplyBody,
    conversations.Conversations,
    conversations.ConversationWire,
    conversations.Messages,
    health.Alive,
    health.NotReady,
    health.Ready,
    live_tickets.Ticket,
    me.Me,
    messenger_profile.MessengerProfileBody,
    oauth.Candidates,
    oauth.CompleteBody,
    oauth.CompletionBody,
    oauth.Connected,
    oauth.Started,
    problems.Problem,
    MessageWire,
    send_body.SendBody,
    callbacks.DeletionAccepted,
    uploads.Uploaded,
    webhook_deliveries.ReplayBody,
    webhook_deliveries.Replayed,
    webhook_deliveries.WebhookDeliveries,
    webhook_endpoint_wire.EndpointBody,
    webhook_endpoint_wire.EndpointChangeBody,
    webhook_endpoint_wire.EndpointTest,
    webhook_endpoint_wire.WebhookEndpoints,
    webhook_endpoint_wire.WebhookEndpointWire,
    webhook_endpoint_wire.WebhookEndpointWithSecret,
)
_REFS = "#/components/schemas/{name}"
_ONE_OF_TWO = {
    **dict.fromkeys(("Image", "Video", "Audio", "File", "Media", "MediaCard"), ("url", "media_id")),
    "Sticker": ("name", "sticker_id"),
    "ReplayBody": ("cursor", "failed_since"),
}
_OURS = ("account", "endpoint", "media", "message", "reply")
_OUR_ID = {"type": "string", "format": "uuid"}
_CHOICES = {
    "login": {"type": "string", "enum": [*Login], "default": Login.FACEBOOK.value},
    "platform": {"type": "string", "enum": [*Wanted], "default": Wanted.ALL.value},
}
_NO_NUL = "^[^\\u0000]*$"
_META_ID = {"type": "string", "pattern": "^[!-~]{1,128}$"}

Json = dict[str, Any]


def document(handlers: list[ControllerRouterHandler], options: HttpOptions) -> bytes:
    """The document of these handlers and of the webhook, which is no handler."""
    config = OpenAPIConfig(
        title="meta-inbox",
        version=options.version,
        description="Instagram and Messenger conversations inside your own CRM.",
        use_handler_docstrings=True,
        operation_id_creator=_operation_id,
    )
    described: Json = Litestar(
        handlers, openapi_config=config, logging_config=None
    ).openapi_schema.to_schema()
    described["servers"] = [{"url": options.mount_path or "/"}]
    described["components"] = {"schemas": _schemas(), "securitySchemes": _SECURITY}
    described["security"] = [{"bearer": []}]
    paths = {path: item for path, item in described["paths"].items() if path.startswith((API_PATH, "/"))}
    for item in paths.values():
        for operation in item.values():
            _describe(operation, DESCRIBED.get(operation["operationId"], Described()))
    described["paths"] = {**paths, f"{API_PATH}/webhook": webhook_path()}
    # Outside, the shapes go by the contract's names.
    return msgspec.json.encode(described).replace(b'Wire"', b'"')


def _operation_id(handler: HTTPRouteHandler, *_: object) -> str:
    return handler.handler_name


_SECURITY: Json = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "metaSignature": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Hub-Signature-256",
        "description": "sha256= and the HMAC of the body's bytes with the app's secret, in lower-case hex",
    },
}


def _schemas() -> Json:
    _, found = msgspec.json.schema_components(SHAPES, ref_template=_REFS)
    for name, either in _ONE_OF_TWO.items():
        found[name]["oneOf"] = [{"required": [field]} for field in either]
    for shape in found.values():
        if shape.get("additionalProperties") is False:
            _forbid_nul(shape["properties"])
    return found


def _forbid_nul(properties: Json) -> None:
    for given in properties.values():
        kind: Json = given.get("items", given)
        if kind.get("type") == "string":
            kind.setdefault("pattern", _NO_NUL)


def _describe(operation: Json, described: Described) -> None:
    for parameter in operation.get("parameters", []):
        parameter["schema"] = _given(parameter)
        for noise in ("deprecated", "allowEmptyValue", "allowReserved"):
            parameter.pop(noise, None)
    operation.setdefault("parameters", []).extend(described.parameters)
    if described.body is not None:
        operation["requestBody"] = described.body
    if described.public:
        operation["security"] = []
    success = {
        status: answer
        for status, answer in operation["responses"].items()
        if status.startswith(("2", "3")) and not described.switches
    }
    operation["responses"] = {**success, **answers(operation, described)}


def _given(parameter: Json) -> Json:
    """What a given parameter looks like: an optional one may be left out, not be null."""
    if parameter["in"] == "path":
        return _OUR_ID if parameter["name"] in _OURS else _META_ID
    if parameter["name"] in _CHOICES:
        return _CHOICES[parameter["name"]]
    schema: Json = parameter["schema"]
    if isinstance(schema.get("enum"), list):
        return {"type": "string", "enum": [choice for choice in schema["enum"] if choice is not None]}
    kinds = [kind for kind in schema.pop("oneOf", []) if kind.get("type") != "null"]
    return {**kinds[0], **schema} if kinds else schema
