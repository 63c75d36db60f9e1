"""What was said before, read back from Meta: on first connecting, and wherever webhooks were missed.

Meta gives conversations newest first, and of each the details of its 20 newest messages alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zlib import crc32

from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId, MetaMessageId, TenantId
from meta_inbox.domain.model.message import Message, Reaction
from meta_inbox.domain.model.projection import message_from
from meta_inbox.domain.model.webhook import WebhookItem

IMPORT_CONVERSATIONS = 500
IMPORT_REACHES = timedelta(days=90)
OVERLAP = timedelta(hours=1)
"""How far before the last complete run a repair still looks."""
SETTLES = timedelta(minutes=1)
"""What is younger is left to its webhook, which tells people of it."""
HELD_AT_MOST = timedelta(days=7)
"""How far back a message that may be of a send of ours holds the next repair's beginning."""
LEASE = timedelta(minutes=2)
TOLD_EVERY = timedelta(seconds=3)
UNHEARD = timedelta(minutes=2)
"""Without a sign of life for so long, nobody received webhooks."""
REPAIR_AFTER = timedelta(minutes=2)
REPAIR_WITHIN = timedelta(minutes=5)
"""When every account is looked at after that: spread, and late enough for Meta's own second tries."""
LOOK_AGAIN = timedelta(minutes=10)
"""After a first import: what was written until Meta knew where to send it."""
_AT_LEAST_APART = timedelta(hours=12)
_LONGEST_PAUSE = timedelta(hours=1)


class RunKind(StrEnum):
    """A first import, or the repair of what webhooks did not bring."""

    IMPORT = "import"
    REPAIR = "repair"


class RunState(StrEnum):
    """How far it is; ``due`` = it has not begun."""

    DUE = "due"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The present or latest run of an account; ``missed`` is what the last repair found, None before one."""

    state: RunState
    kind: RunKind
    conversations: int = 0
    messages: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    problem: str | None = None
    missed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A claimed run; ``fence`` is worthless after the lease was given to another.

    ``complete_as_of`` is up to when everything was read before; ``cursor`` is where to go on.
    """

    tenant_id: TenantId
    account_id: AccountId
    kind: RunKind
    fence: str
    started_at: datetime
    complete_as_of: datetime | None = None
    cursor: str | None = None
    conversations: int = 0
    attempt: int = 0

    @property
    def reaches(self) -> datetime:
        """Conversations that nobody wrote in since then are not read."""
        if self.kind is RunKind.IMPORT or self.complete_as_of is None:
            return self.started_at - IMPORT_REACHES
        return self.complete_as_of - OVERLAP

    @property
    def quiet_before(self) -> datetime:
        """What was written before is history, nobody's unread message."""
        if self.kind is RunKind.IMPORT or self.complete_as_of is None:
            return self.started_at
        return self.complete_as_of - OVERLAP

    def messages(
        self, found: Sequence["PastConversation"], now: datetime, new_id: Callable[[], str]
    ) -> list[Message]:
        """What was read, as messages of this account; ids rise with the place in the conversation."""
        return [_message(self, each, item, now, new_id) for each in found for item in each.items]

    def wanted(self, page: "PastPage", account: Account, now: datetime) -> "PastPage":
        """What is to be kept of a page, and the cursor of the next one, if that is wanted at all."""
        left_alone = max(now - SETTLES, _certainly_before(account.connected_at))
        chosen = [each for each in page.conversations if each.updated_at >= self.reaches]
        if self.kind is RunKind.IMPORT:
            chosen = chosen[: max(0, IMPORT_CONVERSATIONS - self.conversations)]
        full = self.kind is RunKind.IMPORT and self.conversations + len(chosen) >= IMPORT_CONVERSATIONS
        ends = full or len(chosen) < len(page.conversations)
        return PastPage(
            conversations=tuple(each.until(left_alone) for each in chosen),
            next=None if ends else page.next,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PastConversation:
    """One exchange as Meta keeps it, oldest item first; the items look as if webhooks had brought them.

    Meta does not say when somebody reacted: the time of the message stands for it, so that whatever a
    webhook tells is later.
    """

    contact_id: ContactId
    name: str | None
    username: str | None
    updated_at: datetime
    items: tuple[WebhookItem, ...] = ()
    reactions: Mapping[MetaMessageId, tuple[Reaction, ...]] = field(
        default_factory=dict[MetaMessageId, tuple[Reaction, ...]]
    )

    def until(self, latest: datetime) -> "PastConversation":
        """The same without what is younger, or of no time."""
        kept = (item for item in self.items if item.sent_at is not None and item.sent_at <= latest)
        return replace(self, items=tuple(kept))


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPage:
    """Some conversations, newest first; ``next`` None = the last of them."""

    conversations: Sequence[PastConversation] = ()
    next: str | None = None


def _message(
    run: Run, found: PastConversation, item: WebhookItem, now: datetime, new_id: Callable[[], str]
) -> Message:
    made = message_from(
        item,
        id_=MessageId(new_id()),
        tenant=run.tenant_id,
        account=run.account_id,
        contact=item.contact_id,
        received_at=now,
        new_id=new_id,
    )
    known = () if item.meta_message_id is None else found.reactions.get(item.meta_message_id, ())
    return replace(made, imported=True, reactions=known)


def _certainly_before(at: datetime) -> datetime:
    """The last second that Meta may give for what was written before; it cuts the rest of a second off."""
    return at.replace(microsecond=0) - timedelta(seconds=1)


def next_repair(run: Run, now: datetime) -> datetime:
    """When the account is to be looked at next: soon after an import, else at its own time of the day."""
    if run.kind is RunKind.IMPORT:
        return now + LOOK_AGAIN
    return daily(run.account_id, now)


def daily(account: AccountId, now: datetime) -> datetime:
    """The account's own time of the day, so that all of them are spread over it; 12 to 36 hours ahead."""
    own = timedelta(seconds=crc32(account.encode()) % 86_400)
    at = datetime.combine(now.date(), time(), UTC) + own
    while at < now + _AT_LEAST_APART:
        at += timedelta(days=1)
    return at


def pause(attempt: int) -> timedelta:
    """How long a run waits after its n-th trouble in a row."""
    return min(timedelta(seconds=15.0 * 2 ** min(attempt, 10)), _LONGEST_PAUSE)
