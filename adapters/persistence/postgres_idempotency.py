"""Idempotency keys on Postgres: what a caller asked for under a key, and what it was told. 24 hours each."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, LiteralString

import msgspec

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.adapters.persistence.postgres_rows import ANSWERED, MESSAGE, as_json, message_of
from meta_inbox.domain.errors import InFlight, KeyReused
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.model.message import Message, MessageStatus
from meta_inbox.domain.model.projection import refusal_of
from meta_inbox.domain.model.sending import Once
from meta_inbox.domain.ports import RefusedAnswer

_IN_FLIGHT = timedelta(seconds=20)

# A key that is too old counts as absent, so it may be taken anew.
_TAKE: LiteralString = """
    insert into meta_inbox.idempotency_keys as k (tenant_id, key, fingerprint, message_id)
    values (%(tenant)s, %(key)s, %(fingerprint)s, %(message)s)
    on conflict (tenant_id, key) do update
      set fingerprint = excluded.fingerprint, message_id = excluded.message_id, answer = null,
          created_at = excluded.created_at
      where k.created_at <= now() - interval '24 hours'
    returning 1
"""
_FINGERPRINT: LiteralString = """
    select fingerprint from meta_inbox.idempotency_keys where tenant_id = %(tenant)s and key = %(key)s
"""
_LOOK_UP: LiteralString = (
    "select k.fingerprint, k.answer::text, now() - m.created_at, "
    + MESSAGE
    + """
      from meta_inbox.idempotency_keys k
      left join meta_inbox.messages m on m.tenant_id = k.tenant_id and m.id = k.message_id
    """
    + ANSWERED
    + " where k.tenant_id = %(tenant)s and k.key = %(key)s and k.created_at > now() - interval '24 hours'"
)
_FORGET: LiteralString = """
    delete from meta_inbox.idempotency_keys k
    where k.tenant_id = %(tenant)s and k.key in (
      select o.key from meta_inbox.idempotency_keys o
      where o.tenant_id = %(tenant)s and o.created_at <= now() - interval '24 hours'
      order by o.created_at limit 100 for update skip locked)
"""
# A refusal that tells of no message is not the answer to a request that has one.
_REMEMBER: LiteralString = """
    insert into meta_inbox.idempotency_keys as k (tenant_id, key, fingerprint, answer)
    values (%(tenant)s, %(key)s, %(fingerprint)s, %(answer)s)
    on conflict (tenant_id, key) do update set answer = excluded.answer
      where k.fingerprint = excluded.fingerprint and k.answer is null
        and (k.message_id is null or not %(bare)s)
"""
# An answer that says nothing, and stays: one that is remembered only afterwards does not take its place.
_WITHDRAW: LiteralString = """
    update meta_inbox.idempotency_keys set answer = '{}'
    where tenant_id = %(tenant)s and message_id = %(message)s
"""
_FORGET_OLD: LiteralString = """
    delete from meta_inbox.idempotency_keys k
    using (
      select o.tenant_id, o.key from meta_inbox.idempotency_keys o
      where o.created_at <= now() - interval '24 hours'
      order by o.created_at limit %(limit)s for update skip locked) old
    where k.tenant_id = old.tenant_id and k.key = old.key
    returning 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """An answer as it is written down: one of the two; neither = the message's present state."""

    message: Message | None = None
    refused: RefusedAnswer | None = None


async def take(connection: Connection, message: Message, once: Once) -> None:
    """Takes the key for this message. InFlight or KeyReused when it is taken."""
    values = _values(message.tenant_id, once) | {"message": message.id}
    if await (await connection.execute(_TAKE, values)).fetchone() is not None:
        return
    row = await (await connection.execute(_FINGERPRINT, values)).fetchone()
    if row is not None and bytes(row[0]) != once.fingerprint:
        raise _reused()
    raise _in_flight()


async def answer_of(connection: Connection, tenant: TenantId, once: Once) -> Message | None:
    """What the key was answered with, or what became of its message; None when it is new."""
    row = await (await connection.execute(_LOOK_UP, _values(tenant, once))).fetchone()
    if row is None:
        return None
    fingerprint, answer, age, *message = row
    if bytes(fingerprint) != once.fingerprint:
        raise _reused()
    given = msgspec.json.decode(answer, type=_Answer) if answer is not None else _Answer()
    if given != _Answer():
        return _given(given)
    return None if age is None else _present(message_of(message), age)


async def remember(
    connection: Connection, tenant: TenantId, once: Once, answer: Message | RefusedAnswer
) -> None:
    """Keeps the first answer, unless it tells nothing of the key's message; forgets what is too old."""
    kept = _Answer(refused=answer) if isinstance(answer, RefusedAnswer) else _Answer(message=answer)
    values = {"answer": as_json(kept), "bare": isinstance(answer, RefusedAnswer) and answer.message is None}
    await connection.execute(_FORGET, {"tenant": tenant})
    await connection.execute(_REMEMBER, _values(tenant, once) | values)


async def withdraw(connection: Connection, message: Message) -> None:
    """Forgets what was answered about a message that was unsent, or whose part was."""
    values = {"tenant": message.tenant_id, "message": message.shown_id}
    await connection.execute(_WITHDRAW, values, prepare=True)


async def forget_old(connection: Connection, limit: int) -> int:
    """Forgets keys of all tenants that are over; how many."""
    gone = await connection.execute(_FORGET_OLD, {"limit": limit})
    return len(await gone.fetchall())


def _values(tenant: TenantId, once: Once) -> dict[str, Any]:
    return {"tenant": tenant, "key": once.key, "fingerprint": once.fingerprint}


def _given(answer: _Answer) -> Message | None:
    if answer.refused is not None:
        raise answer.refused.again()
    return answer.message


def _present(message: Message, age: timedelta) -> Message:
    """The request died before it was answered, or has not ended yet."""
    if age < _IN_FLIGHT and message.status in (MessageStatus.QUEUED, MessageStatus.SENDING):
        raise _in_flight()
    refusal = refusal_of(message)
    if refusal is not None:
        raise refusal
    return message


def _in_flight() -> InFlight:
    return InFlight("another request with this key has not ended yet")


def _reused() -> KeyReused:
    return KeyReused("this key was used for another request")
