"""What the business itself wrote, as Meta repeats it: our own sends settled, anybody else's kept.

Its answers to comments come as comments. Which of our sends an echo is of is decided in the domain
(``match_echo``); here the rows are found and locked, and the decision is written down.
"""

from datetime import datetime
from typing import Any, LiteralString

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.adapters.persistence.postgres_events import Change
from meta_inbox.adapters.persistence.postgres_media_rows import adopt_media
from meta_inbox.adapters.persistence.postgres_mids import changed, take_mid
from meta_inbox.adapters.persistence.postgres_pauses import wake_the_next
from meta_inbox.adapters.persistence.postgres_rows import MESSAGE_ALONE, message_of
from meta_inbox.adapters.persistence.postgres_written import add, key_of, marks_of, write
from meta_inbox.domain.model.contact import COMMENTS
from meta_inbox.domain.model.folding import echoed, receipted
from meta_inbox.domain.model.media_rules import MediaRules
from meta_inbox.domain.model.message import Message
from meta_inbox.domain.model.projection import (
    Known,
    Settles,
    Waits,
    clamped,
    is_message_id,
    is_own,
    match_echo,
    may_name,
    merged,
    settled_by,
)
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem

_NAMED: LiteralString = f"""
    select {MESSAGE_ALONE} from meta_inbox.messages m
    where m.tenant_id = %(tenant)s and m.id = %(token)s and m.account_id = %(account)s and not m.in_parts
    for update of m
"""
_KNOWN: LiteralString = f"""
    select {MESSAGE_ALONE} from meta_inbox.messages m
    where m.tenant_id = %(tenant)s and m.account_id = %(account)s and m.meta_message_id = %(mid)s
    for update of m
"""
_UNDER_WAY: LiteralString = f"""
    select {MESSAGE_ALONE} from meta_inbox.messages m
    where m.tenant_id = %(tenant)s and m.account_id = %(account)s and m.contact_id = any(%(contacts)s)
      and m.status in ('queued', 'sending', 'unknown') and m.status <> 'queued'
    order by m.id for update of m
"""
_ANSWERING: LiteralString = f"""
    select {MESSAGE_ALONE} from meta_inbox.messages m
    where m.tenant_id = %(tenant)s and m.account_id = %(account)s and m.details ->> 'reply' = 'public'
      and m.status in ('queued', 'sending', 'unknown') and m.status <> 'queued'
    order by m.id for update of m
"""
_LEAVE_OUTBOX: LiteralString = (
    "delete from meta_inbox.outbox where tenant_id = %(tenant)s and message_id = %(id)s"
)


class EchoWaits(Exception):
    """A send of this conversation is under way, and only its end tells whose echo this is."""


async def take_echo(
    connection: Connection, message: Message, item: WebhookItem, received_at: datetime, rules: MediaRules
) -> list[Change]:
    """Settles the send it belongs to, or keeps ``message``, written elsewhere; what to tell. EchoWaits."""
    values: dict[str, Any] = key_of(message) | {
        "mid": message.meta_message_id,
        "token": item.client_token,
        "contacts": [message.contact_id, f"{COMMENTS}{message.contact_id}"],
    }
    under_way = _ANSWERING if item.kind is ItemKind.ANSWER else _UNDER_WAY
    row = await (await connection.execute("select now()")).fetchone()
    named, known = await _named(connection, values, item), await _one(connection, _KNOWN, values)
    match match_echo(
        item,
        received_at=received_at,
        now=received_at if row is None else row[0],
        named=named,
        known=known,
        own=[own for own in await _all(connection, under_way, values) if is_own(own)],
    ):
        case Settles(message=own):
            return await settle_by(connection, own, item, received_at, rules)
        case Known():
            return await _time(connection, known or named, clamped(item.sent_at, received_at))
        case Waits():
            raise EchoWaits
        case _:
            return await add(connection, message, item, rules)


async def _named(connection: Connection, values: dict[str, Any], item: WebhookItem) -> Message | None:
    if values["token"] is None or not is_message_id(values["token"]):
        return None
    found = await _one(connection, _NAMED, values)
    return found if found is not None and is_own(found) and may_name(item, found) else None


async def _one(connection: Connection, query: LiteralString, values: dict[str, Any]) -> Message | None:
    return next(iter(await _all(connection, query, values)), None)


async def _all(connection: Connection, query: LiteralString, values: dict[str, Any]) -> list[Message]:
    return [message_of(row) for row in await (await connection.execute(query, values)).fetchall()]


async def settle_by(
    connection: Connection, own: Message, item: WebhookItem, received_at: datetime, rules: MediaRules
) -> list[Change]:
    """Notes that Meta has this own message, which is what the item is of; what to tell."""
    at = clamped(item.sent_at, received_at)
    settled, changes = settled_by(own, item, at), list[Change]()
    if item.meta_message_id is not None:
        taken, changes = await take_mid(connection, own, item.meta_message_id)
        settled = settled if taken is None else merged(own, taken)
    settled = receipted(settled, await marks_of(connection, own))
    await write(connection, settled)
    await adopt_media(connection, settled, item.attachments, rules)
    await connection.execute(_LEAVE_OUTBOX, {"tenant": own.tenant_id, "id": own.id})
    await wake_the_next(connection, own)
    return [*changes, changed(settled)]


async def _time(connection: Connection, known: Message | None, at: datetime) -> list[Change]:
    """Meta's time of an own message decides which receipts are of it; people are told only of those."""
    if known is None or not is_own(known) or (timed := echoed(known, at)) is known:
        return []
    timed = receipted(timed, await marks_of(connection, known))
    await write(connection, timed)
    return [] if timed.status is known.status else [changed(timed)]
