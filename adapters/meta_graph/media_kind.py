"""What a file is, by its own bytes and never by what it is called or declared."""

import struct
from collections.abc import Callable

import filetype  # type: ignore[import-untyped]  # it has no types

from meta_inbox.domain.model.media import UNKNOWN_TYPE, FetchedFile

KNOWN = frozenset(
    {
        "image/jpeg",
        "image/png",
        "image/gif",
        "image/webp",
        "video/mp4",
        "video/quicktime",
        "video/webm",
        "audio/mpeg",
        "audio/mp4",
        "audio/aac",
        "audio/ogg",
        "application/pdf",
    }
)
_ALIASES = {"video/x-m4v": "video/mp4"}
_MARKUP = (b"<script", b"<html", b"<!doctype", b"<iframe", b"<foreignobject")
_SVG_WITHIN = 4096
_MAX_SIDE = 100_000

Side = tuple[int, int] | None


def as_file(content: bytes) -> FetchedFile:
    """The bytes with what they are. What is not known, or is a page as well, has ``UNKNOWN_TYPE``."""
    kind = guessed(content)
    if kind not in KNOWN or _is_markup(content):
        return FetchedFile(content=content)
    measure = _SIDES.get(kind)
    if measure is None:
        return FetchedFile(content=content, content_type=kind)
    side = _measured(measure, content)
    if side is None:  # it begins like an image, and is none
        return FetchedFile(content=content)
    return FetchedFile(content=content, content_type=kind, width=side[0], height=side[1])


def guessed(content: bytes) -> str:
    """What the first bytes look like, which need not be safe to show."""
    found = filetype.guess(content[:8192])
    if found is None:
        return UNKNOWN_TYPE
    kind = str(found.mime)
    return _ALIASES.get(kind, kind)


def _is_markup(content: bytes) -> bool:
    """Whether a browser could be talked into reading it as a page."""
    lowered = content.lower()
    return b"<svg" in lowered[:_SVG_WITHIN] or any(tag in lowered for tag in _MARKUP)


def _measured(measure: Callable[[bytes], Side], content: bytes) -> Side:
    try:
        side = measure(content)
    except (struct.error, IndexError):
        return None
    return side if side is not None and all(0 < length <= _MAX_SIDE for length in side) else None


def _png(content: bytes) -> Side:
    if content[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _gif(content: bytes) -> Side:
    if content[:6] not in (b"GIF87a", b"GIF89a"):
        return None
    width, height = struct.unpack("<HH", content[6:10])
    return width, height


def _jpeg(content: bytes) -> Side:
    """The frame header, behind however many other segments."""
    at = 2
    while at + 9 <= len(content):
        if content[at] != 0xFF:
            return None
        marker = content[at + 1]
        if marker == 0xFF:  # padding
            at += 1
        elif marker in (0x01, *range(0xD0, 0xD9)):
            at += 2
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        else:
            at += 2 + max(2, struct.unpack(">H", content[at + 2 : at + 4])[0])
    return None


def _webp(content: bytes) -> Side:
    kind = content[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(content[24:27], "little") + 1
        return width, int.from_bytes(content[27:30], "little") + 1
    if kind == b"VP8L" and content[20] == 0x2F:
        bits = int.from_bytes(content[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", content[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None


_SIDES: dict[str, Callable[[bytes], Side]] = {
    "image/png": _png,
    "image/gif": _gif,
    "image/jpeg": _jpeg,
    "image/webp": _webp,
}
