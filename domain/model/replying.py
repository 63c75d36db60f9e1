"""Answering one message of a conversation: which, and by what name Meta knows it.

Source: Send API, ``reply_to``.
"""

from meta_inbox.domain.errors import ContentRefused, MessageDeleted, MessageNotSent
from meta_inbox.domain.model.message import Message, ReplyTo


def replied_to(message: Message) -> ReplyTo:
    """The message as what an answer names. MessageDeleted, MessageNotSent, ContentRefused."""
    if message.deleted_at is not None:
        raise MessageDeleted("the message that is answered was taken back")
    if message.meta_message_id is None:
        raise MessageNotSent("the message that is answered has not reached Meta, or is not known to have")
    if message.shown_meta_id is None:
        raise ContentRefused("Meta gave this no id, so that no answer can name it", code="not_supported_here")
    return ReplyTo(id=message.id, meta_message_id=message.meta_message_id)
