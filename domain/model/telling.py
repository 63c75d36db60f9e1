"""A page of the event log as it is told: what each event is about, and whether anything is missing."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.conversation import Conversation
from meta_inbox.domain.model.deletion import DeletedContact
from meta_inbox.domain.model.event import Event, EventData, EventType, LoggedEvent, LogPage
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId
from meta_inbox.domain.model.message import Message

_ABOUT_MESSAGES = frozenset({EventType.MESSAGE_CREATED, EventType.MESSAGE_UPDATED})


@dataclass(frozen=True, slots=True)
class Facts:
    """What the events of a page are about, as far as it is still there."""

    accounts: Mapping[AccountId, Account] = field(default_factory=dict[AccountId, Account])
    messages: Mapping[MessageId, Message] = field(default_factory=dict[MessageId, Message])
    conversations: Mapping[tuple[AccountId, ContactId], Conversation] = field(
        default_factory=dict[tuple[AccountId, ContactId], Conversation]
    )
    deleted: Mapping[str, DeletedContact] = field(default_factory=dict[str, DeletedContact])

    @classmethod
    def of(
        cls,
        accounts: Iterable[Account],
        messages: Iterable[Message],
        conversations: Iterable[Conversation],
        deleted: Iterable[DeletedContact] = (),
    ) -> "Facts":
        """Each found by what events name it by."""
        return cls(
            accounts={each.id: each for each in accounts},
            messages={each.id: each for each in messages},
            conversations={(each.account_id, each.contact_id): each for each in conversations},
            deleted={each.id: each for each in deleted},
        )

    def told(self, logged: LoggedEvent) -> Event | None:
        """The event; None when what it is about is gone."""
        data = self._data(logged)
        if data is None:
            return None
        return Event(
            id=logged.id,
            type=logged.type,
            at=logged.at,
            tenant_id=logged.tenant_id,
            seq=logged.seq,
            data=data,
        )

    def _data(self, logged: LoggedEvent) -> EventData | None:
        if logged.account_id is None or (account := self.accounts.get(logged.account_id)) is None:
            return None
        if logged.type is EventType.ACCOUNT_UPDATED:
            return EventData(account=account)
        if logged.type is EventType.CONTACT_DELETED:
            deleted = None if logged.message_id is None else self.deleted.get(logged.message_id)
            return None if deleted is None else EventData(account=account, deleted=deleted)
        talk = None if logged.contact_id is None else self.conversations.get((account.id, logged.contact_id))
        if logged.type in _ABOUT_MESSAGES:
            message = None if logged.message_id is None else self.messages.get(logged.message_id)
            return None if message is None else EventData(account=account, message=message, conversation=talk)
        if talk is None:
            return None
        contact = talk.contact if logged.type is EventType.CONTACT_UPDATED else None
        return EventData(account=account, conversation=talk, contact=contact)


def unbroken(found: Sequence[LoggedEvent], limit: int) -> Sequence[LoggedEvent]:
    """As many as a page may have, up to the first gap: days are forgotten whole, and the log may have been
    written over midnight."""
    for place, (one, other) in enumerate(itertools.pairwise(found), 1):
        if other.seq != one.seq + 1:
            return found[: min(place, limit)]
    return found[:limit]


def page_of(
    found: Sequence[LoggedEvent], facts: Facts, *, after: int | None, head: int, shown: int
) -> LogPage:
    """The first ``shown`` of what was found behind ``after`` in a log that went on at least to ``head``."""
    lost = after is not None and (after > head or (found[0].seq if found else head + 1) != after + 1)
    told = (facts.told(each) for each in found[:shown])
    return LogPage(
        events=tuple(each for each in told if each is not None),
        up_to=found[shown - 1].seq if found else head,
        lost=lost,
        more=len(found) > shown,
    )
