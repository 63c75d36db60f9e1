"""Meta as a few lines of Python that do what a test tells them, and an inbox on memory around it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from meta_inbox.adapters.meta_graph.upload_kind import SniffedKinds
from meta_inbox.adapters.persistence.blob_memory import MemoryBlobs
from meta_inbox.adapters.persistence.in_memory import InMemoryStore
from meta_inbox.adapters.persistence.in_memory_account_care import InMemoryAccountCare
from meta_inbox.adapters.persistence.in_memory_account_pictures import InMemoryAccountPictures
from meta_inbox.adapters.persistence.in_memory_accounts import InMemoryAccounts
from meta_inbox.adapters.persistence.in_memory_canned_replies import InMemoryCannedReplies
from meta_inbox.adapters.persistence.in_memory_consumers import InMemoryConsumers
from meta_inbox.adapters.persistence.in_memory_conversations import InMemoryConversations
from meta_inbox.adapters.persistence.in_memory_dead_letters import InMemoryDeadLetters
from meta_inbox.adapters.persistence.in_memory_deletions import InMemoryDeletions
from meta_inbox.adapters.persistence.in_memory_event_log import InMemoryEventLog
from meta_inbox.adapters.persistence.in_memory_histories import InMemoryHistories
from meta_inbox.adapters.persistence.in_memory_journal import InMemoryJournal
from meta_inbox.adapters.persistence.in_memory_live_tickets import InMemoryLiveTickets
from meta_inbox.adapters.persistence.in_memory_media import InMemoryMedia
from meta_inbox.adapters.persistence.in_memory_outbox import InMemoryOutbox
from meta_inbox.adapters.persistence.in_memory_outcomes import InMemoryOutcomes
from meta_inbox.adapters.persistence.in_memory_states import InMemoryOAuthStates
from meta_inbox.adapters.persistence.in_memory_uploads import InMemoryUploads
from meta_inbox.adapters.persistence.in_memory_webhook_deliveries import InMemoryWebhookDeliveries
from meta_inbox.adapters.persistence.in_memory_webhook_endpoints import InMemoryWebhookEndpoints
from meta_inbox.adapters.persistence.in_memory_webhook_queue import InMemoryWebhookQueue
from meta_inbox.adapters.persistence.time_and_ids import ManualClock, UuidV7Ids
from meta_inbox.adapters.text.graphemes import graphemes
from meta_inbox.domain.model.account import Account, Login, WebhookSource
from meta_inbox.domain.model.care import RenewedToken
from meta_inbox.domain.model.contact import ContactProfile
from meta_inbox.domain.model.content import Content, MediaKind
from meta_inbox.domain.model.health import TokenFacts
from meta_inbox.domain.model.history import PastPage
from meta_inbox.domain.model.ids import ContactId, MetaMessageId
from meta_inbox.domain.model.message import Message
from meta_inbox.domain.model.oauth_state import Grant, Wanted
from meta_inbox.domain.model.principal import Principal
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.sending import Copied, Outcome, Sent, Unsent
from meta_inbox.domain.model.upload import Upload
from meta_inbox.domain.model.webhook import Reading
from meta_inbox.domain.ports import MetaLogin, TakenBack
from meta_inbox.domain.use_cases.check_message import CheckMessage
from meta_inbox.domain.use_cases.connect_account import ConnectAccount
from meta_inbox.domain.use_cases.deliver import Deliver
from meta_inbox.domain.use_cases.give_up_waiting import GiveUpWaiting
from meta_inbox.domain.use_cases.hand_over_files import HandOverFiles
from meta_inbox.domain.use_cases.hide_comment import HideComment
from meta_inbox.domain.use_cases.keep_subscriptions import KeepSubscriptions
from meta_inbox.domain.use_cases.reply_to_comment import ReplyToComment
from meta_inbox.domain.use_cases.resend_message import ResendMessage
from meta_inbox.domain.use_cases.send_message import SendMessage
from meta_inbox.domain.use_cases.settle_unknown import SettleUnknown
from meta_inbox.domain.use_cases.sync_history import SyncHistory
from meta_inbox.domain.use_cases.upload_media import UploadMedia
from tests.contracts.backstage import Stores
from tests.contracts.memory_stores import MemoryBackstage
from tests.contracts.scene import BEA, CASA, Scene

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
AGENT = Principal(CASA, BEA)
BOT = Principal(CASA, "bot", kind="automation")
STRANGER = Principal("rival", "eve")


@dataclass(slots=True)
class FakeGraph:
    """Notes every call; ``trouble`` is raised by calls, ``outcomes`` are what sends come to, in turn.

    ``copies`` are what handing files over comes to, in turn. ``hurries``: of each file and each page of
    history, whether somebody waits for it.
    """

    calls: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    sent: list[tuple[Content, str | None]] = field(default_factory=list["tuple[Content, str | None]"])
    outcomes: list[Outcome | Exception] = field(default_factory=list["Outcome | Exception"])
    trouble: Exception | None = None
    hold: asyncio.Event | None = None
    facts: TokenFacts = field(default_factory=lambda: TokenFacts(valid=True, ours=True))
    uploaded: list[tuple[str, MediaKind, bytes]] = field(default_factory=list["tuple[str, MediaKind, bytes]"])
    copies: list[Copied | Unsent] = field(default_factory=list["Copied | Unsent"])
    hurries: list[bool] = field(default_factory=list[bool])
    renewed: RenewedToken | Exception = field(
        default_factory=lambda: RenewedToken(token=Secret("renewed"), life=timedelta(days=60))
    )
    lacked: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset({"messages", "message_echoes"})
    found: ContactProfile | None = None
    found_picture: str | None = None
    pages: dict[str | None, PastPage | Exception] = field(
        default_factory=dict["str | None", "PastPage | Exception"]
    )

    def _called(self, what: str, about: str) -> None:
        self.calls.append((what, about))
        if self.trouble is not None:
            raise self.trouble

    async def send(
        self,
        account: Account,
        token: Secret,
        message: Message,
        content: Content,
        reply_to: MetaMessageId | None,
    ) -> Outcome:
        """Takes the message and says what came of it."""
        self.calls.append(("send", message.id))
        self.sent.append((content, reply_to))
        if self.hold is not None:
            await self.hold.wait()
        accepted = Sent(meta_message_id=MetaMessageId(f"sent-{len(self.sent)}"))
        outcome = self.outcomes.pop(0) if self.outcomes else accepted
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def upload(
        self,
        account: Account,
        token: Secret,
        kind: MediaKind,
        upload: Upload,
        content: bytes,
        *,
        automated: bool = False,
    ) -> Copied | Unsent:
        """Takes the file and says what came of it."""
        self.calls.append(("upload", upload.id))
        self.uploaded.append((upload.id, kind, content))
        self.hurries.append(not automated)
        return self.copies.pop(0) if self.copies else Copied(attachment_id=f"copy-{len(self.uploaded)}")

    async def hide_comment(
        self, account: Account, token: Secret, comment: MetaMessageId, *, hide: bool
    ) -> None:
        """Hides it, or shows it again."""
        self._called("hide" if hide else "show", comment)

    async def mark_seen(self, account: Account, token: Secret, contact: ContactId) -> None:
        """Shows the contact that their message was read."""
        self._called("mark_seen", contact)

    async def profile(self, account: Account, token: Secret, contact: ContactId) -> ContactProfile | None:
        """Who the contact is."""
        self._called("profile", contact)
        return self.found

    async def picture(self, account: Account, token: Secret) -> str | None:
        """Where the account's picture is."""
        self._called("picture", account.id)
        return self.found_picture

    async def history(
        self,
        account: Account,
        token: Secret,
        after: str | None,
        contact: ContactId | None = None,
        *,
        urgent: bool = False,
    ) -> PastPage:
        """The page behind this cursor."""
        self.hurries.append(urgent)
        self._called("history", after or "")
        page = self.pages.get(after, PastPage())
        if isinstance(page, Exception):
            raise page
        return page

    async def inspect(self, account: Account, token: Secret) -> TokenFacts:
        """What is known of the token."""
        self._called("inspect", "")
        return self.facts

    async def renew(self, account: Account, token: Secret) -> RenewedToken:
        """What the token is renewed to."""
        self._called("renew", token.reveal())
        if isinstance(self.renewed, Exception):
            raise self.renewed
        return self.renewed

    async def mend_subscription(self, source: WebhookSource, token: Secret) -> frozenset[str]:
        """What was lacking, once."""
        self._called("mend_subscription", source.id)
        lacked, self.lacked = self.lacked, frozenset()
        return lacked

    async def subscribed_fields(self, source: WebhookSource, token: Secret) -> frozenset[str]:
        """What the Page sends."""
        self._called("subscribed_fields", source.id)
        return self.fields

    async def subscribe(self, source: WebhookSource, token: Secret) -> None:
        """The Page sends from now on."""
        self._called("subscribe", source.id)

    async def unsubscribe(self, source: WebhookSource, token: Secret) -> None:
        """The Page sends no more."""
        self._called("unsubscribe", source.id)


