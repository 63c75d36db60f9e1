"""Every use case as one attribute: what a host, the HTTP API, the workers and the scenarios hold."""

import asyncio
from dataclasses import dataclass

from meta_inbox.domain.use_cases.change_canned_reply import ChangeCannedReply
from meta_inbox.domain.use_cases.check_health import CheckHealth
from meta_inbox.domain.use_cases.check_message import CheckMessage
from meta_inbox.domain.use_cases.connect_account import ConnectAccount
from meta_inbox.domain.use_cases.control_thread import ControlThread
from meta_inbox.domain.use_cases.create_canned_reply import CreateCannedReply
from meta_inbox.domain.use_cases.create_webhook_endpoint import CreateWebhookEndpoint
from meta_inbox.domain.use_cases.delete_canned_reply import DeleteCannedReply
from meta_inbox.domain.use_cases.delete_contact import DeleteContact, FinishDeletions
from meta_inbox.domain.use_cases.delete_webhook_endpoint import DeleteWebhookEndpoint
from meta_inbox.domain.use_cases.deliver import Deliver
from meta_inbox.domain.use_cases.discard_dead_letters import DiscardDeadLetters
from meta_inbox.domain.use_cases.discard_uploads import DiscardUploads
from meta_inbox.domain.use_cases.disconnect_account import DisconnectAccount
from meta_inbox.domain.use_cases.fetch_account_pictures import FetchAccountPictures
from meta_inbox.domain.use_cases.fetch_media import FetchMedia
from meta_inbox.domain.use_cases.fetch_profiles import FetchProfiles
from meta_inbox.domain.use_cases.forget_person import ForgetPerson
from meta_inbox.domain.use_cases.get_conversation import GetConversation
from meta_inbox.domain.use_cases.get_messenger_profile import GetMessengerProfile
from meta_inbox.domain.use_cases.give_up_waiting import GiveUpWaiting
from meta_inbox.domain.use_cases.hide_comment import HideComment
from meta_inbox.domain.use_cases.keep_subscriptions import KeepSubscriptions
from meta_inbox.domain.use_cases.list_accounts import ListAccounts
from meta_inbox.domain.use_cases.list_canned_replies import ListCannedReplies
from meta_inbox.domain.use_cases.list_conversations import ListConversations
from meta_inbox.domain.use_cases.list_dead_letters import ListDeadLetters
from meta_inbox.domain.use_cases.list_messages import ListMessages
from meta_inbox.domain.use_cases.list_webhook_deliveries import ListWebhookDeliveries
from meta_inbox.domain.use_cases.list_webhook_endpoints import ListWebhookEndpoints
from meta_inbox.domain.use_cases.look_after_accounts import LookAfterAccounts
from meta_inbox.domain.use_cases.mark_read import MarkRead
from meta_inbox.domain.use_cases.open_live import OpenLive
from meta_inbox.domain.use_cases.open_media import OpenMedia
from meta_inbox.domain.use_cases.project_pending import ProjectPending
from meta_inbox.domain.use_cases.react_to_message import ReactToMessage
from meta_inbox.domain.use_cases.receive_webhook_event import ReceiveWebhookEvent
from meta_inbox.domain.use_cases.redact_journal import RedactJournal
from meta_inbox.domain.use_cases.replay_dead_letters import ReplayDeadLetters
from meta_inbox.domain.use_cases.replay_webhook_deliveries import ReplayWebhookDeliveries
from meta_inbox.domain.use_cases.reply_to_comment import ReplyToComment
from meta_inbox.domain.use_cases.resend_message import ResendMessage
from meta_inbox.domain.use_cases.rotate_webhook_secret import RotateWebhookSecret
from meta_inbox.domain.use_cases.send_message import SendMessage
from meta_inbox.domain.use_cases.set_messenger_profile import SetMessengerProfile
from meta_inbox.domain.use_cases.settle_unknown import SettleUnknown
from meta_inbox.domain.use_cases.show_typing import ShowTyping
from meta_inbox.domain.use_cases.sync_history import SyncHistory
from meta_inbox.domain.use_cases.tell_endpoints import TellEndpoints
from meta_inbox.domain.use_cases.try_webhook_endpoint import TryWebhookEndpoint
from meta_inbox.domain.use_cases.update_webhook_endpoint import UpdateWebhookEndpoint
from meta_inbox.domain.use_cases.upload_media import UploadMedia


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """What runs in the background, whoever drives it."""

    deliver: Deliver
    project_pending: ProjectPending
    keep_subscriptions: KeepSubscriptions
    fetch_profiles: FetchProfiles
    fetch_account_pictures: FetchAccountPictures
    look_after_accounts: LookAfterAccounts
    redact_journal: RedactJournal
    fetch_media: FetchMedia
    discard_uploads: DiscardUploads
    sync_history: SyncHistory
    settle_unknown: SettleUnknown
    give_up_waiting: GiveUpWaiting
    tell_endpoints: TellEndpoints
    finish_deletions: FinishDeletions

    async def drain(self, seconds: float) -> None:
        """Waits for what is on its way to Meta and to receivers, at most for so long."""
        await asyncio.gather(self.deliver.drain(seconds), self.tell_endpoints.drain(seconds))


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """The core. ``by`` comes first wherever somebody acts; Meta's webhooks and the host have no principal."""

    connect_account: ConnectAccount
    list_accounts: ListAccounts
    disconnect_account: DisconnectAccount
    forget_person: ForgetPerson
    check_health: CheckHealth
    receive_webhook_event: ReceiveWebhookEvent
    send_message: SendMessage
    check_message: CheckMessage
    resend_message: ResendMessage
    reply_to_comment: ReplyToComment
    hide_comment: HideComment
    list_conversations: ListConversations
    get_conversation: GetConversation
    list_messages: ListMessages
    mark_read: MarkRead
    delete_contact: DeleteContact
    show_typing: ShowTyping
    react_to_message: ReactToMessage
    control_thread: ControlThread
    get_messenger_profile: GetMessengerProfile
    set_messenger_profile: SetMessengerProfile
    open_media: OpenMedia
    open_live: OpenLive
    upload_media: UploadMedia
    list_canned_replies: ListCannedReplies
    create_canned_reply: CreateCannedReply
    change_canned_reply: ChangeCannedReply
    delete_canned_reply: DeleteCannedReply
    dead_letters: ListDeadLetters
    replay_dead_letters: ReplayDeadLetters
    discard_dead_letters: DiscardDeadLetters
    create_webhook_endpoint: CreateWebhookEndpoint
    list_webhook_endpoints: ListWebhookEndpoints
    update_webhook_endpoint: UpdateWebhookEndpoint
    rotate_webhook_secret: RotateWebhookSecret
    delete_webhook_endpoint: DeleteWebhookEndpoint
    list_webhook_deliveries: ListWebhookDeliveries
    replay_webhook_deliveries: ReplayWebhookDeliveries
    test_webhook_endpoint: TryWebhookEndpoint
    upkeep: Upkeep
