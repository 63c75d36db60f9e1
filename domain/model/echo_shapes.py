"""How Meta's echo of each kind of answer looks, for echoes that do not bring our token.

Sources: "message_echoes", Instagram "Webhooks". What comes back says less than what was sent: a template
without its words, a post as a share, several pictures as one message with pictures.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from meta_inbox.domain.model.message import Message
from meta_inbox.domain.model.webhook import WebhookItem


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoShape:
    """``types``: as what it may come; ``wordless``: its words may be left out.

    ``template``: what Meta calls it, where the echo says so; ``files``: it has no more files than were sent.
    """

    types: frozenset[str]
    wordless: bool = False
    template: str | None = None
    files: bool = False


def _file(kind: str) -> EchoShape:
    return EchoShape(types=frozenset({kind}), files=True)


def _template(called: str | None = None, *others: str) -> EchoShape:
    return EchoShape(types=frozenset({"template", *others}), wordless=True, template=called)


ECHO_SHAPES: Mapping[str, EchoShape] = {
    "text": EchoShape(types=frozenset({"text"})),
    "quick_replies": EchoShape(types=frozenset({"text"})),
    "image": _file("image"),
    "images": _file("image"),
    "video": _file("video"),
    "audio": _file("audio"),
    "file": _file("file"),
    "buttons": _template("button", "buttons"),
    "cards": _template("generic"),
    "products": _template("product"),
    "media_card": _template("media"),
    "utility": _template(),
    "sticker": EchoShape(types=frozenset({"sticker"})),
    "post": EchoShape(types=frozenset({"share"})),
}
"""By the type of the own message."""


def looks_like(own: Message, item: WebhookItem) -> bool:
    """Whether the echo can be of this own message, by what it shows."""
    shape = ECHO_SHAPES.get(own.type)
    if shape is None or item.type not in shape.types:
        return False
    told = (item.details or {}).get("template_type")
    if shape.template is not None and told not in (None, shape.template):
        return False
    if shape.files and len(item.attachments) > len(own.attachments):
        return False
    if shape.wordless and item.text is None:
        return True
    return (own.text or "").strip() == (item.text or "").strip()
