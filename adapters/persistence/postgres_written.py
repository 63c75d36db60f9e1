"""A single message's row: added with what that does to its conversation, or written anew.

Locks are taken as everywhere: the message, then its conversation; feeds come last, by ``log_all``.
"""

from typing import Any, LiteralString

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.adapters.persistence.postgres_events import Change
from meta_inbox.adapters.persistence.postgres_idempotency import withdraw
from meta_inbox.adapters.persistence.postgres_media_rows import add_media
from meta_inbox.adapters.persistence.postgres_rows import Row, as_json
from meta_inbox.domain.model.contact import COMMENTS
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.folding import Marks, receipted
from meta_inbox.domain.model.media_rules import MediaRules
from meta_inbox.domain.model.message import Message
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem

_ADD: LiteralString = """
    insert into meta_inbox.messages (
      tenant_id, account_id, contact_id, id, meta_message_id, direction, type, text, attachments,
      quick_reply, postback, reply_to_meta_id, story, referral, details, standby, status, origin, from_id,
      to_id, metadata, raw_payload, sent_at, ordered_at)
    values (%(tenant)s, %(account)s, %(contact)s, %(id)s, %(mid)s, %(direction)s, %(type)s, %(text)s,
      %(attachments)s::jsonb, %(quick_reply)s, %(postback)s::jsonb, %(reply_to)s, %(story)s::jsonb,
      %(referral)s::jsonb, %(details)s::jsonb, %(standby)s, %(status)s, %(origin)s, %(from_id)s, %(to_id)s,
      %(metadata)s::jsonb, %(raw)s::json, %(at)s, %(at)s)
    on conflict (tenant_id, account_id, meta_message_id) do nothing
    returning 1
"""
_WRITE: LiteralString = """
    update meta_inbox.messages
    set type = %(type)s, text = %(text)s, attachments = %(attachments)s::jsonb, buttons = %(buttons)s::jsonb,
        quick_reply = %(quick_reply)s, postback = %(postback)s::jsonb, story = %(story)s::jsonb,
        referral = %(referral)s::jsonb, details = %(details)s::jsonb, reactions = %(reactions)s::jsonb,
        edits = %(edits)s::jsonb, status = %(status)s, meta_message_id = %(mid)s, sent_at = %(sent_at)s,
        meta_sent_at = %(meta_sent_at)s, error = %(error)s::jsonb, next_attempt_at = %(next_attempt_at)s,
        edited_at = %(edited_at)s, deleted_at = %(deleted_at)s,
        raw_payload = case when %(deleted_at)s::timestamptz is null then raw_payload end
    where tenant_id = %(tenant)s and id = %(id)s
"""
_FOLLOW: LiteralString = """
      last_message_id = case
        when (excluded.last_message_at, excluded.last_message_id) > (c.last_message_at, c.last_message_id)
        then excluded.last_message_id else c.last_message_id end,
      last_message_at = greatest(c.last_message_at, excluded.last_message_at)
    returning c.delivered_to, c.read_to, c.read_through
"""
# What the contact did is unread; it opens the window only if the item says so.
_RECEIVED: LiteralString = (
    """
    insert into meta_inbox.conversations as c (
      tenant_id, account_id, contact_id, last_message_id, last_message_at, unread_count, opened_at)
    values (%(tenant)s, %(account)s, %(contact)s, %(id)s, %(at)s, 1, %(opened_at)s)
    on conflict (tenant_id, account_id, contact_id) do update set
      opened_at = greatest(c.opened_at, excluded.opened_at),
      unread_count = c.unread_count + (excluded.last_message_at > c.read_up_to)::int,
    """
    + _FOLLOW
)
_NOTED: LiteralString = (
    """
    insert into meta_inbox.conversations as c (
      tenant_id, account_id, contact_id, last_message_id, last_message_at)
    values (%(tenant)s, %(account)s, %(contact)s, %(id)s, %(at)s)
    on conflict (tenant_id, account_id, contact_id) do update set
    """
    + _FOLLOW
)
# Whoever wrote it elsewhere had read what was there by then.
_ANSWERED_ELSEWHERE: LiteralString = (
    """
    insert into meta_inbox.conversations as c (
      tenant_id, account_id, contact_id, last_message_id, last_message_at, read_up_to)
    values (%(tenant)s, %(account)s, %(contact)s, %(id)s, %(at)s, %(at)s)
    on conflict (tenant_id, account_id, contact_id) do update set
      read_up_to = greatest(c.read_up_to, excluded.read_up_to),
    """
    + _FOLLOW
)
# A statement of its own: the one before waited for the conversation, and would count what it saw before.
_COUNT_UNREAD: LiteralString = """
    update meta_inbox.conversations c
    set unread_count = (
      select count(*) from meta_inbox.messages m
      where m.tenant_id = c.tenant_id and m.account_id = c.account_id and m.contact_id = c.contact_id
        and m.direction = 'inbound' and m.ordered_at > c.read_up_to)
    where c.tenant_id = %(tenant)s and c.account_id = %(account)s and c.contact_id = %(contact)s
      and c.unread_count > 0
"""
_REFERRED: LiteralString = """
    update meta_inbox.conversations set referral = %(referral)s::jsonb, referral_at = %(at)s
    where tenant_id = %(tenant)s and account_id = %(account)s and contact_id = %(contact)s
      and (referral_at is null or referral_at < %(at)s)
"""
_TALKS: dict[ItemKind, LiteralString] = {ItemKind.MESSAGE: _RECEIVED, ItemKind.NOTICE: _NOTED}
# Meta gives no profile of who only commented; the comment itself names them.
_PERSON: LiteralString = """
    insert into meta_inbox.contacts (tenant_id, account_id, id, name, username, profile_due_at)
    values (%(tenant)s, %(account)s, %(contact)s, %(name)s, %(username)s,
            case when %(public)s then null else now() end)
    on conflict do nothing
"""
_STATUS: LiteralString = (
    "update meta_inbox.messages set status = %(status)s where tenant_id = %(tenant)s and id = %(id)s"
)
# Locked, since a receipt on its way sets the marks and then looks at the messages once more.
_MARKS: LiteralString = """
    select delivered_to, read_to, read_through from meta_inbox.conversations
    where tenant_id = %(tenant)s and account_id = %(account)s and contact_id = %(contact)s for share
"""


