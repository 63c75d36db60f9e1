"""What new messages do to the tables, set-based: one statement for a whole batch of webhooks.

Locks are taken in key order and always messages, then conversations, then feeds, so that two processes
with overlapping batches wait for one another instead of deadlocking. The feed rows come last, and the
statement is sent together with COMMIT: they are held for a moment, and commit order is cursor order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

import msgspec

from meta_inbox.adapters.persistence.postgres_media_rows import MEDIA_COLUMNS
from meta_inbox.adapters.persistence.round_trip import Statement
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.media_rules import MediaRules, NewMedia
from meta_inbox.domain.model.message import Attachment
from meta_inbox.domain.model.projection import clamped, identified
from meta_inbox.domain.model.webhook import WebhookItem

_FROM: LiteralString = """
with item as materialized (
  select r.tenant_id, r.account_id, i.*
  from json_to_recordset("""
_ON: LiteralString = """::json) as i (
    id uuid, journal_id uuid, item int, signed_by text, platform text, external_id text,
    contact_id text, event text, mid text, type text, text text, attachments jsonb, quick_reply text,
    postback jsonb, reply_to text, story jsonb, referral jsonb, sent_at timestamptz, raw json
  )
  left join meta_inbox.account_routes r
    on r.platform = i.platform and r.external_id = i.external_id and r.login = i.signed_by
), unrouted as (
  insert into meta_inbox.journal_items
    (id, journal_id, item, signed_by, platform, external_id, contact_id, event, state, reason)
  select id, journal_id, item, signed_by, platform, external_id, contact_id, event, 'unrouted',
         'no connected account has this id'
  from item where tenant_id is null
), added as (
  insert into meta_inbox.messages (
    tenant_id, account_id, contact_id, id, meta_message_id, direction, type, text, attachments,
    quick_reply, postback, reply_to_meta_id, story, referral, status, origin, from_id, to_id,
    raw_payload, sent_at, ordered_at)
  select tenant_id, account_id, contact_id, id, mid, 'inbound', type, text, coalesce(attachments, '[]'),
         quick_reply, postback, reply_to, story, referral, 'received', 'contact', contact_id, external_id,
         raw, sent_at, sent_at
  from item where tenant_id is not null
  order by tenant_id, account_id, mid
  on conflict (tenant_id, account_id, meta_message_id) do nothing
  returning tenant_id, account_id, contact_id, id, ordered_at
), talk as (
  insert into meta_inbox.conversations as c (
    tenant_id, account_id, contact_id, last_message_id, last_message_at, unread_count, opened_at)
  select tenant_id, account_id, contact_id, (array_agg(id order by ordered_at desc, id desc))[1],
         max(ordered_at), count(*), max(ordered_at)
  from added group by 1, 2, 3 order by 1, 2, 3
  on conflict (tenant_id, account_id, contact_id) do update set
    last_message_id = case
      when (excluded.last_message_at, excluded.last_message_id) > (c.last_message_at, c.last_message_id)
      then excluded.last_message_id else c.last_message_id end,
    last_message_at = greatest(c.last_message_at, excluded.last_message_at),
    opened_at = greatest(c.opened_at, excluded.opened_at),
    unread_count = c.unread_count + case
      when excluded.unread_count = 1 then (excluded.last_message_at > c.read_up_to)::int
      else (select count(*) from added a
            where a.tenant_id = c.tenant_id and a.account_id = c.account_id
              and a.contact_id = c.contact_id and a.ordered_at > c.read_up_to) end
  returning tenant_id, account_id, contact_id, (xmax = 0) as began
), person as (
  insert into meta_inbox.contacts (tenant_id, account_id, id, profile_due_at)
  select tenant_id, account_id, contact_id, now() from talk where began
  on conflict do nothing
), feed as (
  insert into meta_inbox.feeds as f (tenant_id, seq)
  select tenant_id, count(*) from added, (select count(*) from talk) after_talk
  group by 1 order by 1
  on conflict (tenant_id) do update set seq = f.seq + excluded.seq
  returning tenant_id, seq
)
insert into meta_inbox.events (tenant_id, seq, type, account_id, contact_id, message_id)
select a.tenant_id,
       feed.seq - (count(*) over (partition by a.tenant_id))
                + row_number() over (partition by a.tenant_id order by a.ordered_at, a.id),
       'message.created', a.account_id, a.contact_id, a.id
