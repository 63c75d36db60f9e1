"""``open_inbox_blocking``: the inbox for code without an event loop, such as views of Django or Flask."""

import asyncio
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TypeVar

from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.model.told import Told
from meta_inbox.domain.use_cases.change_canned_reply import ChangeCannedReply
from meta_inbox.domain.use_cases.check_health import CheckHealth
from meta_inbox.domain.use_cases.check_message import CheckMessage
from meta_inbox.domain.use_cases.control_thread import ControlThread
from meta_inbox.domain.use_cases.create_canned_reply import CreateCannedReply
from meta_inbox.domain.use_cases.create_webhook_endpoint import CreateWebhookEndpoint
from meta_inbox.domain.use_cases.delete_canned_reply import DeleteCannedReply
from meta_inbox.domain.use_cases.delete_contact import DeleteContact
from meta_inbox.domain.use_cases.delete_webhook_endpoint import DeleteWebhookEndpoint
from meta_inbox.domain.use_cases.discard_dead_letters import DiscardDeadLetters
from meta_inbox.domain.use_cases.disconnect_account import DisconnectAccount
from meta_inbox.domain.use_cases.forget_person import ForgetPerson
from meta_inbox.domain.use_cases.get_conversation import GetConversation
from meta_inbox.domain.use_cases.get_messenger_profile import GetMessengerProfile
from meta_inbox.domain.use_cases.hide_comment import HideComment
from meta_inbox.domain.use_cases.list_canned_replies import ListCannedReplies
from meta_inbox.domain.use_cases.list_conversations import ListConversations
from meta_inbox.domain.use_cases.list_dead_letters import ListDeadLetters
from meta_inbox.domain.use_cases.list_messages import ListMessages
from meta_inbox.domain.use_cases.list_webhook_deliveries import ListWebhookDeliveries
from meta_inbox.domain.use_cases.list_webhook_endpoints import ListWebhookEndpoints
from meta_inbox.domain.use_cases.mark_read import MarkRead
from meta_inbox.domain.use_cases.react_to_message import ReactToMessage
from meta_inbox.domain.use_cases.replay_dead_letters import ReplayDeadLetters
from meta_inbox.domain.use_cases.reply_to_comment import ReplyToComment
from meta_inbox.domain.use_cases.resend_message import ResendMessage
from meta_inbox.domain.use_cases.rotate_webhook_secret import RotateWebhookSecret
from meta_inbox.domain.use_cases.send_message import SendMessage
from meta_inbox.domain.use_cases.set_messenger_profile import SetMessengerProfile
from meta_inbox.domain.use_cases.show_typing import ShowTyping
from meta_inbox.domain.use_cases.try_webhook_endpoint import TryWebhookEndpoint
from meta_inbox.domain.use_cases.update_webhook_endpoint import UpdateWebhookEndpoint
from meta_inbox.domain.use_cases.upload_media import UploadMedia
from meta_inbox.entrypoints.event_handling import EventHandling
from meta_inbox.entrypoints.plain_calls import InboxClosed, InboxForked, Loop, Plain
from meta_inbox.entrypoints.plain_events import PlainEvent, PlainHandling, plain_events
from meta_inbox.entrypoints.plain_use_cases import (
    PlainAccounts,
    PlainConnecting,
    PlainLive,
    PlainMedia,
    PlainReplay,
    PlainWebhooks,
)
from meta_inbox.entrypoints.plugin import OpenInbox, open_inbox
from meta_inbox.entrypoints.settings import Settings

__all__ = ["BlockingInbox", "InboxClosed", "InboxForked", "open_inbox_blocking"]

E = TypeVar("E", bound=Told)

_ENDS_WITHIN = 15.0


