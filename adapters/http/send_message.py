"""Answering a contact."""

import hashlib
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, post
from litestar.params import HeaderParameter, JSONBody

from meta_inbox.adapters.http.given import By, Core, Links
from meta_inbox.adapters.http.media_urls import MediaLinks
from meta_inbox.adapters.http.message_wire import MessageWire
from meta_inbox.adapters.http.problems import invalid
from meta_inbox.adapters.http.request import account_id, contact_id, our_id
from meta_inbox.adapters.http.send_body import SendBody, content_of
from meta_inbox.domain.model.ids import MessageId
from meta_inbox.domain.model.message import Message, MessageStatus
from meta_inbox.domain.model.sending import Once

VISIBLE_ASCII = r"^[!-~]{1,255}$"
_ACCEPTED = frozenset({MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.READ})


Key = Annotated[str | None, HeaderParameter(name="Idempotency-Key", pattern=VISIBLE_ASCII)]


def once_of(request: Request[Any, Any, Any], key: str | None, body: object) -> Once | None:
    """The key, with what is asked for under it. Rejection (400) for several keys."""
    if key is None:
        return None
    if len(request.headers.getall("idempotency-key")) > 1:
        raise invalid("there is more than one Idempotency-Key")
    canonical = msgspec.json.encode(body, order="sorted")
    return Once(key=key, fingerprint=hashlib.sha256(canonical).digest())


def taken(message: Message, links: MediaLinks) -> Response[MessageWire]:
    """201 when Meta accepted it; 202 while it waits, is under way, or its outcome is not known."""
    status = 201 if message.status in _ACCEPTED else 202
    return Response(MessageWire.of(message, links), status_code=status)


@post("/send-message", status_code=201)
async def send_message(
    *,
    request: Request[Any, Any, Any],
    data: JSONBody[SendBody],
    by: By,
    inbox: Core,
    links: Links,
    idempotency_key: Key = None,
) -> Response[MessageWire]:
    """201 when Meta accepted it; 202 while it waits, is under way, or its outcome is not known."""
    content = content_of(data)
    message = await inbox.send_message(
        by=by,
        account=account_id(data.account_id),
        contact=contact_id(data.recipient_id),
        content=content,
        reply_to=MessageId(our_id(data.reply_to)) if isinstance(data.reply_to, str) else None,
        human_agent=data.human_agent,
        persona=data.persona_id if isinstance(data.persona_id, str) else None,
        split=data.split,
        once=once_of(request, idempotency_key, data),
    )
    return taken(message, links)
