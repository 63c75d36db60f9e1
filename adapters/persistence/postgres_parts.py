"""Messages in parts: the parts' rows beside the whole's, and what becomes of those behind a failed one."""

from typing import Any, LiteralString

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.adapters.persistence.postgres_rows import as_json
from meta_inbox.domain.model.content import TextContent
from meta_inbox.domain.model.message import Message, MessageStatus
from meta_inbox.domain.model.parts import PART_NOT_SENT

# In the conversation they stand behind one another, so that having read one is not having read the next.
_ADD: LiteralString = """
    insert into meta_inbox.messages (
      tenant_id, account_id, contact_id, id, direction, type, text, status, origin, sent_by, human_agent,
      details, from_id, from_username, to_id, to_username, part_of, part_index, part_before, part_after,
      ordered_at, created_at)
    select m.tenant_id, m.account_id, m.contact_id, p.id, m.direction, m.type, p.text, 'queued', m.origin,
           m.sent_by, m.human_agent, m.details, m.from_id, m.from_username, m.to_id, m.to_username, m.id,
           p.n - 1, p.before, p.after, m.ordered_at + (p.n - 1) * interval '1 microsecond', m.created_at
    from meta_inbox.messages m
    cross join unnest(%(parts)s::uuid[], %(texts)s::text[], %(befores)s::text[], %(afters)s::text[])
      with ordinality as p (id, text, before, after, n)
    where m.tenant_id = %(tenant)s and m.id = %(id)s
"""
_QUEUE: LiteralString = """
    insert into meta_inbox.outbox (
      tenant_id, message_id, account_id, contact_id, content, reply_to_meta_id, automated)
    select %(tenant)s, p.id, %(account)s, %(contact)s, p.content, case when p.n = 1 then %(reply_to)s end,
           %(origin)s = 'automation'
    from unnest(%(parts)s::uuid[], %(contents)s::jsonb[]) with ordinality as p (id, content, n)
"""
_END_BEHIND: LiteralString = """
    with behind as materialized (
      select m.tenant_id, m.id, case when o.in_doubt then 'unknown' else 'failed' end as ends
      from meta_inbox.messages m
      join meta_inbox.outbox o on o.tenant_id = m.tenant_id and o.message_id = m.id
      where m.tenant_id = %(tenant)s and m.part_of = %(whole)s and m.part_index > %(index)s
        and m.status = 'queued'
      order by m.id for update of m
    ), ended as (
      update meta_inbox.outbox o set state = behind.ends, ended_at = now() from behind
      where o.tenant_id = behind.tenant_id and o.message_id = behind.id
    )
    update meta_inbox.messages m set status = behind.ends, error = %(error)s, next_attempt_at = null
    from behind where m.tenant_id = behind.tenant_id and m.id = behind.id
"""


async def put_parts(connection: Connection, message: Message, values: dict[str, Any]) -> None:
    """Keeps and queues the parts of a message whose own row is there; the first alone answers another."""
    parts = message.parts
    of_parts = {
        "parts": [part.id for part in parts],
        "texts": [part.text for part in parts],
        "befores": [part.before for part in parts],
        "afters": [part.after for part in parts],
        "contents": [as_json(TextContent(text=part.text)) for part in parts],
    }
    for statement in (_ADD, _QUEUE):
        await connection.execute(statement, values | of_parts)


async def end_behind(connection: Connection, part: Message) -> None:
    """The parts behind one that failed are not sent, unless they have gone already."""
    if part.part_of is None or part.status is not MessageStatus.FAILED:
        return
    values = {"tenant": part.tenant_id, "whole": part.part_of, "index": part.part_index}
    await connection.execute(_END_BEHIND, values | {"error": as_json(PART_NOT_SENT)})