class BlockingInbox:
    """Every use case of an open inbox as a plain call, by the same name and with the same arguments.

    Any number of threads may call at once. What an inbox raises is raised here; InboxClosed, InboxForked.
    """

    def __init__(self, asynchronous: OpenInbox, loop: Loop) -> None:
        self.asynchronous = asynchronous
        self.loop = loop

    disconnect_account = Plain(DisconnectAccount.__call__)
    forget_person = Plain(ForgetPerson.__call__)
    check_health = Plain(CheckHealth.__call__)
    send_message = Plain(SendMessage.__call__)
    check_message = Plain(CheckMessage.__call__)
    resend_message = Plain(ResendMessage.__call__)
    reply_to_comment = Plain(ReplyToComment.__call__)
    hide_comment = Plain(HideComment.__call__)
    list_conversations = Plain(ListConversations.__call__)
    get_conversation = Plain(GetConversation.__call__)
    list_messages = Plain(ListMessages.__call__)
    mark_read = Plain(MarkRead.__call__)
    delete_contact = Plain(DeleteContact.__call__)
    show_typing = Plain(ShowTyping.__call__)
    react_to_message = Plain(ReactToMessage.__call__)
    control_thread = Plain(ControlThread.__call__)
    get_messenger_profile = Plain(GetMessengerProfile.__call__)
    set_messenger_profile = Plain(SetMessengerProfile.__call__)
    upload_media = Plain(UploadMedia.__call__)
    list_canned_replies = Plain(ListCannedReplies.__call__)
    create_canned_reply = Plain(CreateCannedReply.__call__)
    change_canned_reply = Plain(ChangeCannedReply.__call__)
    delete_canned_reply = Plain(DeleteCannedReply.__call__)
    dead_letters = Plain(ListDeadLetters.__call__)
    replay_dead_letters = Plain(ReplayDeadLetters.__call__)
    discard_dead_letters = Plain(DiscardDeadLetters.__call__)
    create_webhook_endpoint = Plain(CreateWebhookEndpoint.__call__)
    list_webhook_endpoints = Plain(ListWebhookEndpoints.__call__)
    update_webhook_endpoint = Plain(UpdateWebhookEndpoint.__call__)
    rotate_webhook_secret = Plain(RotateWebhookSecret.__call__)
    delete_webhook_endpoint = Plain(DeleteWebhookEndpoint.__call__)
    list_webhook_deliveries = Plain(ListWebhookDeliveries.__call__)
    test_webhook_endpoint = Plain(TryWebhookEndpoint.__call__)

    def events(self, *, consumer: str, tenant: TenantId | str | None = None) -> Generator[PlainEvent]:
        """Events that this consumer has not acknowledged, at least once each, until the inbox is closed."""
        return plain_events(self.asynchronous.events(consumer=consumer, tenant=tenant), self.loop)

    def on(self, kind: type[E], handler: Callable[[E], object], consumer: str | None = None) -> PlainHandling:
        """Has the handler called with each event of the kind, in a thread, and again when it fails."""

        async def begun() -> EventHandling:
            return self.asynchronous.on(kind, handler, consumer)

        return PlainHandling(self.loop.run(begun()), self.loop)

    @property
    def connect_account(self) -> PlainConnecting:
        """The two clicks."""
        return PlainConnecting(self.asynchronous.connect_account, self.loop)

    @property
    def list_accounts(self) -> PlainAccounts:
        """The accounts of a tenant."""
        return PlainAccounts(self.asynchronous.list_accounts, self.loop)

    @property
    def receive_webhook_event(self) -> PlainWebhooks:
        """What Meta tells."""
        return PlainWebhooks(self.asynchronous.receive_webhook_event, self.loop)

    @property
    def open_live(self) -> PlainLive:
        """What happens, for browsers."""
        return PlainLive(self.asynchronous.open_live, self.loop)

    @property
    def replay_webhook_deliveries(self) -> PlainReplay:
        """Has events posted anew."""
        return PlainReplay(self.asynchronous.replay_webhook_deliveries, self.loop)

    @property
    def open_media(self) -> PlainMedia:
        """Files of messages."""
        return PlainMedia(self.asynchronous.open_media, self.loop)


@contextmanager
def open_inbox_blocking(settings: Settings, *, jobs: bool = True) -> Generator[BlockingInbox]:
    """``open_inbox`` on an event loop in a thread of its own, until the block ends.

    To be opened in the process that uses it, after any fork. What ``open_inbox`` raises is raised here.
    """
    opened: Future[tuple[BlockingInbox, asyncio.Event]] = Future()
    # A daemon: whoever forgets to end the block does not keep the process from ending.
    thread = threading.Thread(
        target=lambda: asyncio.run(_hold(settings, opened, jobs=jobs)), name="meta-inbox", daemon=True
    )
    thread.start()
    try:
        inbox, ended = opened.result()
    except BaseException:
        opened.add_done_callback(_end)  # interrupted while it opens
        raise
    try:
        yield inbox
    finally:
        if inbox.loop.here:
            inbox.loop.close(ended.set)
            thread.join(_ENDS_WITHIN)


def _end(opened: Future[tuple[BlockingInbox, asyncio.Event]]) -> None:
    if opened.exception() is None:
        inbox, ended = opened.result()
        inbox.loop.close(ended.set)


async def _hold(
    settings: Settings, opened: Future[tuple[BlockingInbox, asyncio.Event]], *, jobs: bool
) -> None:
    ended = asyncio.Event()
    try:
        async with open_inbox(settings, jobs=jobs) as inbox:
            opened.set_result((BlockingInbox(inbox, Loop(asyncio.get_running_loop())), ended))
            await ended.wait()
    except BaseException as error:
        if opened.done():
            raise
        opened.set_exception(error)
