"""The event log: what changed, numbered for each tenant so that commit order is cursor order.

The feed row that gives the numbers is locked until the commit. So logging is always the last statement
of a transaction, sent in one packet with COMMIT, and feed rows are taken in the order of their tenants.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString

from meta_inbox.adapters.persistence.database import Connection, will_tell
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId, TenantId

_LOG: LiteralString = """
with change as materialized (
  select * from unnest(%(tenants)s::text[], %(types)s::text[], %(accounts)s::uuid[], %(contacts)s::text[],
                       %(messages)s::uuid[])
    with ordinality as c (tenant_id, type, account_id, contact_id, message_id, n)
), feed as (
  insert into meta_inbox.feeds as f (tenant_id, seq)
  select tenant_id, count(*) from change group by 1 order by 1
  on conflict (tenant_id) do update set seq = f.seq + excluded.seq
  returning tenant_id, seq
)
insert into meta_inbox.events (tenant_id, seq, type, account_id, contact_id, message_id)
select tenant_id,
       feed.seq - count(*) over (partition by tenant_id)
                + row_number() over (partition by tenant_id order by c.n),
       c.type, c.account_id, c.contact_id, c.message_id
from change c join feed using (tenant_id)
"""


@dataclass(frozen=True, slots=True)
class Change:
    """What is told: the kind of change, and the rows it is about."""

    kind: EventType
    account: AccountId | None = None
    contact: ContactId | None = None
    message: MessageId | None = None


async def log(connection: Connection, tenant: TenantId, changes: Sequence[Change]) -> None:
    """Tells a tenant's changes, in this order; the last statement before the commit."""
    await log_all(connection, [(tenant, change) for change in changes])


async def log_all(connection: Connection, changes: Sequence[tuple[TenantId, Change]]) -> None:
    """The same for the changes of many tenants."""
    if not changes:
        return
    values = {
        "tenants": [tenant for tenant, _ in changes],
        "types": [change.kind.value for _, change in changes],
        "accounts": [change.account for _, change in changes],
        "contacts": [change.contact for _, change in changes],
        "messages": [change.message for _, change in changes],
    }
    await connection.execute(_LOG, values, prepare=True)
    will_tell(connection)
