"""Which answers each operation gives besides its success."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from meta_inbox.adapters.http.problems import PROBLEM_JSON

Json = dict[str, Any]

_ANY = (500, 503)
_CALLER = (400, 401, 403, 415, 429)
_HEADERS: dict[int, Json] = {
    401: {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}},
    429: {"Retry-After": {"required": True, "schema": {"type": "integer", "minimum": 1}}},
    503: {"Retry-After": {"required": True, "schema": {"type": "integer", "minimum": 1}}},
}
_PROBLEM: Json = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_HTML: Json = {"text/html": {"schema": {"type": "string"}}}
_TEXT = {"type": "string"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What an operation's own handler cannot say of it."""

    public: bool = False
    switches: bool = False
    problems: tuple[int, ...] = ()
    pages: tuple[int, ...] = ()
    parameters: tuple[Json, ...] = ()
    more: Json = field(default_factory=dict[str, Any])
    body: Json | None = None


def _query(name: str, *, required: bool = False) -> Json:
    return {"name": name, "in": "query", "required": required, "schema": _TEXT}


_CALLBACK = Described(
    public=True,
    pages=(400, 502, 503),
    problems=(500,),
    parameters=tuple(map(_query, ("code", "state", "error", "error_reason", "error_description"))),
)
_MESSAGE_TAKEN: Json = {
    "202": {
        "description": "It waits, is under way, or its outcome is not known yet.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/MessageWire"}}},
    }
}
_REPLY = (404, 409, 413, 422)
_HIDE_BODY: Json = {
    "required": False,
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/HideBody"}}},
}
_UPLOAD_BODY: Json = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "additionalProperties": False,
                "properties": {
                    "file": {
                        "type": "string",
                        "format": "binary",
                        "minLength": 1,
                        "description": "A file of at most 25 MiB.",
                    }
                },
            }
        }
    },
}
_NOT_READY: Json = {
    "503": {
        "description": "It cannot serve requests now.",
        "headers": _HEADERS[503],
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/NotReady"}}},
    }
}
_ONE = (404,)
_SIGNED = (_query("exp"), _query("sig"))
_CONTENT: Json = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
_FILE: Json = {
    "200": {"description": "The file, by the type that its bytes have.", "content": _CONTENT},
    "206": {"description": "The part of it that Range asks for.", "content": _CONTENT},
}

_SOCKET: Json = {
    "101": {
        "description": "The WebSocket is open; each frame is one JSON text, the first `ready` or `resync`."
    },
    "403": {"description": "Not this ticket, or not from a page of this origin.", "content": _PROBLEM},
}

_SIGNED_REQUEST: Json = {
    "required": True,
    "content": {
        "application/x-www-form-urlencoded": {
            "schema": {
                "type": "object",
                "required": ["signed_request"],
                "properties": {"signed_request": {"type": "string", "maxLength": 8192}},
            }
        }
    },
}

