"""What a send may contain. Source: Send API, "Limits", "Quick Replies", "Templates"."""

from urllib.parse import urlsplit

from meta_inbox.adapters.meta_graph.world_errors import invalid_message, invalid_parameter
from meta_inbox.adapters.meta_graph.world_send_body import Attachment, Outgoing, Payload, QuickReply
from meta_inbox.adapters.meta_graph.world_templates import MAX_PAYLOAD, require_template
from meta_inbox.adapters.meta_graph.world_values import Surface

MAX_TEXT = {"page": 2000, "instagram": 1000}
MAX_IMAGES = {"page": 30, "instagram": 10}
MAX_METADATA = 1000
MAX_QUICK_REPLIES = 13
QUICK_REPLIES = {"page": ("text", "user_phone_number", "user_email"), "instagram": ("text",)}
MEDIA = ("image", "audio", "video", "file")


def require_content(message: Outgoing, surface: Surface) -> None:
    """GraphError naming the limit that the message breaks."""
    stuck, approved = message.sticker_id is not None, message.template is not None
    if sum([message.text is not None, bool(message.files), stuck, approved]) != 1:
        raise invalid_message(surface, "A message has either text or attachments.")
    if (stuck or approved) and surface != "page":
        raise invalid_message(surface, "This kind of message is not supported here.")
    if stuck and not str(message.sticker_id).isdecimal():
        raise invalid_message(surface, "There is no such sticker.")
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
            require_template(file.payload, surface)
        elif file.type in MEDIA:
            _require_media(file, surface)
        else:
            _require_special(file, surface)


def _require_special(file: Attachment, surface: Surface) -> None:
    """A heart, or a post of one's own: Instagram alone has them."""
    if surface == "instagram" and file.type == "like_heart":
        return
    if surface != "instagram" or file.type != "MEDIA_SHARE":
        raise invalid_message(surface, f"The attachment type {file.type} is not supported.")
    if not str((file.payload or Payload()).id or "").isdecimal():
        raise invalid_message(surface, "A post is named by its id.")


def _require_media(file: Attachment, surface: Surface) -> None:
    """Whether a copy is the Page's own is seen where copies are known."""
    payload = file.payload or Payload()
    if payload.attachment_id is not None and payload.url is None:
        return
    if payload.attachment_id is not None or urlsplit(payload.url or "").scheme not in ("http", "https"):
        raise invalid_parameter(
            "Failed to fetch the file from the url", 2018008 if surface == "page" else 2534015
        )


def _require_quick_replies(message: Outgoing, surface: Surface) -> None:
    replies = message.quick_replies
    if not replies:
        return
    if len(replies) > MAX_QUICK_REPLIES:
        raise invalid_message(surface, f"A message has at most {MAX_QUICK_REPLIES} quick replies.")
    if surface == "instagram" and message.text is None:
        raise invalid_message(surface, "Quick replies need a text.")
    for reply in replies:
        _require_quick_reply(reply, surface)


def _require_quick_reply(reply: QuickReply, surface: Surface) -> None:
    if reply.content_type not in QUICK_REPLIES[surface]:
        raise invalid_message(surface, f"The content type {reply.content_type} is not supported.")
    if reply.image_url is not None and surface == "instagram":
        raise invalid_message(surface, "A quick reply has no picture here.")
    if reply.content_type == "text" and (not reply.title or len(reply.payload) > MAX_PAYLOAD):
        raise invalid_message(surface, f"A quick reply has a title and at most {MAX_PAYLOAD} of payload.")