@dataclass(slots=True)
class FakeMetaLogin:
    """Redeems every code once asked for, to ``grant``, or raises ``trouble``."""

    grant: Grant
    trouble: Exception | None = None
    redeemed: list[str] = field(default_factory=list[str])

    def dialog_url(self, state: Secret, wanted: Wanted) -> str:
        """The dialog, with the state that it brings back."""
        return f"https://dialog.example/?state={state.reveal()}&wanted={wanted.value}"

    async def redeem(self, code: Secret, wanted: Wanted) -> Grant:
        """What was granted."""
        self.redeemed.append(code.reveal())
        if self.trouble is not None:
            raise self.trouble
        return self.grant


@dataclass(slots=True)
class FakeReader:
    """Understands the bodies that it was told about."""

    readings: dict[bytes, Reading] = field(default_factory=dict[bytes, Reading])

    def read(self, body: bytes) -> Reading:
        """What it was told that they say."""
        return self.readings.get(body, Reading(object=None, problem="nobody told me"))


@dataclass(slots=True)
class FakeSignatures:
    """The header names the signer; the verify token is ``let-me-in``."""

    def signer(self, body: bytes, header: bytes | None) -> Login | None:
        """Whose word the header gives."""
        return {b"facebook": Login.FACEBOOK, b"instagram": Login.INSTAGRAM}.get(header or b"")

    def person(self, signed_request: str) -> TakenBack | None:
        """Nobody signs anything here."""
        del signed_request
        return None

    def is_verify_token(self, token: str) -> bool:
        """Whether it is the word."""
        return token == "let-me-in"


