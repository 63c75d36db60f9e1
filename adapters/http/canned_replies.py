"""The tenant's canned replies."""

from typing import Annotated

import msgspec
from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody

from meta_inbox.adapters.http.given import By, Core
from meta_inbox.adapters.http.request import our_id
from meta_inbox.adapters.http.wire import Strict, or_none
from meta_inbox.domain.model.canned_reply import LONGEST_SHORTCUT, LONGEST_TEXT, CannedReply, CannedReplyId

CANNED_REPLIES = "/canned-replies"
CANNED_REPLY = f"{CANNED_REPLIES}/{{reply:str}}"

# Told to clients, and judged by the core, which says what is wrong.
_Shortcut = Annotated[str, msgspec.Meta(extra_json_schema={"minLength": 1, "maxLength": LONGEST_SHORTCUT})]
_Text = Annotated[str, msgspec.Meta(extra_json_schema={"minLength": 1, "maxLength": LONGEST_TEXT})]


class CannedReplyBody(Strict):
    """A text, and the word of letters, digits, ``_`` and ``-`` that calls it up.

    In the text, ``{{contact.name}}``, ``{{contact.username}}`` and ``{{account.name}}`` stand for what the
    client fills in.
    """

    shortcut: _Shortcut
    text: _Text


class CannedReplyChangeBody(Strict):
    """What is to become different."""

    shortcut: _Shortcut | msgspec.UnsetType = msgspec.UNSET
    text: _Text | msgspec.UnsetType = msgspec.UNSET


class CannedReplyWire(msgspec.Struct, kw_only=True):
    """A text that is kept to be sent again and again."""

    id: str
    shortcut: str
    text: str

    @classmethod
    def of(cls, reply: CannedReply) -> "CannedReplyWire":
        """The reply as it is now."""
        return cls(id=reply.id, shortcut=reply.shortcut, text=reply.text)


class CannedReplies(msgspec.Struct, kw_only=True):
    """All of the tenant's, by shortcut."""

    canned_replies: list[CannedReplyWire]


@get(CANNED_REPLIES)
async def list_canned_replies(by: By, inbox: Core) -> CannedReplies:
    """All of them, by shortcut, whatever the case of its letters."""
    found = await inbox.list_canned_replies(by=by)
    return CannedReplies(canned_replies=[CannedReplyWire.of(reply) for reply in found])


@post(CANNED_REPLIES, status_code=201)
async def create_canned_reply(data: JSONBody[CannedReplyBody], by: By, inbox: Core) -> CannedReplyWire:
    """Keeps one for everybody of the tenant; no two shortcuts differ in the case of letters alone."""
    return CannedReplyWire.of(await inbox.create_canned_reply(by=by, shortcut=data.shortcut, text=data.text))


@patch(CANNED_REPLY)
async def change_canned_reply(
    reply: FromPath[str], data: JSONBody[CannedReplyChangeBody], by: By, inbox: Core
) -> CannedReplyWire:
    """Changes what is given."""
    changed = await inbox.change_canned_reply(
        by=by, reply=_reply_id(reply), shortcut=or_none(data.shortcut), text=or_none(data.text)
    )
    return CannedReplyWire.of(changed)


@delete(CANNED_REPLY)
async def delete_canned_reply(reply: FromPath[str], by: By, inbox: Core) -> None:
    """Takes it away; its shortcut is free again."""
    await inbox.delete_canned_reply(by=by, reply=_reply_id(reply))


def _reply_id(text: str) -> CannedReplyId:
    return CannedReplyId(our_id(text))
