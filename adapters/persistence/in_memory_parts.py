"""Messages in parts, in memory: each part is a message and waits in the outbox, the whole is shown."""

from dataclasses import replace

from meta_inbox.adapters.persistence.in_memory import InMemoryStore, thread_key
from meta_inbox.adapters.persistence.in_memory_rows import OutboxRow, PartRow
from meta_inbox.domain.model.content import TextContent
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.message import Message, MessageStatus
from meta_inbox.domain.model.parts import AT_REST, PART_NOT_SENT, part_messages


def put_parts(store: InMemoryStore, whole: Message, reply_to: MetaMessageId | None) -> None:
    """Keeps the message and its parts, of which the first alone answers another."""
    store.created(replace(whole, text=None, status=AT_REST, parts=()))
    store.parts[whole.tenant_id, whole.id] = tuple(
        PartRow(id=part.id, before=part.before, after=part.after) for part in whole.parts
    )
    for message in part_messages(whole):
        store.save(message)
        store.outbox[message.tenant_id, message.id] = OutboxRow(
            content=TextContent(text=message.text or ""),
            reply_to=None if message.part_index else reply_to,
            due_at=store.clock.now(),
        )


def end_behind(store: InMemoryStore, failed: Message) -> None:
    """The parts behind one that failed are not sent, unless they have gone already."""
    for behind in store.messages_of(thread_key(failed)):
        if _is_behind(behind, failed) and behind.status is MessageStatus.QUEUED:
            row = store.outbox[behind.tenant_id, behind.id]
            store.save(behind.doubtful(PART_NOT_SENT) if row.in_doubt else behind.failed(PART_NOT_SENT))
            row.end(store.clock.now(), unknown=False)


def _is_behind(message: Message, other: Message) -> bool:
    same = message.part_of is not None and message.part_of == other.part_of
    return same and (message.part_index or 0) > (other.part_index or 0)
