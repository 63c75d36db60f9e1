"""The HTTP API over the whole core on in-memory adapters, with a Meta that says yes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx
import jwt

from meta_inbox.adapters.http.app import create_app
from meta_inbox.adapters.http.bearer import BearerTokens
from meta_inbox.adapters.http.event_bodies import JsonEventBodies
from meta_inbox.adapters.http.front import Front
from meta_inbox.adapters.http.identity import Identity
from meta_inbox.adapters.http.media_urls import MediaUrls
from meta_inbox.adapters.http.options import HttpOptions
from meta_inbox.adapters.meta_graph.reader import MsgspecWebhookReader
from meta_inbox.adapters.meta_graph.redaction import without
from meta_inbox.adapters.meta_graph.redaction_of_contacts import without_contact
from meta_inbox.adapters.meta_graph.signature import HEADER, HmacSignatures, sign
from meta_inbox.adapters.meta_graph.upload_kind import SniffedKinds
from meta_inbox.adapters.persistence.blob_memory import MemoryBlobs
from meta_inbox.adapters.persistence.in_memory import InMemoryStore
from meta_inbox.adapters.persistence.in_memory_account_care import InMemoryAccountCare
from meta_inbox.adapters.persistence.in_memory_account_pictures import InMemoryAccountPictures
from meta_inbox.adapters.persistence.in_memory_accounts import InMemoryAccounts
from meta_inbox.adapters.persistence.in_memory_canned_replies import InMemoryCannedReplies
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
from meta_inbox.domain.errors import ConnectFailed, LinkDead, Unavailable
from meta_inbox.domain.inbox import Inbox, Upkeep
from meta_inbox.domain.model.account import Account, Login, Platform, WebhookSource
from meta_inbox.domain.model.care import RenewedToken
from meta_inbox.domain.model.contact import ContactProfile
from meta_inbox.domain.model.content import Content, MediaKind
from meta_inbox.domain.model.health import Condition, TokenFacts
from meta_inbox.domain.model.history import PastPage
from meta_inbox.domain.model.ids import ContactId, MetaMessageId
from meta_inbox.domain.model.media import FetchedFile, FreshLinks
from meta_inbox.domain.model.message import Message
from meta_inbox.domain.model.oauth_state import Candidate, CandidateReason, Grant, Wanted
from meta_inbox.domain.model.principal import Principal
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.sending import Copied, Outcome, Sent, Unsent
from meta_inbox.domain.model.upload import Upload
from meta_inbox.domain.ports import EventLog
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
from meta_inbox.domain.use_cases.hand_over_files import HandOverFiles
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
from meta_inbox.domain.use_cases.read_media import ReadMedia
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
from meta_inbox.entrypoints.unforeseen import tell_unforeseen_attempt
from meta_inbox.entrypoints.wakeups import ProcessEventHints, ProcessWakeups
from tests.contracts.receivers import YesPoster
from tests.contracts.yes_actions import YesActions, YesProfiles

BASE = "http://127.0.0.1:8000/api/meta"
CRM = "https://crm.example"
JWT_SECRET = "an-http-test-secret-of-more-than-32-bytes"
APP_SECRET = Secret("app-secret-of-the-http-tests")
VERIFY_TOKEN = "verify-me"
PAGE = "1001"
STANDARD: dict[str, Any] = {"base_url": BASE, "frontend_origins": (CRM,)}


@dataclass
class YesLogin:
    """Meta's dialog, where the person always agrees; ``failure`` is what the exchange runs into."""

    failure: Exception | None = None
    redeemed: list[str] = field(default_factory=list[str])
    state: Secret | None = None

    def dialog_url(self, state: Secret, wanted: Wanted) -> str:
        """The dialog's address."""
        self.state = state
        return f"https://www.facebook.com/v26.0/dialog/oauth?state={state.reveal()}&wanted={wanted.value}"

    async def redeem(self, code: Secret, wanted: Wanted) -> Grant:
        """Two Pages, one of them without an Instagram account."""
        del wanted
        self.redeemed.append(code.reveal())
        if self.failure is not None:
            raise self.failure
        return Grant(
            meta_user_id="42",
            user_token=Secret("user-token"),
            user_token_expires_at=None,
            candidates=(
                Candidate(
                    key=f"messenger:{PAGE}",
                    platform=Platform.MESSENGER,
                    external_id=PAGE,
                    name="Casa Verde",
                    page_id=PAGE,
                    page_name="Casa Verde",
                ),
                Candidate(
                    key="instagram:page:1002",
                    platform=Platform.INSTAGRAM,
                    external_id=None,
                    name=None,
                    page_id="1002",
                    page_name="Padaria Sol",
                    reason=CandidateReason.NO_INSTAGRAM_ACCOUNT,
                    detail="the Page has no Instagram account",
                ),
            ),
            page_tokens={PAGE: Secret("page-token-canary")},
        )


