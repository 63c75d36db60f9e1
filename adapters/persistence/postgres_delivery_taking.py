"""What was logged becomes deliveries, for each endpoint that is behind: once, however many take at a time."""

from typing import LiteralString

from meta_inbox.adapters.persistence.database import Connection

# At random, so that busy tenants keep none waiting for ever. An endpoint that somebody takes for is passed
# over, and whoever locks it later reads how far that was. What this snapshot has of a log ends where its feed
# does. Days to come have tables already, and no event; this transaction may have begun before midnight.
_TAKE: LiteralString = """
    with behind as materialized (
      select e.tenant_id, e.id, e.types, e.seq, f.seq as head
      from meta_inbox.webhook_endpoints e join meta_inbox.feeds f on f.tenant_id = e.tenant_id
      where e.enabled and e.seq < f.seq
      order by random() limit 100 for no key update of e skip locked
    ), page as materialized (
      select b.tenant_id, b.id, b.types, v.*
      from behind b cross join lateral (
        select v.seq, v.type, v.at, v.account_id, v.contact_id, v.message_id from meta_inbox.events v
        where v.tenant_id = b.tenant_id and v.seq > b.seq and v.seq <= b.head
          and v.day <= (now() at time zone 'utc')::date + 1
        order by v.seq limit (select least(%(limit)s, greatest(1, %(total)s / count(*))) from behind)
      ) v
    ), made as (
      insert into meta_inbox.webhook_deliveries
        (tenant_id, endpoint_id, seq, type, at, account_id, contact_id, message_id)
      select tenant_id, id, seq, type, at, account_id, contact_id, message_id
      from page where types is null or type = any(types)
      on conflict (tenant_id, endpoint_id, seq) do nothing
      returning 1
    ), reached as (
      -- No further than what was seen; to the end only where the log has forgotten all that lay before.
      select b.tenant_id, b.id, coalesce(max(p.seq), b.head) as seq
      from behind b left join page p on p.tenant_id = b.tenant_id and p.id = b.id
      group by b.tenant_id, b.id, b.head
    ), noted as (
      update meta_inbox.webhook_endpoints e set seq = r.seq
      from reached r where e.tenant_id = r.tenant_id and e.id = r.id
    )
    select count(*) from made
"""


async def take(connection: Connection, limit: int, total: int) -> int:
    """At most so many events for each endpoint, about ``total`` for all; how many deliveries were made."""
    values = {"limit": limit, "total": total}
    row = await (await connection.execute(_TAKE, values, prepare=True)).fetchone()
    return 0 if row is None else int(row[0])
