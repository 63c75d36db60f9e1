"""Pauses of accounts and how many of their messages are on their way, in memory."""

from meta_inbox.adapters.persistence.in_memory import AccountKey, InMemoryStore
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.message import Message, MessageStatus
from meta_inbox.domain.model.pause import paused, pausing
from meta_inbox.domain.model.sending import SENDS_AT_ONCE, Outcome, Sent


def room_of(store: InMemoryStore, account: AccountKey) -> int:
    """How many more of the account may leave now."""
    pause = store.pauses.get(account)
    if pause is not None:
        return 0 if pause.bars(store.clock.now()) else 1
    messages = (store.messages[key] for key in store.outbox)
    sending = (each for each in messages if each.status is MessageStatus.SENDING)
    return SENDS_AT_ONCE - sum((each.tenant_id, each.account_id) == account for each in sending)


def note_call(store: InMemoryStore, message: Message) -> None:
    """A message leaves; after a pause, it is the one that finds out."""
    account = (message.tenant_id, message.account_id)
    if account in store.pauses:
        store.pauses[account] = store.pauses[account].called(store.clock.now())


def note_outcome(store: InMemoryStore, message: Message, outcome: Outcome) -> None:
    """Meta asks for slower sending, or took a message after that was over."""
    account, now = (message.tenant_id, message.account_id), store.clock.now()
    former, later = store.pauses.get(account), pausing(outcome)
    if later is not None:
        store.pauses[account] = paused(former, later, now)
        if former is None or now >= former.resume_at:
            _tell(store, message)
    elif isinstance(outcome, Sent) and former is not None and now >= former.resume_at:
        del store.pauses[account]
        store.wake("outbox")


def wake_the_next(store: InMemoryStore, message: Message) -> None:
    """Something of the account may have its turn now that this message is no longer on its way."""
    due = (store.messages[key] for key, row in store.outbox.items() if store.is_due(row.due_at))
    if any(_waits_with(each, message) for each in due):
        store.wake("outbox")


def _tell(store: InMemoryStore, message: Message) -> None:
    """Of all else that waits, a message in parts as one."""
    waiting = (each for each in map(store.messages.__getitem__, store.outbox) if _waits_with(each, message))
    others = {each.shown_id: each for each in waiting if each.shown_id != message.shown_id}
    for shown_id, each in others.items():
        store.log(
            EventType.MESSAGE_UPDATED,
            each.tenant_id,
            each.account_id,
            contact=each.contact_id,
            message=shown_id,
        )


def _waits_with(other: Message, message: Message) -> bool:
    mine = (other.tenant_id, other.account_id) == (message.tenant_id, message.account_id)
    return mine and other.status is MessageStatus.QUEUED
