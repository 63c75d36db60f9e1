"""Files that agents send: uploaded here once, and handed to Meta once for each account.

Meta names its copy by an id of its own, good for 90 days ("Attachment Upload API").
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NewType

from meta_inbox.domain.errors import ContentRefused
from meta_inbox.domain.model.account import Surface
from meta_inbox.domain.model.content import (
    Content,
    ImagesContent,
    MediaCardContent,
    MediaContent,
    MediaKind,
    MediaPart,
    media_of,
)
from meta_inbox.domain.model.ids import TenantId, UserId
from meta_inbox.domain.model.media import MAX_BYTES, FetchedFile
from meta_inbox.domain.model.message import Attachment, Message
from meta_inbox.domain.model.sendable import require_file

UploadId = NewType("UploadId", str)
Copies = Mapping[tuple[MediaKind, str], str]
"""Meta's ids of its copies, by kind and upload: a picture sent as a file is another copy."""

UNSENT_LIVES = timedelta(hours=24)
COPY_LIVES = timedelta(days=89)
_NAME_LIMIT = 150
_NEVER_TAKEN = {
    "text/html": "a web page",
    "image/svg+xml": "a web page",
    "application/x-msdownload": "a program",
    "application/x-executable": "a program",
    "application/x-mach-binary": "a program",
    "application/x-shockwave-flash": "a program",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that somebody uploaded to send it; ``blob`` is its key in the blob store."""

    id: UploadId
    tenant_id: TenantId
    content_type: str
    size: int
    width: int | None = None
    height: int | None = None
    name: str | None = None
    blob: str
    uploaded_by: UserId
    created_at: datetime


def require_takeable(file: FetchedFile) -> None:
    """Raises ContentRefused for a file that no surface takes at all."""
    if not file.content:
        raise ContentRefused("the file is empty", code="media_type")
    if len(file.content) > MAX_BYTES:
        raise ContentRefused(f"a file has at most {MAX_BYTES} bytes", code="media_too_large")
    what = _NEVER_TAKEN.get(file.content_type)
    if what is not None:
        raise ContentRefused(f"the file is {what}, which cannot be sent", code="media_type")


def harmless_name(told: str | None) -> str | None:
    """The name of a file without folders, and without what only machines read."""
    last = (told or "").replace("\\", "/").rpartition("/")[2]
    shown = "".join(each for each in last if each.isprintable()).strip(" .")
    stem, dot, ending = shown.rpartition(".")
    if len(shown) > _NAME_LIMIT and dot and len(ending) <= 10:
        return f"{stem[: _NAME_LIMIT - len(ending) - 1]}.{ending}"
    return shown[:_NAME_LIMIT] or None


def uploads_in(content: Content) -> tuple[tuple[MediaKind, UploadId], ...]:
    """The uploads that the content names, each with its kind."""
    parts = media_of(content)
    return tuple((kind, UploadId(part.media_id)) for kind, part in parts if part.media_id is not None)


def require_files(content: Content, uploads: Mapping[UploadId, Upload], surface: Surface) -> None:
    """Raises ContentRefused when one of the files cannot be sent as what it is to be sent as."""
    for kind, id_ in uploads_in(content):
        require_file(kind, uploads[id_].content_type, uploads[id_].size, surface)


def showing(message: Message, content: Content, uploads: Mapping[UploadId, Upload]) -> Message:
    """The message with its uploaded files to look at, from the moment it is queued."""
    parts = zip(message.attachments, media_of(content), strict=False)
    shown = (_shown(each, part, uploads) for each, (_, part) in parts)
    return replace(message, attachments=tuple(shown)) if uploads else message


def _shown(attachment: Attachment, part: MediaPart, uploads: Mapping[UploadId, Upload]) -> Attachment:
    file = uploads.get(UploadId(part.media_id or ""))
    if file is None:
        return attachment
    return replace(
        attachment,
        name=file.name,
        content_type=file.content_type,
        size=file.size,
        width=file.width,
        height=file.height,
        state="stored",
        has_file=True,
    )


def with_copies(content: Content, copies: Copies) -> Content:
    """The content, naming Meta's copies in place of the uploads."""
    match content:
        case MediaContent(type=kind, media_id=str(id_)) | MediaCardContent(media=kind, media_id=str(id_)):
            return replace(content, attachment_id=copies[kind, id_])
        case ImagesContent(items=items):
            return replace(content, items=tuple(_copied(item, copies) for item in items))
        case _:
            return content


def _copied(part: MediaPart, copies: Copies) -> MediaPart:
    if part.media_id is None:
        return part
    return replace(part, attachment_id=copies["image", part.media_id])
