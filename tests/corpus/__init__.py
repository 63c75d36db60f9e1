"""Webhook bodies as Meta sends them, each with what it says.

The shapes are from Meta's documentation and from what others met; ids and texts are made up. ``expect``
was written from the documentation, one object for each item, and names whatever is not at its default.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """One delivery. ``source``: where its shape is from. ``problem``: why nothing in it can be read."""

    name: str
    source: str
    raw: bytes
    expect: list[dict[str, Any]]
    problem: str | None = None


def bodies() -> tuple[Body, ...]:
    """Every body of every file here, in order."""
    return tuple(_body(found) for path in sorted(_HERE.glob("*.json")) for found in _load(path))


def _load(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _body(found: dict[str, Any]) -> Body:
    return Body(
        name=found["name"],
        source=found["source"],
        raw=_raw(found["body"]),
        expect=found["expect"],
        problem=found.get("problem"),
    )


def _raw(body: Any) -> bytes:
    """Meta escapes slashes and whatever is not ASCII; a body that is text stands for its very bytes."""
    if isinstance(body, str):
        return body.encode()
    return json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode()
