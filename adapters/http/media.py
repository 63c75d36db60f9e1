"""The files of messages, safe to show on a page."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import quote

from litestar import Request, get
from litestar.params import FromPath
from litestar.response.streaming import ASGIStreamingResponse

from meta_inbox.adapters.http.given import By, Core, Options
from meta_inbox.adapters.http.options import HttpOptions
from meta_inbox.adapters.http.problems import Rejection
from meta_inbox.adapters.http.request import our_id, query
from meta_inbox.domain.model.media import Media, MediaId
from meta_inbox.domain.use_cases.open_media import OpenedMedia

SIGNED = {"signed": True, **query("exp", "sig")}
"""The ``opt`` of a route that a signed address opens as well as a credential."""

ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "video/mp4": "mp4",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/ogg": "ogg",
    "application/pdf": "pdf",
}
"""What is shown in place; everything else is offered as a download."""
_DOWNLOADS = {
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/ogg": "ogv",
    "video/x-msvideo": "avi",
    "audio/x-wav": "wav",
    "application/zip": "zip",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
}
_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))")
_UNSAFE = re.compile(r"[^\w .()+,-]")
_POLICY = "sandbox; default-src 'none'"


@get("/media/{media:str}", opt=SIGNED, media_type="application/octet-stream")
async def get_media(
    request: Request[Any, Any, Any], media: FromPath[str], by: By, inbox: Core, options: Options
) -> ASGIStreamingResponse:
    """The file, or the part of it that ``Range`` asks for."""
    opened = await inbox.open_media(by=by, media=MediaId(our_id(media)))
    headers = _headers(opened, options)
    part = _part(request.headers.getall("range", []), opened.size)
    first, last = part or (0, opened.size - 1)
    if part is not None:
        headers["Content-Range"] = f"bytes {first}-{last}/{opened.size}"
    headers["Content-Length"] = str(last - first + 1)
    # The framework's own Stream would declare the handler's type in place of the file's.
    return ASGIStreamingResponse(
        iterator=await opened.read(first, last),
        status_code=200 if part is None else 206,
        media_type=opened.content_type,
        headers=headers,
    )


def _headers(opened: OpenedMedia, options: HttpOptions) -> dict[str, str]:
    # Lists show the same pictures again and again, and nothing of what somebody wrote.
    cached = opened.kept or opened.media.is_picture
    others = any(origin != options.own_origin for origin in options.frontend_origins)
    return {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, max-age=600" if cached else "private, no-store",
        "Content-Disposition": _disposition(opened.media, opened.content_type),
        "Content-Security-Policy": _POLICY,
        "Cross-Origin-Resource-Policy": "cross-origin" if others else "same-origin",
    }


def _part(ranges: list[str], size: int) -> tuple[int, int] | None:
    """First and last byte; None for the whole. Rejection (416) for a range that is outside."""
    found = _RANGE.fullmatch(ranges[0].strip()) if len(ranges) == 1 else None
    if found is None:  # several ranges, or none of ours: the whole file is a right answer
        return None
    if found[3] is not None:
        first, last = max(size - int(found[3]), 0), size - 1
    else:
        first, last = int(found[1]), min(int(found[2] or size - 1), size - 1)
        if found[2] and int(found[2]) < first:
            return None
    if first > last:
        outside = {"Content-Range": f"bytes */{size}"}
        raise Rejection(416, "range_not_satisfiable", "the file has no such part", outside)
    return first, last


def _disposition(media: Media, content_type: str) -> str:
    """How the file is offered, and under which name (RFC 6266)."""
    kind = "inline" if content_type in ENDINGS else "attachment"
    name = _file_name(media, ENDINGS.get(content_type) or _DOWNLOADS.get(content_type) or "bin")
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _file_name(media: Media, ending: str) -> str:
    """The name that Meta told, as far as it is harmless, with the ending that the bytes have."""
    told = _UNSAFE.sub("_", media.name or "").strip(" ._")[:80]
    stem = told.rpartition(".")[0] or told
    return f"{stem or _dated(media.type, media.created_at)}.{ending}"


def _dated(kind: str, at: datetime) -> str:
    safe = kind if kind.isascii() and kind.isidentifier() else "file"
    return f"{safe}-{at:%Y-%m-%d}"
