"""What waits on an account that cannot send, in memory."""

from meta_inbox.adapters.persistence.in_memory import InMemoryStore, MessageKey
from meta_inbox.adapters.persistence.in_memory_parts import end_behind
from meta_inbox.adapters.persistence.in_memory_rows import OutboxRow
from meta_inbox.domain.model.account import AccountStatus
from meta_inbox.domain.model.message import Message, MessageStatus, SendError
from meta_inbox.domain.model.projection import GIVEN_UP, after_outcome
from meta_inbox.domain.model.sending import ASKED_EVERY, Failed, Waiting


def claim_waiting(store: InMemoryStore, limit: int) -> list[Waiting]:
    """What is to be asked now whether it may still be sent."""
    now = store.clock.now()
    due = [key for key, row in store.outbox.items() if _is_due(store, key, row)]
    due.sort(key=lambda key: store.outbox[key].window_asked_at or store.messages[key].created_at)
    for key in due[:limit]:
        store.outbox[key].window_asked_at = now
    return [_waiting(store, key) for key in due[:limit]]


def _is_due(store: InMemoryStore, key: MessageKey, row: OutboxRow) -> bool:
    message, long_ago = store.messages[key], store.clock.now() - ASKED_EVERY
    waits = message.status is MessageStatus.QUEUED and message.created_at < long_ago
    asked = row.window_asked_at is not None and row.window_asked_at >= long_ago
    return waits and not asked and _is_held_up(store, message)


def _is_held_up(store: InMemoryStore, message: Message) -> bool:
    account = (message.tenant_id, message.account_id)
    pause = store.pauses.get(account)
    paused = pause is not None and store.clock.now() < pause.resume_at
    return paused or store.accounts[account].account.status is not AccountStatus.ACTIVE


def _waiting(store: InMemoryStore, key: MessageKey) -> Waiting:
    message = store.messages[key]
    account = (message.tenant_id, message.account_id)
    pause = store.pauses.get(account)
    return Waiting(
        message=message,
        content=store.outbox[key].content,
        disconnected=store.accounts[account].account.status is AccountStatus.DISCONNECTED,
        resume_at=pause.resume_at if pause is not None else None,
    )


def give_up(store: InMemoryStore, message: Message, error: SendError) -> None:
    """It is not sent any more, unless it has left, or was queued anew by a person, meanwhile."""
    key = (message.tenant_id, message.id)
    present, row = store.messages.get(key), store.outbox.get(key)
    if present is None or row is None or present.status is not MessageStatus.QUEUED:
        return
    if present.human_agent is not message.human_agent:
        return
    after = after_outcome(present, Failed(error=error), store.clock.now(), in_doubt=row.in_doubt)
    if after.status is MessageStatus.FAILED:
        end_behind(store, after)
    store.updated(after)
    if error == GIVEN_UP:
        del store.outbox[key]
