"""A text that is too long for one message, cut where people would: at lines, else at words.

What people see as one character is never cut. White space at a cut is not sent, but remembered.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from meta_inbox.domain.errors import ContentRefused
from meta_inbox.domain.model.capabilities import Capabilities
from meta_inbox.domain.model.limits import text_length

MAX_PARTS = 20
_LINE_ENDS = frozenset("\n\r\v\f\x85\u2028\u2029") | {"\r\n"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A text that fits, and the white space around it; all of them joined are the whole text."""

    before: str
    text: str
    after: str = ""


def pieces_of(text: str, can: Capabilities, graphemes: Callable[[str], Sequence[str]]) -> tuple[Piece, ...]:
    """The text in pieces; none when it fits as it is. ContentRefused when it cannot be sent in parts."""
    length = text_length(text, can)
    if length <= can.text_limit:
        return ()
    if length > MAX_PARTS * can.text_limit:
        raise _too_long(f"the text has {length} {can.unit}; at most {MAX_PARTS * can.text_limit} can be sent")
    clusters = graphemes(text)
    _require_small(clusters, can)
    pieces = _cut(clusters, can)
    if len(pieces) > MAX_PARTS:
        raise _too_long(f"the text would go in {len(pieces)} parts; it can be sent in at most {MAX_PARTS}")
    return tuple(pieces)


def _require_small(clusters: Sequence[str], can: Capabilities) -> None:
    longest = max(map(can.length, clusters))
    if longest > can.text_limit:
        raise _too_long(f"one character alone has {longest} {can.unit}; at most {can.text_limit} can be sent")


def _cut(clusters: Sequence[str], can: Capabilities) -> list[Piece]:
    pieces: list[Piece] = []
    at, ends = 0, _trimmed(clusters, 0, len(clusters))
    while at < ends:
        start = _begin(clusters, at)
        end = _trimmed(clusters, start, _break(clusters, start, ends, can))
        after = clusters[end:] if end == ends else ()
        pieces.append(
            Piece(
                before="".join(clusters[at:start]),
                text="".join(clusters[start:end]),
                after="".join(after),
            )
        )
        at = end
    return pieces


def _begin(clusters: Sequence[str], at: int) -> int:
    """The first from there on that is not white space."""
    while clusters[at].isspace():
        at += 1
    return at


def _trimmed(clusters: Sequence[str], start: int, end: int) -> int:
    """The end without the white space before it."""
    while end > start and clusters[end - 1].isspace():
        end -= 1
    return end


def _break(clusters: Sequence[str], start: int, ends: int, can: Capabilities) -> int:
    """Where the piece that begins at ``start`` ends: at the last line that fits, else the last word."""
    room, end = can.text_limit, start
    line = word = start
    while end < ends and (room := room - can.length(clusters[end])) >= 0:
        end += 1
        if end < ends and clusters[end] in _LINE_ENDS:
            line = end
        elif end < ends and clusters[end].isspace():
            word = end
    if end == ends:
        return end
    return next((cut for cut in (line, word) if cut > start), end)


def _too_long(detail: str) -> ContentRefused:
    return ContentRefused(detail, code="text_too_long")
