"""What may be asked to be sent; every kind of the contract is understood, some are only refused properly."""

from typing import Literal

import msgspec

from meta_inbox.adapters.http.problems import invalid
from meta_inbox.adapters.http.wire import Strict
from meta_inbox.domain.model.message import Button, ButtonsContent, Content, MediaContent, TextContent

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
    """Meta's own sticker."""

    name: Literal["like_heart"]


AnyContent = Text | Image | Video | Audio | File | Images | Buttons | QuickReplies | Cards | Sticker


class SendBody(Strict, omit_defaults=True):
    """What is to be sent, and to whom; ``split``: a text that is too long for one message goes in parts."""

    account_id: str
    recipient_id: str
    message: AnyContent
    reply_to: str | Absent = UNSET
    human_agent: bool = False
    split: bool = False


def content_of(body: SendBody) -> Content | None:
    """What the core can send of it; None for what this release cannot."""
    match body.message:
        case Text(text=text):
            return TextContent(text=text)
        case Image(url=str(url)):
            return MediaContent(url=url)
        case Buttons(text=text, buttons=buttons):
            return ButtonsContent(text=text, buttons=tuple(map(_button, buttons)))
        case _:
            return None


def _button(button: AnyButton) -> Button:
    if isinstance(button, WebUrlButton):
        return Button(type="web_url", title=button.title, url=button.url)
    return Button(type="postback", title=button.title, payload=button.payload)


def require_one_source(content: AnyContent) -> None:
    """Rejection (400) for a file with no source, or with two."""
    media = content.items if isinstance(content, Images) else [content]
    for part in media:
        if isinstance(part, Media) and (part.url is UNSET) == (part.media_id is UNSET):
            raise invalid("a file has either url or media_id - at `$.message`")
