"""Somebody comments in public, and the account answers: from here, or in Meta's own app."""

from typing import Any

from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.comment_reply import Way, details_of, reply_of
from meta_inbox.domain.model.ids import ContactId, MetaMessageId
from meta_inbox.domain.model.message import Message, Origin, ReplyTo
from meta_inbox.domain.model.sending import Claim, Once
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem
from tests.contracts.scene import BEA, Scene, wrote

COMMENTER = ContactId("comments:7001")


def commented(mid: str, text: str = "Price?", **more: Any) -> WebhookItem:
    """Ana comments in public."""
    details = {"comment_id": mid, "media_id": "18", "username": "ana.k"}
    values = {"contact_id": COMMENTER, "type": "comment", "details": details, "opens": None}
    return wrote(mid, text, **(values | more))


def answered(mid: str, text: str = "40", *, under: str = "c-1", **more: Any) -> WebhookItem:
    """Meta tells that the account answered under a comment, wherever that was written."""
    values = {"kind": ItemKind.ANSWER, "type": "comment", "contact_id": None, "opens": None}
    return wrote(mid, text, **(values | {"reply_to": MetaMessageId(under)} | more))


async def the_comment(scene: Scene, account: Account, mid: str = "c-1", **more: Any) -> Message:
    """A comment of Ana's that just came."""
    await scene.happens(commented(mid, **more))
    found = await scene.messages(account, more.get("contact_id", COMMENTER))
    return next(message for message in found if message.meta_message_id == mid)


async def replies(
    scene: Scene, comment: Message, way: Way, text: str = "40", *, once: Once | None = None
) -> Message:
    """An answer to the comment is put into the outbox."""
    content = reply_of(comment, text, way)
    message = Message.queued(
        ids=(scene.stores.ids.new(), scene.stores.ids.new()),
        tenant=comment.tenant_id,
        account=comment.account_id,
        contact=comment.contact_id,
        content=content,
        human_agent=False,
        reply_to=ReplyTo(id=comment.id, meta_message_id=content.comment),
        origin=Origin.AGENT,
        sent_by=BEA,
        now=scene.now,
        details=details_of(comment, way),
    )
    await scene.stores.outbox.put(message, content, None, once)
    return message


async def replying(scene: Scene, comment: Message, way: Way, text: str = "40") -> Claim:
    """An answer to the comment that is on its way."""
    message = await replies(scene, comment, way, text)
    claim = await scene.stores.outbox.claim(comment.tenant_id, message.id)
    assert claim is not None
    return claim
