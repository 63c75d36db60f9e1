"""What was read back from Meta, added to the tables where it is missing: set-based, in one transaction.

It begins with the run's row, so that a stale worker adds nothing. Conversations are locked before their
unread messages are counted: a webhook that comes meanwhile adds its own after that.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Any, LiteralString

import msgspec

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.adapters.persistence.postgres_events import Change, log
from meta_inbox.adapters.persistence.postgres_media_rows import add_all_media
from meta_inbox.adapters.persistence.postgres_past_rows import Past
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.history import Run
from meta_inbox.domain.model.ids import ContactId
from meta_inbox.domain.model.media_rules import MediaRules
from meta_inbox.domain.model.message import Message

_HOLD: LiteralString = """
    select now(), coalesce(h.told_at < now() - %(told_every)s, true)
    from meta_inbox.history_runs h
    join meta_inbox.accounts a on a.tenant_id = h.tenant_id and a.id = h.account_id and a.status = 'active'
    where h.tenant_id = %(tenant)s and h.account_id = %(account)s and h.fence = %(fence)s
    for update of h
"""
_HOLD_ACCOUNT: LiteralString = """
    select now() from meta_inbox.accounts
    where tenant_id = %(tenant)s and id = %(account)s for no key update
"""
_ADD: LiteralString = """
    with item as materialized (
      select * from json_to_recordset(%(items)s::json) as i (
        id uuid, contact_id text, mid text, direction text, type text, text text, attachments jsonb,
        reply_to text, story jsonb, status text, origin text, from_id text, to_id text, raw json,
        reactions jsonb, details jsonb, at timestamptz)
    ), busy as materialized (
      select distinct replace(m.contact_id, %(comments)s, '') as contact_id from meta_inbox.messages m
      where m.tenant_id = %(tenant)s and m.account_id = %(account)s
        and (m.contact_id = any(%(contacts)s)
             or m.contact_id = any(%(commenters)s) and m.details ->> 'reply' = 'private')
        and m.status in ('queued', 'sending', 'unknown')
    ), added as (
      insert into meta_inbox.messages (
        tenant_id, account_id, contact_id, id, meta_message_id, direction, type, text, attachments,
        reply_to_meta_id, story, status, origin, from_id, to_id, raw_payload, reactions, details, sent_at,
        ordered_at, imported)
      select %(tenant)s, %(account)s, contact_id, id, mid, direction, type, text,
             coalesce(attachments, '[]'), reply_to, story, status, origin, from_id, to_id, raw, reactions,
             details, at, at, true
      from item i
      where i.direction = 'inbound' or not exists (select from busy b where b.contact_id = i.contact_id)
      order by mid
      on conflict (tenant_id, account_id, meta_message_id) do nothing
      returning direction, ordered_at
    ), held as (
      select i.at from item i join busy using (contact_id)
      where i.direction = 'outbound' and not exists (
        select from meta_inbox.messages m
        where m.tenant_id = %(tenant)s and m.account_id = %(account)s and m.meta_message_id = i.mid)
    )
    select (select count(*) from added),
           (select count(*) from added where direction = 'inbound' and ordered_at >= %(quiet)s),
           (select min(at) from held), (select count(*) from held)
"""
_BEGIN: LiteralString = """
    insert into meta_inbox.conversations (tenant_id, account_id, contact_id, last_message_id, last_message_at)
    select m.tenant_id, m.account_id, m.contact_id,
           (array_agg(m.id order by m.ordered_at desc, m.id desc))[1], max(m.ordered_at)
    from meta_inbox.messages m
    where m.tenant_id = %(tenant)s and m.id = any(%(ids)s::uuid[])
    group by 1, 2, 3 order by 1, 2, 3
    on conflict (tenant_id, account_id, contact_id) do nothing
"""
_LOCK: LiteralString = """
    select 1 from meta_inbox.conversations c
    where c.tenant_id = %(tenant)s and c.account_id = %(account)s and c.contact_id in (
      select m.contact_id from meta_inbox.messages m
      where m.tenant_id = %(tenant)s and m.id = any(%(ids)s::uuid[]))
    order by c.tenant_id, c.account_id, c.contact_id for update
