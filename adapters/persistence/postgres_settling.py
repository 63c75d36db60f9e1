"""What came of a send, written down under the lock of its message's row.

The echo may have come first: without our token it became a message of its own, which is now taken into
ours. Or it settled another send of ours that looked alike, which then is unknown again.
"""

from datetime import timedelta
from typing import Any, LiteralString

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.adapters.persistence.postgres_disconnecting import GIVEN_UP
from meta_inbox.adapters.persistence.postgres_events import Change, log
from meta_inbox.adapters.persistence.postgres_rows import ANSWERED, MESSAGE, as_json, message_of
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.message import Message, MessageStatus
from meta_inbox.domain.model.projection import after_outcome, is_own, is_settled_by, merged
from meta_inbox.domain.model.sending import Claim, Failed, Later, NeedsLogin, Outcome, Sent

_MINE: LiteralString = (
    "select now(), "
    + MESSAGE
    + " from meta_inbox.messages m "
    + ANSWERED
    + """
    where m.tenant_id = %(tenant)s and m.id = %(id)s for update of m"""
)
# A statement of its own: one joined to the first would show it as it was before the lock was waited for.
_FENCE: LiteralString = """
    select fence::text from meta_inbox.outbox where tenant_id = %(tenant)s and message_id = %(id)s
"""
_HOLDER: LiteralString = (
    "select "
    + MESSAGE
    + " from meta_inbox.messages m "
    + ANSWERED
    + """
    where m.tenant_id = %(tenant)s and m.account_id = %(account)s and m.meta_message_id = %(mid)s
      and m.id <> %(id)s for update of m"""
)
# Shared with other sends, but not with a disconnecting: that one fails what is queued, once.
_ACCOUNT: LiteralString = """
    select status from meta_inbox.accounts where tenant_id = %(tenant)s and id = %(account)s for share
"""
_REMOVE: LiteralString = "delete from meta_inbox.messages where tenant_id = %(tenant)s and id = %(id)s"
_LOOK_AGAIN: LiteralString = """
    update meta_inbox.conversations c
    set last_message_id = newest.id, last_message_at = newest.ordered_at
    from (
      select m.id, m.ordered_at from meta_inbox.messages m
      where m.tenant_id = %(tenant)s and m.account_id = %(account)s and m.contact_id = %(contact)s
      order by m.ordered_at desc, m.id desc limit 1) newest
    where c.tenant_id = %(tenant)s and c.account_id = %(account)s and c.contact_id = %(contact)s
      and c.last_message_id = %(id)s
"""
_SAVE: LiteralString = """
    update meta_inbox.messages
    set status = %(status)s, meta_message_id = %(mid)s, error = %(error)s,
        next_attempt_at = %(next_attempt_at)s, sent_at = %(sent_at)s
    where tenant_id = %(tenant)s and id = %(id)s
"""
_LEAVE: LiteralString = """
    delete from meta_inbox.outbox where tenant_id = %(tenant)s and message_id = %(id)s
"""
_STAY: LiteralString = """
    update meta_inbox.outbox
    set state = %(status)s, fence = null, lease_until = null,
        next_attempt_at = coalesce(%(next_attempt_at)s, now() + %(patience)s)
    where tenant_id = %(tenant)s and message_id = %(id)s
"""
_WAKE_THE_NEXT: LiteralString = """
    select pg_notify('meta_inbox', 'outbox') where exists (
      select from meta_inbox.outbox
      where tenant_id = %(tenant)s and account_id = %(account)s and contact_id = %(contact)s
        and state = 'queued' and next_attempt_at <= now())
"""
_UNTIL_LOGIN = timedelta(minutes=1)
"""How soon a send that needs a login is tried again if its account is, against expectation, active."""


async def settle(connection: Connection, claim: Claim, outcome: Outcome) -> Message:
    """The message as it now is; what an echo or a later claim settled before stands. NotFound."""
    values: dict[str, Any] = _key(claim.message)
    mine = await connection.execute(_MINE, values)
    fence = await connection.execute(_FENCE, values)
    holder = None
    if isinstance(outcome, Sent):
        holder = await connection.execute(_HOLDER, values | {"mid": outcome.meta_message_id})
    row = await mine.fetchone()
    if row is None:
        raise NotFound("no such message")
    now, *columns = row
    message = message_of(columns)
    fence_row = await fence.fetchone()
    fence_holds = fence_row is not None and fence_row[0] == claim.fence
    if not is_settled_by(message, outcome, fence_holds=fence_holds):
        return message
    after = after_outcome(message, await _final(connection, values, outcome), now)
    held = None if holder is None else await holder.fetchone()
    changes: list[Change] = []
    if held is not None:
        after = await _take_over(connection, after, message_of(held), changes)
    await _write(connection, after)
    await log(connection, message.tenant_id, [*changes, _change(after)])
    return after


async def _final(connection: Connection, values: dict[str, Any], outcome: Outcome) -> Outcome:
    """Nothing waits on an account that was disconnected meanwhile."""
    if not isinstance(outcome, Later | NeedsLogin):
        return outcome
    row = await (await connection.execute(_ACCOUNT, values)).fetchone()
    return Failed(error=GIVEN_UP) if row is not None and row[0] == "disconnected" else outcome


async def _take_over(connection: Connection, own: Message, other: Message, changes: list[Change]) -> Message:
    """Frees Meta's id, which another message has, for our own."""
    if is_own(other):
        await _save(connection, _unknown_again(other))
        changes.append(_change(other))
        return own
    await connection.execute(_REMOVE, _key(other))
    await connection.execute(_LOOK_AGAIN, _key(other))
    return merged(own, other)


def _unknown_again(message: Message) -> dict[str, Any]:
    cleared: dict[str, Any] = {"mid": None, "error": None, "next_attempt_at": None, "sent_at": None}
    return _key(message) | cleared | {"status": MessageStatus.UNKNOWN.value}


async def _write(connection: Connection, message: Message) -> None:
    values = _key(message) | {
        "status": message.status.value,
        "mid": message.meta_message_id,
        "error": None if message.error is None else as_json(message.error),
        "next_attempt_at": message.next_attempt_at,
        "sent_at": message.sent_at,
        "patience": _UNTIL_LOGIN,
    }
    await _save(connection, values)
    settled = message.status in (MessageStatus.SENT, MessageStatus.FAILED)
    await connection.execute(_LEAVE if settled else _STAY, values)
    await connection.execute(_WAKE_THE_NEXT, values)


async def _save(connection: Connection, values: dict[str, Any]) -> None:
    await connection.execute(_SAVE, values)


def _key(message: Message) -> dict[str, Any]:
    return {
        "tenant": message.tenant_id,
        "account": message.account_id,
        "contact": message.contact_id,
        "id": message.id,
    }


def _change(message: Message) -> Change:
    return Change(EventType.MESSAGE_UPDATED, message.account_id, message.contact_id, message.id)
