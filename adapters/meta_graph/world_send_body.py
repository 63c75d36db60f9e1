"""The body of a send, as far as it is modelled. Source: "Send API" reference."""

import msgspec

from meta_inbox.adapters.meta_graph.world_errors import invalid_parameter
from meta_inbox.adapters.meta_graph.world_values import Json


class Button(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A button of a template."""

    type: str
    title: str = ""
    url: str | None = None
    payload: str | None = None


class Card(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An element of the generic template."""

    title: str
    subtitle: str | None = None
    image_url: str | None = None
    buttons: list[Button] = []
    default_action: Json | None = None


class Payload(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What an attachment consists of: a file or a template."""

    url: str | None = None
    attachment_id: str | int | None = None
    is_reusable: bool = False
    template_type: str | None = None
    text: str | None = None
    buttons: list[Button] = []
    elements: list[Card] = []


class Attachment(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A file or a template."""

    type: str
    payload: Payload | None = None


class QuickReply(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An answer that the contact may tap."""

    content_type: str = "text"
    title: str = ""
    payload: str = ""
    image_url: str | None = None


class Outgoing(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The ``message`` of a send."""

    text: str | None = None
    attachment: Attachment | None = None
    attachments: list[Attachment] | None = None
    quick_replies: list[QuickReply] = []
    metadata: str | None = None
    sticker_id: str | int | None = None

    @property
    def files(self) -> list[Attachment]:
        """Every attachment, however it is written."""
        return [*([self.attachment] if self.attachment else []), *(self.attachments or [])]


class Recipient(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Whom a send is for: a contact, or whoever wrote a comment."""

    id: str | int | None = None
    comment_id: str | None = None


class ActionPayload(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What a reaction is to."""

    message_id: str
    reaction: str | None = None


class ReplyTo(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The message that is answered."""

    mid: str


class SendBody(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The body of a send."""

    recipient: Recipient
    messaging_type: str | None = None
    tag: str | None = None
    message: Outgoing | None = None
    sender_action: str | None = None
    payload: ActionPayload | None = None
    reply_to: ReplyTo | None = None


def read_body(body: Json) -> SendBody:
    """The send that these parameters describe. GraphError when they do not."""
    try:
        found = msgspec.convert(body, SendBody)
    except msgspec.ValidationError as error:
        raise invalid_parameter(f"Invalid parameter: {error}") from None
    if (found.recipient.id is None) == (found.recipient.comment_id is None):
        raise invalid_parameter("Param recipient must have exactly one of id, comment_id")
    return found


def as_json(part: msgspec.Struct) -> Json:
    """A part of a send as plain JSON, what was not said left out."""
    plain: Json = msgspec.to_builtins(part)
    return plain
