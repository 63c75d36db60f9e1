"""Who sends a message now: one process, under a lease and a fence, when it is the message's turn.

The message's row is locked first, as everywhere; ``m.status`` is asked of the locked row, because the
outbox row beside it is the one that the statement saw when it began.
"""

import time
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
from meta_inbox.adapters.persistence.postgres_turns import ACCOUNT_OF, CHOSEN, THIS, choose, lock
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId, MetaMessageId, TenantId
from meta_inbox.domain.model.message import SendError
from meta_inbox.domain.model.outcome import LOOK_AFTER, LOOKS_END
from meta_inbox.domain.model.sending import SENDS_AT_ONCE, Claim

_TAKEN: LiteralString = (
    """
    , taken as (
      update meta_inbox.outbox o
      set state = 'sending', fence = %(fence)s, attempt = o.attempt + 1, started_at = now(),
          lease_until = now() + interval '30 s', handing_over = false
      from mine
      where o.tenant_id = mine.tenant_id and o.message_id = mine.id
        and o.state = 'queued' and o.next_attempt_at <= now()
      returning o.*, mine.place
    ), slow as (
      update meta_inbox.send_pauses p set next_call_at = now() + interval '1 s'
      from taken o where p.tenant_id = o.tenant_id and p.account_id = o.account_id
    ), shown as (
      update meta_inbox.messages m set status = 'sending', next_attempt_at = null, attempted_at = o.started_at
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
    + ACCOUNT_OF
    + ANSWERED
    + " order by o.place"
)
_CLAIM: LiteralString = THIS + _TAKEN
_CLAIM_CHOSEN: LiteralString = CHOSEN + _TAKEN
# The lease is asked for again with the lock on the message: it may have been made longer meanwhile. Whoever
# was handing over a file asks for it once more before it sends, and then does not.
_EXPIRE: LiteralString = """
    with lost as materialized (
      select m.tenant_id, m.id
      from meta_inbox.outbox o
      join meta_inbox.messages m on m.tenant_id = o.tenant_id and m.id = o.message_id
      where o.state = 'sending' and o.lease_until < now() and m.status = 'sending'
      order by m.tenant_id, m.id limit 1000 for update of m skip locked
    ), ended as (
      update meta_inbox.outbox o
      set state = case when o.handing_over then 'queued' else 'unknown' end,
          fence = null, lease_until = null, next_attempt_at = now(),
          ended_at = case when not o.handing_over then now() end, looks = 0,
          look_at = case when not o.handing_over then greatest(now(), o.started_at + %(look_after)s) end,
          looks_end_at = case when not o.handing_over then now() + %(looks_end)s end
      from lost where o.tenant_id = lost.tenant_id and o.message_id = lost.id and o.lease_until < now()
      returning o.*
    )
    update meta_inbox.messages m
    set status = ended.state, error = case when ended.handing_over then m.error else %(error)s::jsonb end,
        next_attempt_at = case when ended.handing_over then now() end
    from ended where m.tenant_id = ended.tenant_id and m.id = ended.message_id
    returning m.tenant_id, m.account_id::text, m.contact_id, coalesce(m.part_of, m.id)::text
"""
_LOCK_SENDING: LiteralString = """
    select status from meta_inbox.messages where tenant_id = %(tenant)s and id = %(id)s for update
"""
_HOLD: LiteralString = """
    update meta_inbox.outbox set lease_until = now() + %(lasting)s, started_at = now(),
        handing_over = %(handing_over)s
    where tenant_id = %(tenant)s and message_id = %(id)s and state = 'sending' and fence = %(fence)s::uuid
    returning 1
"""
_LOST = SendError(
    code="outcome_unknown", detail="sending was interrupted; it is not known whether Meta has the message"
)


async def claim_one(connection: Connection, tenant: TenantId, message: MessageId) -> Claim | None:
    """Claims this message; None while it is not its turn or not queued."""
    values, since = {"tenant": tenant, "id": message}, time.monotonic()
    await lock(connection, values)
    found = await _claimed(connection, _CLAIM, values, since)
    return found[0] if found else None


async def claim_due(connection: Connection, limit: int) -> list[Claim]:
    """Claims due messages of all tenants, as the system."""
    since = time.monotonic()
    chosen = await choose(connection, limit, SENDS_AT_ONCE)
    return [] if chosen is None else await _claimed(connection, _CLAIM_CHOSEN, chosen, since)


async def _claimed(
    connection: Connection, query: LiteralString, values: dict[str, Any], since: float
) -> list[Claim]:
    fenced = values | {"fence": str(uuid.uuid4()), "at_once": SENDS_AT_ONCE}
    rows = await (await connection.execute(query, fenced, prepare=True)).fetchall()
    return [_claim_of(row, since) for row in rows]


def _claim_of(row: Row, since: float) -> Claim:
    content, reply_to, attempt, fence, lease_until = row[-5:]
    return Claim(
        message=message_of(row[:MESSAGE_WIDTH]),
        account=account_of(row[MESSAGE_WIDTH:-5]),
        content=content_of(content),
        reply_to=None if reply_to is None else MetaMessageId(reply_to),
        attempt=attempt,
        fence=fence,
        lease_until=lease_until.astimezone(UTC),
        since=since,
    )


async def hold(connection: Connection, claim: Claim, lasting: timedelta, *, handing_over: bool) -> bool:
    """Has the lease last this long from now; False when another has the claim, or its lease is over."""
    values: dict[str, Any] = {
        "tenant": claim.message.tenant_id,
        "id": claim.message.id,
        "fence": claim.fence,
        "lasting": lasting,
        "handing_over": handing_over,
    }
    locked = await connection.execute(_LOCK_SENDING, values)
    held = await connection.execute(_HOLD, values)
    row = await locked.fetchone()
    return row is not None and row[0] == "sending" and await held.fetchone() is not None


async def expire(connection: Connection) -> int:
    """Ends ``sending`` whose lease is over, as the system: ``unknown``, or ``queued`` again; how many."""
    values = {"error": as_json(_LOST), "look_after": LOOK_AFTER, "looks_end": LOOKS_END}
    rows = await (await connection.execute(_EXPIRE, values)).fetchall()
    changes = [
        (
            TenantId(tenant),
            Change(EventType.MESSAGE_UPDATED, AccountId(account), ContactId(contact), MessageId(message)),
        )
        for tenant, account, contact, message in rows
    ]
    await log_all(connection, changes)
    return len(rows)