@dataclass
class YesGraph:
    """Graph calls that succeed, but for ``outcome``, which the next sends come to."""

    outcome: Outcome | None = None
    sent: list[Message] = field(default_factory=list[Message])
    contents: list[Content] = field(default_factory=list[Content])
    uploaded: list[tuple[MediaKind, bytes]] = field(default_factory=list["tuple[MediaKind, bytes]"])
    hidden: list[tuple[str, bool]] = field(default_factory=list[tuple[str, bool]])

    async def send(
        self,
        account: Account,
        token: Secret,
        message: Message,
        content: Content,
        reply_to: MetaMessageId | None,
    ) -> Outcome:
        """Accepts."""
        self.sent.append(message)
        self.contents.append(content)
        return self.outcome or Sent(meta_message_id=MetaMessageId(f"m_sent_{len(self.sent)}"))

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
        """Takes it."""
        self.uploaded.append((kind, content))
        return Copied(attachment_id=f"copy-{len(self.uploaded)}")

    async def hide_comment(
        self, account: Account, token: Secret, comment: MetaMessageId, *, hide: bool
    ) -> None:
        """Agrees."""
        self.hidden.append((comment, hide))

    async def mark_seen(self, account: Account, token: Secret, contact: ContactId) -> None:
        """Agrees."""

    async def profile(self, account: Account, token: Secret, contact: ContactId) -> ContactProfile | None:
        """Gives none."""
        return None

    async def picture(self, account: Account, token: Secret) -> str | None:
        """Has none."""
        return None

    async def history(
        self,
        account: Account,
        token: Secret,
        after: str | None,
        contact: ContactId | None = None,
        *,
        urgent: bool = False,
    ) -> PastPage:
        """Nothing was said before."""
        return PastPage()

    async def inspect(self, account: Account, token: Secret) -> TokenFacts:
        """A good token."""
        return TokenFacts(valid=True, ours=True)

    async def subscribed_fields(self, source: WebhookSource, token: Secret) -> frozenset[str]:
        """What is needed."""
        return frozenset({"messages"})

    async def renew(self, account: Account, token: Secret) -> RenewedToken:
        """The same again."""
        return RenewedToken(token=token, life=timedelta(days=60))

    async def mend_subscription(self, source: WebhookSource, token: Secret) -> frozenset[str]:
        """Nothing was lacking."""
        return frozenset()

    async def subscribe(self, source: WebhookSource, token: Secret) -> None:
        """Agrees."""

    async def unsubscribe(self, source: WebhookSource, token: Secret) -> None:
        """Agrees."""


@dataclass
class StubSource:
    """Files by their addresses; whatever else is asked for is gone."""

    files: dict[str, FetchedFile | Exception] = field(default_factory=dict[str, "FetchedFile | Exception"])
    asked: list[str] = field(default_factory=list[str])
    fresh: FreshLinks = field(default_factory=FreshLinks)

    async def fetch(self, url: str) -> FetchedFile:
        """The file."""
        self.asked.append(url)
        found = self.files.get(url, LinkDead("gone"))
        if isinstance(found, Exception):
            raise found
        return found

    async def fresh_links(self, account: Account, token: Secret, message: MetaMessageId) -> FreshLinks:
        """What was prepared."""
        return self.fresh


@dataclass
class Conditions:
    """A readiness that says what a test wants it to."""

    found: Sequence[Condition] = (Condition(name="database", ok=True, fatal=True, detail="it answers"),)

    async def conditions(self) -> Sequence[Condition]:
        """The conditions."""
        return self.found


