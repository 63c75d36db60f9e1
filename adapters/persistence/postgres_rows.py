"""Rows and what they mean: the columns of each entity, in the order in which it is read back.

Queries name their tables ``a`` (accounts), ``c`` (conversations), ``p`` (contacts) and ``m`` (messages,
with ``ANSWERED`` joined to it), so that one query may read several entities side by side.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, LiteralString

import msgspec

from meta_inbox.domain.model.account import Account, StatusReason
from meta_inbox.domain.model.conversation import Conversation
from meta_inbox.domain.model.ids import MessageId, MetaMessageId
from meta_inbox.domain.model.message import Message, Part, ReplyTo
from meta_inbox.domain.model.parts import assembled

Row = Sequence[Any]

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

_ACCOUNT: dict[str, LiteralString] = {
    "id": "a.id::text",
    "tenant_id": "a.tenant_id",
    "platform": "a.platform",
    "login": "a.login",
    "status": "a.status",
    "status_reason": "a.status_reason",
    "instagram_account_id": "a.instagram_account_id",
    "instagram_username": "a.instagram_username",
    "instagram_name": "a.instagram_name",
    "profile_picture_url": "a.profile_picture_url",
    "picture_id": "a.picture_id::text",
    "facebook_page_id": "a.facebook_page_id",
    "facebook_page_name": "a.facebook_page_name",
    "token_expires_at": "a.token_expires_at",
    "data_access_expires_at": "a.data_access_expires_at",
    "connected_at": "a.connected_at",
    "connected_by": "a.connected_by",
    "connected_by_meta_id": "a.connected_by_meta_id",
    "last_synced_at": "a.last_synced_at",
    "policy": "a.policy",
    "updated_at": "a.updated_at",
}


def _waiting(of: LiteralString, column: LiteralString, shown: LiteralString) -> LiteralString:
    """A column of a message, which a pause of its account changes; what waits for a login waits for that."""
    may_wait = f"{of}.status = 'queued' and ({of}.error is null or {of}.next_attempt_at is not null)"
    return f"case when {may_wait} then {shown} else {of}.{column} end"


def _error(of: LiteralString) -> LiteralString:
    return _waiting(of, "error", f"coalesce((select w.error {_pause(of)}), {of}.error)")


def _next_attempt_at(of: LiteralString) -> LiteralString:
    paused = f"(select w.resume_at {_pause(of)})"
    return _waiting(of, "next_attempt_at", f"greatest({of}.next_attempt_at, {paused})")


def _pause(of: LiteralString) -> LiteralString:
    return f"""
        from meta_inbox.send_pauses w
        where w.tenant_id = {of}.tenant_id and w.account_id = {of}.account_id and w.resume_at > now()"""


# Looked up for a message in parts alone.
_PARTS: LiteralString = f"""
    case when m.in_parts then (
      select jsonb_agg(jsonb_build_object(
        'id', q.id, 'index', q.part_index, 'text', coalesce(q.text, ''), 'before', q.part_before,
        'after', q.part_after, 'meta_message_id', q.meta_message_id, 'status', q.status,
        'error', {_error("q")}, 'next_attempt_at', {_next_attempt_at("q")},
        'reactions', coalesce(q.reactions, '[]'), 'edited_at', q.edited_at, 'deleted_at', q.deleted_at,
        'sent_at', q.sent_at, 'resent', coalesce((q.details ->> 'resent')::int, 0),
        'matched_by', q.details ->> 'matched_by') order by q.part_index)
      from meta_inbox.messages q where q.tenant_id = m.tenant_id and q.part_of = m.id) end
"""


def _sending(parts: LiteralString) -> LiteralString:
    """What only own sends have, in one column: each that every message had would cost every list."""
    return f"""
        case when m.attempted_at is not null or m.in_parts or m.part_of is not null then jsonb_build_object(
          'attempted_at', m.attempted_at, 'part_of', m.part_of, 'part_index', m.part_index,
          'parts', {parts}) end"""


_MESSAGE: dict[str, LiteralString] = {
    "id": "m.id::text",
    "tenant_id": "m.tenant_id",
    "account_id": "m.account_id::text",
    "contact_id": "m.contact_id",
    "meta_message_id": "m.meta_message_id",
    "direction": "m.direction",
    "type": "m.type",
    "text": "m.text",
    "attachments": "m.attachments",
    "buttons": "m.buttons",
    "quick_reply": "m.quick_reply",
    "postback": "m.postback",
    "reply_to_id": "coalesce(r.part_of, r.id, m.reply_to_id)::text",
    "reply_to_meta_id": "m.reply_to_meta_id",
    "story": "m.story",
    "referral": "m.referral",
    "status": "m.status",
    "origin": "m.origin",
    "sent_by": "m.sent_by",
    "error": _error("m"),
    "next_attempt_at": _next_attempt_at("m"),
    "human_agent": "m.human_agent",
    "reactions": "m.reactions",
    "edits": "m.edits",
    "details": "m.details",
    "standby": "m.standby",
    "edited_at": "m.edited_at",
    "deleted_at": "m.deleted_at",
    "sent_at": "m.sent_at",
    "meta_sent_at": "m.meta_sent_at",
    "imported": "m.imported",
    "sending": _sending(_PARTS),
    "created_at": "m.created_at",
}
_TALK: dict[str, LiteralString] = {
    "tenant_id": "c.tenant_id",
    "account_id": "c.account_id::text",
    "contact_id": "c.contact_id",
    "last_message_at": "c.last_message_at",
    "unread_count": "c.unread_count",
    "opened_at": "c.opened_at",
    "ad_opened_at": "case when c.referral ->> 'source' = 'ADS' then c.referral_at end",
    "thread_owner": "c.thread_owner",
    "referral": "c.referral",
    "name": "p.name",
    "username": "p.username",
    "profile_picture_url": "p.profile_picture_url",
    "picture_id": "p.picture_id::text",
    "facts": "p.facts",
}

_ACCOUNT_TIMES, _MESSAGE_TIMES, _TALK_TIMES = (
    tuple(name for name in columns if name.endswith("_at")) for columns in (_ACCOUNT, _MESSAGE, _TALK)
)

ACCOUNT: LiteralString = ", ".join(_ACCOUNT.values())
MESSAGE: LiteralString = ", ".join(_MESSAGE.values())
_ALONE: dict[str, LiteralString] = {
    "reply_to_id": "m.reply_to_id::text",
    "error": "m.error",
    "next_attempt_at": "m.next_attempt_at",
    "sending": _sending("null"),
}
MESSAGE_ALONE: LiteralString = ", ".join((_MESSAGE | _ALONE).values())
"""The message's own columns alone, without its parts, for what looks at it to change it."""
TALK: LiteralString = ", ".join(_TALK.values())
# Looked up for each message: joined plainly, a database that was never analysed reads all messages of the
# tenant for each (measured: 7.7 s instead of 20 ms for 200 of 400).
ANSWERED: LiteralString = """
    left join lateral (
      select r.id, r.part_of from meta_inbox.messages r
      where r.tenant_id = m.tenant_id and r.account_id = m.account_id
        and r.meta_message_id = m.reply_to_meta_id
      offset 0) r on true
"""
_TALK_WIDTH = len(_TALK)
_PROFILE = ("name", "username", "profile_picture_url", "picture_id", "facts")
MESSAGE_WIDTH = len(_MESSAGE)


