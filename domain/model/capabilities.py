"""What each surface can carry: one table for validation, the API's answers, the web app and the docs.

Sources: Send API ("Limits", "Attachments", "Quick replies", "Templates", "Sender actions"; Instagram by its
Page documents the reaction ``love`` alone), "Messenger Profile", "Conversation Routing" (edges of a Page),
Instagram Messaging ("Send a message", "Attachment upload"). Of comments Meta's documents say nothing; what
both take was seen: 8,000 characters, on Instagram 2,200. Where documents contradict each other the smaller is
taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import get_args

from meta_inbox.domain.model.account import Account, Surface
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
class Extras:
    """What one surface offers beside messages; ``reactions`` None = any."""

    reactions: frozenset[str] | None = None
    thread_control: bool = True
    greeting: bool = False
    get_started: bool = False
    composer_can_be_off: bool = False
    greeting_limit: int = 160
    max_ice_breakers: int = 4
    max_menu_items: int = 20
    menu_title_limit: int = 30
    payload_limit: int = 1000
    url_limit: int = 2048


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
    extras: Extras

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
    extras=Extras(reactions=frozenset({"love"})),
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
        extras=Extras(greeting=True, get_started=True, composer_can_be_off=True),
    ),
    Surface.INSTAGRAM: _INSTAGRAM,
    Surface.INSTAGRAM_LOGIN: replace(_INSTAGRAM, extras=Extras(thread_control=False)),
}


def extras_of(account: Account) -> Extras:
    """What the account's surface offers beside messages."""
    return CAPABILITIES[account.surface].extras
