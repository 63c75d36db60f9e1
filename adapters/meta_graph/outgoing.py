"""An answer as Meta takes it ("Send API", "Templates", "Message tags", "Private Replies").

What stands under a comment goes to the comment itself ("IG Comment Replies", "Object Comments").
"""

from typing import Any, assert_never

from meta_inbox.adapters.meta_graph.calls import own_node
from meta_inbox.domain.model.account import Account, Platform
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.message import (
    Button,
    ButtonsContent,
    Content,
    MediaContent,
    Message,
    PrivateReplyContent,
    PublicReplyContent,
    TextContent,
)


def send_path(account: Account, content: Content) -> tuple[str, str]:
    """The node and its edge that take this content."""
    if isinstance(content, PublicReplyContent):
        return content.comment, "replies" if account.platform is Platform.INSTAGRAM else "comments"
    return own_node(account), "messages"


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
        **_type(account, message),
        "message": {**_content(content), "metadata": message.id},
    }
    return body if reply_to is None else {**body, "reply_to": {"mid": reply_to}}


def _recipient(message: Message, content: Content) -> dict[str, str]:
    if isinstance(content, PrivateReplyContent):
        return {"comment_id": content.comment}
    return {"id": message.contact_id}


def _type(account: Account, message: Message) -> dict[str, str]:
    if message.human_agent:
        return {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    return {} if account.platform is Platform.INSTAGRAM else {"messaging_type": "RESPONSE"}


def _content(content: Content) -> dict[str, Any]:
    match content:
        case TextContent(text=text) | PrivateReplyContent(text=text) | PublicReplyContent(text=text):
            return {"text": text}
        case MediaContent(type=kind, url=url):
            return {"attachment": {"type": kind, "payload": {"url": url}}}
        case ButtonsContent(text=text, buttons=buttons):
            payload = {
                "template_type": "button",
                "text": text,
                "buttons": [_button(each) for each in buttons],
            }
            return {"attachment": {"type": "template", "payload": payload}}
        case _:
            assert_never(content)


def _button(button: Button) -> dict[str, Any]:
    named = {"type": button.type, "title": button.title}
    if button.type == "web_url":
        return {**named, "url": button.url}
    return {**named, "payload": button.payload}
