"""Who sends a message now: one process, under a lease and a fence, when it is the message's turn.

The message's row is locked first, as everywhere; ``m.status`` is asked of the locked row, because the
outbox row beside it is the one that the statement saw when it began.
"""

import uuid
from datetime import UTC, timedelta
from typing import Any, LiteralString

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.adapters.persistence.postgres_content import content_of
from meta_inbox.adapters.persistence.postgres_events import Change, log_all
from meta_inbox.adapters.persistence.postgres_rows import (
    ACCOUNT,
    ANSWERED,
    MESSAGE,
    MESSAGE_WIDTH,
    Row,
    account_of,
    as_json,
    message_of,
)
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId, MetaMessageId, TenantId
from meta_inbox.domain.model.message import SendError
from meta_inbox.domain.model.sending import Claim

# In turn: nothing earlier of the conversation is still to go, nor may just have gone. Earlier by the
# database's clock, since ids come from the clocks of several machines.
_READY: LiteralString = """
    o.state = 'queued' and o.next_attempt_at <= now() and a.status = 'active'
    and not exists (
      select from meta_inbox.outbox e
      where e.tenant_id = o.tenant_id and e.account_id = o.account_id and e.contact_id = o.contact_id
        and (e.created_at, e.message_id) < (o.created_at, o.message_id)
        and (e.state in ('queued', 'sending') or e.started_at > now() - interval '30 s'))
"""
_ACCOUNT_OF: LiteralString = """
    join meta_inbox.accounts a on a.tenant_id = o.tenant_id and a.id = o.account_id
"""
_THIS: LiteralString = (
    """
    with mine as materialized (
      select m.tenant_id, m.id, 1 as place
      from meta_inbox.outbox o
      join meta_inbox.messages m on m.tenant_id = o.tenant_id and m.id = o.message_id
    """
    + _ACCOUNT_OF
    + " where o.tenant_id = %(tenant)s and o.message_id = %(id)s and m.status = 'queued' and "
    + _READY
    + " for update of m skip locked)"
)
# The first of each account, then the second of each: a long queue does not hold up a short one.
_DUE: LiteralString = (
    """
    with ready as materialized (
      select o.tenant_id, o.message_id, o.next_attempt_at,
             row_number() over (partition by o.tenant_id, o.account_id
                                order by o.next_attempt_at, o.created_at, o.message_id) as turn
      from meta_inbox.outbox o
    """
    + _ACCOUNT_OF
    + " where "
    + _READY
    + """
    ), chosen as materialized (
      select tenant_id, message_id, row_number() over (order by turn, next_attempt_at, message_id) as place
      from ready order by place limit %(limit)s
    ), mine as materialized (
      select m.tenant_id, m.id, chosen.place
      from chosen
      join meta_inbox.messages m on m.tenant_id = chosen.tenant_id and m.id = chosen.message_id
      where m.status = 'queued'
      for update of m skip locked
    )
    """
)
_TAKEN: LiteralString = (
    """
    , taken as (
      update meta_inbox.outbox o
      set state = 'sending', fence = %(fence)s, attempt = o.attempt + 1, started_at = now(),
          lease_until = now() + interval '30 s'
      from mine
      where o.tenant_id = mine.tenant_id and o.message_id = mine.id
        and o.state = 'queued' and o.next_attempt_at <= now()
      returning o.*, mine.place
    ), shown as (
      update meta_inbox.messages m set status = 'sending', next_attempt_at = null
      from taken o where m.tenant_id = o.tenant_id and m.id = o.message_id
      returning m.*
    )
    select """
    + MESSAGE
    + ", "
    + ACCOUNT
    + """, o.content, o.reply_to_meta_id, o.attempt, o.fence::text, o.lease_until
    from taken o join shown m on m.tenant_id = o.tenant_id and m.id = o.message_id
    """
    + _ACCOUNT_OF
    + ANSWERED
    + " order by o.place"
)
_CLAIM: LiteralString = _THIS + _TAKEN
_CLAIM_DUE: LiteralString = _DUE + _TAKEN
# The lease is asked for again with the lock on the message: it may have been made longer meanwhile.
_EXPIRE: LiteralString = """
    with lost as materialized (
      select m.tenant_id, m.id
      from meta_inbox.outbox o
      join meta_inbox.messages m on m.tenant_id = o.tenant_id and m.id = o.message_id
      where o.state = 'sending' and o.lease_until < now() and m.status = 'sending'
      order by m.tenant_id, m.id limit 1000 for update of m skip locked
    ), ended as (
      update meta_inbox.outbox o set state = 'unknown', lease_until = null
      from lost where o.tenant_id = lost.tenant_id and o.message_id = lost.id and o.lease_until < now()
      returning o.tenant_id, o.message_id
    )
    update meta_inbox.messages m set status = 'unknown', error = %(error)s, next_attempt_at = null
    from ended where m.tenant_id = ended.tenant_id and m.id = ended.message_id
    returning m.tenant_id, m.account_id::text, m.contact_id, m.id::text
"""
_LOCK_SENDING: LiteralString = """
    select status from meta_inbox.messages where tenant_id = %(tenant)s and id = %(id)s for update
"""
_HOLD: LiteralString = """
    update meta_inbox.outbox set lease_until = now() + %(lasting)s, started_at = now()
    where tenant_id = %(tenant)s and message_id = %(id)s and state = 'sending' and fence = %(fence)s::uuid
    returning 1
"""
_LOST = SendError(
    code="outcome_unknown", detail="sending was interrupted; it is not known whether Meta has the message"
)


