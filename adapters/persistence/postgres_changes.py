"""What an item says about messages and conversations that are there: folded in under the row's lock.

What is not there yet is waited for, by Meta's id of the message or by the conversation.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

import msgspec

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.adapters.persistence.postgres_events import Change
from meta_inbox.adapters.persistence.postgres_media_rows import purge_media
from meta_inbox.adapters.persistence.postgres_mids import changed
from meta_inbox.adapters.persistence.postgres_rows import MESSAGE_ALONE, as_json, message_of
from meta_inbox.adapters.persistence.postgres_written import write
from meta_inbox.domain.model.account import PolicyNotice
from meta_inbox.domain.model.changes import Delivered, OwnerChanged, PolicyEnforced, Seen, Unsent
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.folding import Marks, delivered, folded
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId, MetaMessageId, TenantId
from meta_inbox.domain.model.message import Message
from meta_inbox.domain.model.webhook import WebhookItem

_BY_MID: LiteralString = f"""
    select {MESSAGE_ALONE} from meta_inbox.messages m
    where m.tenant_id = %(tenant)s and m.account_id = %(account)s and m.meta_message_id = %(mid)s
    for update of m
"""
_TALK: LiteralString = """
    select from meta_inbox.conversations
    where tenant_id = %(tenant)s and account_id = %(account)s and contact_id = %(contact)s for update
"""
_OPEN: LiteralString = """
    update meta_inbox.conversations set opened_at = greatest(opened_at, %(at)s)
    where tenant_id = %(tenant)s and account_id = %(account)s and contact_id = %(contact)s
      and (opened_at is null or opened_at < %(at)s)
    returning 1
"""
_RECEIVED: LiteralString = """
    update meta_inbox.messages m
    set status = case when coalesce(m.meta_sent_at, m.sent_at) <= %(read_to)s
                        or m.ordered_at <= %(read_through)s then 'read' else 'delivered' end
    where m.tenant_id = %(tenant)s and m.account_id = %(account)s and m.contact_id = %(contact)s
      and m.direction = 'outbound' and m.status in ('sent', 'delivered')
      and (coalesce(m.meta_sent_at, m.sent_at) <= %(read_to)s or m.ordered_at <= %(read_through)s
           or (m.status = 'sent' and coalesce(m.meta_sent_at, m.sent_at) <= %(delivered_to)s))
    returning coalesce(m.part_of, m.id)::text, m.ordered_at
"""
_MARK: LiteralString = """
    update meta_inbox.conversations
    set delivered_to = greatest(delivered_to, %(delivered_to)s), read_to = greatest(read_to, %(read_to)s),
        read_through = greatest(read_through, %(read_through)s)
    where tenant_id = %(tenant)s and account_id = %(account)s and contact_id = %(contact)s
    returning 1
"""
OWN: LiteralString = """
    update meta_inbox.conversations set thread_owner = %(owner)s, thread_owner_at = %(at)s
    where tenant_id = %(tenant)s and account_id = %(account)s and contact_id = %(contact)s
      and (thread_owner_at is null or (thread_owner_at, coalesce(thread_owner, '')) < (%(at)s, %(rank)s))
    returning 1
"""
_POLICY: LiteralString = """
    select policy from meta_inbox.accounts where tenant_id = %(tenant)s and id = %(account)s for update
"""
_ENFORCE: LiteralString = """
    update meta_inbox.accounts set policy = %(policy)s::jsonb, updated_at = now()
    where tenant_id = %(tenant)s and id = %(account)s
"""
_REDACT: LiteralString = """
    insert into meta_inbox.redactions (platform, external_id, meta_message_id)
    values (%(platform)s, %(external_id)s, %(mid)s)
    on conflict (platform, external_id, meta_message_id) do update set due_at = now(), passes = 0
"""


@dataclass(frozen=True, slots=True)
class Awaits(Exception):
    """The message with this id, or without one the conversation itself, is not there yet."""

    message: MetaMessageId | None


@dataclass(frozen=True, slots=True)
class Where:
    """Whose item it is, and Meta's time of it."""

    connection: Connection
    tenant: TenantId
    account: AccountId
    item: WebhookItem
    at: datetime

    def values(self, **more: Any) -> dict[str, Any]:
        """The parameters that every statement has."""
        return {
            "tenant": self.tenant,
            "account": self.account,
            "contact": self.item.contact_id,
            "mid": self.item.meta_message_id,
            "at": self.at,
            **more,
        }

    def about(self, kind: EventType, contact: ContactId | None, message: MessageId | None = None) -> Change:
        """What is told."""
        return Change(kind, account=self.account, contact=contact, message=message)


