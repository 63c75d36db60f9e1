"""An answer as Meta takes it ("Send API", "Templates", "Message tags", "Private Replies").

What stands under a comment goes to the comment itself ("IG Comment Replies", "Object Comments").
"""

import json
from collections.abc import Sequence
from typing import Any, assert_never

from meta_inbox.adapters.meta_graph.calls import own_node
from meta_inbox.adapters.meta_graph.exchange import FilePart
from meta_inbox.domain.model.account import Account, Platform, Surface
from meta_inbox.domain.model.capabilities import CAPABILITIES
from meta_inbox.domain.model.content import (
    Button,
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
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.message import Message
from meta_inbox.domain.model.upload import Upload


def send_path(account: Account, content: Content) -> tuple[str, str]:
    """The node and its edge that take this content."""
    if isinstance(content, PublicReplyContent):
        return content.comment, "replies" if account.platform is Platform.INSTAGRAM else "comments"
    return own_node(account), "messages"


def upload_form(account: Account, kind: MediaKind) -> dict[str, str]:
    """What goes along with a file ("Attachment Upload API"); for Instagram it is to be said."""
    attachment = {"type": kind, "payload": {"is_reusable": True}}
    form = {"message": json.dumps({"attachment": attachment})}
    return form | ({"platform": "instagram"} if account.surface is Surface.INSTAGRAM else {})


def upload_file(upload: Upload, content: bytes) -> FilePart:
    """The file itself; Instagram takes names in plain letters alone."""
    ending = (upload.name or "").rpartition(".")[2]
    plain = ending if ending.isascii() and ending.isalnum() and len(ending) <= 8 else "bin"
    told = upload.name if upload.name is not None and upload.name.isascii() else f"file.{plain}"
    return FilePart(under="filedata", name=told, content_type=upload.content_type, content=content)


def hide_form(account: Account, *, hide: bool) -> dict[str, str]:
    """What hides a comment, or shows it again ("IG Comment", "Comment")."""
    name = "hide" if account.platform is Platform.INSTAGRAM else "is_hidden"
    return {name: "true" if hide else "false"}


def send_body(
    account: Account, message: Message, content: Content, reply_to: MetaMessageId | None
) -> dict[str, Any]:
    """The body of a send; the message's own id goes along, and comes back with the echo."""
    if isinstance(content, PublicReplyContent):
        return {"message": content.text}
    body: dict[str, Any] = {
        "recipient": _recipient(message, content),
        **_type(account, message, content),
        "message": {**_content(account, content), "metadata": message.id},
    }
    persona = (message.details or {}).get("persona_id")
    if persona is not None:
        body["persona_id"] = persona
    return body if reply_to is None else {**body, "reply_to": {"mid": reply_to}}


def _recipient(message: Message, content: Content) -> dict[str, str]:
    if isinstance(content, PrivateReplyContent):
        return {"comment_id": content.comment}
    return {"id": message.contact_id}


def _type(account: Account, message: Message, content: Content) -> dict[str, str]:
    if isinstance(content, UtilityContent):
        return {"messaging_type": "UTILITY"}
    if message.human_agent:
        return {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    return {} if account.platform is Platform.INSTAGRAM else {"messaging_type": "RESPONSE"}


def _content(account: Account, content: Content) -> dict[str, Any]:  # noqa: PLR0911  # one for each kind
    match content:
        case TextContent(text=text) | PrivateReplyContent(text=text) | PublicReplyContent(text=text):
            return {"text": text}
        case QuickRepliesContent(text=text, quick_replies=replies):
            return {"text": text, "quick_replies": [_quick_reply(each) for each in replies]}
        case MediaContent(type=kind):
            return {"attachment": {"type": kind, "payload": _file(content.part)}}
        case ImagesContent(items=items):
            return {"attachments": [{"type": "image", "payload": _file(item)} for item in items]}
        case StickerContent():
            return _sticker(account, content)
        case PostContent(post_id=post):
            return {"attachment": {"type": "MEDIA_SHARE", "payload": {"id": post}}}
        case UtilityContent(template=name, language=language, components=components):
            language_code = {"code": language}
            return {"template": {"name": name, "language": language_code, "components": list(components)}}
        case ButtonsContent() | CardsContent() | MediaCardContent() | ProductsContent():
            return {"attachment": {"type": "template", "payload": _template(content)}}
        case _:
            assert_never(content)


def _template(content: ButtonsContent | CardsContent | MediaCardContent | ProductsContent) -> dict[str, Any]:
    match content:
        case ButtonsContent(text=text, buttons=buttons):
            return {"template_type": "button", "text": text, "buttons": _buttons(buttons)}
        case CardsContent(cards=cards):
            return {"template_type": "generic", "elements": [_card(each) for each in cards]}
        case MediaCardContent(media=kind, buttons=buttons):
            element = {"media_type": kind, **_file(content.part), **_with(buttons)}
            return {"template_type": "media", "elements": [element]}
        case ProductsContent(product_ids=ids):
            return {"template_type": "product", "elements": [{"id": each} for each in ids]}
        case _:
            assert_never(content)


def _file(part: MediaPart) -> dict[str, str]:
    """By Meta's id of the copy it was given, or by an address that Meta fetches it from."""
    if part.attachment_id is not None:
        return {"attachment_id": part.attachment_id}
    if part.url is None:
        raise ValueError("Meta was not given this file yet")
    return {"url": part.url}


def _sticker(account: Account, sticker: StickerContent) -> dict[str, Any]:
    named = CAPABILITIES[account.surface].stickers.get(sticker.name or "", "")
    if account.platform is Platform.INSTAGRAM:
        return {"attachment": {"type": named}}
    return {"sticker_id": sticker.sticker_id or named}


def _card(card: Card) -> dict[str, Any]:
    element = {"title": card.title, "subtitle": card.subtitle, "image_url": card.image_url}
    said = {name: value for name, value in element.items() if value is not None}
    return {**said, **_with(card.buttons)}


def _with(buttons: Sequence[Button]) -> dict[str, Any]:
    return {"buttons": _buttons(buttons)} if buttons else {}


def _buttons(buttons: Sequence[Button]) -> list[dict[str, Any]]:
    return [_button(each) for each in buttons]


def _button(button: Button) -> dict[str, Any]:
    named = {"type": button.type, "title": button.title}
    if button.type == "web_url":
        return {**named, "url": button.url}
    return {**named, "payload": button.payload}


def _quick_reply(reply: QuickReply) -> dict[str, Any]:
    return {"content_type": "text", "title": reply.title, "payload": reply.payload}
