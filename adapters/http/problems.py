"""Errors as the outside sees them: problem details (RFC 9457) with a stable ``code``."""

from collections.abc import Mapping
from http import HTTPStatus

import msgspec

from meta_inbox.adapters.http.asgi import Headers
from meta_inbox.adapters.http.message_wire import MessageWire

PROBLEM_JSON = "application/problem+json"


class Problem(msgspec.Struct, kw_only=True, omit_defaults=True):
    """``code`` is for programs, ``detail`` for people; ``message`` is there when Meta refused a send."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    trace_id: str | msgspec.UnsetType = msgspec.UNSET
    message: MessageWire | msgspec.UnsetType = msgspec.UNSET


class Rejection(Exception):
    """The adapter itself refuses a request, before any use case."""

    def __init__(self, status: int, code: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})


def problem(status: int, code: str, detail: str) -> Problem:
    """A problem whose type and title follow from its code and status."""
    title = HTTPStatus(status).phrase
    return Problem(
        type=f"urn:meta-inbox:problem:{code}", title=title, status=status, detail=detail, code=code
    )


def raw_problem(found: Problem, headers: Mapping[str, str] | None = None) -> tuple[int, Headers, bytes]:
    """The problem as status, headers and body, for routes that speak plain ASGI."""
    encoded = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    return (
        found.status,
        [(b"content-type", PROBLEM_JSON.encode()), *encoded],
        msgspec.json.encode(found),
    )


def invalid(detail: str, code: str = "invalid_request") -> Rejection:
    """The request has a wrong shape."""
    return Rejection(400, code, detail)
