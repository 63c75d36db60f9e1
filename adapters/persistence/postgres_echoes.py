"""What the business itself wrote, as Meta repeats it: our own sends settled, anybody else's kept.

Which of our sends an echo is of is decided in the domain (``match_echo``); here the rows are found and
locked, and the decision is written down.
"""

from dataclasses import replace
from typing import Any, LiteralString

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.adapters.persistence.postgres_events import Change, log
from meta_inbox.adapters.persistence.postgres_media_rows import add_media, adopt_media
from meta_inbox.adapters.persistence.postgres_mids import changed, take_mid, write_outcome
from meta_inbox.adapters.persistence.postgres_rows import ANSWERED, MESSAGE, as_json, message_of
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.media_rules import MediaRules
from meta_inbox.domain.model.message import Message
from meta_inbox.domain.model.projection import (
    Known,
    Settles,
    Waits,
    arrived,
    clamped,
    is_message_id,
    is_own,
    match_echo,
    merged,
)
from meta_inbox.domain.model.webhook import WebhookItem
from meta_inbox.domain.ports import PendingItem

_NAMED: LiteralString = f"""
    select {MESSAGE} from meta_inbox.messages m {ANSWERED}
    where m.tenant_id = %(tenant)s and m.id = %(token)s and m.account_id = %(account)s
      and m.contact_id = %(contact)s
    for update of m
"""
_KNOWN: LiteralString = f"""
    select {MESSAGE} from meta_inbox.messages m {ANSWERED}
    where m.tenant_id = %(tenant)s and m.account_id = %(account)s and m.meta_message_id = %(mid)s
"""
_UNDER_WAY: LiteralString = f"""
    select {MESSAGE} from meta_inbox.messages m {ANSWERED}
    where m.tenant_id = %(tenant)s and m.account_id = %(account)s and m.contact_id = %(contact)s
      and m.status in ('queued', 'sending', 'unknown') and m.status <> 'queued'
    order by m.id for update of m
"""
_LEAVE_OUTBOX: LiteralString = (
    "delete from meta_inbox.outbox where tenant_id = %(tenant)s and message_id = %(id)s"
)
_ADD: LiteralString = """
    insert into meta_inbox.messages (
      tenant_id, account_id, contact_id, id, meta_message_id, direction, type, text, attachments,
      reply_to_meta_id, status, origin, from_id, to_id, metadata, raw_payload, sent_at, ordered_at)
    values (%(tenant)s, %(account)s, %(contact)s, %(id)s, %(mid)s, 'outbound', %(type)s, %(text)s,
      %(attachments)s::jsonb, %(reply_to)s, 'sent', %(origin)s, %(from_id)s, %(contact)s,
      %(metadata)s::jsonb, %(raw)s::json, %(at)s, %(at)s)
    on conflict (tenant_id, account_id, meta_message_id) do nothing
    returning 1
"""
_ANSWERED_ELSEWHERE: LiteralString = """
    insert into meta_inbox.conversations as c (
      tenant_id, account_id, contact_id, last_message_id, last_message_at, unread_count, read_up_to)
    values (%(tenant)s, %(account)s, %(contact)s, %(id)s, %(at)s, 0, %(at)s)
    on conflict (tenant_id, account_id, contact_id) do update set
      last_message_id = case
        when (excluded.last_message_at, excluded.last_message_id) > (c.last_message_at, c.last_message_id)
        then excluded.last_message_id else c.last_message_id end,
      last_message_at = greatest(c.last_message_at, excluded.last_message_at),
      read_up_to = greatest(c.read_up_to, excluded.read_up_to),
      unread_count = (
        select count(*) from meta_inbox.messages m
        where m.tenant_id = c.tenant_id and m.account_id = c.account_id and m.contact_id = c.contact_id
          and m.direction = 'inbound' and m.ordered_at > greatest(c.read_up_to, excluded.read_up_to))
"""
_PERSON: LiteralString = """
    insert into meta_inbox.contacts (tenant_id, account_id, id, profile_due_at)
    values (%(tenant)s, %(account)s, %(contact)s, now()) on conflict do nothing
"""


class EchoWaits(Exception):
    """A send of this conversation is under way, and only its end tells whose echo this is."""


async def project_echo(
    connection: Connection, message: Message, item: WebhookItem, pending: PendingItem, rules: MediaRules
) -> None:
    """Settles the send it belongs to, or keeps ``message``, written elsewhere. Raises EchoWaits."""
    values: dict[str, Any] = {
        "tenant": message.tenant_id,
        "account": message.account_id,
        "contact": message.contact_id,
        "mid": message.meta_message_id,
        "token": item.client_token,
    }
    row = await (await connection.execute("select now()")).fetchone()
    match match_echo(
        item,
        received_at=pending.received_at,
        now=pending.received_at if row is None else row[0],
        named=await _named(connection, values),
        known=await _one(connection, _KNOWN, values),
        own=[own for own in await _all(connection, _UNDER_WAY, values) if is_own(own)],
    ):
        case Settles(message=own):
            await _settle(connection, own, item, pending, rules)
        case Known():
            pass
        case Waits():
            raise EchoWaits
        case _:
            marked = replace(message, attachments=rules.mark(message.attachments))
            await _add(connection, marked, item, values, rules)


async def _named(connection: Connection, values: dict[str, Any]) -> Message | None:
    if values["token"] is None or not is_message_id(values["token"]):
        return None
    found = await _one(connection, _NAMED, values)
    return found if found is not None and is_own(found) else None


async def _one(connection: Connection, query: LiteralString, values: dict[str, Any]) -> Message | None:
    return next(iter(await _all(connection, query, values)), None)


async def _all(connection: Connection, query: LiteralString, values: dict[str, Any]) -> list[Message]:
    return [message_of(row) for row in await (await connection.execute(query, values)).fetchall()]


async def _settle(
    connection: Connection, own: Message, item: WebhookItem, pending: PendingItem, rules: MediaRules
) -> None:
    at = clamped(item.sent_at, pending.received_at)
    settled, changes = arrived(own, item.meta_message_id, at), list[Change]()
    if item.meta_message_id is not None:
        taken, changes = await take_mid(connection, own, item.meta_message_id)
        settled = settled if taken is None else merged(own, taken)
    await write_outcome(connection, settled)
    await adopt_media(connection, own, item.attachments, rules)
    await connection.execute(_LEAVE_OUTBOX, {"tenant": own.tenant_id, "id": own.id})
    await log(connection, own.tenant_id, [*changes, changed(settled)])


async def _add(
    connection: Connection, message: Message, item: WebhookItem, values: dict[str, Any], rules: MediaRules
) -> None:
    values |= {
        "id": message.id,
        "type": message.type,
        "text": message.text,
        "attachments": as_json(message.attachments),
        "reply_to": message.reply_to.meta_message_id if message.reply_to else None,
        "origin": message.origin.value,
        "from_id": item.external_id,
        "metadata": as_json({"app_id": item.app_id, "metadata": item.client_token}),
        "raw": item.raw.decode(),
        "at": message.ordered_at,
    }
    if await (await connection.execute(_ADD, values)).fetchone() is None:
        return
    await add_media(connection, replace(message, story=None), rules)
    await connection.execute(_ANSWERED_ELSEWHERE, values)
    await connection.execute(_PERSON, values)
    created = Change(
        EventType.MESSAGE_CREATED,
        account=message.account_id,
        contact=message.contact_id,
        message=message.id,
    )
    await log(connection, message.tenant_id, [created])
