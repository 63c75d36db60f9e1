"""The rows of the in-memory store: what the core's entities do not show of themselves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

from meta_inbox.domain.model.account import Account, Login, Platform
from meta_inbox.domain.model.consuming import DeadLetter
from meta_inbox.domain.model.contact import Contact
from meta_inbox.domain.model.content import Content
from meta_inbox.domain.model.folding import Marks
from meta_inbox.domain.model.history import History
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId, MetaMessageId, TenantId
from meta_inbox.domain.model.message import Direction, Message
from meta_inbox.domain.model.oauth_state import OAuthState
from meta_inbox.domain.model.outcome import LOOK_AFTER, LOOKS_END
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.webhook import WebhookItem
from meta_inbox.domain.ports import OpenedCompletion, RefusedAnswer, Unsubscription

ItemState = Literal["pending", "waiting", "unrouted", "kept", "quarantined"]
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class AttemptRow:
    """One attempt to connect, under its ticket at first, then under its state and bound to a browser."""

    state: OAuthState
    expires_at: datetime
    browser: bytes | None = None


@dataclass(slots=True, kw_only=True)
class CompletionRow:
    """What a completion handle stands for, and until when."""

    opened: OpenedCompletion
    expires_at: datetime


@dataclass(slots=True, kw_only=True)
class AccountRow:
    """An account with its access tokens and how its subscription stands."""

    account: Account
    user_token: Secret | None
    page_token: Secret | None
    subscription_due_at: datetime | None
    picture_due_at: datetime
    picture_fetched_at: datetime | None
    care_due_at: datetime
    care_doubted: bool = False
    expiry_told: bool = False
    subscription_tries: int = 0
    subscription_problem: str | None = None

    @property
    def token(self) -> Secret | None:
        """The one to act with."""
        return self.page_token or self.user_token


@dataclass(slots=True, kw_only=True)
class UnsubscriptionRow:
    """What is to be unsubscribed."""

    unsubscription: Unsubscription
    due_at: datetime


@dataclass(slots=True, kw_only=True)
class JournalRow:
    """A body as it came."""

    body: bytes
    signed_by: Login
    received_at: datetime
    problem: str | None


@dataclass(slots=True, kw_only=True)
class RedactionRow:
    """A message that bodies must no longer hold; ``passed``: they were rewritten once."""

    due_at: datetime
    passed: bool = False


@dataclass(slots=True, kw_only=True)
class DeletionRow:
    """A deletion; ``due_at`` None = it is done, and the contact's id is forgotten."""

    id: str
    deleted_at: datetime
    contact_id: ContactId | None = None
    message_ids: frozenset[MetaMessageId] = frozenset()
    gone: frozenset[str] = frozenset()
    due_at: datetime | None = None
    passes: int = 0
    lease_until: datetime | None = None
    fence: str | None = None

    def begin(self, person: ContactId, now: datetime, messages: Iterable[MetaMessageId]) -> None:
        """It is to be worked at, whatever was done before."""
        self.contact_id, self.message_ids = person, self.message_ids | frozenset(messages)
        self.due_at, self.passes, self.lease_until, self.fence = now, 0, None, None


@dataclass(slots=True, kw_only=True)
class ItemRow:
    """One item of a body that is not projected: waiting, without an owner, kept, or refused.

    ``awaits``: the message that must come first, None = the conversation.
    """

    id: str
    journal_id: str
    index: int
    signed_by: Login
    platform: Platform
    external_id: str
    received_at: datetime
    item: WebhookItem
    state: ItemState
    awaits: MetaMessageId | None = None
    reason: str | None
    due_at: datetime
    attempt: int = 0
    fence: str | None = None
    lease_until: datetime | None = None


@dataclass(slots=True, kw_only=True)
class ContactRow:
    """A contact, and when to ask for the profile; ``rank`` 0 = just wrote, 1 = known, 2 = of the history."""

    contact: Contact
    profile_due_at: datetime
    rank: int = 0
    refusals: int = 0
    fetched_at: datetime | None = None
    unreachable_at: datetime | None = None

    @classmethod
    def new(cls, key: tuple[TenantId, AccountId, ContactId], now: datetime) -> "ContactRow":
        """Somebody of whom only the id is known."""
        contact = Contact(tenant_id=key[0], account_id=key[1], id=key[2])
        return cls(contact=contact, profile_due_at=now)


