"""How a request is read: strictly, and not before anybody is known."""

import re
from typing import Any, cast

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.exceptions import InternalServerException

from meta_inbox.adapters.http.problems import Rejection, invalid
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.ids import AccountId, ContactId
from meta_inbox.domain.model.principal import Principal

_OUR_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_META_ID = re.compile(r"[!-~]{1,128}")


class StrictRequest(Request[Principal, Any, State]):
    """A request whose JSON must be exactly of the handler's type, without any coercion."""

    async def body(self) -> bytes:
        """The whole body; Rejection when the client leaves before its end."""
        try:
            return await super().body()
        except InternalServerException:
            raise invalid("the request ended before its body was complete") from None

    async def json(self) -> Any:
        """The body, decoded; Rejection for whatever it is not."""
        body = await self.body()
        expected = self.route_handler.parsed_fn_signature.parameters["data"].annotation
        return decode_strictly(body, expected)


def decode_strictly(body: bytes, expected: Any) -> Any:
    """The JSON text as ``expected``; Rejection (400) for any other bytes, however deep or broken."""
    try:
        if b"\\u0000" in body and _has_nul(msgspec.json.decode(body)):
            raise invalid("a text has the character U+0000", "invalid_character")
        return msgspec.json.decode(body, type=expected)
    except RecursionError:
        raise invalid("the JSON is nested too deeply") from None
    except UnicodeDecodeError:
        raise invalid("the JSON is not UTF-8") from None
    except msgspec.MsgspecError as error:
        raise invalid(str(error)) from None


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        pairs = cast("dict[str, Any]", value)
        return any(_has_nul(key) or _has_nul(item) for key, item in pairs.items())
    return isinstance(value, list) and any(_has_nul(item) for item in cast("list[object]", value))


def our_id(text: str) -> str:
    """An id of ours; NotFound for what cannot be one."""
    if not _OUR_ID.fullmatch(text):
        raise NotFound("no such thing")
    return text


def account_id(text: str) -> AccountId:
    """The account's id; NotFound for what cannot be one."""
    return AccountId(our_id(text))


def contact_id(text: str) -> ContactId:
    """Meta's scoped id of a contact; NotFound for what cannot be one."""
    if not _META_ID.fullmatch(text):
        raise NotFound("no such thing")
    return ContactId(text)


def query(*known: str) -> dict[str, Any]:
    """The ``opt`` of a route with these query parameters; a route without it has none."""
    return {"query": frozenset(known)}


def require_known_query(request: Request[Any, Any, Any]) -> None:
    """Rejection (400) for a query parameter that the route does not know, or that comes twice."""
    known: frozenset[str] = request.route_handler.opt.get("query", frozenset())
    seen: set[str] = set()
    for name, value in request.query_params.multi_items():
        if name not in known:
            raise invalid("the query has a parameter that this route does not know")
        if name in seen:
            raise invalid(f"the query has {name} twice")
        if "\0" in value:
            raise invalid(f"{name} has the character U+0000", "invalid_character")
        seen.add(name)


def require_json(request: Request[Any, Any, Any]) -> None:
    """Rejection (415) unless the body is declared as plain ``application/json``."""
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = re.search(r"charset\s*=\s*\"?([^\s;\"]+)", parameters, re.IGNORECASE)
    if kind.strip().lower() != "application/json" or (
        charset and charset[1].lower() not in ("utf-8", "utf8")
    ):
        raise Rejection(415, "unsupported_media_type", "the body must be application/json in UTF-8")


def require_plain(request: Request[Any, Any, Any]) -> None:
    """Rejection (415) for a compressed body, which is never inflated."""
    if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise Rejection(415, "unsupported_media_type", "the body must not be compressed")