"""
_FOLLOW: LiteralString = """
    with added as materialized (
      select m.contact_id, (array_agg(m.id order by m.ordered_at desc, m.id desc))[1] as id,
             max(m.ordered_at) as at, max(m.ordered_at) filter (where m.direction = 'inbound') as opened,
             max(m.ordered_at) filter (where m.direction = 'outbound' or m.ordered_at < %(quiet)s) as read
      from meta_inbox.messages m
      where m.tenant_id = %(tenant)s and m.id = any(%(ids)s::uuid[])
      group by 1
    )
    update meta_inbox.conversations c set
      last_message_id = case when (added.at, added.id) > (c.last_message_at, c.last_message_id)
        then added.id else c.last_message_id end,
      last_message_at = greatest(c.last_message_at, added.at),
      opened_at = greatest(c.opened_at, added.opened),
      read_up_to = greatest(c.read_up_to, added.read),
      unread_count = (
        select count(*) from meta_inbox.messages m
        where m.tenant_id = c.tenant_id and m.account_id = c.account_id and m.contact_id = c.contact_id
          and m.direction = 'inbound' and m.ordered_at > greatest(c.read_up_to, added.read))
    from added
    where c.tenant_id = %(tenant)s and c.account_id = %(account)s and c.contact_id = added.contact_id
    returning c.contact_id
"""
_NAME: LiteralString = """
    insert into meta_inbox.contacts as p (
      tenant_id, account_id, id, name, username, profile_due_at, profile_rank)
    select %(tenant)s, %(account)s, u.id, u.name, u.username, now(), %(rank)s
    from unnest(%(ids)s::text[], %(names)s::text[], %(usernames)s::text[]) as u (id, name, username)
    order by u.id
    on conflict (tenant_id, account_id, id) do update
      set name = coalesce(p.name, excluded.name), username = coalesce(p.username, excluded.username)
      where p.name is null and excluded.name is not null
         or p.username is null and excluded.username is not null
"""
_PROGRESS: LiteralString = """
    update meta_inbox.history_runs
    set cursor = %(cursor)s, conversations = conversations + %(read)s, messages = messages + %(added)s,
        missed = missed + %(missed)s, held_since = least(held_since, %(held)s), attempt = 0, problem = null,
        lease_until = now() + %(lease)s, told_at = case when %(tells)s then now() else told_at end
    where tenant_id = %(tenant)s and account_id = %(account)s
"""


@dataclass(frozen=True, slots=True)
class Added:
    """How many messages were added, and how many left out since they may be sends of ours under way."""

    messages: int
    held_back: int


async def keep(
    connection: Connection, past: Past, new_id: Callable[[], str], rules: MediaRules
) -> Run | None:
    """Adds what is missing, in a transaction of the tenant; None, and nothing changed, for a stale fence."""
    run, values = past.run, past.values()
    row = await (await connection.execute(_HOLD, values)).fetchone()
    if row is None:
        return None
    messages = past.messages(row[0].astimezone(UTC), new_id, rules)
    values |= {"tells": row[1]} | _items(past, messages)
    changes = await _add(connection, past, values)
    await add_all_media(connection, messages, rules)
    await connection.execute(_PROGRESS, values)
    tells = [Change(EventType.ACCOUNT_UPDATED, account=run.account_id)] if row[1] else []
    await log(connection, run.tenant_id, [*changes, *tells])
    return replace(run, cursor=past.cursor, conversations=run.conversations + len(past.found), attempt=0)


async def add_former(
    connection: Connection, past: Past, new_id: Callable[[], str], rules: MediaRules
) -> Added | None:
    """Adds what is missing of what another system kept, in a transaction of the tenant, for no run at Meta.

    None, and nothing changed, when there is no such account; whatever its status is, it may have a past.
    """
    values = past.values()
    row = await (await connection.execute(_HOLD_ACCOUNT, values)).fetchone()
    if row is None:
        return None
    messages = past.messages(row[0].astimezone(UTC), new_id, rules)
    values |= _items(past, messages)
    changes = await _add(connection, past, values)
    await add_all_media(connection, messages, rules)
    await log(connection, past.run.tenant_id, changes)
    return Added(values["added"], values["held_back"])


def _items(past: Past, messages: Sequence[Message]) -> dict[str, Any]:
    return {
        "items": msgspec.json.encode(past.rows(messages)).decode(),
        "ids": [each.id for each in messages],
    }


async def _add(connection: Connection, past: Past, values: dict[str, Any]) -> list[Change]:
    """Adds the messages and what follows from them, and puts the counts among the values."""
    row = await (await connection.execute(_ADD, values)).fetchone()
    values["added"], values["missed"], values["held"], values["held_back"] = row or (0, 0, None, 0)
    if not values["added"]:
        return []
    await connection.execute(_BEGIN, values)
    await connection.execute(_LOCK, values)
    followed = await connection.execute(_FOLLOW, values)
    changed = sorted(str(contact) for (contact,) in await followed.fetchall())
    await connection.execute(_NAME, values | past.names(changed))
    return [Change(EventType.CONVERSATION_UPDATED, past.run.account_id, ContactId(each)) for each in changed]
