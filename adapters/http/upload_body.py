"""A file in a multipart body, read as it comes: no more of it is held than may be sent."""

import re
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from litestar import Request
from litestar.exceptions import ClientException, InternalServerException
from multipart import (  # type: ignore[import-untyped]  # it has no types
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
)

from meta_inbox.adapters.http.problems import Rejection, invalid
from meta_inbox.domain.model.media import MAX_BYTES

FIELD = "file"
_AROUND = 64 * 1024
"""Bytes that a body may have beside the file."""
_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,70})"|([^\s";]{1,70}))', re.IGNORECASE)


@dataclass(slots=True, kw_only=True)
class _Form:
    """What came so far of the one file of a request, and what it is called there."""

    name: str | None = None
    size: int = 0
    _content: BytesIO = field(default_factory=BytesIO, repr=False)

    def begin(self, part: MultipartSegment) -> None:
        """Another part begins. Rejection (400) unless it is the file, and the first."""
        if part.name != FIELD:
            raise invalid(f"the form has a field other than {FIELD}")
        self.name = part.filename

    def add(self, piece: bytes) -> None:
        """More of the file came. Rejection (413) when it is too much."""
        self.size += len(piece)
        if self.size > MAX_BYTES:
            raise too_large()
        self._content.write(piece)

    def whole(self) -> bytes:
        """The file; no second copy of it is made."""
        return self._content.getvalue()


async def read_upload(request: Request[Any, Any, Any]) -> tuple[str | None, bytes]:
    """What the file is called, and its bytes. Rejection 400, 413 or 415."""
    parser = PushMultipartParser(_boundary(request), max_segment_count=1, strict=True)
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > MAX_BYTES + _AROUND:
        raise too_large()
    found = await _read(request, parser)
    if not found.size:
        raise invalid(f"the form has no {FIELD}, or an empty one")
    return found.name, found.whole()


def _boundary(request: Request[Any, Any, Any]) -> str:
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    if kind.strip().lower() != "multipart/form-data":
        raise Rejection(415, "unsupported_media_type", "the body must be multipart/form-data")
    found = _BOUNDARY.search(parameters)
    if found is None:
        raise invalid("the multipart body has no boundary")
    return found[1] or found[2]


async def _read(request: Request[Any, Any, Any], parser: PushMultipartParser) -> _Form:
    found, came = _Form(), 0
    try:
        async for chunk in request.stream():
            came += len(chunk)
            if came > MAX_BYTES + _AROUND:
                raise too_large()
            _take(parser, chunk, found)
        parser.close()
    except MultipartError as error:
        raise invalid(f"the multipart body is broken, or has several parts ({error})") from None
    except (InternalServerException, ClientException):
        raise invalid("the request ended before its body was complete") from None
    return found


def _take(parser: PushMultipartParser, chunk: bytes, found: _Form) -> None:
    for event in parser.parse(chunk) if chunk else ():
        if isinstance(event, MultipartSegment):
            found.begin(event)
        elif event is not None:
            found.add(event)


def too_large() -> Rejection:
    """The file, or what is around it, is more than may be sent."""
    return Rejection(413, "media_too_large", f"a file has at most {MAX_BYTES} bytes")