from added a join feed using (tenant_id)
"""
PROJECT: LiteralString = _FROM + "%(items)s" + _ON
PROJECT_BATCH = Statement(b"meta_inbox_project", _FROM + "$1" + _ON)
# The same for a batch in which somebody sent a file; without one the shorter statement costs less.
_ON_WITH_MEDIA: LiteralString = _ON.replace("raw json\n  )", "raw json, media json\n  )", 1).replace(
    "), talk as (",
    """), file as (
  insert into meta_inbox.media (
    tenant_id, id, account_id, contact_id, message_id, position, type, name, source_url, story, keep, due_at)
  select a.tenant_id, f.id, a.account_id, a.contact_id, a.id, f.position, f.type, f.name, f.source_url,
         f.story, f.keep, case when f.keep then now() end
  from added a join item on item.tenant_id = a.tenant_id and item.id = a.id
  cross join lateral json_to_recordset(item.media) as f ("""
    + MEDIA_COLUMNS
    + """)
), talk as (""",
    1,
)
PROJECT_WITH_MEDIA: LiteralString = _FROM + "%(items)s" + _ON_WITH_MEDIA
PROJECT_BATCH_WITH_MEDIA = Statement(b"meta_inbox_project_media", _FROM + "$1" + _ON_WITH_MEDIA)


@dataclass(frozen=True, slots=True)
class NewItem:
    """A message to be projected, and where it came from."""

    journal_id: str
    signed_by: Login
    received_at: datetime
    item: WebhookItem


class _Row(msgspec.Struct, gc=False, omit_defaults=True):
    """One element of the JSON array that ``PROJECT`` is given."""

    id: str
    journal_id: str
    item: int
    signed_by: str
    platform: str
    external_id: str
    contact_id: str | None
    event: str
    mid: str | None
    type: str
    text: str | None
    sent_at: datetime
    raw: msgspec.Raw | None = None
    attachments: tuple[Attachment, ...] = ()
    quick_reply: str | None = None
    postback: dict[str, Any] | None = None
    reply_to: str | None = None
    story: dict[str, Any] | None = None
    referral: dict[str, Any] | None = None
    media: tuple[NewMedia, ...] = ()


_encode = msgspec.json.Encoder().encode


def brings_files(item: WebhookItem) -> bool:
    """Whether ``PROJECT_WITH_MEDIA`` is needed for it."""
    return bool(item.attachments) or item.story is not None


def encoded(new: NewItem, new_id: Callable[[], str], rules: MediaRules) -> bytes:
    """The item as one element of the JSON array that ``PROJECT`` is given.

    Meta's JSON is kept beside the message unless the columns say all of it, as with nearly every text.
    """
    item = new.item
    sent_at = clamped(item.sent_at, new.received_at)
    row = _Row(
        new_id(),
        new.journal_id,
        item.index,
        new.signed_by,
        item.platform,
        item.external_id,
        item.contact_id,
        item.event,
        item.meta_message_id,
        item.type,
        item.text,
        sent_at,
    )
    if not item.plain:
        row.attachments = rules.mark(identified(item.attachments, new_id))
        row.quick_reply = item.quick_reply
        row.postback = item.postback
        row.reply_to = item.reply_to
        row.story = rules.mark_story(item.story, row.attachments, new_id)
        row.media = rules.files(row.attachments, row.story)
        row.referral = item.referral
    if not item.plain or sent_at != item.sent_at:
        row.raw = msgspec.Raw(item.raw)
    return _encode(row)
