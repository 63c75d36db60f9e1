"""The body of a send, as far as it is modelled. Source: "Send API" reference."""

from typing import Any, TypeVar

import msgspec

from meta_inbox.adapters.meta_graph.world_errors import invalid_parameter
from meta_inbox.adapters.meta_graph.world_values import Json

S = TypeVar("S", bound=msgspec.Struct)


class Button(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A button of a template."""

    type: str
    title: str = ""
    url: str | None = None
    payload: str | None = None


class Element(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An element of a template: a card, a file with buttons, or a product."""

    title: str | None = None
    subtitle: str | None = None
    image_url: str | None = None
    buttons: list[Button] = []
    default_action: Json | None = None
    media_type: str | None = None
    attachment_id: str | int | None = None
    url: str | None = None
    id: str | int | None = None


class Payload(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What an attachment consists of: a file, a template, or a post by its id."""

    url: str | None = None
    attachment_id: str | int | None = None
    is_reusable: bool = False
    template_type: str | None = None
    text: str | None = None
    buttons: list[Button] = []
    elements: list[Element] = []
    id: str | int | None = None


class Attachment(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A file, a template, a sticker or a post."""

    type: str
    payload: Payload | None = None


class QuickReply(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An answer that the contact may tap."""

    content_type: str = "text"
    title: str = ""
    payload: str = ""
    image_url: str | None = None


class Language(msgspec.Struct, kw_only=True):
    """The language of an approved template."""

    code: str


class Template(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An approved template; its components are not modelled."""

    name: str
    language: Language
    components: list[Json] = []


class Outgoing(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The ``message`` of a send."""

    text: str | None = None
    attachment: Attachment | None = None
    attachments: list[Attachment] | None = None
    quick_replies: list[QuickReply] = []
    metadata: str | None = None
    sticker_id: str | int | None = None
    template: Template | None = None

    @property
    def files(self) -> list[Attachment]:
        """Every attachment, however it is written."""
        return [*([self.attachment] if self.attachment else []), *(self.attachments or [])]

    @property
    def copies(self) -> list[tuple[str, str]]:
        """The copies that it names, each with the kind that it should be of."""
        parts = [(file.type, file.payload.attachment_id) for file in self.files if file.payload]
        for file in self.files:
            elements = file.payload.elements if file.payload else []
            parts += [(each.media_type or "", each.attachment_id) for each in elements]
        return [(kind, str(id_)) for kind, id_ in parts if id_ is not None]


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
    persona_id: str | int | None = None


def read_body(body: Json) -> SendBody:
    """The send that these parameters describe. GraphError when they do not."""
    found = _read(body, SendBody)
    if (found.recipient.id is None) == (found.recipient.comment_id is None):
        raise invalid_parameter("Param recipient must have exactly one of id, comment_id")
    return found


def read_message(message: Any) -> Outgoing:
    """The message that this parameter describes. GraphError when it does not."""
    return _read(message, Outgoing)


def _read(value: Any, shape: type[S]) -> S:
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        raise invalid_parameter(f"Invalid parameter: {error}") from None


def as_json(part: msgspec.Struct) -> Json:
    """A part of a send as plain JSON, what was not said left out."""
    plain: Json = msgspec.to_builtins(part)
    return plain
