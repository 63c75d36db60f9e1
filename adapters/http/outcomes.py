"""What is done about a message of which nobody knows whether it arrived, or which failed."""

from typing import TypedDict

from litestar import post
from litestar.params import FromPath

from meta_inbox.adapters.http.given import By, Core, Links
from meta_inbox.adapters.http.message_wire import MessageWire
from meta_inbox.adapters.http.request import account_id, contact_id, our_id
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId

_MESSAGE = "/messages/{account:str}/{contact:str}/{message:str}"


class _Named(TypedDict):
    account: AccountId
    contact: ContactId
    message: MessageId


def _named(account: str, contact: str, message: str) -> _Named:
    return {
        "account": account_id(account),
        "contact": contact_id(contact),
        "message": MessageId(our_id(message)),
    }


@post(f"{_MESSAGE}/check", status_code=200)
async def check_message(
    *,
    account: FromPath[str],
    contact: FromPath[str],
    message: FromPath[str],
    by: By,
    inbox: Core,
    links: Links,
) -> MessageWire:
    """Asks Meta whether an ``unknown`` message arrived; any other is answered as it is."""
    found = await inbox.check_message(by=by, **_named(account, contact, message))
    return MessageWire.of(found, links)


@post(f"{_MESSAGE}/resend", status_code=200)
async def resend_message(
    *,
    account: FromPath[str],
    contact: FromPath[str],
    message: FromPath[str],
    by: By,
    inbox: Core,
    links: Links,
) -> MessageWire:
    """Sends an ``unknown`` or ``failed`` message once more, under the same id: a person's decision."""
    found = await inbox.resend_message(by=by, **_named(account, contact, message))
    return MessageWire.of(found, links)
