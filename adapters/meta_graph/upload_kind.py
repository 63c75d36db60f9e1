"""What a file is that an agent sends, by its bytes: more types than are shown, fewer than can be sent."""

import asyncio
from dataclasses import replace

from meta_inbox.adapters.meta_graph.media_kind import as_file, guessed
from meta_inbox.domain.model.media import UNKNOWN_TYPE, FetchedFile

_OFFICE = "application/vnd.openxmlformats-officedocument"
_SENT = frozenset(
    {
        *("audio/x-wav", "video/x-msvideo", "application/zip"),
        *("application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"),
        *(f"{_OFFICE}.wordprocessingml.document", f"{_OFFICE}.spreadsheetml.sheet"),
        f"{_OFFICE}.presentationml.presentation",
        *("application/x-msdownload", "application/x-executable", "application/x-shockwave-flash"),
    }
)
_PAGES = ((b"<!doctype html", "text/html"), (b"<html", "text/html"), (b"<script", "text/html"))
_MACH_O = tuple(bytes.fromhex(magic) for magic in ("feedface", "feedfacf", "cefaedfe", "cffaedfe"))
_BEGINS_WITHIN = 1024


class SniffedKinds:
    """Reads the bytes, in a thread: some of the rules look at all of them."""

    async def of(self, content: bytes) -> FetchedFile:
        """The bytes with what they are."""
        return await asyncio.to_thread(as_upload, content)


def as_upload(content: bytes) -> FetchedFile:
    """The bytes with what they are, programs and pages by their names; ``UNKNOWN_TYPE`` for the rest."""
    found = as_file(content)
    if found.content_type == "audio/ogg" and b"\x80theora" in content[:_BEGINS_WITHIN]:
        return replace(found, content_type="video/ogg")
    return found if found.content_type != UNKNOWN_TYPE else replace(found, content_type=_otherwise(content))


def _otherwise(content: bytes) -> str:
    if content.startswith(_MACH_O):
        return "application/x-mach-binary"
    kind = guessed(content)
    return kind if kind in _SENT else _page(content)


def _page(content: bytes) -> str:
    """A page is one that begins like one; a text that merely tells of one is a text."""
    begins = content[:_BEGINS_WITHIN].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if begins.startswith((b"<svg", b"<?xml")) and b"<svg" in begins:
        return "image/svg+xml"
    return next((kind for tag, kind in _PAGES if begins.startswith(tag)), UNKNOWN_TYPE)
