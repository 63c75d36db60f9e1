"""Files that a business hands over before it sends them. Source: "Attachment Upload API".

A copy belongs to the Page that made it, is of one kind and for one surface, and is forgotten after 90 days.
"""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from meta_inbox.adapters.meta_graph.world_access import Caller
from meta_inbox.adapters.meta_graph.world_errors import invalid_message, invalid_parameter
from meta_inbox.adapters.meta_graph.world_ground import Ground
from meta_inbox.adapters.meta_graph.world_media import Media
from meta_inbox.adapters.meta_graph.world_pages import Pages
from meta_inbox.adapters.meta_graph.world_send_body import Attachment, Outgoing, Payload, read_message
from meta_inbox.adapters.meta_graph.world_values import Copy, Json, Surface

COPY_LIFE = timedelta(days=90)
KINDS = ("image", "audio", "video", "file")
_MEGABYTE = 1024 * 1024
_PICTURES = ("image/jpeg", "image/png", "image/gif")
_INSTAGRAM_TYPES = {
    "image": _PICTURES,
    "video": ("video/mp4", "video/ogg", "video/x-msvideo", "video/quicktime", "video/webm"),
    "audio": ("audio/aac", "audio/mp4", "audio/x-m4a", "audio/x-wav", "audio/wav", "video/mp4"),
    "file": ("application/pdf",),
}
_MESSENGER_TYPES = {"image": _PICTURES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A file that came with a call; ``kind`` is its declared content type."""

    name: str
    kind: str
    content: bytes


@dataclass(slots=True, kw_only=True)
class Attachments:
    """The ``message_attachments`` edge of a Page, for Messenger or its Instagram account."""

    ground: Ground
    pages: Pages
    media: Media

    def upload(self, caller: Caller, page_id: str, body: Json, file: Given | None) -> Json:
        """Keeps a copy of the file, or of what lies at the address; its id."""
        acting = self.pages.acting(caller, page_id)
        told = acting.page is None or body.get("platform") == "instagram"
        surface: Surface = "instagram" if told else "page"
        self.pages.require_messaging(acting, surface)
        part = read_message(body.get("message")).attachment
        if part is None or part.type not in KINDS:
            raise invalid_message(surface, "An upload has one attachment: an image, audio, video or file.")
        url = _address(part) if file is None else self._kept(part.type, surface, file)
        copy = Copy(
            id=self.ground.digits(16),
            page_id=acting.id,
            surface=surface,
            kind=part.type,
            url=url,
            at=self.ground.now(),
        )
        self.ground.state.copies[copy.id] = copy
        return {"attachment_id": copy.id}

    def _kept(self, kind: str, surface: Surface, file: Given) -> str:
        most = (8 if kind == "image" else 25) * _MEGABYTE
        if len(file.content) > most:
            raise invalid_parameter("The attachment is too large", 2018109)
        taken = (_MESSENGER_TYPES if surface == "page" else _INSTAGRAM_TYPES).get(kind)
        if not file.content or (taken is not None and file.kind not in taken):
            raise invalid_parameter("Failed to upload the attachment", 2018047)
        ending = file.name.rpartition(".")[2]
        safe = ending if ending.isascii() and ending.isalnum() and len(ending) <= 8 else "bin"
        return self.media.put_any(file.content, file.kind, safe)

    def require_owned(self, owner: str, surface: Surface, message: Outgoing) -> None:
        """GraphError for a copy that is another's, of another kind or surface, or too old."""
        for kind, id_ in message.copies:
            copy = self.ground.state.copies.get(id_)
            known = copy is not None and (copy.page_id, copy.surface, copy.kind) == (owner, surface, kind)
            if copy is None or not known or self.ground.now() >= copy.at + COPY_LIFE:
                raise invalid_parameter("The attachment id is not owned by this page, or expired", 2018074)

    def address(self, id_: str | int) -> str:
        """Where the copy of this id lies, which is the Page's own."""
        return self.ground.state.copies[str(id_)].url


def _address(part: Attachment) -> str:
    url = (part.payload or Payload()).url or ""
    if urlsplit(url).scheme not in ("http", "https"):
        raise invalid_parameter("Failed to fetch the file from the url", 2018008)
    return url
