"""A Graph call as it comes over HTTP: its path, its parameters and its token."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast
from urllib.parse import parse_qsl, unquote

import msgspec
from litestar.types import HTTPScope, Receive

from meta_inbox.adapters.meta_graph.sandbox_multipart import KIND as MULTIPART
from meta_inbox.adapters.meta_graph.sandbox_multipart import read_multipart
from meta_inbox.adapters.meta_graph.world_access import Caller
from meta_inbox.adapters.meta_graph.world_attachments import Given
from meta_inbox.adapters.meta_graph.world_errors import GraphError, invalid_parameter
from meta_inbox.adapters.meta_graph.world_media import MAX_FILE
from meta_inbox.adapters.meta_graph.world_values import Json

MAX_BODY = 4 * 1024 * 1024
SECRET_PARAMETERS = ("access_token", "client_secret", "fb_exchange_token", "code")
INSTAGRAM = "instagram"
"""How paths begin that are graph.instagram.com's."""
_ONLY_IN_URLS = ((INSTAGRAM, ("access_token",)), (INSTAGRAM, ("refresh_access_token",)))
_VERSION = re.compile(r"v\d+\.\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphRequest:
    """One call; ``params`` are those of query and body together, ``query`` those that were in the URL.

    ``file`` came with them, in a multipart body.
    """

    method: str
    path: tuple[str, ...]
    query: Mapping[str, str] = field(repr=False)
    params: Mapping[str, Any] = field(repr=False)
    bearer: str | None = field(repr=False)
    host: Literal["facebook", "instagram"] = "facebook"
    file: Given | None = None

    def text(self, name: str, default: str = "") -> str:
        """A parameter as text."""
        value = self.params.get(name, default)
        return value if isinstance(value, str) else json.dumps(value)

    def words(self, name: str) -> list[str]:
        """A parameter that is a list: JSON, or separated by commas."""
        text = self.text(name)
        listed: Any = _from_json(text) if text.startswith("[") else text.split(",")
        return [str(word).strip() for word in listed if str(word).strip()]

    def number(self, name: str, default: int) -> int:
        """A parameter that is a whole number. GraphError otherwise."""
        value = self.text(name, str(default))
        if not value.isdecimal() or len(value) > 6:
            raise invalid_parameter(f"Param {name} must be an integer")
        return int(value)

    def object(self) -> Json:
        """The parameters with those that are JSON within a form taken apart."""
        parts = {name: value for name, value in self.params.items() if name not in SECRET_PARAMETERS}
        nested = ("recipient", "message", "payload", "reply_to")
        return {
            name: _from_json(value) if name in nested and isinstance(value, str) else value
            for name, value in parts.items()
        }

    @property
    def caller(self) -> Caller:
        """Who calls."""
        return Caller(
            token=self.bearer if self.bearer is not None else self.text("access_token"),
            proof=self.text("appsecret_proof") if "appsecret_proof" in self.params else None,
            proof_time=self.text("appsecret_time") if "appsecret_time" in self.params else None,
            host=self.host,
        )

    def require_no_secret_in_url(self) -> None:
        """GraphError that names the secret, which every log on the way would have kept.

        Instagram's token endpoints are documented, and taken, in no other way.
        """
        if (self.host, self.path) in _ONLY_IN_URLS:
            return
        for name in SECRET_PARAMETERS:
            if name in self.query:
                raise invalid_parameter(f"strict sandbox: {name} does not belong in a URL")


def _from_json(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError):
        raise invalid_parameter("a parameter is not valid JSON") from None


async def read_request(scope: HTTPScope, receive: Receive) -> GraphRequest:
    """The call that comes in. GraphError when it cannot be understood."""
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    declared = headers.get(b"content-type", "")
    kind = declared.partition(";")[0].strip().lower()
    body = await read_body(receive, MAX_FILE if kind == MULTIPART else MAX_BODY)
    params, file = read_multipart(declared, body) if kind == MULTIPART else (_body_params(kind, body), None)
    path = [unquote(part) for part in scope["path"].split("/") if part]
    by_instagram = path[:1] == [INSTAGRAM]
    if by_instagram:
        del path[0]
    if path and _VERSION.fullmatch(path[0]):
        del path[0]
    scheme, _, token = headers.get(b"authorization", "").partition(" ")
    return GraphRequest(
        method=str(scope["method"]),
        path=tuple(path),
        query=query,
        params={**query, **params},
        bearer=token if scheme.lower() in ("bearer", "oauth") else None,
        host="instagram" if by_instagram else "facebook",
        file=file,
    )


async def read_body(receive: Receive, most: int) -> bytes:
    """The whole body, within bounds."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ConnectionResetError("the caller went away")
        body += message["body"]
        if len(body) > most:
            raise GraphError(100, "The request is too large.", status=413)
        if not message["more_body"]:
            return bytes(body)


def _body_params(kind: str, body: bytes) -> Mapping[str, Any]:
    if not body:
        return {}
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise invalid_parameter("the body is not UTF-8") from None
    if kind != "application/json":
        return dict(parse_qsl(text, keep_blank_values=True))
    decoded = _from_json(text)
    if not isinstance(decoded, dict):
        raise invalid_parameter("the body must be a JSON object")
    return cast("Json", decoded)