async def claim_one(connection: Connection, tenant: TenantId, message: MessageId) -> Claim | None:
    """Claims this message; None while it is not its turn or not queued."""
    values = {"tenant": tenant, "id": message}
    found = await _claimed(connection, _CLAIM, values)
    return found[0] if found else None


async def claim_due(connection: Connection, limit: int) -> list[Claim]:
    """Claims due messages of all tenants, as the system."""
    return await _claimed(connection, _CLAIM_DUE, {"limit": limit})


async def _claimed(connection: Connection, query: LiteralString, values: dict[str, Any]) -> list[Claim]:
    fenced = values | {"fence": str(uuid.uuid4())}
    rows = await (await connection.execute(query, fenced, prepare=True)).fetchall()
    return [_claim_of(row) for row in rows]


def _claim_of(row: Row) -> Claim:
    content, reply_to, attempt, fence, lease_until = row[-5:]
    return Claim(
        message=message_of(row[:MESSAGE_WIDTH]),
        account=account_of(row[MESSAGE_WIDTH:-5]),
        content=content_of(content),
        reply_to=None if reply_to is None else MetaMessageId(reply_to),
        attempt=attempt,
        fence=fence,
        lease_until=lease_until.astimezone(UTC),
    )


async def hold(connection: Connection, claim: Claim, lasting: timedelta) -> bool:
    """Has the lease last this long from now; False when another has the claim, or its lease is over."""
    values: dict[str, Any] = {
        "tenant": claim.message.tenant_id,
        "id": claim.message.id,
        "fence": claim.fence,
        "lasting": lasting,
    }
    locked = await connection.execute(_LOCK_SENDING, values)
    held = await connection.execute(_HOLD, values)
    row = await locked.fetchone()
    return row is not None and row[0] == "sending" and await held.fetchone() is not None


async def expire(connection: Connection) -> int:
    """Turns ``sending`` whose lease is over into ``unknown``, as the system; how many."""
    rows = await (await connection.execute(_EXPIRE, {"error": as_json(_LOST)})).fetchall()
    changes = [
        (
            TenantId(tenant),
            Change(EventType.MESSAGE_UPDATED, AccountId(account), ContactId(contact), MessageId(message)),
        )
        for tenant, account, contact, message in rows
    ]
    await log_all(connection, changes)
    return len(rows)