DESCRIBED = {
    "deauthorize": Described(public=True, problems=(400, 413, 415, 500, 503), body=_SIGNED_REQUEST),
    "delete_data": Described(public=True, problems=(400, 413, 415, 500, 503), body=_SIGNED_REQUEST),
    "show_deletion": Described(public=True, pages=(404,), problems=(500,)),
    "start": Described(problems=(422,)),
    "authorize": Described(
        public=True, pages=(400, 503), problems=(500,), parameters=(_query("ticket", required=True),)
    ),
    "callback": _CALLBACK,
    "callback_instagram": _CALLBACK,
    "callback_script": Described(public=True, problems=_ANY),
    "callback_style": Described(public=True, problems=_ANY),
    "completions": Described(problems=(404, 413)),
    "complete": Described(problems=(404, 413)),
    "get_account": Described(problems=_ONE),
    "disconnect_account": Described(problems=_ONE),
    "check_health": Described(problems=_ONE),
    "list_conversations": Described(problems=_ONE),
    "get_conversation": Described(problems=_ONE),
    "list_messages": Described(problems=_ONE),
    "mark_read": Described(problems=_ONE),
    "delete_contact": Described(problems=_ONE),
    "show_typing": Described(problems=_REPLY),
    "react": Described(problems=_REPLY),
    "take_reaction_back": Described(problems=(404, 409, 422)),
    "control_thread": Described(problems=_REPLY),
    "get_messenger_profile": Described(problems=(404, 409, 422)),
    "set_messenger_profile": Described(problems=_REPLY),
    "get_media": Described(problems=(404, 416), parameters=_SIGNED, more=_FILE),
    "upload_media": Described(problems=(408, 413), body=_UPLOAD_BODY),
    "send_message": Described(problems=(404, 409, 413, 422), more=_MESSAGE_TAKEN),
    "check_message": Described(problems=(404, 409)),
    "resend_message": Described(problems=(404, 409, 422)),
    "private_reply": Described(problems=_REPLY, more=_MESSAGE_TAKEN),
    "public_reply": Described(problems=_REPLY, more=_MESSAGE_TAKEN),
    "hide_comment": Described(problems=_REPLY, body=_HIDE_BODY),
    "make_ticket": Described(),
    "follow_live": Described(public=True, switches=True, problems=(426, 429, 500, 503), more=_SOCKET),
    "list_canned_replies": Described(),
    "create_canned_reply": Described(problems=(409, 413, 422)),
    "change_canned_reply": Described(problems=_REPLY),
    "delete_canned_reply": Described(problems=_ONE),
    "list_webhook_endpoints": Described(),
    "create_webhook_endpoint": Described(problems=(409, 413, 422)),
    "update_webhook_endpoint": Described(problems=(404, 413, 422)),
    "delete_webhook_endpoint": Described(problems=_ONE),
    "rotate_webhook_secret": Described(problems=_ONE),
    "test_webhook_endpoint": Described(problems=_ONE),
    "list_webhook_deliveries": Described(problems=_ONE),
    "replay_webhook_deliveries": Described(problems=(404, 409, 413)),
    "live": Described(public=True, problems=(500,)),
    "ready": Described(public=True, problems=(500,), more=_NOT_READY),
    "metrics": Described(public=True, problems=(500,)),
    "openapi_document": Described(public=True, problems=(500,)),
}


def answers(operation: Json, described: Described) -> Json:
    """Every answer besides the success."""
    del operation
    common = () if described.public else (*_CALLER, *_ANY)
    found: Json = {str(status): _problem(status) for status in sorted({*common, *described.problems})}
    for status in described.pages:
        found[str(status)] = {"description": _phrase(status), "content": _HTML}
    return {**found, **described.more}


def _problem(status: int) -> Json:
    answer: Json = {"description": _phrase(status), "content": _PROBLEM}
    return {**answer, "headers": _HEADERS[status]} if status in _HEADERS else answer


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase


def webhook_path() -> Json:
    """The webhook, which is answered before the framework."""
    return {
        "get": {
            "operationId": "verify_webhook",
            "summary": "Verify Webhook",
            "description": "Meta's handshake: the challenge comes back when the verify token is right.",
            "security": [],
            "parameters": [_query(f"hub.{name}") for name in ("mode", "verify_token", "challenge")],
            "responses": {
                "200": {"description": "The challenge.", "content": {"text/plain": {"schema": _TEXT}}},
                **{str(status): _problem(status) for status in (400, 403, 500)},
            },
        },
        "post": {
            "operationId": "receive_webhook",
            "summary": "Receive Webhook",
            "description": "What happened, signed by Meta; 200 once the body is committed.",
            "security": [{"metaSignature": []}],
            "requestBody": {
                "description": "The bytes that were signed; how they are declared does not matter.",
                "content": {"application/json": {"schema": {}}},
            },
            "responses": {
                "200": {"description": "It is committed."},
                **{str(status): _problem(status) for status in (413, 415, 500, 503)},
                "401": {"description": "Not signed with a secret of this app.", "content": _PROBLEM},
            },
        },
    }
