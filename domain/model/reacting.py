"""Reacting to a message in the account's name: to which, and how it is noted.

Sources: Send API, "Sender actions"; the webhook ``message_reactions``, whose words the note follows, so
that a reaction looks the same whoever told of it.
"""

from meta_inbox.domain.errors import ContentRefused, MessageDeleted, MessageNotSent
from meta_inbox.domain.model.capabilities import Extras
from meta_inbox.domain.model.changes import Party, Reacted
from meta_inbox.domain.model.contact import COMMENTS
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.message import Direction, Message, MessageStatus

EMOJI = {
    "love": "\u2764\ufe0f",
    "like": "\U0001f44d",
    "dislike": "\U0001f44e",
    "smile": "\U0001f606",
    "wow": "\U0001f62e",
    "sad": "\U0001f622",
    "angry": "\U0001f620",
}


def reactable(message: Message) -> MetaMessageId:
    """Meta's id of the message. ContentRefused for what has no place for reactions, MessageDeleted,
    MessageNotSent."""
    if message.deleted_at is not None:
        raise MessageDeleted("the message was taken back")
    is_notice = message.status is MessageStatus.RECEIVED and message.direction is Direction.OUTBOUND
    if message.contact_id.startswith(COMMENTS) or is_notice:
        raise ContentRefused("this cannot be reacted to", code="not_supported_here")
    if message.meta_message_id is None:
        raise MessageNotSent("the message has not reached Meta, so that nobody can react to it yet")
    if message.shown_meta_id is None:
        raise ContentRefused("Meta gave this no id, so that nobody can react to it")
    return message.meta_message_id


def require_offered(reaction: str, extras: Extras) -> None:
    """Raises ContentRefused for a reaction that this surface does not take."""
    if not reaction.strip() or not reaction.isprintable():
        raise ContentRefused("a reaction is a name such as love, or an emoji", code="text_empty")
    if extras.reactions is not None and reaction not in extras.reactions:
        allowed = ", ".join(sorted(extras.reactions))
        raise ContentRefused(f"an Instagram account that is connected through its Page reacts by {allowed}")


def by_account(reaction: str | None) -> Reacted:
    """The change that the account's reaction is; None takes it back."""
    if reaction is None:
        return Reacted(by=Party.ACCOUNT, reaction=None)
    if reaction.isascii():
        return Reacted(by=Party.ACCOUNT, reaction=reaction, emoji=EMOJI.get(reaction))
    named = next((name for name, emoji in EMOJI.items() if emoji == reaction), "other")
    return Reacted(by=Party.ACCOUNT, reaction=named, emoji=reaction)
