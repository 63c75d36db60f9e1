"""Meta's id of a message is one message's: what happens when a second one turns out to be its owner."""

from dataclasses import replace
from typing import LiteralString

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.adapters.persistence.postgres_events import Change
from meta_inbox.adapters.persistence.postgres_rows import MESSAGE_ALONE, message_of
from meta_inbox.adapters.persistence.postgres_written import write
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.message import Message, MessageStatus
from meta_inbox.domain.model.projection import is_own

_HOLDER: LiteralString = f"""
    select {MESSAGE_ALONE} from meta_inbox.messages m
    where m.tenant_id = %(tenant)s and m.account_id = %(account)s and m.meta_message_id = %(mid)s
      and m.id <> %(own)s
    for update of m
"""
_REMOVE: LiteralString = "delete from meta_inbox.messages where tenant_id = %(tenant)s and id = %(id)s"
# By a statement of its own: whoever holds the conversation is adding to it, which the next one sees.
_HOLD: LiteralString = """
    select from meta_inbox.conversations
    where tenant_id = %(tenant)s and account_id = %(account)s and contact_id = %(contact)s for update
"""
_LOOK_AGAIN: LiteralString = """
    update meta_inbox.conversations c
    set last_message_id = newest.id, last_message_at = newest.ordered_at
    from (select m.id, m.ordered_at from meta_inbox.messages m
          where m.tenant_id = %(tenant)s and m.account_id = %(account)s and m.contact_id = %(contact)s
            and m.part_of is null
          order by m.ordered_at desc, m.id desc limit 1) newest
    where c.tenant_id = %(tenant)s and c.account_id = %(account)s and c.contact_id = %(contact)s
    returning 1
"""
_END: LiteralString = """
    delete from meta_inbox.conversations
    where tenant_id = %(tenant)s and account_id = %(account)s and contact_id = %(contact)s
"""


async def take_mid(
    connection: Connection, own: Message, mid: MetaMessageId
) -> tuple[Message | None, list[Change]]:
    """Frees a mid that its own message claims; the one made by its echo, now gone, and what to tell.

    An own message that only looked like the echo's goes back to ``unknown``.
    """
    values = {"tenant": own.tenant_id, "account": own.account_id, "mid": mid, "own": own.id}
    row = await (await connection.execute(_HOLDER, values)).fetchone()
    if row is None:
        return None, []
    holder = message_of(row)
    if is_own(holder):
        mistaken = replace(holder, meta_message_id=None, status=MessageStatus.UNKNOWN, sent_at=None)
        await write(connection, mistaken)
        return None, [changed(mistaken)]
    await connection.execute(_REMOVE, {"tenant": own.tenant_id, "id": holder.id})
    await _look_again(connection, holder)
    return holder, [] if holder.contact_id == own.contact_id else [_left(holder)]


async def _look_again(connection: Connection, gone: Message) -> None:
    """The last message is another now; a conversation of the one that is gone alone ends with it."""
    values = {"tenant": gone.tenant_id, "account": gone.account_id, "contact": gone.contact_id}
    await connection.execute(_HOLD, values)
    if await (await connection.execute(_LOOK_AGAIN, values)).fetchone() is None:
        await connection.execute(_END, values)


def _left(message: Message) -> Change:
    return Change(EventType.CONVERSATION_UPDATED, account=message.account_id, contact=message.contact_id)


def changed(message: Message) -> Change:
    """That the message is not as it was."""
    return Change(
        EventType.MESSAGE_UPDATED,
        account=message.account_id,
        contact=message.contact_id,
        message=message.shown_id,
    )
