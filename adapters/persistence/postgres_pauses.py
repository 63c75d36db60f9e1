"""Pauses of accounts that Meta asked to send more slowly, kept where every process sees them.

A pause is locked after messages and before the feed. What it means for messages that wait is not written
on them but read beside them, so that it is true of those that are put meanwhile as well.
"""

from datetime import UTC, datetime
from typing import Any, LiteralString

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.adapters.persistence.postgres_events import Change
from meta_inbox.adapters.persistence.postgres_rows import as_json
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import ContactId, MessageId
from meta_inbox.domain.model.message import Message, SendError
from meta_inbox.domain.model.pause import Pause, paused
from meta_inbox.domain.model.sending import Later

_TOLD_AT_MOST = 500

# Whoever comes second finds what the first one wrote.
_FORMER: LiteralString = """
    insert into meta_inbox.send_pauses as p (tenant_id, account_id, resume_at, refusals, error)
    values (%(tenant)s, %(account)s, '-infinity', 0, '{}')
    on conflict (tenant_id, account_id) do update set refusals = p.refusals
    returning nullif(p.resume_at, '-infinity'), p.refusals
"""
_PAUSE: LiteralString = """
    update meta_inbox.send_pauses
    set resume_at = %(resume_at)s, refusals = %(refusals)s, error = %(error)s::jsonb
    where tenant_id = %(tenant)s and account_id = %(account)s
"""
_WAITING: LiteralString = """
    select distinct w.contact_id, coalesce(m.part_of, m.id)::text as shown_id
    from (select o.tenant_id, o.contact_id, o.message_id from meta_inbox.outbox o
          where o.tenant_id = %(tenant)s and o.account_id = %(account)s and o.state = 'queued'
          order by o.message_id limit %(limit)s) w
    join meta_inbox.messages m on m.tenant_id = w.tenant_id and m.id = w.message_id
    where coalesce(m.part_of, m.id) <> %(shown_id)s
    order by shown_id
"""
_RESUME: LiteralString = """
    with ended as (
      delete from meta_inbox.send_pauses
      where tenant_id = %(tenant)s and account_id = %(account)s and resume_at <= now()
      returning 1
    )
    select pg_notify('meta_inbox', 'outbox') from ended
"""

_WAKE_THE_NEXT: LiteralString = """
    select pg_notify('meta_inbox', 'outbox') where exists (
      select from meta_inbox.outbox
      where tenant_id = %(tenant)s and account_id = %(account)s
        and state = 'queued' and next_attempt_at <= now())
"""


async def pause(
    connection: Connection, message: Message, later: Later, now: datetime
) -> tuple[Pause, list[Change]]:
    """Pauses the message's account, or does so for longer; of all else that waits people are told once."""
    values = _key(message)
    row = await (await connection.execute(_FORMER, values)).fetchone()
    former = None if row is None or row[0] is None else _former(*row)
    made = paused(former, later, now)
    kept = {"resume_at": made.resume_at, "refusals": made.refusals, "error": as_json(made.error)}
    await connection.execute(_PAUSE, values | kept)
    if former is not None and now < former.resume_at:
        return made, []
    waiting = await connection.execute(_WAITING, values | {"limit": _TOLD_AT_MOST})
    return made, [
        Change(EventType.MESSAGE_UPDATED, message.account_id, ContactId(contact), MessageId(each))
        for contact, each in await waiting.fetchall()
    ]


async def resume(connection: Connection, message: Message) -> None:
    """Meta took a message after a pause was over: the account sends freely again."""
    await connection.execute(_RESUME, _key(message), prepare=True)


async def wake_the_next(connection: Connection, message: Message) -> None:
    """Something of the account may have its turn now that this message is no longer on its way."""
    await connection.execute(_WAKE_THE_NEXT, _key(message))


def _former(resume_at: datetime, refusals: int) -> Pause:
    return Pause(resume_at=resume_at.astimezone(UTC), refusals=refusals, error=SendError(code="", detail=""))


def _key(message: Message) -> dict[str, Any]:
    return {"tenant": message.tenant_id, "account": message.account_id, "shown_id": message.shown_id}
