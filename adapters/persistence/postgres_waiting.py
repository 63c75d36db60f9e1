"""What waits on an account that cannot send: asked for in turn, and given up under its message's lock.

Asking touches nothing but outbox rows, and passes over those that somebody else has.
"""

from datetime import UTC
from typing import Any, LiteralString

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.adapters.persistence.postgres_content import content_of
from meta_inbox.adapters.persistence.postgres_events import log
from meta_inbox.adapters.persistence.postgres_mids import changed
from meta_inbox.adapters.persistence.postgres_parts import end_behind
from meta_inbox.adapters.persistence.postgres_rows import ANSWERED, MESSAGE, MESSAGE_WIDTH, Row, message_of
from meta_inbox.adapters.persistence.postgres_settling import move_on
from meta_inbox.adapters.persistence.postgres_written import write
from meta_inbox.domain.model.message import Message, SendError
from meta_inbox.domain.model.projection import after_outcome
from meta_inbox.domain.model.sending import ASKED_EVERY, Failed, Waiting

# Accounts come first, so that what an account that can send has queued is not read.
_CLAIM: LiteralString = f"""
    with held_up as materialized (
      select a.tenant_id, a.id, a.status = 'disconnected' as disconnected, p.resume_at
      from meta_inbox.accounts a
      left join meta_inbox.send_pauses p
        on p.tenant_id = a.tenant_id and p.account_id = a.id and p.resume_at > now()
      where a.status <> 'active' or p.resume_at is not null
    ), old as materialized (
      select o.tenant_id, o.message_id, h.disconnected, h.resume_at, o.window_asked_at
      from held_up h cross join lateral (
        select o.* from meta_inbox.outbox o
        where o.tenant_id = h.tenant_id and o.account_id = h.id and o.state = 'queued'
          and o.created_at < now() - %(every)s
          and (o.window_asked_at is null or o.window_asked_at < now() - %(every)s)
        order by o.window_asked_at nulls first, o.created_at limit %(limit)s) o
    ), mine as materialized (
      select o.tenant_id, o.message_id, old.disconnected, old.resume_at
      from old join meta_inbox.outbox o using (tenant_id, message_id)
      where o.state = 'queued'
        and (o.window_asked_at is null or o.window_asked_at < now() - %(every)s)
      order by old.window_asked_at nulls first, o.created_at limit %(limit)s for update of o skip locked
    ), asked as (
      update meta_inbox.outbox o set window_asked_at = now() from mine
      where o.tenant_id = mine.tenant_id and o.message_id = mine.message_id
      returning o.tenant_id, o.message_id, o.content, mine.disconnected, mine.resume_at
    )
    select {MESSAGE}, o.content, o.disconnected, o.resume_at
    from asked o
    join meta_inbox.messages m on m.tenant_id = o.tenant_id and m.id = o.message_id {ANSWERED}
"""
_MINE: LiteralString = f"""
    select now(), {MESSAGE} from meta_inbox.messages m {ANSWERED}
    where m.tenant_id = %(tenant)s and m.id = %(id)s and m.status = 'queued'
      and m.human_agent = %(human_agent)s for update of m
"""
_IN_DOUBT: LiteralString = """
    select in_doubt from meta_inbox.outbox where tenant_id = %(tenant)s and message_id = %(id)s
"""


async def claim_waiting(connection: Connection, limit: int) -> list[Waiting]:
    """What is to be asked now whether it may still be sent, of all tenants, as the system."""
    values = {"limit": limit, "every": ASKED_EVERY}
    rows = await (await connection.execute(_CLAIM, values, prepare=True)).fetchall()
    return [_waiting_of(row) for row in rows]


def _waiting_of(row: Row) -> Waiting:
    content, disconnected, resume_at = row[-3:]
    return Waiting(
        message=message_of(row[:MESSAGE_WIDTH]),
        content=content_of(content),
        disconnected=disconnected,
        resume_at=None if resume_at is None else resume_at.astimezone(UTC),
    )


async def give_up(connection: Connection, message: Message, error: SendError) -> None:
    """It is not sent any more, unless it has left, or was queued anew by a person, meanwhile."""
    values: dict[str, Any] = {
        "tenant": message.tenant_id,
        "account": message.account_id,
        "id": message.id,
        "human_agent": message.human_agent,
    }
    row = await (await connection.execute(_MINE, values)).fetchone()
    doubt = await (await connection.execute(_IN_DOUBT, values)).fetchone()
    if row is None or doubt is None:
        return
    now, *columns = row
    after = after_outcome(message_of(columns), Failed(error=error), now, in_doubt=doubt[0])
    await write(connection, after)
    await end_behind(connection, after)
    await move_on(connection, values, after)
    await log(connection, message.tenant_id, [changed(after)])
