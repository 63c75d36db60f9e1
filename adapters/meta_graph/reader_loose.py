"""JSON read as far as it can be: what a strict decoder refuses is mended, never raised.

The result can be kept by Postgres as it is: no NUL, no lone surrogate, no number beyond its range,
nothing nested deeper than ``DEEPEST``. The bytes as they came are kept elsewhere.
"""

import json
import math
import re
from contextlib import suppress
from typing import Any, cast

import msgspec

from meta_inbox.adapters.meta_graph.json_values import clean_text, is_list

DEEPEST = 100

_HOPELESS = 20_000
_WIDEST_NUMBER = 400
_LONGEST_DIGITS = 4000
_BRACKETS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
_NUL = b"\\u0000"
_LARGE_EXPONENT = re.compile(rb"[0-9][eE][+-]?[0-9]{3}")
_LONG_NUMBER = re.compile(rb"[0-9]{4000}")
_REFUSALS = (msgspec.MsgspecError, ValueError, RecursionError)


class NotJson(Exception):
    """The bytes are not JSON, whatever is made of them."""


def loads(raw: bytes) -> tuple[Any, bool]:
    """What the bytes say, and whether anything had to be mended for that. NotJson."""
    with suppress(*_REFUSALS):
        if _is_plain(raw):
            return msgspec.json.decode(raw), False
    try:
        text = cut_depth(raw).decode("utf-8", "replace")
        found = json.loads(text, strict=False, parse_int=_integer, parse_constant=_nothing)
        return _clean(found, DEEPEST), True
    except _REFUSALS as error:
        raise NotJson(f"the body is not JSON: {type(error).__name__}") from error


def _is_plain(raw: bytes) -> bool:
    """Whether Postgres keeps what decodes well; cautious, since it looks from the outside."""
    if raw.count(b"[") + raw.count(b"{") > DEEPEST or _NUL in raw:
        return False
    if len(raw) > _LONGEST_DIGITS and _LONG_NUMBER.search(raw) is not None:
        return False
    return _LARGE_EXPONENT.search(raw) is None


def dumps(value: Any) -> bytes:
    """The JSON of what ``loads`` returned."""
    return msgspec.json.encode(value)


def cut_depth(raw: bytes) -> bytes:
    """The same JSON with null for whatever is nested too deeply; found without recursion."""
    kept: list[bytes] = []
    depth = start = 0
    for token in _BRACKETS.finditer(raw):
        first = raw[token.start()]
        if first in b"[{":
            depth += 1
            if depth == DEEPEST + 1:
                kept.append(raw[start : token.start()] + b"null")
            elif depth > _HOPELESS:
                raise ValueError("nested without end")
        elif first in b"]}":
            depth -= 1
            if depth == DEEPEST:
                start = token.end()
    return b"".join(kept) + (raw[start:] if depth <= DEEPEST else b"")


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= _LONGEST_DIGITS else None


def _nothing(_name: str) -> None:
    return None


def _clean(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int):
        return value if value.bit_length() <= _WIDEST_NUMBER else None
    if isinstance(value, dict):
        pairs = cast("dict[str, Any]", value).items() if depth else ()
        return {clean_text(key): _clean(part, depth - 1) for key, part in pairs}
    if is_list(value):
        return [_clean(part, depth - 1) for part in value] if depth else []
    return value