@dataclass(slots=True, kw_only=True)
class ThreadRow:
    """A conversation's summary; ``read_up_to`` is the place up to which all was read or answered."""

    last_id: MessageId | None = None
    last_at: datetime | None = None
    unread: int = 0
    opened_at: datetime | None = None
    read_up_to: datetime = _NEVER
    marks: Marks = field(default_factory=Marks)
    owner: str | None = None
    owned_at: datetime | None = None
    referral: dict[str, Any] | None = None
    referred_at: datetime | None = None

    @property
    def ad_opened_at(self) -> datetime | None:
        """When the contact came by an advertisement, if that is what they came by last."""
        return self.referred_at if (self.referral or {}).get("source") == "ADS" else None

    def inbound(self, message: Message, *, opens: bool = True) -> None:
        """The contact did something, which opens the window or not."""
        self.unread += message.ordered_at > self.read_up_to
        if opens:
            self.open(message.ordered_at)
        self.follow(message)

    def open(self, at: datetime) -> bool:
        """Opens the window; whether it was not open as long before."""
        if self.opened_at is not None and self.opened_at >= at:
            return False
        self.opened_at = at
        return True

    def refer(self, referral: dict[str, Any] | None, at: datetime) -> None:
        """The contact came by this; the later of two stands."""
        if referral is not None and (self.referred_at is None or self.referred_at < at):
            self.referral, self.referred_at = referral, at

    def hand_over(self, owner: str | None, at: datetime) -> bool:
        """Another owns the thread, or nobody; whether that is news."""
        if self.owned_at is not None and (self.owned_at, self.owner or "") >= (at, owner or ""):
            return False
        self.owner, self.owned_at = owner, at
        return True

    def read(self) -> None:
        """All that is here was read, or answered from here; what comes later is unread again."""
        self.read_up_to = max(self.read_up_to, self.last_at or _NEVER)
        self.unread = 0

    def history(self, added: Sequence[Message], others: Sequence[Message], quiet_before: datetime) -> None:
        """Messages were read back; what the business wrote, or what is long over, had been read by then."""
        for message in added:
            at, inbound = message.ordered_at, message.direction is Direction.INBOUND
            if inbound:
                self.opened_at = max(self.opened_at or at, at)
            if not inbound or at < quiet_before:
                self.read_up_to = max(self.read_up_to, at)
            self.follow(message)
        self._count(others)

    def answered_elsewhere(self, message: Message, others: Sequence[Message]) -> None:
        """Whoever wrote it elsewhere had read what was there by then."""
        self.read_up_to = max(self.read_up_to, message.ordered_at)
        self._count(others)
        self.follow(message)

    def _count(self, messages: Sequence[Message]) -> None:
        inbound = (each for each in messages if each.direction is Direction.INBOUND)
        self.unread = sum(each.ordered_at > self.read_up_to for each in inbound)

    def follow(self, message: Message) -> None:
        """Moves the last message on, if this one is later."""
        place = (message.ordered_at, message.id)
        if self.last_id is None or self.last_at is None or place > (self.last_at, self.last_id):
            self.last_at, self.last_id = place

    def look_again(self, messages: Sequence[Message]) -> None:
        """Finds the last message anew, after one is gone."""
        self.last_id = self.last_at = None
        for message in messages:
            self.follow(message)


@dataclass(slots=True, kw_only=True)
class HistoryRow:
    """The run of an account that is due or under way, else the latest and when the next one is due."""

    shown: History
    due_at: datetime
    asked_at: datetime
    lease_until: datetime | None = None
    fence: str | None = None
    attempt: int = 0
    cursor: str | None = None
    missed: int = 0
    held_since: datetime | None = None
    told_at: datetime | None = None
    complete_as_of: datetime | None = None


@dataclass(slots=True, kw_only=True)
class ConsumerRow:
    """How far a consumer of the event log has come with one tenant."""

    due_at: datetime
    seq: int | None = None
    attempt: int = 0
    missed: bool = False
    lease_until: datetime | None = None
    fence: str | None = None
    claimed_at: datetime | None = None
    in_hand: int | None = None


@dataclass(slots=True, kw_only=True)
class LetterRow:
    """An event that was set aside, and since when it is to be handled once more."""

    letter: DeadLetter
    replay_at: datetime | None = None

    @property
    def shown(self) -> DeadLetter:
        """As it is listed."""
        return replace(self.letter, asked_at=self.replay_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    """A part of a message, which is a message itself, and the white space around it."""

    id: MessageId
    before: str
    after: str


@dataclass(slots=True, kw_only=True)
class OutboxRow:
    """A message that Meta is not known to have: what to send, who is sending it, when it is looked for."""

    content: Content
    reply_to: MetaMessageId | None
    due_at: datetime
    attempt: int = 0
    fence: str | None = None
    lease_until: datetime | None = None
    began_at: datetime | None = None
    handing_over: bool = False
    window_asked_at: datetime | None = None
    in_doubt: bool = False
    look_at: datetime | None = None
    looks_end_at: datetime | None = None
    looks: int = 0
    ended_at: datetime | None = None

    def end(self, now: datetime, *, unknown: bool) -> None:
        """Its attempt ended without Meta having it, or nobody knows."""
        self.ended_at, self.looks = now, 0
        self.look_at = max(now, (self.began_at or now) + LOOK_AFTER) if unknown else None
        self.looks_end_at = now + LOOKS_END if unknown else None

    def again(self, now: datetime, *, in_doubt: bool) -> None:
        """It is due once more."""
        self.in_doubt = self.in_doubt or in_doubt
        self.fence = self.lease_until = self.ended_at = self.look_at = self.looks_end_at = None
        self.due_at = now


@dataclass(slots=True, kw_only=True)
class KeyRow:
    """An idempotency key with what it was used for; ``withdrawn`` = its message was unsent."""

    fingerprint: bytes
    created_at: datetime
    message_id: MessageId | None = None
    answer: Message | RefusedAnswer | None = None
    withdrawn: bool = False