class HttpStage:
    """One API with its store, its Meta and its clock."""

    def __init__(
        self, *, identity: Identity | None = None, web: Mapping[str, bytes] | None = None, **options: Any
    ) -> None:
        self.clock = ManualClock()
        self.hints = ProcessEventHints()
        self.store = InMemoryStore(clock=self.clock, ids=UuidV7Ids(), told=self.hints.tell)
        self.log: EventLog = InMemoryEventLog(self.store)
        self.login = YesLogin()
        self.graph = YesGraph()
        self.actions = YesActions()
        self.profiles = YesProfiles()
        self.source = StubSource()
        self.blobs = MemoryBlobs()
        self.readiness = Conditions()
        self.poster = YesPoster()
        self.options = HttpOptions(**(STANDARD | options))
        self.inbox = self._inbox()
        self.app: Front = create_app(
            inbox=self.inbox,
            identity=identity or BearerTokens(secret=Secret(JWT_SECRET)),
            options=self.options,
            readiness=self.readiness,
            clock=self.clock,
            events=self.log,
            hints=self.hints,
            web=web,
        )

    def _inbox(self) -> Inbox:
        store, clock = self.store, self.clock
        accounts, conversations = InMemoryAccounts(store), InMemoryConversations(store)
        outbox, journal = InMemoryOutbox(store), InMemoryJournal(store)
        histories, outcomes = InMemoryHistories(store), InMemoryOutcomes(store)
        signatures = HmacSignatures(
            meta_secrets=[APP_SECRET], instagram_secret=None, verify_token=Secret(VERIFY_TOKEN)
        )
        subscriptions = KeepSubscriptions(accounts=accounts, graph=self.graph)
        reader = MsgspecWebhookReader()
        uploads, letters = InMemoryUploads(store), InMemoryDeadLetters(store)
        files = HandOverFiles(uploads=uploads, blobs=self.blobs, graph=self.graph, outbox=outbox)
        deliver = Deliver(
            outbox=outbox,
            accounts=accounts,
            conversations=conversations,
            graph=self.graph,
            files=files,
            clock=clock,
        )
        media = InMemoryMedia(store)
        read = ReadMedia(accounts=accounts, media=media, source=self.source)
        endpoints, deliveries = InMemoryWebhookEndpoints(store), InMemoryWebhookDeliveries(store)
        urls = MediaUrls(base_url=self.options.base_url, keys=self.options.media_keys)
        canned = InMemoryCannedReplies(store)
        bodies = JsonEventBodies(urls=urls, clock=clock)
        return Inbox(
            create_webhook_endpoint=CreateWebhookEndpoint(
                endpoints=endpoints, poster=self.poster, clock=clock, ids=store.ids
            ),
            list_webhook_endpoints=ListWebhookEndpoints(endpoints=endpoints),
            update_webhook_endpoint=UpdateWebhookEndpoint(endpoints=endpoints, poster=self.poster),
            rotate_webhook_secret=RotateWebhookSecret(endpoints=endpoints),
            delete_webhook_endpoint=DeleteWebhookEndpoint(endpoints=endpoints),
            list_webhook_deliveries=ListWebhookDeliveries(deliveries=deliveries),
            replay_webhook_deliveries=ReplayWebhookDeliveries(endpoints=endpoints, deliveries=deliveries),
            test_webhook_endpoint=TryWebhookEndpoint(
                endpoints=endpoints, poster=self.poster, bodies=bodies, clock=clock, ids=store.ids
            ),
            connect_account=ConnectAccount(
                states=InMemoryOAuthStates(store),
                accounts=accounts,
                logins={Login.FACEBOOK: self.login},
                subscriptions=subscriptions,
                clock=clock,
                ids=store.ids,
            ),
            list_accounts=ListAccounts(accounts=accounts, histories=histories, clock=clock),
            disconnect_account=DisconnectAccount(accounts=accounts, subscriptions=subscriptions),
            forget_person=ForgetPerson(accounts=accounts, signatures=signatures, clock=clock),
            check_health=CheckHealth(accounts=accounts, histories=histories, graph=self.graph, clock=clock),
            receive_webhook_event=ReceiveWebhookEvent(
                signatures=signatures,
                reader=reader,
                journal=journal,
                clock=clock,
            ),
            send_message=SendMessage(
                graphemes=graphemes,
                accounts=accounts,
                conversations=conversations,
                outbox=outbox,
                uploads=uploads,
                dispatch=deliver,
                clock=clock,
                ids=store.ids,
                http_hosts=frozenset(),
            ),
            reply_to_comment=ReplyToComment(
                accounts=accounts,
                conversations=conversations,
                outbox=outbox,
                dispatch=deliver,
                clock=clock,
                ids=store.ids,
            ),
            check_message=CheckMessage(
                accounts=accounts,
                conversations=conversations,
                outcomes=outcomes,
                graph=self.graph,
                clock=clock,
            ),
            resend_message=ResendMessage(
                accounts=accounts,
                conversations=conversations,
                outcomes=outcomes,
                dispatch=deliver,
                clock=clock,
                http_hosts=frozenset(),
            ),
            hide_comment=HideComment(
                accounts=accounts, conversations=conversations, graph=self.graph, clock=clock
            ),
            list_conversations=ListConversations(accounts=accounts, conversations=conversations),
            get_conversation=GetConversation(accounts=accounts, conversations=conversations),
            list_messages=ListMessages(accounts=accounts, conversations=conversations),
            delete_contact=DeleteContact(deletions=InMemoryDeletions(store)),
            mark_read=MarkRead(accounts=accounts, conversations=conversations, graph=self.graph, clock=clock),
            show_typing=ShowTyping(
                accounts=accounts, conversations=conversations, actions=self.actions, clock=clock
            ),
            react_to_message=ReactToMessage(
                accounts=accounts, conversations=conversations, actions=self.actions, clock=clock
            ),
            control_thread=ControlThread(
                accounts=accounts, conversations=conversations, actions=self.actions, clock=clock
            ),
            get_messenger_profile=GetMessengerProfile(accounts=accounts, profiles=self.profiles, clock=clock),
            set_messenger_profile=SetMessengerProfile(accounts=accounts, profiles=self.profiles, clock=clock),
            open_live=OpenLive(tickets=InMemoryLiveTickets(store)),
            open_media=OpenMedia(media=media, blobs=self.blobs, fetch=read),
            upload_media=UploadMedia(
                uploads=uploads, blobs=self.blobs, kinds=SniffedKinds(), clock=clock, ids=store.ids
            ),
            list_canned_replies=ListCannedReplies(replies=canned),
            create_canned_reply=CreateCannedReply(replies=canned, ids=store.ids),
            change_canned_reply=ChangeCannedReply(replies=canned),
            delete_canned_reply=DeleteCannedReply(replies=canned),
            dead_letters=ListDeadLetters(letters=letters),
            replay_dead_letters=ReplayDeadLetters(letters=letters),
            discard_dead_letters=DiscardDeadLetters(letters=letters),
            upkeep=Upkeep(
                tell_endpoints=TellEndpoints(
                    queue=InMemoryWebhookQueue(store),
                    events=InMemoryEventLog(store),
                    bodies=bodies,
                    poster=self.poster,
                    wakeups=ProcessWakeups(),
                    unforeseen=tell_unforeseen_attempt,
                ),
                discard_uploads=DiscardUploads(uploads=uploads),
                fetch_media=FetchMedia(media=media, blobs=self.blobs, read=read, clock=clock),
                deliver=deliver,
                project_pending=ProjectPending(journal=journal, reader=reader),
                keep_subscriptions=subscriptions,
                fetch_profiles=FetchProfiles(
                    accounts=accounts, conversations=conversations, graph=self.graph
                ),
                fetch_account_pictures=FetchAccountPictures(
                    accounts=accounts, pictures=InMemoryAccountPictures(store), graph=self.graph
                ),
                look_after_accounts=LookAfterAccounts(
                    accounts=accounts,
                    care=InMemoryAccountCare(store),
                    histories=histories,
                    graph=self.graph,
                    clock=clock,
                ),
                redact_journal=RedactJournal(journal=journal, without=without),
                sync_history=SyncHistory(
                    histories=histories, accounts=accounts, graph=self.graph, clock=clock
                ),
                settle_unknown=SettleUnknown(
                    outcomes=outcomes, accounts=accounts, graph=self.graph, clock=clock
                ),
                finish_deletions=FinishDeletions(deletions=InMemoryDeletions(store), without=without_contact),
                give_up_waiting=GiveUpWaiting(outbox=outbox, conversations=conversations, clock=clock),
            ),
        )

    def replace_use_cases(self, **use_cases: Any) -> None:
        """The same API with other use cases; doubles are allowed."""
        self.inbox = replace(self.inbox, **use_cases)
        self.app = create_app(
            inbox=self.inbox,
            identity=BearerTokens(secret=Secret(JWT_SECRET)),
            options=self.options,
            readiness=self.readiness,
            clock=self.clock,
            events=self.log,
            hints=self.hints,
        )

    def token(self, tenant: object = "casa-verde", user: object = "bea", **claims: Any) -> str:
        """A bearer token as the CRM signs it."""
        good = {"sub": user, "tenant_id": tenant, "exp": 4_000_000_000}
        return jwt.encode(good | claims, JWT_SECRET, algorithm="HS256")

    def client(self, token: str | None = None, *, anonymous: bool = False) -> httpx.AsyncClient:
        """A program that calls the API in this process."""
        headers = {} if anonymous else {"Authorization": f"Bearer {token or self.token()}"}
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url="http://127.0.0.1:8000", headers=headers
        )

    async def connects(self, tenant: str = "casa-verde") -> str:
        """A person connects the Page, through every step; the account's id."""
        async with self.client(self.token(tenant)) as caller:
            completion = await self.logs_in(caller)
            done = await caller.post("/api/meta/oauth/complete", json={"completion": completion})
            assert done.status_code == 200, done.text
            account: str = done.json()["connected"][0]["id"]
            return account

    async def logs_in(self, caller: httpx.AsyncClient, **start: str) -> str:
        """The two clicks; the completion as the page has it."""
        page = await self.returns(await self.leaves(caller, **start))
        assert page.status_code == 200, page.text
        return page.text.split("#completion=")[1].split('"')[0]

    async def leaves(self, caller: httpx.AsyncClient, **start: str) -> httpx.AsyncClient:
        """The person's browser, sent to Meta's dialog."""
        begun = await caller.get("/api/meta/oauth/start", params=start)
        assert begun.status_code == 200, begun.text
        browser = self.client(anonymous=True)
        gone = await browser.get(begun.json()["authorization_url"])
        assert gone.status_code == 302, gone.text
        return browser

    async def returns(self, browser: httpx.AsyncClient, **query: str) -> httpx.Response:
        """The same browser, sent back by Meta."""
        assert self.login.state is not None
        return await browser.get(
            "/api/meta/oauth/callback",
            params={"state": self.login.state.reveal(), "code": "a-code"} | query,
        )

    async def contact_writes(self, text: str = "Oi", mid: str = "m_1", contact: str = "7001") -> None:
        """Ana writes to the Page."""
        body = webhook_body(text, mid, contact, int(self.clock.now().timestamp() * 1000))
        async with self.client(anonymous=True) as meta:
            answer = await meta.post("/api/meta/webhook", content=body, headers=signed(body))
            assert answer.status_code == 200, answer.text

    async def contact_comments(self, text: str = "Preço?", comment: str = "55_66", **value: Any) -> None:
        """Ana comments on a post of the Page."""
        said = {"item": "comment", "verb": "add", "comment_id": comment, "post_id": f"{PAGE}_55"}
        said |= {"from": {"id": "7001", "name": "Ana"}, "message": text, "parent_id": f"{PAGE}_55"}
        said |= {"created_time": int(self.clock.now().timestamp())}
        change = {"field": "feed", "value": said | value}
        body = json.dumps({"object": "page", "entry": [{"id": PAGE, "time": 1, "changes": [change]}]})
        async with self.client(anonymous=True) as meta:
            answer = await meta.post("/api/meta/webhook", content=body, headers=signed(body.encode()))
            assert answer.status_code == 200, answer.text

    async def contact_sends(self, *urls: str, mid: str = "m_1", kind: str = "image", **message: Any) -> None:
        """Ana sends files to the Page."""
        parts = [{"type": kind, "payload": {"url": url, "title": message.pop("title", None)}} for url in urls]
        event = {
            "sender": {"id": "7001"},
            "recipient": {"id": PAGE},
            "timestamp": int(self.clock.now().timestamp() * 1000),
            "message": {"mid": mid, "attachments": parts, **message},
        }
        body = json.dumps(
            {"object": "page", "entry": [{"id": PAGE, "time": 1, "messaging": [event]}]}
        ).encode()
        async with self.client(anonymous=True) as meta:
            answer = await meta.post("/api/meta/webhook", content=body, headers=signed(body))
            assert answer.status_code == 200, answer.text

    def passes(self, **time: float) -> None:
        """Time passes."""
        self.clock.advance(timedelta(**time))


def webhook_body(text: str, mid: str, contact: str, at: int) -> bytes:
    """One text message as Meta sends it."""
    template = (
        '{"object":"page","entry":[{"id":"%s","time":%d,"messaging":[{"sender":{"id":"%s"},'
        '"recipient":{"id":"%s"},"timestamp":%d,"message":{"mid":"%s","text":"%s"}}]}]}'
    )
    return (template % (PAGE, at, contact, PAGE, at, mid, text)).encode()


def signed(body: bytes) -> dict[str, str]:
    """The headers of a genuine webhook."""
    return {HEADER: sign(body, APP_SECRET).decode(), "Content-Type": "application/json"}


def outage() -> ConnectFailed:
    """Meta does not answer the exchange."""
    return ConnectFailed("Meta did not answer", code="meta_unavailable", by_meta=True)


async def anybody(request: object) -> Principal | None:
    """A host's identity that knows one person."""
    del request
    return Principal(tenant_id="casa-verde", user_id="bea")


class Down(Unavailable):
    """Something is down."""
