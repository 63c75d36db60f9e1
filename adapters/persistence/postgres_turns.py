"""Whose turn it is to be sent: conversations in order, accounts by turns, people before automations.

At most ``SENDS_AT_ONCE`` of an account are on their way, and one at a time while Meta has it slow down. That
is counted under a lock of the account's, in a statement of its own, because one that waits for a lock goes
on with what it saw before. Claims alone take these locks, first of all and in order.
"""

from typing import Any, LiteralString

from meta_inbox.adapters.persistence.database import Connection

ACCOUNT_OF: LiteralString = """
    join meta_inbox.accounts a on a.tenant_id = o.tenant_id and a.id = o.account_id
"""
# In turn: nothing earlier of the conversation is still to go, nor may just have gone. Earlier by the
# database's clock, since ids come from the clocks of several machines.
_IN_TURN: LiteralString = """
    o.state = 'queued' and o.next_attempt_at <= now()
    and not exists (
      select from meta_inbox.outbox e
      where e.tenant_id = o.tenant_id and e.account_id = o.account_id and e.contact_id = o.contact_id
        and (e.created_at, e.message_id) < (o.created_at, o.message_id)
        and (e.state in ('queued', 'sending')
             or e.state = 'unknown' and e.started_at > now() - interval '30 s'))
"""
_ABLE: LiteralString = """
    a.status = 'active' and not exists (
      select from meta_inbox.send_pauses p
      where p.tenant_id = o.tenant_id and p.account_id = o.account_id
        and greatest(p.resume_at, p.next_call_at) > now())
"""
_READY: LiteralString = _IN_TURN + " and " + _ABLE
_LOCK: LiteralString = (
    """pg_advisory_xact_lock(hashtextextended('meta_inbox.turn ' || tenant_id || ' ' || account_id, 0))"""
)
_LOCK_ONE: LiteralString = (
    "select "
    + _LOCK
    + """ from (select tenant_id, account_id::text from meta_inbox.outbox
            where tenant_id = %(tenant)s and message_id = %(id)s) o"""
)
_LOCK_ALL: LiteralString = (
    "select "
    + _LOCK
    + """ from (select distinct tenant_id, account_id from unnest(%(tenants)s::text[], %(accounts)s::text[])
            as o (tenant_id, account_id) order by 1, 2) o"""
)
# How many more of the account may leave.
_ROOM: LiteralString = """
    case when exists (select from meta_inbox.send_pauses p
                      where p.tenant_id = o.tenant_id and p.account_id = o.account_id)
         then 1
         else %(at_once)s - (select count(*) from meta_inbox.outbox s
                             where s.tenant_id = o.tenant_id and s.account_id = o.account_id
                               and s.state = 'sending') end
"""
# The first of each account, then the second of each: a long queue does not hold up a short one. Accounts are
# found by skipping from one to the next, and of each only as many are looked at as may leave, or a queue of
# 100,000 that waits for a login would be read each time.
_CHOOSE: LiteralString = (
    """
    with recursive waiting as (
      (select o.tenant_id, o.account_id from meta_inbox.outbox o where o.state = 'queued'
       order by o.tenant_id, o.account_id limit 1)
      union all
      select following.tenant_id, following.account_id from waiting w
      cross join lateral (
        select o.tenant_id, o.account_id from meta_inbox.outbox o
        where o.state = 'queued' and (o.tenant_id, o.account_id) > (w.tenant_id, w.account_id)
        order by o.tenant_id, o.account_id limit 1) following
    ), able as materialized (
      select o.tenant_id, o.account_id, """
    + _ROOM
    + " as room from waiting o "
    + ACCOUNT_OF
    + " where "
    + _ABLE
    + """
    )
    select able.tenant_id, able.account_id::text, ready.message_id::text
    from able cross join lateral (
      select o.message_id, o.next_attempt_at,
             row_number() over (order by o.automated, o.next_attempt_at, o.created_at, o.message_id) as turn
      from meta_inbox.outbox o
      where o.tenant_id = able.tenant_id and o.account_id = able.account_id and """
    + _IN_TURN
    + """
      order by o.automated, o.next_attempt_at, o.created_at, o.message_id
      limit least(greatest(able.room, 0), %(limit)s)) ready
    order by ready.turn, ready.next_attempt_at, ready.message_id limit %(limit)s
"""
)
THIS: LiteralString = (
    """
    with mine as materialized (
      select m.tenant_id, m.id, 1 as place
      from meta_inbox.outbox o
      join meta_inbox.messages m on m.tenant_id = o.tenant_id and m.id = o.message_id
    """
    + ACCOUNT_OF
    + " where o.tenant_id = %(tenant)s and o.message_id = %(id)s and m.status = 'queued' and "
    + _READY
    + " and "
    + _ROOM
    + " >= 1 for update of m skip locked)"
)
CHOSEN: LiteralString = (
    """
    with chosen as materialized (
      select o.tenant_id, o.message_id, c.place,
             row_number() over (partition by o.tenant_id, o.account_id order by c.place) as turn, """
    + _ROOM
    + """ as room
      from unnest(%(tenants)s::text[], %(messages)s::uuid[]) with ordinality as c (tenant_id, id, place)
      join meta_inbox.outbox o on o.tenant_id = c.tenant_id and o.message_id = c.id
    """
    + ACCOUNT_OF
    + " where "
    + _READY
    + """
    ), mine as materialized (
      select m.tenant_id, m.id, chosen.place
      from chosen
      join meta_inbox.messages m on m.tenant_id = chosen.tenant_id and m.id = chosen.message_id
      where m.status = 'queued' and chosen.turn <= chosen.room
      for update of m skip locked
    )
    """
)


async def lock(connection: Connection, values: dict[str, Any]) -> None:
    """Nobody else counts this message's account meanwhile."""
    await connection.execute(_LOCK_ONE, values, prepare=True)


async def choose(connection: Connection, limit: int, at_once: int) -> dict[str, list[str]] | None:
    """Whose turn it is, their accounts locked; None when it is nobody's."""
    found = await connection.execute(_CHOOSE, {"limit": limit, "at_once": at_once}, prepare=True)
    rows = await found.fetchall()
    if not rows:
        return None
    tenants, accounts, messages = (list(column) for column in zip(*rows, strict=True))
    await connection.execute(_LOCK_ALL, {"tenants": tenants, "accounts": accounts}, prepare=True)
    return {"tenants": tenants, "messages": messages}
