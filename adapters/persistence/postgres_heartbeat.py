"""The sign of life of whoever receives webhooks, and what follows when it was missing."""

from typing import LiteralString

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.domain.model.history import REPAIR_AFTER, REPAIR_WITHIN, UNHEARD

_FORMER: LiteralString = """
    select at < now() - %(unheard)s from meta_inbox.heartbeats where name = 'receiving' for update
"""
_NOW: LiteralString = """
    insert into meta_inbox.heartbeats (name, at) values ('receiving', now())
    on conflict (name) do update set at = greatest(heartbeats.at, excluded.at)
"""
# A process of the release before, beside this one during a deployment, connects without one.
_COMPLETE: LiteralString = """
    insert into meta_inbox.history_runs (tenant_id, account_id)
    select a.tenant_id, a.id from meta_inbox.accounts a
    where a.status = 'active' and not exists (
      select from meta_inbox.history_runs h where h.tenant_id = a.tenant_id and h.account_id = a.id)
    order by a.tenant_id, a.id
    on conflict do nothing
"""
_LOOK: LiteralString = """
    with mine as materialized (
      select h.tenant_id, h.account_id from meta_inbox.history_runs h
      join meta_inbox.accounts a on a.tenant_id = h.tenant_id and a.id = h.account_id and a.status = 'active'
      order by h.tenant_id, h.account_id for update of h
    )
    update meta_inbox.history_runs h
    set asked_at = now(),
        due_at = case when state in ('done', 'failed')
          then least(due_at, now() + %(after)s + random() * %(spread)s) else due_at end
    from mine where h.tenant_id = mine.tenant_id and h.account_id = mine.account_id
"""

# After an hour of failures Meta unsubscribes the app; subscribing again does no harm.
_SUBSCRIBE: LiteralString = """
    with mine as materialized (
      select tenant_id, id from meta_inbox.accounts
      where status = 'active' and webhook_source is not null and subscription_due_at is null
      order by tenant_id, id for no key update
    )
    update meta_inbox.accounts a set subscription_due_at = now() + random() * %(after)s
    from mine where a.tenant_id = mine.tenant_id and a.id = mine.id
"""


async def beat(connection: Connection) -> bool:
    """One sign of life, in a transaction of the system; True when there had been none for too long."""
    row = await (await connection.execute(_FORMER, {"unheard": UNHEARD})).fetchone()
    await connection.execute(_NOW)
    await connection.execute(_COMPLETE)
    if row is None or not row[0]:
        return False
    await connection.execute(_SUBSCRIBE, {"after": REPAIR_AFTER})
    await connection.execute(_LOOK, {"after": REPAIR_AFTER, "spread": REPAIR_WITHIN - REPAIR_AFTER})
    return True
