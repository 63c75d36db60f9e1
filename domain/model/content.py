"""What an answer may contain, kind by kind; which surface takes which kind is in ``capabilities``.

Sources: Send API ("Attachments", "Quick Replies", "Templates", "Utility messages", "Private Replies").
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from meta_inbox.domain.model.ids import MetaMessageId

MediaKind = Literal["image", "video", "audio", "file"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button of an answer: it opens ``url``, or hands ``payload`` back."""

    type: Literal["web_url", "postback"]
    title: str
    url: str | None = None
    payload: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickReply:
    """An answer to tap, which hands ``payload`` back."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One of several cards side by side."""

    title: str
    subtitle: str | None = None
    image_url: str | None = None
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaPart:
    """A file: at a public address, or uploaded here before as ``media_id``; exactly one of the two.

    ``attachment_id`` is Meta's id of its copy of an upload, known once Meta was given it.
    """

    url: str | None = None
    media_id: str | None = None
    attachment_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextContent:
    """An answer of plain text."""

    text: str
    type: Literal["text"] = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaContent:
    """An answer that is a file: at a public address, or uploaded before; exactly one of the two."""

    url: str | None = None
    media_id: str | None = None
    attachment_id: str | None = None
    type: MediaKind = "image"

    @property
    def part(self) -> MediaPart:
        """The file."""
        return MediaPart(url=self.url, media_id=self.media_id, attachment_id=self.attachment_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagesContent:
    """Several pictures in one message."""

    items: tuple[MediaPart, ...]
    type: Literal["images"] = "images"


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonsContent:
    """An answer of text with one to three buttons."""

    text: str
    buttons: tuple[Button, ...]
    type: Literal["buttons"] = "buttons"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickRepliesContent:
    """An answer of text with answers to tap."""

    text: str
    quick_replies: tuple[QuickReply, ...]
    type: Literal["quick_replies"] = "quick_replies"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardsContent:
    """Cards side by side (the generic template)."""

    cards: tuple[Card, ...]
    type: Literal["cards"] = "cards"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaCardContent:
    """A picture or film with buttons (the media template): uploaded before, or of a post on Facebook."""

    media: Literal["image", "video"]
    buttons: tuple[Button, ...] = ()
    url: str | None = None
    media_id: str | None = None
    attachment_id: str | None = None
    type: Literal["media_card"] = "media_card"

    @property
    def part(self) -> MediaPart:
        """The file."""
        return MediaPart(url=self.url, media_id=self.media_id, attachment_id=self.attachment_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductsContent:
    """Products of the business's catalogue, by their ids there."""

    product_ids: tuple[str, ...]
    type: Literal["products"] = "products"


@dataclass(frozen=True, slots=True, kw_only=True)
class StickerContent:
    """A sticker: by name (``like_heart``), or by its id in Messenger's catalogue."""

    name: str | None = None
    sticker_id: str | None = None
    type: Literal["sticker"] = "sticker"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostContent:
    """A post of the business's own Instagram account, by Meta's id of it."""

    post_id: str
    type: Literal["post"] = "post"


@dataclass(frozen=True, slots=True, kw_only=True)
class UtilityContent:
    """A utility template that Meta approved, for any time; ``components`` as Meta takes them."""

    template: str
    language: str
    components: tuple[Mapping[str, Any], ...] = ()
    type: Literal["utility"] = "utility"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateReplyContent:
    """The one answer in private that a comment may have."""

    comment: MetaMessageId
    text: str
    type: Literal["private_reply"] = "private_reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicReplyContent:
    """An answer that everybody reads under the comment."""

    comment: MetaMessageId
    text: str
    type: Literal["public_reply"] = "public_reply"


CommentReply = PrivateReplyContent | PublicReplyContent
Template = CardsContent | MediaCardContent | ProductsContent | UtilityContent
Content = (
    TextContent
    | MediaContent
    | ImagesContent
    | ButtonsContent
    | QuickRepliesContent
    | StickerContent
    | PostContent
    | Template
    | CommentReply
)


def words_of(content: Content) -> str | None:
    """The text that the message shows by itself."""
    match content:
        case (
            TextContent(text=text)
            | ButtonsContent(text=text)
            | QuickRepliesContent(text=text)
            | PrivateReplyContent(text=text)
            | PublicReplyContent(text=text)
        ):
            return text
        case _:
            return None


def media_of(content: Content) -> tuple[tuple[MediaKind, MediaPart], ...]:
    """The files of the message, each with its kind."""
    match content:
        case MediaContent(type=kind):
            return ((kind, content.part),)
        case ImagesContent(items=items):
            return tuple(("image", item) for item in items)
        case MediaCardContent(media=kind):
            return ((kind, content.part),)
        case _:
            return ()


def buttons_of(content: Content) -> tuple[Button, ...]:
    """The buttons under the message itself; a card's are its own."""
    return content.buttons if isinstance(content, ButtonsContent | MediaCardContent) else ()


def opens_itself(content: Content) -> bool:
    """Whether it may be sent whatever the messaging window says."""
    return isinstance(content, UtilityContent)


def facts_of(content: Content) -> dict[str, Any] | None:  # noqa: PLR0911  # one for each kind
    """What a message of this kind has beside its text, files and buttons, as ``details`` keeps it."""
    match content:
        case QuickRepliesContent(quick_replies=replies):
            return {"quick_replies": [_plain(each) for each in replies]}
        case CardsContent(cards=cards):
            return {"cards": [_card(each) for each in cards]}
        case ProductsContent(product_ids=ids):
            return {"product_ids": list(ids)}
        case StickerContent(name=name, sticker_id=sticker):
            return {"sticker": name or sticker}
        case PostContent(post_id=post):
            return {"post_id": post}
        case UtilityContent(template=template, language=language):
            return {"template": template, "language": language}
        case _:
            return None


def _card(card: Card) -> dict[str, Any]:
    return {**_plain(card), "buttons": [_plain(each) for each in card.buttons]}


def _plain(part: QuickReply | Card | Button) -> dict[str, Any]:
    """What the part says, without what it leaves out."""
    return {name: value for name, value in asdict(part).items() if value is not None}