class World:
    """The use cases on memory, at noon, with a Meta that does what it is told."""

    def __init__(self) -> None:
        self.clock = ManualClock(NOON)
        self.ids = UuidV7Ids()
        self.store = InMemoryStore(clock=self.clock, ids=self.ids)
        self.states = InMemoryOAuthStates(self.store)
        self.accounts = InMemoryAccounts(self.store)
        self.journal = InMemoryJournal(self.store)
        self.conversations = InMemoryConversations(self.store)
        self.outbox = InMemoryOutbox(self.store)
        self.outcomes = InMemoryOutcomes(self.store)
        self.media = InMemoryMedia(self.store)
        self.uploads = InMemoryUploads(self.store)
        self.blobs = MemoryBlobs()
        self.histories = InMemoryHistories(self.store)
        self.events = InMemoryEventLog(self.store)
        self.endpoints = InMemoryWebhookEndpoints(self.store)
        self.deliveries = InMemoryWebhookDeliveries(self.store)
        self.queue = InMemoryWebhookQueue(self.store)
        self.backstage = MemoryBackstage(self.store)
        self.scene = Scene(
            Stores(
                states=self.states,
                accounts=self.accounts,
                journal=self.journal,
                conversations=self.conversations,
                outbox=self.outbox,
                outcomes=self.outcomes,
                media=self.media,
                uploads=self.uploads,
                histories=self.histories,
                deletions=InMemoryDeletions(self.store),
                live_tickets=InMemoryLiveTickets(self.store),
                consumers=InMemoryConsumers(self.store),
                dead_letters=InMemoryDeadLetters(self.store),
                events=self.events,
                account_care=InMemoryAccountCare(self.store),
                account_pictures=InMemoryAccountPictures(self.store),
                canned_replies=InMemoryCannedReplies(self.store),
                endpoints=self.endpoints,
                deliveries=self.deliveries,
                queue=self.queue,
                clock=self.clock,
                ids=self.ids,
                backstage=self.backstage,
            )
        )
        self.graph = FakeGraph()
        self.login = FakeMetaLogin(self.scene.grant())
        self.logins: dict[Login, MetaLogin] = {Login.FACEBOOK: self.login}
        self.subscriptions = KeepSubscriptions(accounts=self.accounts, graph=self.graph)
        self.connect = ConnectAccount(
            states=self.states,
            accounts=self.accounts,
            logins=self.logins,
            subscriptions=self.subscriptions,
            clock=self.clock,
            ids=self.ids,
        )
        self.sync = SyncHistory(
            histories=self.histories, accounts=self.accounts, graph=self.graph, clock=self.clock
        )
        self.upload = UploadMedia(
            uploads=self.uploads, blobs=self.blobs, kinds=SniffedKinds(), clock=self.clock, ids=self.ids
        )
        self.files = HandOverFiles(
            uploads=self.uploads, blobs=self.blobs, graph=self.graph, outbox=self.outbox
        )
        self.deliver = Deliver(
            outbox=self.outbox,
            accounts=self.accounts,
            conversations=self.conversations,
            graph=self.graph,
            files=self.files,
            clock=self.clock,
        )
        self.send = SendMessage(
            accounts=self.accounts,
            conversations=self.conversations,
            outbox=self.outbox,
            uploads=self.uploads,
            dispatch=self.deliver,
            clock=self.clock,
            ids=self.ids,
            http_hosts=frozenset({"localhost:8001"}),
            graphemes=graphemes,
        )
        self.reply = ReplyToComment(
            accounts=self.accounts,
            conversations=self.conversations,
            outbox=self.outbox,
            dispatch=self.deliver,
            clock=self.clock,
            ids=self.ids,
        )
        self.hide = HideComment(
            accounts=self.accounts,
            conversations=self.conversations,
            graph=self.graph,
            clock=self.clock,
        )

        self.settle_unknown = SettleUnknown(
            outcomes=self.outcomes, accounts=self.accounts, graph=self.graph, clock=self.clock
        )
        self.give_up_waiting = GiveUpWaiting(
            outbox=self.outbox, conversations=self.conversations, clock=self.clock
        )
        self.check = CheckMessage(
            accounts=self.accounts,
            conversations=self.conversations,
            outcomes=self.outcomes,
            graph=self.graph,
            clock=self.clock,
        )
        self.resend = ResendMessage(
            accounts=self.accounts,
            conversations=self.conversations,
            outcomes=self.outcomes,
            dispatch=self.deliver,
            clock=self.clock,
            http_hosts=frozenset(),
        )

    def later(self, **by: float) -> None:
        """Lets time pass: ``later(hours=25)``."""
        self.clock.advance(timedelta(**by))


async def eventually(true: Callable[[], bool]) -> None:
    """Lets the loop turn until something is so; fails after two seconds."""
    async with asyncio.timeout(2):
        while not true():  # noqa: ASYNC110 - what is awaited here has no event of its own
            await asyncio.sleep(0)
