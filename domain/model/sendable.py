"""Whether a surface takes an answer: every limit of the capability table, by its code."""

from typing import assert_never
from urllib.parse import urlsplit

from meta_inbox.domain.errors import ContentRefused
from meta_inbox.domain.model.account import Surface
from meta_inbox.domain.model.capabilities import CAPABILITIES
from meta_inbox.domain.model.content import (
    ButtonsContent,
    Card,
    CardsContent,
    Content,
    ImagesContent,
    MediaCardContent,
    MediaContent,
    MediaKind,
    MediaPart,
    PostContent,
    PrivateReplyContent,
    ProductsContent,
    PublicReplyContent,
    QuickRepliesContent,
    QuickReply,
    StickerContent,
    TextContent,
    UtilityContent,
)
from meta_inbox.domain.model.limits import Limits, is_number, writable

_FACEBOOK = frozenset({"facebook.com", "www.facebook.com", "business.facebook.com"})
_NAMES = {
    Surface.MESSENGER: "Messenger",
    Surface.INSTAGRAM: "Instagram",
    Surface.INSTAGRAM_LOGIN: "Instagram",
}


def require_sendable(  # noqa: PLR0912  # one for each kind
    content: Content, surface: Surface, *, http_hosts: frozenset[str] = frozenset()
) -> None:
    """Raises ContentRefused naming the limit that this content breaks on this surface.

    ``http_hosts`` are the ``host[:port]`` names for which plain http is allowed.
    """
    can = CAPABILITIES[surface]
    if content.type not in can.sends:
        raise _refused(f"{_NAMES[surface]} does not take messages of the kind {content.type}")
    limits = Limits(can, http_hosts)
    match content:
        case TextContent(text=text) | PrivateReplyContent(text=text):
            limits.message_text(text)
        case PublicReplyContent(text=text):
            limits.text(text, can.public_text_limit)
        case MediaContent():
            _require_part(content.part, limits)
        case ImagesContent(items=items):
            _require_images(items, limits)
        case ButtonsContent(text=text, buttons=buttons):
            limits.text(text, can.buttons_text_limit)
            limits.buttons(buttons, at_least=1)
        case QuickRepliesContent(text=text, quick_replies=replies):
            limits.message_text(text)
            _require_quick_replies(replies, limits)
        case CardsContent(cards=cards):
            _require_cards(cards, limits)
        case MediaCardContent():
            _require_media_card(content, limits)
        case ProductsContent(product_ids=ids):
            _require_products(ids, limits)
        case StickerContent():
            _require_sticker(content, limits)
        case PostContent(post_id=post):
            if not is_number(post):
                raise _refused("a post is named by Meta's id, which is a number")
        case UtilityContent():
            _require_utility(content, limits)
        case _:
            assert_never(content)


def require_persona(persona: str, surface: Surface) -> None:
    """Raises ContentRefused where nobody can be written as, or for what is no id."""
    if not CAPABILITIES[surface].personas:
        raise _refused(f"{_NAMES[surface]} has no personas")
    if not is_number(persona):
        raise _refused("a persona is named by Meta's id, which is a number")


def require_file(kind: MediaKind, content_type: str, size: int, surface: Surface) -> None:
    """Raises ContentRefused when a file of this type and size, in bytes, cannot be sent as this kind."""
    limit = CAPABILITIES[surface].media[kind]
    if not limit.takes(content_type):
        taken = ", ".join(limit.content_types)
        raise ContentRefused(
            f"{_NAMES[surface]} does not take {content_type} as {kind}; it takes {taken}", code="media_type"
        )
    if size > limit.max_bytes:
        raise ContentRefused(
            f"the file has {size} bytes; at most {limit.max_bytes} can be sent as {kind}",
            code="media_too_large",
        )


def _require_part(part: MediaPart, limits: Limits) -> None:
    """An uploaded file is judged when it is known what it is."""
    if part.media_id is None:
        limits.url(part.url or "")


def _require_images(items: tuple[MediaPart, ...], limits: Limits) -> None:
    most = limits.can.max_images
    if not 1 <= len(items) <= most:
        raise ContentRefused(f"a message has 1 to {most} pictures", code="too_many_images")
    for item in items:
        _require_part(item, limits)


def _require_quick_replies(replies: tuple[QuickReply, ...], limits: Limits) -> None:
    most = limits.can.max_quick_replies
    if not 1 <= len(replies) <= most:
        raise ContentRefused(f"a message has 1 to {most} quick replies", code="too_many_quick_replies")
    for reply in replies:
        limits.title(reply.title, "a quick reply", limits.can.title_limit)
        limits.payload(reply.payload, "a quick reply")


def _require_cards(cards: tuple[Card, ...], limits: Limits) -> None:
    most = limits.can.max_cards
    if not 1 <= len(cards) <= most:
        raise ContentRefused(f"a message has 1 to {most} cards", code="too_many_cards")
    for card in cards:
        _require_card(card, limits)


def _require_card(card: Card, limits: Limits) -> None:
    limit = limits.can.card_text_limit
    limits.title(card.title, "a card", limit)
    if card.subtitle is not None and len(writable(card.subtitle)) > limit:
        raise ContentRefused(f"a card's subtitle has at most {limit} characters", code="title_too_long")
    if card.image_url is not None:
        limits.url(card.image_url)
    limits.buttons(card.buttons, at_least=0)
    if not (card.subtitle or card.image_url or card.buttons):
        raise _refused("a card has a subtitle, a picture or buttons beside its title")


def _require_media_card(card: MediaCardContent, limits: Limits) -> None:
    _require_part(card.part, limits)
    if card.url is not None and urlsplit(card.url).hostname not in _FACEBOOK:
        raise ContentRefused(
            "a media card shows an uploaded file, or a post on facebook.com", code="media_type"
        )
    limits.buttons(card.buttons, at_least=0)


def _require_products(ids: tuple[str, ...], limits: Limits) -> None:
    most = limits.can.max_products
    if not 1 <= len(ids) <= most:
        raise ContentRefused(f"a message has 1 to {most} products", code="too_many_cards")
    if not all(map(is_number, ids)):
        raise _refused("a product is named by its id in the catalogue, which is a number")


def _require_sticker(sticker: StickerContent, limits: Limits) -> None:
    can = limits.can
    if sticker.sticker_id is not None:
        if not can.sticker_ids or not is_number(sticker.sticker_id):
            raise _refused("there is no such sticker here")
    elif sticker.name not in can.stickers:
        raise _refused(f"the stickers that have a name here: {', '.join(can.stickers)}")


def _require_utility(template: UtilityContent, limits: Limits) -> None:
    if not writable(template.template).strip() or not writable(template.language).strip():
        raise ContentRefused("a template has a name and a language", code="text_empty")
    if len(writable(repr(template.components))) > limits.can.components_limit:
        raise ContentRefused("the components of the template are too long", code="payload_too_long")


def _refused(detail: str) -> ContentRefused:
    return ContentRefused(detail, code="not_supported_here")
