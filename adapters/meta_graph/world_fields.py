"""The ``fields`` parameter and the paging of the Graph API."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlencode

from meta_inbox.adapters.meta_graph.world_errors import GraphError, invalid_parameter
from meta_inbox.adapters.meta_graph.world_values import Json

MAX_DEPTH = 5
DEFAULT_LIMIT = 25


@dataclass(slots=True)
class Field:
    """One wanted field: how many of a list, and what of each; nothing named = what comes by default."""

    limit: int | None = None
    fields: "dict[str, Field]" = field(default_factory=dict[str, "Field"])


def parse_fields(text: str) -> dict[str, Field]:
    """Reads ``a,b{c,d},e.limit(5){f}``. GraphError when it is not well formed."""
    fields, rest = _fields(text, 0)
    if rest:
        raise _malformed(text)
    return fields


def _fields(text: str, depth: int) -> tuple[dict[str, Field], str]:
    if depth > MAX_DEPTH:
        raise _malformed(text)
    found: dict[str, Field] = {}
    while text and not text.startswith("}"):
        end = next((index for index, char in enumerate(text) if char in ",{}"), len(text))
        name, wanted = _named(text[:end])
        text = text[end:]
        if text.startswith("{"):
            wanted.fields, text = _fields(text[1:], depth + 1)
            if not text.startswith("}"):
                raise _malformed(text)
            text = text[1:]
        found[name] = wanted
        text = text.removeprefix(",")
    return found, text


def _named(text: str) -> tuple[str, Field]:
    name, _, modifier = text.strip().partition(".")
    if not modifier:
        return name, Field()
    limit = modifier.removeprefix("limit(").removesuffix(")")
    if not limit.isdecimal():
        raise _malformed(text)
    return name, Field(limit=int(limit))


def _malformed(text: str) -> GraphError:
    return GraphError(2500, f"Syntax error in the fields parameter near: {text[:40]}")


def pick(node: Mapping[str, Any], fields: Mapping[str, Field]) -> Json:
    """The wanted fields of a node, and its id; what is None is left out, as Meta does."""
    names = dict.fromkeys((*fields, "id")) if fields else dict.fromkeys(node)
    picked = {name: _picked(node[name], fields.get(name, Field())) for name in names if name in node}
    return {name: value for name, value in picked.items() if value is not None}


def _picked(value: Any, wanted: Field) -> Any:
    if not isinstance(value, dict):
        return value
    node = cast("Json", value)
    if "data" in node:
        items = cast("list[Json]", node["data"])[: wanted.limit]
        return {"data": [pick(item, wanted.fields) for item in items]}
    return pick(node, wanted.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """Which page of a list is asked for, and how many items Meta gives at most."""

    limit: int = DEFAULT_LIMIT
    after: str | None = None
    most: int = DEFAULT_LIMIT

    def of(self, nodes: Sequence[Json], fields: Mapping[str, Field], url: str, query: Json) -> Json:
        """The page, with cursors, and with ``next`` unless it is the last."""
        start = _position(nodes, self.after) if self.after else 0
        end = start + max(1, min(self.limit, self.most))
        chosen = nodes[start:end]
        answer: Json = {"data": [pick(node, fields) for node in chosen]}
        if not chosen:
            return answer
        cursors = {"before": _cursor(chosen[0]), "after": _cursor(chosen[-1])}
        paging: Json = {"cursors": cursors}
        if end < len(nodes):
            paging["next"] = f"{url}?{urlencode(query | {'limit': self.limit, 'after': cursors['after']})}"
        return answer | {"paging": paging}


def _cursor(node: Json) -> str:
    return "QVFI" + base64.urlsafe_b64encode(str(node["id"]).encode()).decode().rstrip("=")


def _position(nodes: Sequence[Json], after: str) -> int:
    encoded = after.removeprefix("QVFI")
    try:
        last = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    except (binascii.Error, ValueError):
        last = ""
    for index, node in enumerate(nodes):
        if node["id"] == last:
            return index + 1
    raise invalid_parameter("The after Cursor specified is not valid")
