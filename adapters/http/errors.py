"""The one table from what went wrong to what the caller is told."""

import math
from collections.abc import Callable, Mapping
from typing import Any, cast

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from meta_inbox.adapters.http.message_wire import MessageWire
from meta_inbox.adapters.http.problems import PROBLEM_JSON, Problem, Rejection, problem
from meta_inbox.adapters.logs.log import log_named
from meta_inbox.domain.errors import (
    GraphUnavailable,
    MediaMissing,
    NotFound,
    RefusalKind,
    Refused,
    ScopeMissing,
    SignatureInvalid,
    StorageUnavailable,
    TooManyAtOnce,
    Unavailable,
)

Told = tuple[Problem, dict[str, str]]

_log = log_named("meta_inbox.http")
_STATUS_OF_KIND = {RefusalKind.STATE: 409, RefusalKind.CONTENT: 422}
_WRONG_SHAPE = frozenset({"return_to_invalid", "challenge_invalid"})
_CODE_OF_STATUS = {
    400: "invalid_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
}
_MAX_RETRY_AFTER = 3600
_NOTHING = "there is no such thing"
_SILENCE = "something this service depends on does not answer; try again in a moment"


def _refused(error: Refused) -> Problem:
    status = 400 if error.code in _WRONG_SHAPE else _STATUS_OF_KIND[error.kind]
    found = problem(status, error.code, error.detail)
    if error.message is not None:
        found.message = MessageWire.of(error.message)
    return found


def _unavailable_code(error: Unavailable) -> str:
    if isinstance(error, StorageUnavailable):
        return "storage_unavailable"
    return "meta_unavailable" if isinstance(error, GraphUnavailable) else "unavailable"


def retry_after(error: Unavailable) -> dict[str, str]:
    """When to try again, as a header in whole seconds."""
    wanted = error.retry_after if isinstance(error, GraphUnavailable) else None
    seconds = math.ceil(wanted.total_seconds()) if wanted else 1
    return {"Retry-After": str(min(max(seconds, 1), _MAX_RETRY_AFTER))}


def _by_framework(error: HTTPException) -> Told | None:
    status = error.status_code
    if status >= 500:
        return None
    code = _CODE_OF_STATUS.get(status, "invalid_request")
    allowed = {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}
    return problem(status, code, _framework_detail(error)), allowed


def _framework_detail(error: HTTPException) -> str:
    # The framework's own words can hold the address with its query.
    if isinstance(error, ValidationException) and isinstance(error.extra, list) and error.extra:
        first: Mapping[str, Any] = error.extra[0]
        return f"{first.get('key', 'the request')}: {first.get('message', 'has a wrong shape')}"
    return {
        404: _NOTHING,
        405: "this address does not take that method",
        413: "the body is too large",
    }.get(error.status_code, "the request has a wrong shape")


_TABLE: tuple[tuple[type[Exception], Callable[[Any], Told | None]], ...] = (
    (Rejection, lambda error: (problem(error.status, error.code, error.detail), error.headers)),
    (MediaMissing, lambda error: (problem(404, error.code, error.detail), {})),
    (NotFound, lambda _: (problem(404, "not_found", _NOTHING), {})),
    (ScopeMissing, lambda error: (problem(403, "scope_missing", str(error)), {})),
    (SignatureInvalid, lambda error: (problem(401, "signature_invalid", str(error)), {})),
    (Refused, lambda error: (_refused(error), {})),
    (TooManyAtOnce, lambda error: (problem(429, "rate_limited", str(error)), {"Retry-After": "5"})),
    (Unavailable, lambda error: (problem(503, _unavailable_code(error), _SILENCE), retry_after(error))),
    (HTTPException, _by_framework),
)


def told(error: Exception) -> Told | None:
    """The problem for this error with its headers; None when it is not ours to explain."""
    return next((explain(error) for family, explain in _TABLE if isinstance(error, family)), None)


def unexpected(error: Exception, trace_id: str) -> Problem:
    """Logs what nobody foresaw and tells the caller only where to find it."""
    _log.error("request_failed", trace_id=trace_id, exc_info=error)
    found = problem(500, "internal_error", "something went wrong here; the log has it under trace_id")
    found.trace_id = trace_id
    return found


def problem_handler(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answers with the problem for any error."""
    found = told(error)
    body, headers = found or (unexpected(error, _trace_id(request)), {})
    return Response(
        msgspec.json.encode(body), status_code=body.status, headers=headers, media_type=PROBLEM_JSON
    )


def _trace_id(request: Request[Any, Any, Any]) -> str:
    scope = cast("dict[str, Any]", request.scope)
    return str(scope.get("trace_id", ""))