def is_id(text: str) -> bool:
    """Whether the text has the form of an id of ours; no other names a row."""
    return _UUID.fullmatch(text) is not None


def is_storable(*texts: str) -> bool:
    """Whether Postgres can hold these texts: NUL and lone surrogates it cannot."""
    try:
        return b"\0" not in "".join(texts).encode()
    except UnicodeEncodeError:
        return False


def as_json(value: object) -> str:
    """The value as the parameter of a json or jsonb column."""
    return msgspec.json.encode(value).decode()


def account_of(row: Row) -> Account:
    """The account in the columns ``ACCOUNT``."""
    values = _named(_ACCOUNT, _ACCOUNT_TIMES, row)
    values["status_reason"] = msgspec.convert(values["status_reason"], StatusReason | None)
    return msgspec.convert(values, Account)


def message_of(row: Row) -> Message:
    """The message in the columns ``MESSAGE``."""
    return msgspec.convert(_message_in(row), Message)


def _message_in(row: Row) -> dict[str, Any] | Message:
    """What the columns say of the message; in parts, the whole that these make."""
    values = _named(_MESSAGE, _MESSAGE_TIMES, row)
    answered, mid = values.pop("reply_to_id"), values.pop("reply_to_meta_id")
    if answered is not None or mid is not None:
        values["reply_to"] = ReplyTo(
            id=None if answered is None else MessageId(answered),
            meta_message_id=None if mid is None else MetaMessageId(mid),
        )
    values["reactions"] = values["reactions"] or ()
    values["edits"] = values["edits"] or ()
    sending: dict[str, Any] | None = values.pop("sending")
    if sending is None:
        return values
    parts: list[dict[str, Any]] = sending.pop("parts") or []
    begun = sending.pop("attempted_at")
    values["attempted_at"] = None if begun is None else datetime.fromisoformat(begun).astimezone(UTC)
    values |= sending
    return assembled(msgspec.convert(values, Message), [_part(each) for each in parts]) if parts else values


def _part(values: dict[str, Any]) -> Part:
    part = msgspec.convert(values, Part)
    return replace(
        part,
        next_attempt_at=utc_or_none(part.next_attempt_at),
        edited_at=utc_or_none(part.edited_at),
        deleted_at=utc_or_none(part.deleted_at),
        sent_at=utc_or_none(part.sent_at),
    )


def conversation_of(row: Row, *, ad_windows: bool) -> Conversation:
    """The conversation in the columns ``TALK`` and, behind them, ``MESSAGE``.

    ``ad_windows``: whether an advertisement is held to open it for longer.
    """
    values = _named(_TALK, _TALK_TIMES, row[:_TALK_WIDTH])
    values["contact"] = {
        "tenant_id": values["tenant_id"],
        "account_id": values["account_id"],
        "id": values.pop("contact_id"),
        **{name: values.pop(name) for name in _PROFILE},
    }
    if not ad_windows:
        values["ad_opened_at"] = None
    if row[_TALK_WIDTH] is not None:
        values["last_message"] = _message_in(row[_TALK_WIDTH:])
    # All three at once: a page has fifty of them, and constructors cost half as much again.
    return msgspec.convert(values, Conversation)


def _named(columns: dict[str, LiteralString], times: tuple[str, ...], row: Row) -> dict[str, Any]:
    values = dict(zip(columns, row, strict=True))
    for name in times:
        if (value := values[name]) is not None and value.tzinfo is not UTC:
            values[name] = value.astimezone(UTC)
    return values


def utc_or_none(at: datetime | None) -> datetime | None:
    """The time in UTC, whatever the connection's time zone."""
    return None if at is None else at.astimezone(UTC)
