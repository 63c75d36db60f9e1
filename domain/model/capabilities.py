"""What each surface can carry: one table for validation, the API's answers, the web app and the docs.

Sources: Send API ("Limits", "Attachments", "Quick replies", "Templates", "Sender actions"), Instagram
Messaging ("Send a message", "Attachment upload"). Of comments Meta's documents say nothing; what both take
was seen: 8,000 characters, on Instagram 2,200. Where documents contradict each other the smaller is taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from meta_inbox.domain.model.account import Surface
from meta_inbox.domain.model.content import MediaKind

MEGABYTE = 1024 * 1024

_PICTURES = ("image/jpeg", "image/png", "image/gif")


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaLimit:
    """What a file of one kind may be; no ``content_types`` = any."""

    max_bytes: int
    content_types: tuple[str, ...] = ()

    def takes(self, content_type: str) -> bool:
        """Whether a file of this type is taken."""
        return not self.content_types or content_type in self.content_types


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """The limits of one surface; lengths of titles, payloads and addresses are in characters.

    ``sends``: the kinds of content it takes. ``stickers``: those it has by name; ``sticker_ids``: whether
    it takes others by their ids. ``public_text_limit``: for what is written under a post.
    """

    sends: frozenset[str]
    text_limit: int
    text_counts_bytes: bool
    public_text_limit: int
    media: Mapping[MediaKind, MediaLimit]
    max_images: int
    buttons_text_limit: int = 640
    max_buttons: int = 3
    title_limit: int = 20
    payload_limit: int = 1000
    url_limit: int = 2048
    max_quick_replies: int = 13
    max_cards: int = 10
    card_text_limit: int = 80
    max_products: int = 10
    stickers: Mapping[str, str]
    sticker_ids: bool
    personas: bool
    components_limit: int = 20_000

    def length(self, text: str) -> int:
        """The length of a message's text as Meta counts it on this surface."""
        return len(text.encode()) if self.text_counts_bytes else len(text)

    @property
    def unit(self) -> str:
        """What ``length`` counts."""
        return "bytes" if self.text_counts_bytes else "characters"


_EVERYWHERE = frozenset(
    {
        *get_args(MediaKind),
        *("text", "images", "buttons", "quick_replies", "cards", "products", "sticker"),
        *("private_reply", "public_reply"),
    }
)

_INSTAGRAM = Capabilities(
    sends=_EVERYWHERE | {"post"},
    text_limit=1000,
    text_counts_bytes=True,
    public_text_limit=2200,
    media={
        "image": MediaLimit(max_bytes=8 * MEGABYTE, content_types=_PICTURES),
        "video": MediaLimit(
            max_bytes=25 * MEGABYTE,
            content_types=("video/mp4", "video/ogg", "video/x-msvideo", "video/quicktime", "video/webm"),
        ),
        "audio": MediaLimit(
            max_bytes=25 * MEGABYTE,
            content_types=("audio/aac", "audio/mp4", "audio/x-m4a", "audio/x-wav", "audio/wav", "video/mp4"),
        ),
        "file": MediaLimit(max_bytes=25 * MEGABYTE, content_types=("application/pdf",)),
    },
    max_images=10,
    stickers={"like_heart": "like_heart"},
    sticker_ids=False,
    personas=False,
)

CAPABILITIES: Mapping[Surface, Capabilities] = {
    Surface.MESSENGER: Capabilities(
        sends=_EVERYWHERE | {"media_card", "utility"},
        text_limit=2000,
        text_counts_bytes=False,
        public_text_limit=8000,
        media={
            "image": MediaLimit(max_bytes=8 * MEGABYTE, content_types=_PICTURES),
            "video": MediaLimit(max_bytes=25 * MEGABYTE),
            "audio": MediaLimit(max_bytes=25 * MEGABYTE),
            "file": MediaLimit(max_bytes=25 * MEGABYTE),
        },
        max_images=30,
        stickers={"thumbs_up": "369239263222822"},
        sticker_ids=True,
        personas=True,
    ),
    Surface.INSTAGRAM: _INSTAGRAM,
    Surface.INSTAGRAM_LOGIN: _INSTAGRAM,
}