async def add(connection: Connection, message: Message, item: WebhookItem, rules: MediaRules) -> list[Change]:
    """Keeps what the item makes, with its conversation and its contact; what to tell, nothing if known."""
    values = _added(message, item)
    if await (await connection.execute(_ADD, values)).fetchone() is None:
        return []
    await add_media(connection, message, rules)
    talk = await connection.execute(_TALKS.get(item.kind, _ANSWERED_ELSEWHERE), values)
    if item.kind not in _TALKS:
        await connection.execute(_COUNT_UNREAD, values)
    if message.referral is not None and item.kind is ItemKind.MESSAGE:
        await connection.execute(_REFERRED, values)
    known = receipted(message, _marks(await talk.fetchone()))
    if known is not message:
        await connection.execute(_STATUS, values | {"status": known.status.value})
    await connection.execute(_PERSON, values)
    return [
        Change(
            EventType.MESSAGE_CREATED,
            account=message.account_id,
            contact=message.contact_id,
            message=message.id,
        )
    ]


async def write(connection: Connection, message: Message) -> None:
    """Writes all of the message that can change; a tombstone loses Meta's JSON and its key's answer, too."""
    values = _named(message) | {
        "buttons": as_json(message.buttons),
        "reactions": as_json(message.reactions) if message.reactions else None,
        "edits": as_json(message.edits) if message.edits else None,
        "sent_at": message.sent_at,
        "meta_sent_at": message.meta_sent_at,
        "error": _json(message.error),
        "next_attempt_at": message.next_attempt_at,
        "edited_at": message.edited_at,
        "deleted_at": message.deleted_at,
    }
    await connection.execute(_WRITE, values)
    if message.deleted_at is not None:
        await withdraw(connection, message)


async def marks_of(connection: Connection, message: Message) -> Marks:
    """How far the contact has come in the message's conversation."""
    return _marks(await (await connection.execute(_MARKS, key_of(message))).fetchone())


def _marks(row: Row | None) -> Marks:
    return Marks() if row is None else Marks(delivered_to=row[0], read_to=row[1], read_through=row[2])


def key_of(message: Message) -> dict[str, Any]:
    """The message's own and its conversation's keys, as parameters."""
    return {
        "tenant": message.tenant_id,
        "account": message.account_id,
        "contact": message.contact_id,
        "id": message.id,
    }


def _added(message: Message, item: WebhookItem) -> dict[str, Any]:
    said = {"app_id": item.app_id, "metadata": item.client_token}
    inbound = item.kind is ItemKind.MESSAGE
    public = message.contact_id.startswith(COMMENTS)
    about = (message.details or {}) if public else {}
    return _named(message) | {
        "direction": message.direction.value,
        "standby": message.standby,
        "origin": message.origin.value,
        "reply_to": message.reply_to.meta_message_id if message.reply_to else None,
        "from_id": message.contact_id if inbound else item.external_id,
        "to_id": item.external_id if inbound else message.contact_id,
        "metadata": as_json(said) if any(said.values()) else None,
        "raw": item.raw.decode(),
        "at": message.ordered_at,
        "opened_at": None if item.opens is None else message.ordered_at,
        "public": public,
        "name": about.get("name"),
        "username": about.get("username"),
    }


def _named(message: Message) -> dict[str, Any]:
    return key_of(message) | {
        "mid": message.meta_message_id,
        "type": message.type,
        "text": message.text,
        "attachments": as_json(message.attachments),
        "quick_reply": message.quick_reply,
        "postback": _json(message.postback),
        "story": _json(message.story),
        "referral": _json(message.referral),
        "details": _json(message.details),
        "status": message.status.value,
    }


def _json(value: object) -> str | None:
    return None if value is None else as_json(value)
