"""What may be asked to be sent."""

from typing import Any, Literal

import msgspec

from meta_inbox.adapters.http.problems import invalid
from meta_inbox.adapters.http.wire import Strict, or_none
from meta_inbox.domain.model import content
from meta_inbox.domain.model.content import Content, MediaKind

Absent = msgspec.UnsetType
UNSET = msgspec.UNSET


class Text(Strict, tag="text"):
    """Plain text."""

    text: str


class Media(Strict):
    """A file, by its address or by the id of an upload: one of the two."""

    url: str | Absent = UNSET
    media_id: str | Absent = UNSET


class Image(Media, tag="image"):
    """A picture."""


class Video(Media, tag="video"):
    """A film."""


class Audio(Media, tag="audio"):
    """A recording."""


class File(Media, tag="file"):
    """Any other file."""


class Images(Strict, tag="images"):
    """Several pictures."""

    items: list[Media]


class WebUrlButton(Strict, tag="web_url"):
    """Opens an address."""

    title: str
    url: str


class PostbackButton(Strict, tag="postback"):
    """Hands its payload back."""

    title: str
    payload: str


AnyButton = WebUrlButton | PostbackButton


class Buttons(Strict, tag="buttons"):
    """Text with one to three buttons."""

    text: str
    buttons: list[AnyButton]


class QuickReply(Strict):
    """An answer to tap."""

    title: str
    payload: str


class QuickReplies(Strict, tag="quick_replies"):
    """Text with answers to tap."""

    text: str
    quick_replies: list[QuickReply]


class Card(Strict):
    """One card of several."""

    title: str
    subtitle: str | Absent = UNSET
    image_url: str | Absent = UNSET
    buttons: list[AnyButton] | Absent = UNSET


class Cards(Strict, tag="cards"):
    """Cards side by side."""

    cards: list[Card]


class Sticker(Strict, tag="sticker"):
    """Meta's own sticker: by a name that the surface has, or by its id in Messenger's catalogue."""

    name: Literal["like_heart", "thumbs_up"] | Absent = UNSET
    sticker_id: str | Absent = UNSET


class Post(Strict, tag="post"):
    """A post of the business's own Instagram account."""

    post_id: str


class Products(Strict, tag="products"):
    """Products of the business's catalogue."""

    product_ids: list[str]


class MediaCard(Strict, tag="media_card"):
    """A picture or film with buttons; a file as everywhere."""

    media: Literal["image", "video"]
    url: str | Absent = UNSET
    media_id: str | Absent = UNSET
    buttons: list[AnyButton] | Absent = UNSET


class Utility(Strict, tag="utility"):
    """A utility template that Meta approved; its components as Meta takes them."""

    template: str
    language: str
    components: list[dict[str, Any]] | Absent = UNSET


AnyContent = (
    Text
    | Image
    | Video
    | Audio
    | File
    | Images
    | Buttons
    | QuickReplies
    | Cards
    | Sticker
    | Post
    | Products
    | MediaCard
    | Utility
)


class SendBody(Strict, omit_defaults=True):
    """What is to be sent, and to whom; ``persona_id`` = in whose name, on Messenger.

    ``split``: a text that is too long for one message goes in parts.
    """

    account_id: str
    recipient_id: str
    message: AnyContent
    reply_to: str | Absent = UNSET
    human_agent: bool = False
    split: bool = False
    persona_id: str | Absent = UNSET


def content_of(body: SendBody) -> Content:  # noqa: PLR0911  # one for each kind
    """What is to be sent, in the core's words. Rejection (400) for a file with no source, or with two."""
    match body.message:
        case Text(text=text):
            return content.TextContent(text=text)
        case Image() | Video() | Audio() | File() as file:
            part = _part(file)
            return content.MediaContent(url=part.url, media_id=part.media_id, type=_KINDS[type(file)])
        case Images(items=items):
            return content.ImagesContent(items=tuple(map(_part, items)))
        case Buttons(text=text, buttons=buttons):
            return content.ButtonsContent(text=text, buttons=tuple(map(_button, buttons)))
        case QuickReplies(text=text, quick_replies=replies):
            given = tuple(content.QuickReply(title=each.title, payload=each.payload) for each in replies)
            return content.QuickRepliesContent(text=text, quick_replies=given)
        case Cards(cards=cards):
            return content.CardsContent(cards=tuple(map(_card, cards)))
        case Sticker() as sticker:
            return _sticker(sticker)
        case Post(post_id=post):
            return content.PostContent(post_id=post)
        case Products(product_ids=ids):
            return content.ProductsContent(product_ids=tuple(ids))
        case MediaCard(media=kind, buttons=buttons) as card:
            part, under = _part(card), _buttons(buttons)
            return content.MediaCardContent(media=kind, buttons=under, url=part.url, media_id=part.media_id)
        case Utility(template=template, language=language, components=components):
            parts = tuple(components) if isinstance(components, list) else ()
            return content.UtilityContent(template=template, language=language, components=parts)


_KINDS: dict[type[Media], MediaKind] = {Image: "image", Video: "video", Audio: "audio", File: "file"}


def _part(media: Media | MediaCard) -> content.MediaPart:
    """The file. Rejection (400) for no source, or for two."""
    url, media_id = or_none(media.url), or_none(media.media_id)
    if (url is None) == (media_id is None):
        raise invalid("a file has either url or media_id - at `$.message`")
    return content.MediaPart(url=url, media_id=media_id)


def _sticker(sticker: Sticker) -> content.StickerContent:
    name, sticker_id = or_none(sticker.name), or_none(sticker.sticker_id)
    if (name is None) == (sticker_id is None):
        raise invalid("a sticker has either name or sticker_id - at `$.message`")
    return content.StickerContent(name=name, sticker_id=sticker_id)


def _card(card: Card) -> content.Card:
    return content.Card(
        title=card.title,
        subtitle=or_none(card.subtitle),
        image_url=or_none(card.image_url),
        buttons=_buttons(card.buttons),
    )


def _buttons(buttons: list[AnyButton] | Absent) -> tuple[content.Button, ...]:
    return tuple(map(_button, buttons)) if isinstance(buttons, list) else ()


def _button(button: AnyButton) -> content.Button:
    if isinstance(button, WebUrlButton):
        return content.Button(type="web_url", title=button.title, url=button.url)
    return content.Button(type="postback", title=button.title, payload=button.payload)
