"""What one webhook item does to the messages and conversations in memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from meta_inbox.adapters.persistence.in_memory import InMemoryStore, ThreadKey, thread_key
from meta_inbox.adapters.persistence.in_memory_media import purge_media, with_files
from meta_inbox.adapters.persistence.in_memory_pauses import wake_the_next
from meta_inbox.adapters.persistence.in_memory_rows import ItemRow
from meta_inbox.domain.model.account import PolicyNotice
from meta_inbox.domain.model.changes import Delivered, OwnerChanged, PolicyEnforced, Seen, Unsent
from meta_inbox.domain.model.contact import COMMENTS
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.folding import Marks, delivered, echoed, folded, receipted
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId, MetaMessageId, TenantId
from meta_inbox.domain.model.message import Message, MessageStatus
from meta_inbox.domain.model.projection import (
    Known,
    Settles,
    Waits,
    clamped,
    is_own,
    match_echo,
    may_name,
    merged,
    message_from,
    settled_by,
)
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem

_NEVER = datetime(9000, 1, 1, tzinfo=UTC)


class Unrouted(Exception):
    """Nobody connected the account by the login that signed the item."""


class EchoWaits(Exception):
    """A send is under way, and only its end tells whose echo this is."""


@dataclass(frozen=True, slots=True)
class Awaits(Exception):
    """The message with this id, or without one the conversation itself, is not there yet."""

    message: MetaMessageId | None


@dataclass(frozen=True, slots=True)
class InMemoryProjection:
    """Decides first and changes after, so that what fails has changed nothing."""

    store: InMemoryStore
    item: WebhookItem
    row: ItemRow

    @property
    def at(self) -> datetime:
        """Meta's time of it."""
        return clamped(self.item.sent_at, self.row.received_at)

    def project(self) -> None:
        """Does what the item says. Unrouted; Awaits; EchoWaits; ValueError for want of a contact."""
        tenant, account = self._owner()
        if self.item.kind is ItemKind.CHANGE:
            self._change(tenant, account)
            return
        contact = self.item.contact_id
        if self.item.kind is ItemKind.ANSWER:
            contact = self._known(tenant, account, self.item.reply_to).contact_id
        message = message_from(
            self.item,
            id_=MessageId(self.store.ids.new()),
            tenant=tenant,
            account=account,
            contact=contact,
            received_at=self.row.received_at,
            new_id=self.store.ids.new,
        )
        if self.item.kind in (ItemKind.ECHO, ItemKind.ANSWER):
            self._echo(message)
        else:
            self._add(message)
        if isinstance(self.item.says, OwnerChanged):
            self._own(thread_key(message), self.item.says.owner)

    def _owner(self) -> tuple[TenantId, AccountId]:
        owner = self.store.routes.get((self.item.platform, self.item.external_id))
        if owner is None or self.store.accounts[owner].account.login is not self.row.signed_by:
            raise Unrouted
        return owner

    def _known(self, tenant: TenantId, account: AccountId, mid: MetaMessageId | None) -> Message:
        found = self.store.known(tenant, account, mid)
        if found is None:
            raise Awaits(mid)
        return found

    def _add(self, message: Message) -> None:
        if self.store.known(message.tenant_id, message.account_id, message.meta_message_id) is not None:
            return
        if self.store.refuses(message):
            return
        key = thread_key(message)
        self.store.created(receipted(with_files(self.store, message), self.store.marks_of(key)))
        thread = self.store.thread(key)
        if self.item.kind is ItemKind.MESSAGE:
            thread.inbound(message, opens=self.item.opens is not None)
            thread.refer(message.referral, message.ordered_at)
        elif self.item.kind is ItemKind.NOTICE:
            thread.follow(message)
        else:
            thread.answered_elsewhere(message, self.store.messages_of(key))
        if message.contact_id.startswith(COMMENTS):
            self._introduce(key, message)

    def _introduce(self, key: ThreadKey, message: Message) -> None:
        """Meta gives no profile of who only commented; the first comment itself names them."""
        row, about = self.store.contacts[key], message.details or {}
        if row.profile_due_at != _NEVER:
            row.profile_due_at = _NEVER
            row.contact = replace(row.contact, name=about.get("name"), username=about.get("username"))

    def _echo(self, message: Message) -> None:
        named = self._named(message, self.item.client_token)
        known = self.store.known(message.tenant_id, message.account_id, self.item.meta_message_id)
        match match_echo(
            self.item,
            received_at=self.row.received_at,
            now=self.store.clock.now(),
            named=named,
            known=known,
            own=[each for each in self._near(message) if _is_under_way(each)],
        ):
            case Settles(message=own):
                self._settle(own)
            case Known():
                self._time(known or named)
            case Waits():
                raise EchoWaits
            case _:
                self._add(message)

    def _named(self, message: Message, token: str | None) -> Message | None:
        found = self.store.messages.get((message.tenant_id, MessageId(token))) if token else None
        if found is None or found.account_id != message.account_id or not is_own(found):
            return None
        if (found.tenant_id, found.id) in self.store.parts:
            return None  # its parts are what was sent
        return found if may_name(self.item, found) else None

    def _near(self, message: Message) -> Iterator[Message]:
        """What stands where the own message can stand that this repeats."""
        tenant, account, contact = thread_key(message)
        for key in list(self.store.by_thread):
            public = key[2] == f"{COMMENTS}{contact}" or (
                self.item.kind is ItemKind.ANSWER and key[2].startswith(COMMENTS)
            )
            if key[:2] == (tenant, account) and (key[2] == contact or public):
                yield from self.store.messages_of(key)

    def _settle(self, own: Message) -> None:
        mid = self.item.meta_message_id
        taken = self.store.take_mid(own, mid) if mid else None
        settled = merged(own, taken) if taken is not None else settled_by(own, self.item, self.at)
        settled = self.store.media.adopt(settled, self.item.attachments, self.store.clock.now())
        self.store.updated(receipted(settled, self.store.marks_of(thread_key(own))))
        wake_the_next(self.store, own)

    def _time(self, known: Message | None) -> None:
        """Meta's time of an own message decides which receipts are of it; people are told only of those."""
        if known is None or not is_own(known) or (timed := echoed(known, self.at)) is known:
            return
        timed = receipted(timed, self.store.marks_of(thread_key(known)))
        keep = self.store.save if timed.status is known.status else self.store.updated
        keep(timed)

    def _change(self, tenant: TenantId, account: AccountId) -> None:
        item = self.item
        key = (tenant, account, item.contact_id or ContactId(""))
        match item.says:
            case Delivered(up_to=up_to, messages=named):
                self._mark(key, Marks(delivered_to=up_to))
                known = [self.store.known(tenant, account, mid) for mid in named]
                self._each(delivered, [message for message in known if message is not None])
                if None in known:
                    raise Awaits(named[known.index(None)])
            case Seen(up_to=up_to) if up_to is not None:
                self._mark(key, Marks(delivered_to=up_to, read_to=up_to))
            case Seen():
                seen = self._known(tenant, account, item.meta_message_id)
                self._mark(key, Marks(read_through=seen.ordered_at))
            case OwnerChanged(owner=owner):
                self._own(key, owner)
            case PolicyEnforced(action=action, reason=reason):
                self._enforce((tenant, account), PolicyNotice(action=action, reason=reason, at=self.at))
            case _:
                self._fold(key)

    def _fold(self, key: ThreadKey) -> None:
        change, opens = self.item.says, self.item.opens is not None
        if change is None or isinstance(change, Delivered | Seen | OwnerChanged | PolicyEnforced):
            return
        message = self.store.known(key[0], key[1], self.item.meta_message_id)
        if message is None:
            if opens:
                self._open(key)
            raise Awaits(self.item.meta_message_id)
        self._each(lambda each: folded(each, change, self.at), [message])
        if isinstance(change, Unsent) and self.item.meta_message_id is not None:
            purge_media(self.store, message.tenant_id, message.id)
            self.store.redact(self.item.platform, self.item.external_id, self.item.meta_message_id)
        if opens:
            self._open(key)

    def _open(self, key: ThreadKey) -> None:
        """A reaction opens the window whether or not its message is here."""
        if key not in self.store.threads:
            raise Awaits(None)
        if self.store.threads[key].open(self.at):
            self.store.log(EventType.CONVERSATION_UPDATED, key[0], key[1], contact=key[2])

    def _mark(self, key: ThreadKey, marks: Marks) -> None:
        if marks == Marks():
            return
        if key not in self.store.threads:
            raise Awaits(None)
        thread = self.store.threads[key]
        thread.marks = thread.marks.later_of(marks)
        messages = sorted(self.store.messages_of(key), key=lambda each: (each.ordered_at, each.id))
        self._each(lambda message: receipted(message, thread.marks), messages)

    def _each(self, change: Callable[[Message], Message], messages: list[Message]) -> None:
        for message in messages:
            if (after := change(message)) is not message:
                self.store.updated(after)

    def _own(self, key: ThreadKey, owner: str | None) -> None:
        if self.store.thread(key).hand_over(owner, self.at):
            self.store.log(EventType.CONVERSATION_UPDATED, key[0], key[1], contact=key[2])

    def _enforce(self, key: tuple[TenantId, AccountId], notice: PolicyNotice) -> None:
        row = self.store.accounts[key]
        if notice.outweighs(row.account.policy):
            row.account = replace(row.account, policy=notice, updated_at=self.store.clock.now())
            self.store.log(EventType.ACCOUNT_UPDATED, *key)


def _is_under_way(message: Message) -> bool:
    return is_own(message) and message.status in (MessageStatus.SENDING, MessageStatus.UNKNOWN)
