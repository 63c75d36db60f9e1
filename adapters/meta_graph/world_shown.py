"""What a contact sees of a send, which is also what its echo shows.

Files are shown by their addresses. Of stickers and posts what webhooks of contacts bring is shown, since
Meta documents nothing else; how the echo of a utility template looks is not documented at all.
"""

from meta_inbox.adapters.meta_graph.world_attachments import Attachments
from meta_inbox.adapters.meta_graph.world_media import AVATARS
from meta_inbox.adapters.meta_graph.world_send_body import Attachment, Element, Outgoing, Payload, as_json
from meta_inbox.adapters.meta_graph.world_values import Json


def shown_parts(message: Outgoing, copies: Attachments) -> tuple[Json, ...]:
    """The attachments of the message as it is shown."""
    if message.sticker_id is not None:
        return (_sticker(str(message.sticker_id), copies),)
    if message.template is not None:
        named = {"template_type": "utility", "name": message.template.name}
        return ({"type": "template", "payload": named},)
    return tuple(_part(file, copies) for file in message.files)


def _sticker(id_: str, copies: Attachments) -> Json:
    url = f"{copies.ground.media_url}{AVATARS}sticker-{id_}.png"
    return {"type": "sticker", "payload": {"url": url, "sticker_id": int(id_)}}


def _part(file: Attachment, copies: Attachments) -> Json:
    payload = file.payload
    if payload is None:
        return {"type": file.type}
    if file.type == "MEDIA_SHARE":
        post = {"url": f"https://www.instagram.com/p/{payload.id}/", "ig_post_media_id": str(payload.id)}
        return {"type": "ig_post", "payload": post}
    if payload.attachment_id is not None:
        return {"type": file.type, "payload": {"url": copies.address(payload.attachment_id)}}
    if payload.elements:
        return {"type": file.type, "payload": _template(payload, copies)}
    return as_json(file)


def _template(payload: Payload, copies: Attachments) -> Json:
    return as_json(payload) | {"elements": [_element(each, copies) for each in payload.elements]}


def _element(element: Element, copies: Attachments) -> Json:
    if element.attachment_id is None:
        return as_json(element)
    return as_json(element) | {"url": copies.address(element.attachment_id)}
