"""What a send may contain. Source: Send API, "Limits", "Quick Replies", "Templates"."""

from urllib.parse import urlsplit

from meta_inbox.adapters.meta_graph.world_errors import GraphError, invalid_message, invalid_parameter
from meta_inbox.adapters.meta_graph.world_send_body import Attachment, Button, Outgoing, Payload
from meta_inbox.adapters.meta_graph.world_values import Surface

MAX_TEXT = {"page": 2000, "instagram": 1000}
MAX_IMAGES = {"page": 30, "instagram": 10}
MAX_BUTTON_TEXT = 640
MAX_BUTTONS = 3
MAX_TITLE = 20
MAX_PAYLOAD = 1000
MAX_METADATA = 1000
MAX_QUICK_REPLIES = 13
MAX_CARDS = 10
MEDIA = ("image", "audio", "video", "file")


def require_content(message: Outgoing, surface: Surface) -> None:
    """GraphError naming the limit that the message breaks."""
    parts = [message.text is not None, bool(message.files), message.sticker_id is not None]
    if sum(parts) != 1:
        raise invalid_message(surface, "A message has either text or attachments.")
    if message.text is not None:
        _require_text(message.text, surface)
    if len(message.metadata or "") >= MAX_METADATA:
        raise invalid_message(surface, "Length of param message[metadata] must be less than 1000")
    _require_files(message.files, surface)
    _require_quick_replies(message, surface)


def _require_text(text: str, surface: Surface) -> None:
    length = len(text) if surface == "page" else len(text.encode(errors="replace"))
    if not text.strip():
        raise invalid_message(surface, "Message cannot be empty, must provide valid attachment or text")
    if length > MAX_TEXT[surface]:
        raise invalid_message(
            surface, f"Length of param message[text] must be less than or equal to {MAX_TEXT[surface]}"
        )


def _require_files(files: list[Attachment], surface: Surface) -> None:
    if len(files) > 1 and any(file.type != "image" for file in files):
        raise invalid_message(surface, "Several attachments must all be images.")
    if len(files) > MAX_IMAGES[surface]:
        raise invalid_message(surface, f"A message has at most {MAX_IMAGES[surface]} images.")
    for file in files:
        if file.type == "template" and file.payload is not None:
            _require_template(file.payload, surface)
        elif file.type in MEDIA:
            _require_media(file, surface)
        elif (file.type, surface) not in (("like_heart", "instagram"), ("MEDIA_SHARE", "instagram")):
            raise invalid_message(surface, f"The attachment type {file.type} is not supported.")


def _require_media(file: Attachment, surface: Surface) -> None:
    payload = file.payload or Payload()
    if payload.attachment_id is not None:
        raise GraphError(100, "(#100) The attachment id is not owned by this page", subcode=2018074)
    if urlsplit(payload.url or "").scheme not in ("http", "https"):
        raise invalid_parameter(
            "Failed to fetch the file from the url", 2018008 if surface == "page" else 2534015
        )


def _require_template(payload: Payload, surface: Surface) -> None:
    if payload.template_type == "button":
        if not payload.text or len(payload.text) > MAX_BUTTON_TEXT:
            raise invalid_message(surface, f"A button template has a text of 1 to {MAX_BUTTON_TEXT}.")
        if not payload.buttons:
            raise invalid_message(surface, "A button template has 1 to 3 buttons.")
        _require_buttons(payload.buttons, surface)
    elif payload.template_type == "generic":
        if not 1 <= len(payload.elements) <= MAX_CARDS:
            raise invalid_message(surface, f"A generic template has 1 to {MAX_CARDS} elements.")
        for card in payload.elements:
            _require_buttons(card.buttons, surface)
    else:
        raise invalid_message(surface, f"The template {payload.template_type} is not supported here.")


def _require_buttons(buttons: list[Button], surface: Surface) -> None:
    if len(buttons) > MAX_BUTTONS:
        raise invalid_message(surface, "A template has at most 3 buttons.")
    for button in buttons:
        if not 1 <= len(button.title) <= MAX_TITLE:
            raise invalid_message(surface, f"A button's title has 1 to {MAX_TITLE} characters.")
        carried = button.url if button.type == "web_url" else button.payload
        if button.type not in ("web_url", "postback") or not carried:
            raise invalid_message(surface, f"A button {button.type} is not valid here.")
        if button.type == "postback" and len(carried) > MAX_PAYLOAD:
            raise invalid_message(surface, f"A payload has at most {MAX_PAYLOAD} characters.")


def _require_quick_replies(message: Outgoing, surface: Surface) -> None:
    replies = message.quick_replies
    if not replies:
        return
    if len(replies) > MAX_QUICK_REPLIES:
        raise invalid_message(surface, f"A message has at most {MAX_QUICK_REPLIES} quick replies.")
    if surface == "instagram" and message.text is None:
        raise invalid_message(surface, "Quick replies need a text.")
    for reply in replies:
        if reply.content_type != "text" and surface == "instagram":
            raise invalid_message(surface, f"The content type {reply.content_type} is not supported.")
        if reply.content_type == "text" and (not reply.title or len(reply.payload) > MAX_PAYLOAD):
            raise invalid_message(surface, f"A quick reply has a title and at most {MAX_PAYLOAD} of payload.")