async def take_change(where: Where, changes: list[Change]) -> None:
    """Folds the item in; ``changes`` gets what to tell. Awaits."""
    match where.item.says:
        case Delivered(up_to=up_to, messages=named):
            await _mark(where, Marks(delivered_to=up_to), changes)
            await _named_delivered(where, named, changes)
        case Seen(up_to=up_to):
            await _seen(where, up_to, changes)
        case OwnerChanged(owner=owner):
            await own(where, owner, changes)
        case PolicyEnforced(action=action, reason=reason):
            await _enforce(where, PolicyNotice(action=action, reason=reason, at=where.at), changes)
        case _:
            await _fold(where, changes)


async def find(where: Where, mid: MetaMessageId | None) -> Message | None:
    """The message with this id of Meta's, locked."""
    row = await (await where.connection.execute(_BY_MID, where.values(mid=mid))).fetchone()
    return None if row is None else message_of(row)


async def _fold(where: Where, changes: list[Change]) -> None:
    message, change = await find(where, where.item.meta_message_id), where.item.says
    if message is None:
        await _open_what_is_there(where, changes)
        raise Awaits(where.item.meta_message_id)
    if change is None or isinstance(change, _NOT_OF_A_MESSAGE):
        return
    after = folded(message, change, where.at)
    if after is not message:
        await write(where.connection, after)
        changes.append(changed(after))
    if isinstance(change, Unsent):
        await purge_media(where.connection, message.tenant_id, message.id)
        await _forget(where, message)
    await _open(where, changes)


_NOT_OF_A_MESSAGE = (Delivered, Seen, OwnerChanged, PolicyEnforced)


async def _forget(where: Where, message: Message) -> None:
    """What was journalled of it goes, too: its bodies are rewritten soon."""
    item = where.item
    values = {
        "platform": item.platform.value,
        "external_id": item.external_id,
        "mid": message.meta_message_id,
    }
    await where.connection.execute(_REDACT, values)


async def _open_what_is_there(where: Where, changes: list[Change]) -> None:
    """A reaction opens the window whether or not its message is here. Awaits for want of a conversation."""
    if where.item.opens is None:
        return
    if await (await where.connection.execute(_TALK, where.values())).fetchone() is None:
        raise Awaits(None)
    await _open(where, changes)


async def _open(where: Where, changes: list[Change]) -> None:
    if where.item.opens is None:
        return
    if await (await where.connection.execute(_OPEN, where.values())).fetchone() is not None:
        changes.append(where.about(EventType.CONVERSATION_UPDATED, where.item.contact_id))


async def _named_delivered(where: Where, named: tuple[MetaMessageId, ...], changes: list[Change]) -> None:
    missing: MetaMessageId | None = None
    for mid in sorted(named):
        message = await find(where, mid)
        if message is None:
            missing = mid
        elif (after := delivered(message)) is not message:
            await write(where.connection, after)
            changes.append(changed(after))
    if missing is not None:
        raise Awaits(missing)


async def _seen(where: Where, up_to: datetime | None, changes: list[Change]) -> None:
    if up_to is not None:
        await _mark(where, Marks(delivered_to=up_to, read_to=up_to), changes)
        return
    message = await find(where, where.item.meta_message_id)
    if message is None:
        raise Awaits(where.item.meta_message_id)
    await _mark(where, Marks(read_through=message.ordered_at), changes)


async def _mark(where: Where, marks: Marks, changes: list[Change]) -> None:
    """Messages first, then the conversation, as everywhere.

    What is sent or echoed meanwhile locks the conversation to read its marks: it comes before, and is seen
    when the messages are looked at once more, or after, and sees these marks.
    """
    if marks == Marks():
        return
    values = where.values(
        delivered_to=marks.delivered_to, read_to=marks.read_to, read_through=marks.read_through
    )
    rows = await (await where.connection.execute(_RECEIVED, values)).fetchall()
    if await (await where.connection.execute(_MARK, values)).fetchone() is None:
        raise Awaits(None)
    rows += await (await where.connection.execute(_RECEIVED, values)).fetchall()
    for id_, _ in sorted(rows, key=lambda row: (row[1], row[0])):
        about = where.about(EventType.MESSAGE_UPDATED, where.item.contact_id, MessageId(id_))
        changes.append(about)


async def own(where: Where, owner: str | None, changes: list[Change]) -> None:
    """The thread is another app's, or ours again; the later of two changes stands."""
    values = where.values(owner=owner, rank=owner or "")
    if await (await where.connection.execute(OWN, values)).fetchone() is not None:
        changes.append(where.about(EventType.CONVERSATION_UPDATED, where.item.contact_id))


async def _enforce(where: Where, notice: PolicyNotice, changes: list[Change]) -> None:
    row = await (await where.connection.execute(_POLICY, where.values())).fetchone()
    former = None if row is None else msgspec.convert(row[0], PolicyNotice | None)
    if row is None or not notice.outweighs(former):
        return
    await where.connection.execute(_ENFORCE, where.values(policy=as_json(notice)))
    changes.append(where.about(EventType.ACCOUNT_UPDATED, None))
