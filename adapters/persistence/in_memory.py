"""Everything in one process's memory: for tests, demonstrations and a host's own tests.

One ``InMemoryStore`` is what one database is elsewhere; the adapters beside this module work on it and
pass the same contract tests as those on Postgres. A method never awaits between its first change and
its last, so that each is one unit of work on the event loop.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from meta_inbox.adapters.persistence.in_memory_media_rows import MediaTable
from meta_inbox.adapters.persistence.in_memory_rows import (
    AccountRow,
    AttemptRow,
    CompletionRow,
    ConsumerRow,
    ContactRow,
    DeletionRow,
    HistoryRow,
    ItemRow,
    JournalRow,
    KeyRow,
    LetterRow,
    OutboxRow,
    PartRow,
    RedactionRow,
    ThreadRow,
    UnsubscriptionRow,
)
from meta_inbox.adapters.persistence.in_memory_webhook_rows import WebhookTable
from meta_inbox.domain.model.account import Platform
from meta_inbox.domain.model.canned_reply import CannedReply, CannedReplyId
from meta_inbox.domain.model.conversation import Conversation
from meta_inbox.domain.model.deletion import digest_of, gone_as, person_of
from meta_inbox.domain.model.event import EventType, LoggedEvent
from meta_inbox.domain.model.folding import Marks
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId, MetaMessageId, TenantId
from meta_inbox.domain.model.live import LivePass
from meta_inbox.domain.model.message import Message, MessageStatus
from meta_inbox.domain.model.parts import assembled, part_from
from meta_inbox.domain.model.pause import Pause
from meta_inbox.domain.model.projection import is_own
from meta_inbox.domain.model.webhook import WebhookItem
from meta_inbox.domain.ports import Clock, Ids

AccountKey = tuple[TenantId, AccountId]
ThreadKey = tuple[TenantId, AccountId, ContactId]
MessageKey = tuple[TenantId, MessageId]
ConsumerKey = tuple[TenantId, str]
DeletionKey = tuple[TenantId, AccountId, str]


@dataclass(slots=True, kw_only=True)
class InMemoryStore:
    """The tables, and what several of the adapters do with them.

    ``broken`` holds ids of messages whose projection fails, for tests of what then follows; ``wake``
    hints that work waits; ``ad_windows``: an advertisement is held to open a window for longer.
    """

    clock: Clock
    ids: Ids
    tickets: dict[bytes, AttemptRow] = field(default_factory=dict[bytes, AttemptRow])
    states: dict[bytes, AttemptRow] = field(default_factory=dict[bytes, AttemptRow])
    completions: dict[bytes, CompletionRow] = field(default_factory=dict[bytes, CompletionRow])
    accounts: dict[AccountKey, AccountRow] = field(default_factory=dict[AccountKey, AccountRow])
    routes: dict[tuple[Platform, str], AccountKey] = field(
        default_factory=dict[tuple[Platform, str], AccountKey]
    )
    live_tickets: dict[bytes, tuple[LivePass, datetime]] = field(
        default_factory=dict[bytes, tuple[LivePass, datetime]]
    )
    histories: dict[AccountKey, HistoryRow] = field(default_factory=dict[AccountKey, HistoryRow])
    heard_at: datetime | None = None
    unsubscriptions: dict[str, UnsubscriptionRow] = field(default_factory=dict[str, UnsubscriptionRow])
    journal: dict[str, JournalRow] = field(default_factory=dict[str, JournalRow])
    items: dict[str, ItemRow] = field(default_factory=dict[str, ItemRow])
    contacts: dict[ThreadKey, ContactRow] = field(default_factory=dict[ThreadKey, ContactRow])
    threads: dict[ThreadKey, ThreadRow] = field(default_factory=dict[ThreadKey, ThreadRow])
    messages: dict[MessageKey, Message] = field(default_factory=dict[MessageKey, Message])
    by_thread: dict[ThreadKey, list[MessageId]] = field(default_factory=dict[ThreadKey, list[MessageId]])
    by_mid: dict[tuple[TenantId, AccountId, MetaMessageId], MessageId] = field(
        default_factory=dict[tuple[TenantId, AccountId, MetaMessageId], MessageId]
    )
    parts: dict[MessageKey, tuple[PartRow, ...]] = field(
        default_factory=dict[MessageKey, tuple[PartRow, ...]]
    )
    outbox: dict[MessageKey, OutboxRow] = field(default_factory=dict[MessageKey, OutboxRow])
    pauses: dict[AccountKey, Pause] = field(default_factory=dict[AccountKey, Pause])
    keys: dict[tuple[TenantId, str], KeyRow] = field(default_factory=dict[tuple[TenantId, str], KeyRow])
    events: dict[TenantId, list[LoggedEvent]] = field(default_factory=dict[TenantId, list[LoggedEvent]])
    seqs: dict[TenantId, int] = field(default_factory=dict[TenantId, int])
    consumers: dict[ConsumerKey, ConsumerRow] = field(default_factory=dict[ConsumerKey, ConsumerRow])
    dead_letters: dict[tuple[TenantId, str, int], LetterRow] = field(
        default_factory=dict[tuple[TenantId, str, int], LetterRow]
    )
    redactions: dict[tuple[Platform, str, MetaMessageId], RedactionRow] = field(
        default_factory=dict[tuple[Platform, str, MetaMessageId], RedactionRow]
    )
    deletions: dict[DeletionKey, DeletionRow] = field(default_factory=dict[DeletionKey, DeletionRow])
    media: MediaTable = field(default_factory=MediaTable)
    canned_replies: dict[tuple[TenantId, CannedReplyId], CannedReply] = field(
        default_factory=dict[tuple[TenantId, CannedReplyId], CannedReply]
    )
    webhooks: WebhookTable = field(default_factory=WebhookTable)
    wake: Callable[[str], None] = field(default=lambda _what: None)
    told: Callable[[], None] = field(default=lambda: None)
    ad_windows: bool = True
    broken: set[MetaMessageId] = field(default_factory=set[MetaMessageId])

    def log(
        self,
        type_: EventType,
        tenant: TenantId,
        account: AccountId,
        *,
        contact: ContactId | None = None,
        message: MessageId | None = None,
    ) -> None:
        """One more event in the tenant's log."""
        seq = self.seqs[tenant] = self.seqs.get(tenant, 0) + 1
        event = LoggedEvent(
            tenant_id=tenant,
            seq=seq,
            type=type_,
            at=self.clock.now(),
            account_id=account,
            contact_id=contact,
            message_id=message,
        )
        self.events.setdefault(tenant, []).append(event)
        self.told()

    def refuses(self, message: Message, *, imported: bool = False) -> bool:
        """Whether its contact was deleted after it; a body that brought it is to be rewritten then."""
        person = person_of(message.contact_id)
        row = self.deletions.get(
            (message.tenant_id, message.account_id, digest_of(message.account_id, person))
        )
        if row is None or row.deleted_at < message.ordered_at:
            return False
        if not imported:
            mid = message.meta_message_id
            row.begin(person, self.clock.now(), () if mid is None else (mid,))
        return True

    def went_with_its_contact(
        self, owner: AccountKey, item: WebhookItem, at: datetime, awaited: MetaMessageId | None
    ) -> bool:
        """Whether what the item is about was deleted; then its body is to be rewritten, too."""
        tenant, account = owner
        if item.contact_id is not None:
            person = person_of(item.contact_id)
            row = self.deletions.get((tenant, account, digest_of(account, person)))
            if row is None or row.deleted_at < at:
                return False
            row.begin(person, self.clock.now(), ())
            return True
        if awaited is None or item.meta_message_id is None:
            return False
        rows = [row for key, row in self.deletions.items() if key[:2] == owner]
        if not any(awaited in row.message_ids or gone_as(account, awaited) in row.gone for row in rows):
            return False
        self.redact(item.platform, item.external_id, item.meta_message_id)
        return True

    def messages_of(self, key: ThreadKey) -> list[Message]:
        """The conversation's messages, parts of them as well, in no order."""
        return [self.messages[key[0], each] for each in self.by_thread.get(key, [])]

    def known(self, tenant: TenantId, account: AccountId, mid: MetaMessageId | None) -> Message | None:
        """The message that has this id of Meta's."""
        found = self.by_mid.get((tenant, account, mid)) if mid is not None else None
        return self.messages[tenant, found] if found is not None else None

    def save(self, message: Message) -> None:
        """Adds a message, or puts it in the place of its former self."""
        key = (message.tenant_id, message.id)
        former = self.messages.get(key)
        if former is None:
            self.by_thread.setdefault(thread_key(message), []).append(message.id)
        elif former.meta_message_id not in (None, message.meta_message_id):
            self.by_mid.pop((former.tenant_id, former.account_id, former.meta_message_id), None)
        self.messages[key] = message
        if message.meta_message_id is not None:
            self.by_mid[message.tenant_id, message.account_id, message.meta_message_id] = message.id
        if message.deleted_at is not None:
            self._withdraw(message)

    def _withdraw(self, message: Message) -> None:
        """What was answered about a message that was unsent, or whose part was, is forgotten."""
        for (tenant, _), row in self.keys.items():
            if (tenant, row.message_id) == (message.tenant_id, message.shown_id):
                row.answer, row.withdrawn = None, True

    def created(self, message: Message) -> None:
        """Adds a new message with its event."""
        self.save(message)
        self._tell(EventType.MESSAGE_CREATED, message)

    def updated(self, message: Message) -> None:
        """Keeps the changed message with its event; what Meta has leaves the outbox."""
        key, former = (message.tenant_id, message.id), self.messages.get((message.tenant_id, message.id))
        self.save(message)
        failed, unknown = (message.status is each for each in (MessageStatus.FAILED, MessageStatus.UNKNOWN))
        if message.status.is_settled and not failed:
            self.outbox.pop(key, None)
        elif (failed or unknown) and key in self.outbox and former and former.status is not message.status:
            self.outbox[key].end(self.clock.now(), unknown=unknown)
        self._tell(EventType.MESSAGE_UPDATED, message)

    def _tell(self, type_: EventType, message: Message) -> None:
        about, contact = message.shown_id, message.contact_id
        self.log(type_, message.tenant_id, message.account_id, contact=contact, message=about)

    def take_mid(self, own: Message, mid: MetaMessageId) -> Message | None:
        """Frees a mid that its own message claims; returns the one made by its echo, now gone.

        An own message that only looked like the echo's goes back to ``unknown``.
        """
        holder = self.known(own.tenant_id, own.account_id, mid)
        if holder is None or holder.id == own.id:
            return None
        if is_own(holder):
            self.updated(replace(holder, meta_message_id=None, status=MessageStatus.UNKNOWN, sent_at=None))
            return None
        self._remove(holder)
        if holder.contact_id != own.contact_id:
            self.log(
                EventType.CONVERSATION_UPDATED,
                own.tenant_id,
                own.account_id,
                contact=holder.contact_id,
            )
        return holder

    def _remove(self, message: Message) -> None:
        del self.messages[message.tenant_id, message.id]
        self.media.purge(message.tenant_id, message.id, self.clock.now())
        if message.meta_message_id is not None:
            del self.by_mid[message.tenant_id, message.account_id, message.meta_message_id]
        self.by_thread[thread_key(message)].remove(message.id)
        self._look_again(thread_key(message))

    def forget(self, message: Message) -> None:
        """Removes all that there is of a message but what its conversation says of it."""
        key = (message.tenant_id, message.id)
        self._withdraw(message)
        del self.messages[key]
        self.media.purge(message.tenant_id, message.id, self.clock.now())
        if message.meta_message_id is not None:
            self.by_mid.pop((message.tenant_id, message.account_id, message.meta_message_id), None)
        self.by_thread[thread_key(message)].remove(message.id)
        self.outbox.pop(key, None)
        self.parts.pop(key, None)

    def _look_again(self, key: ThreadKey) -> None:
        """The last message is another now; a conversation of the one that is gone alone ends with it."""
        if key not in self.threads:
            return
        left = [message for message in self.messages_of(key) if message.part_of is None]
        if left:
            self.threads[key].look_again(left)
        else:
            del self.threads[key]

    def marks_of(self, key: ThreadKey) -> Marks:
        """How far the contact has come."""
        return self.threads[key].marks if key in self.threads else Marks()

    def redact(self, platform: Platform, external_id: str, mid: MetaMessageId) -> None:
        """Bodies that hold this message are to be rewritten without it."""
        self.redactions[platform, external_id, mid] = RedactionRow(due_at=self.clock.now())

    def thread(self, key: ThreadKey) -> ThreadRow:
        """The conversation's row, made when it is the first time; the contact's with it."""
        if key not in self.threads:
            self.threads[key] = ThreadRow()
            self.contacts.setdefault(key, ContactRow.new(key, self.clock.now()))
        return self.threads[key]

    def conversation(self, key: ThreadKey) -> Conversation:
        """The conversation as the core sees it; an empty one when there is none."""
        thread = self.threads.get(key, ThreadRow())
        row = self.contacts.get(key) or ContactRow.new(key, self.clock.now())
        last = self.messages[key[0], thread.last_id] if thread.last_id is not None else None
        return Conversation(
            tenant_id=key[0],
            account_id=key[1],
            contact=row.contact,
            last_message=self.shown(last) if last is not None else None,
            last_message_at=thread.last_at,
            unread_count=thread.unread,
            opened_at=thread.opened_at,
            ad_opened_at=thread.ad_opened_at if self.ad_windows else None,
            thread_owner=thread.owner,
            referral=thread.referral,
        )

    def shown(self, message: Message) -> Message:
        """The message as its parts make it, with the answered one named by our id, as far as that is here."""
        message = self._waiting(self._whole(message))
        reply = message.reply_to
        if reply is None or reply.id is not None:
            return message
        answered = self.known(message.tenant_id, message.account_id, reply.meta_message_id)
        return (
            message if answered is None else replace(message, reply_to=replace(reply, id=answered.shown_id))
        )

    def _whole(self, message: Message) -> Message:
        rows = self.parts.get((message.tenant_id, message.id), ())
        found = ((row, self._waiting(self.messages[message.tenant_id, row.id])) for row in rows)
        parts = [part_from(part, row.before, row.after) for row, part in found]
        return assembled(message, parts) if parts else message

    def _waiting(self, message: Message) -> Message:
        """The message with when it goes, if its account pauses."""
        pause = self.pauses.get((message.tenant_id, message.account_id))
        return message if pause is None else pause.shown_on(message, self.clock.now())

    def forget_expired(self) -> None:
        """Drops the handles that nobody can use any more, and the access tokens under them."""
        now = self.clock.now()
        self.tickets = {key: row for key, row in self.tickets.items() if row.expires_at > now}
        self.states = {key: row for key, row in self.states.items() if row.expires_at > now}
        self.live_tickets = {key: row for key, row in self.live_tickets.items() if row[1] > now}
        self.completions = {key: row for key, row in self.completions.items() if row.expires_at > now}

    def is_due(self, at: datetime | None) -> bool:
        """Whether this moment has come."""
        return at is not None and at <= self.clock.now()


def thread_key(message: Message) -> ThreadKey:
    """Which conversation the message is of."""
    return message.tenant_id, message.account_id, message.contact_id
