"""What one webhook item does to the messages and conversations in memory."""

from dataclasses import dataclass, replace

from meta_inbox.adapters.persistence.in_memory import InMemoryStore, thread_key
from meta_inbox.adapters.persistence.in_memory_media import with_files
from meta_inbox.adapters.persistence.in_memory_rows import ItemRow
from meta_inbox.domain.model.ids import AccountId, MessageId, TenantId
from meta_inbox.domain.model.message import Message, MessageStatus
from meta_inbox.domain.model.projection import (
    Known,
    Settles,
    Waits,
    arrived,
    clamped,
    echo_message,
    inbound_message,
    is_own,
    match_echo,
    merged,
)
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem


class Unrouted(Exception):
    """Nobody connected the account by the login that signed the item."""


class EchoWaits(Exception):
    """A send is under way, and only its end tells whose echo this is."""


@dataclass(frozen=True, slots=True)
class InMemoryProjection:
    """Decides first and changes after, so that what fails has changed nothing."""

    store: InMemoryStore

    def project(self, item: WebhookItem, row: ItemRow) -> None:
        """Does what the item says. Unrouted; EchoWaits; ValueError for an item without a contact."""
        owner = self.store.routes.get((item.platform, item.external_id))
        if owner is None or self.store.accounts[owner].account.login is not row.signed_by:
            raise Unrouted
        tenant, account = owner
        if item.kind is ItemKind.MESSAGE:
            self._inbound(tenant, account, item, row)
        elif item.kind is ItemKind.ECHO:
            self._echo(tenant, account, item, row)

    def _inbound(self, tenant: TenantId, account: AccountId, item: WebhookItem, row: ItemRow) -> None:
        if self.store.known(tenant, account, item.meta_message_id) is not None:
            return
        message = inbound_message(
            self._new_id(), tenant, account, item, row.received_at, new_id=self.store.ids.new
        )
        self.store.created(with_files(self.store, message))
        self.store.thread(thread_key(message)).inbound(message)

    def _echo(self, tenant: TenantId, account: AccountId, item: WebhookItem, row: ItemRow) -> None:
        message = echo_message(
            self._new_id(), tenant, account, item, row.received_at, new_id=self.store.ids.new
        )
        key = thread_key(message)
        match match_echo(
            item,
            received_at=row.received_at,
            now=self.store.clock.now(),
            named=self._named(message, item.client_token),
            known=self.store.known(tenant, account, item.meta_message_id),
            own=[each for each in self.store.messages_of(key) if _is_under_way(each)],
        ):
            case Settles(message=own):
                self._settle(own, item, row)
            case Known():
                pass
            case Waits():
                raise EchoWaits
            case _:
                self.store.created(with_files(self.store, replace(message, story=None)))
                self.store.thread(key).answered_elsewhere(message, self.store.messages_of(key))

    def _named(self, message: Message, token: str | None) -> Message | None:
        found = self.store.messages.get((message.tenant_id, MessageId(token))) if token else None
        if found is None or thread_key(found) != thread_key(message) or not is_own(found):
            return None
        return found

    def _settle(self, own: Message, item: WebhookItem, row: ItemRow) -> None:
        taken = self.store.take_mid(own, item.meta_message_id) if item.meta_message_id else None
        at = clamped(item.sent_at, row.received_at)
        settled = merged(own, taken) if taken is not None else arrived(own, item.meta_message_id, at)
        self.store.updated(self.store.media.adopt(settled, item.attachments, self.store.clock.now()))

    def _new_id(self) -> MessageId:
        return MessageId(self.store.ids.new())


def _is_under_way(message: Message) -> bool:
    return is_own(message) and message.status in (MessageStatus.SENDING, MessageStatus.UNKNOWN)
