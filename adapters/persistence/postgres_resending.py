"""Sends that a person has sent again, put back into the queue under the locks of their messages."""

from collections.abc import Sequence
from typing import Any, LiteralString

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.adapters.persistence.postgres_events import log
from meta_inbox.adapters.persistence.postgres_mids import changed
from meta_inbox.adapters.persistence.postgres_rows import (
    ANSWERED,
    MESSAGE,
    MESSAGE_ALONE,
    is_id,
    message_of,
)
from meta_inbox.adapters.persistence.postgres_written import write
from meta_inbox.domain.errors import AccountNotSendable, CannotResend, NotFound
from meta_inbox.domain.model.comment_reply import require_unused, way_of
from meta_inbox.domain.model.ids import MessageId, TenantId
from meta_inbox.domain.model.message import Message, MessageStatus
from meta_inbox.domain.model.outcome import may_be_resent, requeued

# Shared with other sends, but not with a disconnecting, which fails what it finds queued.
_ACCOUNT: LiteralString = """
    select a.status from meta_inbox.accounts a
    where a.tenant_id = %(tenant)s and a.id in (
      select account_id from meta_inbox.messages where tenant_id = %(tenant)s and id = any(%(ids)s::uuid[]))
    for share of a
"""
# With the comments that they answer, which stand for what is answered in private once.
_LOCK: LiteralString = """
    select from meta_inbox.messages m
    where m.tenant_id = %(tenant)s and m.id in (
      select unnest(array[p.id, p.reply_to_id]) from meta_inbox.messages p
      where p.tenant_id = %(tenant)s and p.id = any(%(ids)s::uuid[]))
    order by m.id for update
"""
# Statements of their own: one joined to the lock would show what there was before it was waited for.
_THESE: LiteralString = f"""
    select {MESSAGE} from meta_inbox.messages m {ANSWERED}
    where m.tenant_id = %(tenant)s and m.id = any(%(ids)s::uuid[])
"""
_OTHER_REPLIES: LiteralString = f"""
    select {MESSAGE_ALONE} from meta_inbox.messages m
    where m.tenant_id = %(tenant)s and m.account_id = %(account)s and m.contact_id = %(contact)s
      and m.reply_to_meta_id = %(comment)s and m.details ->> 'reply' = 'private' and m.id <> %(id)s
"""
_AGAIN: LiteralString = """
    update meta_inbox.outbox
    set state = 'queued', next_attempt_at = now(), fence = null, lease_until = null, look_at = null,
        looks_end_at = null, ended_at = null, in_doubt = in_doubt or %(in_doubt)s
    where tenant_id = %(tenant)s and message_id = %(id)s and state in ('unknown', 'failed')
    returning 1
"""
_TAG: LiteralString = """
    update meta_inbox.messages set human_agent = %(human_agent)s
    where tenant_id = %(tenant)s and id = %(id)s
"""


async def put_back(
    connection: Connection, tenant: TenantId, messages: Sequence[MessageId], *, human_agent: bool
) -> list[Message]:
    """The messages as they now are. NotFound, CannotResend, PrivateReplyUsed: then none is queued."""
    values: dict[str, Any] = {"tenant": tenant, "ids": [each for each in messages if is_id(each)]}
    accounts = await (await connection.execute(_ACCOUNT, values)).fetchall()
    await connection.execute(_LOCK, values)
    found = {each.id: each for each in await _messages(connection, _THESE, values)}
    if any(each not in found for each in messages):
        raise NotFound("no such message")
    again = sorted((each for each in found.values() if may_be_resent(each)), key=lambda each: each.id)
    if again and any(status == "disconnected" for (status,) in accounts):
        raise AccountNotSendable("the account is disconnected; connect it again to answer")
    for former in again:
        found[former.id] = await _again(connection, former, human_agent=human_agent)
    await log(connection, tenant, [changed(message) for message in again])
    return [found[each] for each in messages]


async def _again(connection: Connection, former: Message, *, human_agent: bool) -> Message:
    values = {"tenant": former.tenant_id, "id": former.id, "human_agent": human_agent}
    if way_of(former) == "private":
        await _require_unused(connection, former)
    message = requeued(former, human_agent=human_agent)
    await write(connection, message)
    await connection.execute(_TAG, values)
    values["in_doubt"] = former.status is MessageStatus.UNKNOWN
    if await (await connection.execute(_AGAIN, values)).fetchone() is None:
        raise CannotResend("what was to be sent is no longer kept; write it anew")
    return message


async def _require_unused(connection: Connection, reply: Message) -> None:
    values = {
        "tenant": reply.tenant_id,
        "account": reply.account_id,
        "contact": reply.contact_id,
        "comment": reply.reply_to.meta_message_id if reply.reply_to else None,
        "id": reply.id,
    }
    require_unused(await _messages(connection, _OTHER_REPLIES, values))


async def _messages(connection: Connection, query: LiteralString, values: dict[str, Any]) -> list[Message]:
    return [message_of(row) for row in await (await connection.execute(query, values)).fetchall()]
