"""What is done about a comment: answering it in private or in public, hiding it."""

from typing import Any, TypedDict

from litestar import Request, Response, post
from litestar.params import FromPath, JSONBody

from meta_inbox.adapters.http.given import By, Core, Links
from meta_inbox.adapters.http.message_wire import MessageWire
from meta_inbox.adapters.http.request import account_id, contact_id, decode_strictly, our_id, require_json
from meta_inbox.adapters.http.send_message import Key, once_of, taken
from meta_inbox.adapters.http.wire import Strict
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId

_COMMENT = "/messages/{account:str}/{contact:str}/{message:str}"


class ReplyBody(Strict):
    """An answer to a comment."""

    text: str


class HideBody(Strict):
    """Whether the comment is to be hidden, or shown again."""

    hide: bool = True


class _Named(TypedDict):
    account: AccountId
    contact: ContactId
    comment: MessageId


def _named(account: str, contact: str, message: str) -> _Named:
    return {
        "account": account_id(account),
        "contact": contact_id(contact),
        "comment": MessageId(our_id(message)),
    }


@post(f"{_COMMENT}/private-reply", status_code=201)
async def private_reply(
    *,
    account: FromPath[str],
    contact: FromPath[str],
    message: FromPath[str],
    request: Request[Any, Any, Any],
    data: JSONBody[ReplyBody],
    by: By,
    inbox: Core,
    links: Links,
    idempotency_key: Key = None,
) -> Response[MessageWire]:
    """The one private answer to a comment: 201 and 202 as for every answer."""
    comment = _named(account, contact, message)
    once = once_of(request, idempotency_key, ["private", *comment.values(), data])
    sent = await inbox.reply_to_comment(by=by, **comment, text=data.text, way="private", once=once)
    return taken(sent, links)


@post(f"{_COMMENT}/public-reply", status_code=201)
async def public_reply(
    *,
    account: FromPath[str],
    contact: FromPath[str],
    message: FromPath[str],
    request: Request[Any, Any, Any],
    data: JSONBody[ReplyBody],
    by: By,
    inbox: Core,
    links: Links,
    idempotency_key: Key = None,
) -> Response[MessageWire]:
    """An answer under the comment, for everybody to read: 201 and 202 as for every answer."""
    comment = _named(account, contact, message)
    once = once_of(request, idempotency_key, ["public", *comment.values(), data])
    sent = await inbox.reply_to_comment(by=by, **comment, text=data.text, way="public", once=once)
    return taken(sent, links)


@post(f"{_COMMENT}/hide", status_code=204)
async def hide_comment(
    *,
    account: FromPath[str],
    contact: FromPath[str],
    message: FromPath[str],
    request: Request[Any, Any, Any],
    by: By,
    inbox: Core,
) -> None:
    """Hides the comment from the public; ``hide`` false shows it again. The body may be left out."""
    comment, wanted = _named(account, contact, message), await _hide_body(request)
    await inbox.hide_comment(by=by, **comment, hide=wanted.hide)


async def _hide_body(request: Request[Any, Any, Any]) -> HideBody:
    body = await request.body()
    if not body:
        return HideBody()
    require_json(request)
    found: HideBody = decode_strictly(body, HideBody)
    return found
