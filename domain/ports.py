"""Everything the core asks for from outside, in the core's own words.

Each method is one unit of work: it happens whole or not at all, and none stays open across a call to
Meta. Whatever cannot be reached raises a kind of ``Unavailable``; what is missing, or another tenant's,
is ``NotFound``.
"""

from collections.abc import AsyncIterator, Awaitable, Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from meta_inbox.domain.errors import RefusalKind, Refused
from meta_inbox.domain.model.account import Account, Login, StatusReason, WebhookSource
from meta_inbox.domain.model.canned_reply import CannedReply, CannedReplyId
from meta_inbox.domain.model.care import CareClaim, RenewedToken
from meta_inbox.domain.model.changes import Hidden, Reacted
from meta_inbox.domain.model.consuming import ConsumerClaim, DeadLetter
from meta_inbox.domain.model.contact import Contact, ContactProfile
from meta_inbox.domain.model.content import Content, MediaKind
from meta_inbox.domain.model.conversation import Conversation
from meta_inbox.domain.model.deletion import DeletionClaim, Forgotten
from meta_inbox.domain.model.event import Event, LoggedEvent, LogPage
from meta_inbox.domain.model.health import Condition, TokenFacts
from meta_inbox.domain.model.history import History, PastConversation, PastPage, Run
from meta_inbox.domain.model.ids import (
    AccountId,
    ContactId,
    MessageId,
    MetaMessageId,
    TenantId,
    UserId,
)
from meta_inbox.domain.model.live import LivePass
from meta_inbox.domain.model.media import (
    Discarded,
    FetchedFile,
    FreshLinks,
    Media,
    MediaClaim,
    MediaId,
    MediaOutcome,
)
from meta_inbox.domain.model.message import Message, SendError
from meta_inbox.domain.model.messenger_profile import MessengerProfile
from meta_inbox.domain.model.oauth_state import Candidate, Grant, OAuthState, Wanted
from meta_inbox.domain.model.outcome import Doubt
from meta_inbox.domain.model.paging import After, Page
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.sending import Claim, Copied, Once, Outcome, Unsent, Waiting
from meta_inbox.domain.model.thread_control import ThreadControl
from meta_inbox.domain.model.upload import Upload, UploadId
from meta_inbox.domain.model.webhook import Delivery, Reading, WebhookItem
from meta_inbox.domain.model.webhook_delivery import (
    DeliveryClaim,
    DeliveryOutcome,
    DeliveryPage,
    DeliveryState,
    Posted,
)
from meta_inbox.domain.model.webhook_endpoint import EndpointChange, EndpointId, WebhookEndpoint


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class Ids(Protocol):
    """New ids."""

    def new(self) -> str:
        """A new UUIDv7 as lower-case text with hyphens."""
        ...


class Graphemes(Protocol):
    """What people see as characters."""

    def __call__(self, text: str) -> Sequence[str]:
        """The text's characters as people see them, in order; joined they are the text."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Connectable:
    """One candidate with what is needed to make an account of it."""

    candidate: Candidate
    login: Login
    user_token: Secret
    page_token: Secret | None
    token_expires_at: datetime | None
    data_access_expires_at: datetime | None
    meta_user_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCompletion:
    """What a completion handle stands for."""

    state: OAuthState
    grant: Grant


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsubscription:
    """What must no longer send us webhooks; tried until Meta agrees or the token is dead."""

    id: str
    source: WebhookSource
    token: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """A person, by Meta's id, takes back what they allowed; ``at`` None = Meta does not say when."""

    person: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A connected account, and what must send us webhooks for it."""

    tenant_id: TenantId
    account_id: AccountId
    source: WebhookSource
    token: Secret


class OAuthStates(Protocol):
    """The attempts to connect. Every handle is single-use, even for callers at the same instant."""

    async def put(self, state: OAuthState, ticket: Secret, life: timedelta) -> datetime:
        """Keeps a new attempt under its ticket; returns when the ticket expires."""
        ...

    async def authorize(self, ticket: Secret, state: Secret, browser: Secret, life: timedelta) -> OAuthState:
        """Exchanges the ticket for the state, bound to this browser. NotFound when used or expired."""
        ...

    async def consume(self, state: Secret, browser: Secret, login: Login) -> OAuthState:
        """Uses the state up. NotFound when unknown, used, expired, of another browser or another login."""
        ...

    async def put_completion(
        self, state: OAuthState, completion: Secret, grant: Grant, life: timedelta
    ) -> None:
        """Keeps the grant, its tokens sealed, under a completion handle."""
        ...

    async def peek_completion(self, tenant: TenantId, user: UserId, completion: Secret) -> OpenedCompletion:
        """What the handle stands for; NotFound unless it is this user's, unused and unexpired."""
        ...

    async def take_completion(self, tenant: TenantId, user: UserId, completion: Secret) -> OpenedCompletion:
        """The same, and uses it up."""
        ...


class Accounts(Protocol):
    """The connected accounts; every method that changes one writes its event in the same unit of work."""

    async def get(self, tenant: TenantId, account: AccountId) -> Account:
        """The account. NotFound."""
        ...

    async def list(self, tenant: TenantId) -> Sequence[Account]:
        """Every account of the tenant, disconnected ones included, oldest first."""
        ...

    async def connect(self, tenant: TenantId, user: UserId, connectable: Connectable) -> Account | None:
        """Makes or revives the account, its route and its sealed tokens; None when another tenant owns it.

        The same tenant gets the same id again, by whichever login: the newest is the active one. What sent
        webhooks for it until now, and is needed no more, is to be unsubscribed. Items that came for it by
        this login within the last 24 hours are handed to the projection, and sends that waited are due again.
        """
        ...

    async def disconnect(self, tenant: TenantId, account: AccountId) -> Unsubscription | None:
        """Ends the account and destroys its tokens; again: nothing happens.

        Returns what must be unsubscribed at Meta, already kept for retrying, or None while a sibling
        account still needs the same Page, or when there is nothing to unsubscribe.
        """
        ...

    async def forget_person(self, person: str, until: datetime) -> int:
        """Disconnects what somebody connected up to then, of whichever tenant, and forgets them; how many.

        Nothing is left to do at Meta: their tokens are no longer good for anything. Again: nothing happens.
        """
        ...

    async def needs_login(
        self, tenant: TenantId, account: AccountId, reason: StatusReason, *, as_of: datetime
    ) -> None:
        """Marks that only a new login helps; the first reason is kept.

        ``as_of`` is the ``connected_at`` of the login that it is said of: nothing happens when the account
        was connected anew since.
        """
        ...

    async def token(self, tenant: TenantId, account: AccountId) -> Secret:
        """The token to act for the account. AccessRevoked when there is none or it cannot be opened."""
        ...

    async def subscribed(self, tenant: TenantId, account: AccountId, problem: str | None) -> None:
        """Notes that Meta will send webhooks, or why not yet."""
        ...

    async def due_subscriptions(self, limit: int) -> Sequence[Subscription]:
        """Claims accounts that are not subscribed yet and whose next try is due, for a minute each."""
        ...

    async def due_unsubscriptions(self, limit: int) -> Sequence[Unsubscription]:
        """Claims what is still to be unsubscribed and whose next try is due, for a minute each."""
        ...

    async def unsubscribed(self, unsubscription: str) -> None:
        """Forgets the unsubscription and its token."""
        ...


class AccountPictures(Protocol):
    """Where Meta has the pictures of Instagram accounts; of Pages they are not asked for."""

    async def due(self, limit: int) -> Sequence[Account]:
        """Claims active accounts whose picture is to be asked for, for ten minutes each.

        A week after it was last told, and at once when somebody found the address dead.
        """
        ...

    async def save(self, tenant: TenantId, account: AccountId, url: str | None) -> None:
        """Keeps where it is, for a week; None = there is none. Told when one came or went. NotFound."""
        ...

    async def put_off(self, tenant: TenantId, account: AccountId, after: timedelta) -> None:
        """What is known stays, and Meta is asked again after a while. NotFound."""
        ...


class AccountCare(Protocol):
    """When accounts are looked after, by one process at a time. A stale fence changes nothing.

    A claim is stale once its ten minutes are over, and when the account was connected anew or disconnected.
    """

    async def due(self, limit: int) -> Sequence[CareClaim]:
        """Claims active accounts that are to be looked at: a day after they were connected, then when they
        were put off to."""
        ...

    async def renew(self, claim: CareClaim, token: Secret, expires_at: datetime) -> bool:
        """Keeps an account's own token in place of the former one, and tells of it. False = a stale fence."""
        ...

    async def keep(self, claim: CareClaim, account: Account, *, expiring: bool) -> bool:
        """Keeps when token and access to data end; False = the fence is stale.

        Told when that is news, and once when the account begins to expire.
        """
        ...

    async def put_off(
        self, claim: CareClaim, after: timedelta, *, doubted: bool = False, problem: str | None = None
    ) -> bool:
        """Ends the claim, to look again after a while; ``problem`` is logged. False = the fence is stale."""
        ...


class Journal(Protocol):
    """Every signed body as it came, and what became of each of its items."""

    def append(self, delivery: Delivery) -> Awaitable[None]:
        """Keeps the body and does what it says; done only when both are committed.

        When the projection fails, the body alone is committed and its items wait for ``project_due``.
        StorageUnavailable when it cannot be stored in time.
        """
        ...

    async def claim_due(self, limit: int) -> Sequence["PendingItem"]:
        """Claims items that wait for their projection, in order of arrival, with a lease and a fence."""
        ...

    async def project(self, claimed: Sequence[tuple["PendingItem", WebhookItem | None]]) -> None:
        """Does what the items say, each exactly once; None = the present reader no longer finds it.

        What fails is tried again later and, after five attempts, quarantined with its reason; the others
        do not suffer from it. Without a route an item stays unrouted; what is about a message that is not
        here yet waits for it. A stale fence changes nothing.
        """
        ...

    async def redact(self, without: "Redaction") -> int:
        """Rewrites the bodies that hold what was taken back, for which there may be many; how many were due.

        Once soon after, and once more when Meta no longer repeats what it sent before.
        """
        ...

    async def keep_partitions(self, journal_days: int, event_days: int) -> None:
        """Makes the coming days' partitions and drops those past the retention."""
        ...


class Redaction(Protocol):
    """Takes messages out of a webhook's body."""

    def __call__(self, body: bytes, ids: Set[MetaMessageId]) -> bytes | None:
        """The body without them; None when it holds none of them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingItem:
    """One item of a journalled body that waits for its projection."""

    id: str
    body: bytes
    signed_by: Login
    index: int
    received_at: datetime
    attempt: int
    fence: str


class WebhookReader(Protocol):
    """Understands Meta's webhooks."""

    def read(self, body: bytes) -> Reading:
        """What the bytes say; total: whatever they are, it returns."""
        ...


class Signatures(Protocol):
    """Checks that a body came from Meta."""

    def signer(self, body: bytes, header: bytes | None) -> Login | None:
        """Whose secret signed exactly these bytes, or None. Constant-time on the digest."""
        ...

    def person(self, signed_request: str) -> TakenBack | None:
        """Whom a callback of Meta's is about; None unless Meta signed exactly that."""
        ...

    def is_verify_token(self, token: str) -> bool:
        """Whether this is the token of the verify handshake. Constant-time."""
        ...


class Conversations(Protocol):
    """Contacts, conversations and their messages."""

    async def find(self, tenant: TenantId, account: AccountId, contact: ContactId) -> Conversation:
        """The conversation; an empty one, which nothing opened, when the contact never wrote."""
        ...

    async def list(
        self,
        tenant: TenantId,
        account: AccountId,
        *,
        limit: int,
        after: After | None,
        query: str | None,
        unread: bool | None,
    ) -> Page[Conversation]:
        """Newest first; ``query`` is a part of the contact's name or username, case and accents apart."""
        ...

    async def messages(
        self, tenant: TenantId, account: AccountId, contact: ContactId, *, limit: int, after: After | None
    ) -> Page[Message]:
        """Newest first; nobody's messages are an empty page."""
        ...

    async def message(
        self, tenant: TenantId, account: AccountId, contact: ContactId, message: MessageId
    ) -> Message:
        """One message; of a part, the whole. NotFound."""
        ...

    async def mark_read(self, tenant: TenantId, account: AccountId, contact: ContactId) -> bool:
        """Nothing is unread any more; whether anything was. NotFound when the contact never wrote."""
        ...

    async def note(
        self,
        tenant: TenantId,
        account: AccountId,
        contact: ContactId,
        message: MessageId,
        *,
        change: Reacted | Hidden,
        at: datetime,
    ) -> None:
        """Folds in what was done at Meta from here, as if Meta had told of it. NotFound.

        Of a message in parts, ``message`` is the part to which it was done.
        """
        ...

    async def hand_over(
        self, tenant: TenantId, account: AccountId, contact: ContactId, *, owner: str | None, at: datetime
    ) -> None:
        """Notes who has the thread, unless something later is known; told when that is news. NotFound."""
        ...

    async def unreachable(self, tenant: TenantId, account: AccountId, contact: ContactId) -> None:
        """Notes that Meta says the contact cannot receive messages."""
        ...

    async def due_profiles(self, limit: int) -> Sequence[Contact]:
        """Claims contacts whose profile is to be asked for, for a minute each.

        Whoever just wrote and has no name comes first, then known people who wrote since their profile
        was fetched a week or longer ago, then those of the history.
        """
        ...

    async def save_profile(self, contact: Contact, profile: ContactProfile | None) -> None:
        """Keeps the profile for a week; None = Meta does not give it, which is asked again after a day,
        then ever more rarely, at last once a week."""
        ...


class Forgetting(Protocol):
    """Rewrites a body of Meta's."""

    def __call__(self, body: bytes, whom: Forgotten) -> bytes | None:
        """The body without what a contact said and who they are; None when it has nothing of them."""
        ...


class Deletions(Protocol):
    """The deletion of contacts. What is older than a deletion cannot come back, by whatever way."""

    async def begin(self, tenant: TenantId, account: AccountId, contact: ContactId) -> None:
        """Takes the contact out of the lists, their answers out of the outbox, and tells it. NotFound.

        Both of the contact's conversations are meant, whichever is named. Again: it begins anew.
        """
        ...

    async def claim_due(self, limit: int) -> Sequence[DeletionClaim]:
        """Claims deletions that are to be worked at."""
        ...

    async def redact(self, claims: Sequence[DeletionClaim], without: Forgetting) -> None:
        """Rewrites the bodies in the journal that hold something of these contacts."""
        ...

    async def clear(self, claim: DeletionClaim) -> bool:
        """Deletes some of the contact's rows, and has their files deleted; True when there may be more."""
        ...

    async def settle(self, claim: DeletionClaim) -> bool:
        """All is gone: it is gone over once more, and then the contact's id is forgotten, too.

        False when the fence is stale, or something older came in meanwhile.
        """
        ...


class Histories(Protocol):
    """Reading back what was said before: one run at a time for each account, and what it found."""

    async def of(self, tenant: TenantId, account: AccountId) -> History | None:
        """The account's present or latest run; None when there is no such account."""
        ...

    async def claim_due(self, limit: int) -> Sequence[Run]:
        """Claims due runs of active accounts, with a lease and a fence; one that was left goes on where it
        was. That a run begins is told."""
        ...

    async def keep(self, run: Run, found: Sequence[PastConversation], cursor: str | None) -> Run | None:
        """Adds what is missing here, marked as imported, and notes how far the run is.

        Nobody is told of a message: each conversation that changed is told of once. What the business wrote
        is left out while sends of ours in that conversation have not ended, since it may be one of them.
        None, and nothing changed, when the fence is stale or the account no longer active.
        """
        ...

    async def put_off(self, run: Run, after: timedelta, problem: str | None) -> bool:
        """Gives the run back, to go on after a while; False when the fence is stale."""
        ...

    async def finish(self, run: Run, next_at: datetime) -> bool:
        """The run has ended: the account is synced, and due again then, or at once when it was asked for
        meanwhile. A repair that found what webhooks missed has its Page subscribed again. False when the
        fence is stale."""
        ...

    async def fail(self, run: Run, problem: str, next_at: datetime) -> bool:
        """The run has ended for a cause that only people can mend. False when the fence is stale."""
        ...

    async def repair(self, tenant: TenantId, source: WebhookSource) -> None:
        """Webhooks of this source may have been missed: each of its active accounts is looked at within
        minutes, and once more when its present run has ended."""
        ...

    async def beat(self) -> bool:
        """Says that this service receives webhooks; True when nobody had said so for two minutes.

        Then every active account is to be looked at within minutes, and its Page subscribed again.
        """
        ...


class Outbox(Protocol):
    """Messages on their way to Meta. What is put here is never lost and never silently sent twice."""

    async def put(
        self, message: Message, content: Content, reply_to: MetaMessageId | None, once: Once | None
    ) -> None:
        """Commits the message as queued, before anything is sent. InFlight or KeyReused for a taken key,
        PrivateReplyUsed for a comment that has its private answer, or may have it, NotFound for an upload.

        Of a message in parts each part is queued, to be claimed and settled under its own id; people see,
        and are told of, the whole alone, whose state is that of its parts.
        """
        ...

    async def answer_of(self, tenant: TenantId, once: Once) -> Message | None:
        """The answer this key already has, as it was first given; None when the key is new.

        Raises the stored Refused again, KeyReused for another fingerprint, and InFlight while the
        first request has not ended. A key whose request died, or whose message was unsent, answers with
        the message's present state.
        """
        ...

    async def remember(self, tenant: TenantId, once: Once, answer: "Message | RefusedAnswer") -> None:
        """Keeps the answer for 24 hours; nothing of a message that was unsent, or whose part was.

        A refusal without a message is kept only where the key has none either.
        """
        ...

    async def forget_keys(self, limit: int) -> int:
        """Forgets keys of all tenants that are older than 24 hours, with their answers; how many."""
        ...

    async def claim(self, tenant: TenantId, message: MessageId) -> Claim | None:
        """Claims this message, committed as sending; None while it is not its turn or not queued.

        Nor while its account is paused, or has ``SENDS_AT_ONCE`` on their way already.
        """
        ...

    async def claim_due(self, limit: int) -> Sequence[Claim]:
        """Claims due messages of all tenants: in order within a conversation, fair between accounts, and
        those of people before those of automations; bounded for each account as ``claim`` is."""
        ...

    async def hold(self, claim: Claim, lasting: timedelta, *, handing_over: bool = False) -> bool:
        """Has the lease last this long from now; False = the claim was lost, and nothing may be sent.

        ``handing_over`` = nothing is sent before the claim is held once more without it.
        """
        ...

    async def settle(self, claim: Claim, outcome: Outcome) -> Message:
        """Records what came of it and returns the message as it now is.

        When an echo settled it first, the echo's word stands. A stale fence changes nothing but an
        unknown outcome into a known one. An outcome that concerns the whole account pauses it: all that
        wait with it then show when they go.
        """
        ...

    async def claim_waiting(self, limit: int) -> Sequence[Waiting]:
        """What has waited for minutes on an account that needs a login, is paused or gone, each asked for
        once in ``ASKED_EVERY``."""
        ...

    async def give_up(self, message: Message, error: SendError) -> None:
        """It is not sent any more: ``failed``, or ``unknown`` when an earlier attempt may have arrived.

        Nothing happens when it has left, or a person queued it anew, meanwhile.
        """
        ...

    async def expire_leases(self) -> int:
        """Ends ``sending`` of dead processes as ``unknown``, or ``queued`` again where a file was still being
        handed over; how many."""
        ...


class Outcomes(Protocol):
    """Sends that Meta is not known to have: those of which nobody knows, and those that failed."""

    async def claim_due(self, limit: int) -> Sequence[Doubt]:
        """Claims unknown sends of active accounts that are to be looked for at Meta, with a lease.

        Each ten seconds after its attempt began, few of one account at once.
        """
        ...

    async def look_again(self, doubt: Doubt, after: timedelta | None, *, held_back: bool = False) -> None:
        """Gives the send back, to be looked for after a while, if that is within two minutes; None = not by
        itself any more. A stale claim changes nothing.

        ``held_back`` = Meta was not to be asked, so that it was no look: the two minutes begin anew after
        that while, at the latest an hour after the attempt ended.
        """
        ...

    async def settle(self, message: Message, found: Sequence[WebhookItem]) -> Message:
        """Settles the send if it must be one of what the account wrote, as just read at Meta; the message as
        it now is. NotFound."""
        ...

    async def content_of(self, tenant: TenantId, message: MessageId) -> Content | None:
        """What was to be sent, as long as it is kept."""
        ...

    async def put_back(
        self, tenant: TenantId, messages: Sequence[MessageId], *, human_agent: bool
    ) -> Sequence[Message]:
        """Queues unknown or failed sends once more, all or none; whatever else became of one stands.

        The messages as they now are, in the order given. NotFound; CannotResend when what was to be sent is
        no longer kept; PrivateReplyUsed when the comment has, or may have, another private answer.
        """
        ...

    async def forget(self) -> int:
        """Forgets what was to be sent, a week after it failed or became unknown; how many."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedAnswer:
    """A refusal as it is kept under an idempotency key."""

    code: str
    detail: str
    kind: RefusalKind
    message: Message | None = None

    @classmethod
    def of(cls, refused: Refused) -> "RefusedAnswer":
        """The refusal as it is kept."""
        return cls(code=refused.code, detail=refused.detail, kind=refused.kind, message=refused.message)

    def again(self) -> Refused:
        """The same refusal, to be raised once more."""
        return Refused(self.detail, code=self.code, kind=self.kind, message=self.message)


class Dispatch(Protocol):
    """Sends one queued message now, if it is its turn."""

    async def __call__(self, message: Message) -> Message:
        """The message as it is after at most ten seconds; never raises for what Meta answers."""
        ...


class MetaLogin(Protocol):
    """The dialog of one of Meta's logins, and what is redeemed after it."""

    def dialog_url(self, state: Secret, wanted: Wanted) -> str:
        """Where the browser is sent to log in."""
        ...

    async def redeem(self, code: Secret, wanted: Wanted) -> Grant:
        """Exchanges the code for tokens and looks up what was granted.

        ConnectFailed with ``code_invalid``, ``wrong_app``, ``no_accounts`` or ``meta_refused``;
        GraphUnavailable.
        """
        ...


class GraphApi(Protocol):
    """The Graph calls that act for one account."""

    async def send(
        self,
        account: Account,
        token: Secret,
        message: Message,
        content: Content,
        reply_to: MetaMessageId | None,
    ) -> Outcome:
        """Sends; the message's id goes along as metadata, by which its echo is known. Never raises for
        what the network or Meta does: that is the outcome."""
        ...

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
        """Gives Meta a copy of a file, to be named in messages. Never raises, and never sends anything.

        ``automated``: for an automation's message, which lets people's go first.
        """
        ...

    async def hide_comment(
        self, account: Account, token: Secret, comment: MetaMessageId, *, hide: bool
    ) -> None:
        """Hides a comment from the public, or shows it again; again: nothing happens.

        GraphUnavailable, AccessRevoked, RefusedByMeta.
        """
        ...

    async def mark_seen(self, account: Account, token: Secret, contact: ContactId) -> None:
        """Shows the contact that we read it. GraphUnavailable, AccessRevoked, RefusedByMeta."""
        ...

    async def profile(self, account: Account, token: Secret, contact: ContactId) -> ContactProfile | None:
        """The contact's profile, None when Meta does not give it. GraphUnavailable, AccessRevoked."""
        ...

    async def picture(self, account: Account, token: Secret) -> str | None:
        """Where the Instagram account's picture is; None = it has none.

        GraphUnavailable, AccessRevoked, RefusedByMeta.
        """
        ...

    async def history(
        self,
        account: Account,
        token: Secret,
        after: str | None,
        contact: ContactId | None = None,
        *,
        urgent: bool = False,
    ) -> PastPage:
        """Conversations that were changed last, or those after this cursor, or the one with this contact.

        ``urgent``: somebody waits for it. GraphUnavailable, AccessRevoked, RefusedByMeta.
        """
        ...

    async def inspect(self, account: Account, token: Secret) -> TokenFacts:
        """What Meta says of the account's token. GraphUnavailable."""
        ...

    async def renew(self, account: Account, token: Secret) -> RenewedToken:
        """A token of Instagram Login for 60 more days; the former one is good as long as it was.

        GraphUnavailable, AccessRevoked; RefusedByMeta for one that is less than a day old.
        """
        ...

    async def subscribed_fields(self, source: WebhookSource, token: Secret) -> frozenset[str]:
        """Which webhook fields it sends us. GraphUnavailable, AccessRevoked, RefusedByMeta."""
        ...

    async def subscribe(self, source: WebhookSource, token: Secret) -> None:
        """Has it send us webhooks, read back. GraphUnavailable, AccessRevoked, RefusedByMeta."""
        ...

    async def mend_subscription(self, source: WebhookSource, token: Secret) -> frozenset[str]:
        """Subscribes it again where it lacks something; what it sends since then that it did not before.

        GraphUnavailable, AccessRevoked, RefusedByMeta.
        """
        ...

    async def unsubscribe(self, source: WebhookSource, token: Secret) -> None:
        """Ends that. GraphUnavailable, AccessRevoked, RefusedByMeta."""
        ...


class GraphActions(Protocol):
    """What is done for one account beside messages; each does no harm when it is done again.

    All raise GraphUnavailable, AccessRevoked, RefusedByMeta.
    """

    async def typing(self, account: Account, token: Secret, contact: ContactId, *, on: bool) -> None:
        """Shows the contact that somebody types, or no longer; it ends by itself after some seconds."""
        ...

    async def react(
        self,
        account: Account,
        token: Secret,
        contact: ContactId,
        message: MetaMessageId,
        reaction: str | None,
    ) -> None:
        """Reacts by a name or an emoji in place of a former reaction; None takes it back."""
        ...

    async def control_thread(
        self, account: Account, token: Secret, contact: ContactId, control: ThreadControl
    ) -> None:
        """Takes the conversation, passes it on or lets go of it."""
        ...


class MessengerProfiles(Protocol):
    """What people see before they write; Meta takes few such calls, so GraphUnavailable may ask for minutes.

    Both raise GraphUnavailable, AccessRevoked, RefusedByMeta.
    """

    async def get(self, account: Account, token: Secret) -> MessengerProfile:
        """The profile as it is."""
        ...

    async def replace(self, account: Account, token: Secret, profile: MessengerProfile) -> None:
        """Sets what is given and removes the rest of what the surface offers; what fails may be half done."""
        ...


class MediaFiles(Protocol):
    """The files of messages: what is known of each, and what is still to be done."""

    async def get(self, tenant: TenantId, media: MediaId) -> Media:
        """The file. NotFound."""
        ...

    async def claim_due(self, limit: int) -> Sequence[MediaClaim]:
        """Claims files to be fetched whose next try is due, with a lease and a fence."""
        ...

    async def settle(self, media: Media, outcome: MediaOutcome, fence: str | None = None) -> None:
        """Records what came of a try, with the message that shows it and its event.

        A stale fence changes nothing, nor does anything about a file that is settled already or gone;
        without a fence it is what somebody who looked at the file found.
        """
        ...

    async def claim_discarded(self, limit: int) -> Sequence[Discarded]:
        """Claims blobs of files that are gone and are to be deleted now, for a minute each."""
        ...

    async def forget_discarded(self, discarded: Discarded) -> None:
        """The blob is deleted."""
        ...


class Uploads(Protocol):
    """Files that agents send, and the copies of them that Meta was given for each account."""

    async def add(self, upload: Upload) -> None:
        """Notes a file before its bytes are put anywhere; until it is ``ready`` nobody finds it."""
        ...

    async def ready(self, upload: Upload) -> None:
        """Its bytes are in the blob store."""
        ...

    async def get(self, tenant: TenantId, upload: UploadId) -> Upload:
        """The file. NotFound."""
        ...

    async def copy(self, upload: Upload, account: AccountId, kind: MediaKind) -> str | None:
        """Meta's id of its copy; None when it was never given one, or so long ago that it forgets it."""
        ...

    async def keep_copy(
        self, upload: Upload, account: AccountId, kind: MediaKind, attachment_id: str
    ) -> None:
        """Meta has this copy now, in place of a former one."""
        ...

    async def forget_copy(
        self, upload: Upload, account: AccountId, kind: MediaKind, attachment_id: str
    ) -> None:
        """Meta no longer has this copy; another one stays known."""
        ...

    async def discard_unsent(self, limit: int) -> int:
        """Forgets files from more than a day ago that no message shows; how many."""
        ...


class FileKinds(Protocol):
    """Tells files by their bytes."""

    async def of(self, content: bytes) -> FetchedFile:
        """The bytes with what they are, whatever they are called."""
        ...


class MediaSource(Protocol):
    """Where Meta has the files."""

    async def fetch(self, url: str) -> FetchedFile:
        """The whole file. LinkDead, LinkBarred, GraphUnavailable."""
        ...

    async def fresh_links(self, account: Account, token: Secret, message: MetaMessageId) -> FreshLinks:
        """Where the message's files are now. GraphUnavailable, AccessRevoked, RefusedByMeta."""
        ...


class Blobs(Protocol):
    """A store of bytes under keys of our own making: letters, digits and hyphens."""

    async def put(self, key: str, content: bytes) -> None:
        """Keeps the bytes, whole or not at all, in place of former ones. StorageUnavailable."""
        ...

    async def read(self, key: str, first: int, last: int) -> AsyncIterator[bytes]:
        """The bytes from ``first`` to ``last``, both included. NotFound, StorageUnavailable."""
        ...

    async def delete(self, key: str) -> None:
        """Nothing is there any more; again: nothing happens. StorageUnavailable."""
        ...


class EventLog(Protocol):
    """What changed for each tenant, in the order of its commits; a place in it is a ``seq``, 0 = before all.

    A change that a reader has passed never appears behind it, however late it was committed.
    """

    async def heads(self, tenants: Collection[TenantId]) -> Mapping[TenantId, int]:
        """Where each tenant's log ends now; 0 for one that has none."""
        ...

    async def read(self, tenant: TenantId, after: int | None, limit: int) -> LogPage:
        """The events behind ``after``, with what they are about as it is now; None = from the oldest on."""
        ...

    async def tell(self, tenant: TenantId, logged: Sequence[LoggedEvent]) -> Sequence[Event]:
        """These events with what they are about as it is now, whether or not the log still has them.

        Those whose subject is gone are left out.
        """
        ...


class Consumers(Protocol):
    """How far each consumer of the event log has come with each tenant.

    A tenant's log is in the hands of one reader of that name at a time, by a lease. A stale fence changes
    nothing.
    """

    async def claim(
        self, consumer: str, tenant: TenantId | None, *, handles: bool = False
    ) -> ConsumerClaim | None:
        """Claims a log that has more for this consumer, whoever waited longest first; None = no more.

        None as ``tenant`` = any. What was put off is left until it is due. ``handles`` = when this lease runs
        out and nothing was acknowledged by then, what follows counts as failed once more.
        """
        ...

    async def advance(self, claim: ConsumerClaim, seq: int, *, missed: bool = False) -> bool:
        """Everything up to ``seq`` is done with, and the lease begins anew; False = the claim was lost.

        A claim that was released counts as long as nobody else has the log. ``missed`` = nobody has been
        told yet that something was lost.
        """
        ...

    async def hold(self, claim: ConsumerClaim) -> bool:
        """The lease begins anew; False = the claim was lost or released."""
        ...

    async def put_off(self, claim: ConsumerClaim, after: timedelta) -> bool:
        """Gives the log back, to be claimed after a while at the claim's ``seq``, ``attempt`` and ``missed``.

        False = the claim was lost.
        """
        ...

    async def release(self, claim: ConsumerClaim) -> None:
        """Gives the log back, to be claimed at once."""
        ...

    async def leave(self, claim: ConsumerClaim) -> None:
        """Leaves the log to the lease, which begins anew; that it runs out counts as no failure."""
        ...


class DeadLetters(Protocol):
    """Events that handlers failed at for good. A stale fence changes nothing."""

    async def add(self, claim: ConsumerClaim, event: LoggedEvent, attempts: int, error: str) -> bool:
        """Sets the event aside and has the consumer go on behind it; False = the claim was lost."""
        ...

    async def of(self, consumer: str | None, tenant: TenantId | None, limit: int) -> Sequence[DeadLetter]:
        """Those of one consumer or all, one tenant or all, that failed first first."""
        ...

    async def replay(self, consumer: str | None, tenant: TenantId | None, ids: Collection[str] | None) -> int:
        """Has these events, or all, handled once more; how many."""
        ...

    async def discard(
        self, consumer: str | None, tenant: TenantId | None, ids: Collection[str] | None
    ) -> int:
        """Forgets these events, or all; how many."""
        ...

    async def claim(self, consumer: str) -> tuple[ConsumerClaim, DeadLetter] | None:
        """Claims one that is to be handled once more, with its tenant's log; None = there is none.

        The claim's ``attempt`` is 1 when the lease of whoever had it in hand before ran out.
        """
        ...

    async def settle(self, claim: ConsumerClaim, letter: DeadLetter, error: str | None) -> bool:
        """It is handled and gone, or failed once more; False = the claim was lost."""
        ...


class CannedReplies(Protocol):
    """What agents answer again and again. What is another tenant's is NotFound."""

    async def list(self, tenant: TenantId) -> Sequence[CannedReply]:
        """All of the tenant's, by ``key``."""
        ...

    async def add(self, reply: CannedReply) -> None:
        """Keeps a new one. ShortcutTaken, TooManyCannedReplies."""
        ...

    async def change(
        self, tenant: TenantId, reply: CannedReplyId, *, shortcut: str | None, text: str | None
    ) -> CannedReply:
        """The changed one; None = it stays. NotFound, ShortcutTaken."""
        ...

    async def delete(self, tenant: TenantId, reply: CannedReplyId) -> None:
        """Forgets it. NotFound."""
        ...


class WebhookEndpoints(Protocol):
    """Where tenants have their events posted. What is another tenant's is NotFound."""

    async def add(self, endpoint: WebhookEndpoint, secret: Secret) -> None:
        """Keeps a new endpoint, its secret sealed; told is what is logged from now on. TooManyEndpoints."""
        ...

    async def list(self, tenant: TenantId) -> Sequence[WebhookEndpoint]:
        """Every endpoint of the tenant, oldest first."""
        ...

    async def get(self, tenant: TenantId, endpoint: EndpointId) -> WebhookEndpoint:
        """The endpoint. NotFound."""
        ...

    async def update(self, tenant: TenantId, endpoint: EndpointId, change: EndpointChange) -> WebhookEndpoint:
        """The changed endpoint; enabling forgets why it was disabled, and goes on where it was. NotFound."""
        ...

    async def rotate(self, tenant: TenantId, endpoint: EndpointId, secret: Secret) -> WebhookEndpoint:
        """Signs with this secret from now on, and for 24 hours with the former one as well. NotFound."""
        ...

    async def delete(self, tenant: TenantId, endpoint: EndpointId) -> None:
        """Forgets the endpoint; its deliveries are never claimed again. NotFound."""
        ...

    async def secrets(self, tenant: TenantId, endpoint: EndpointId) -> Sequence[Secret]:
        """What is signed with now, the newest first; empty when it cannot be opened. NotFound."""
        ...


class WebhookDeliveries(Protocol):
    """What became of the events that were to be posted: one row for each event and endpoint."""

    async def list(
        self,
        tenant: TenantId,
        endpoint: EndpointId,
        *,
        state: DeliveryState | None,
        limit: int,
        before: int | None,
    ) -> DeliveryPage:
        """The endpoint's deliveries, newest event first. NotFound."""
        ...

    async def replay(self, tenant: TenantId, endpoint: EndpointId, seq: int) -> bool:
        """Has this one posted anew; False while an attempt is under way. NotFound."""
        ...

    async def replay_failed(self, tenant: TenantId, endpoint: EndpointId, since: datetime, limit: int) -> int:
        """The same for ``failed`` ones made since then, oldest first; how many. NotFound."""
        ...


class WebhookQueue(Protocol):
    """What is to be posted where, as those see it who post."""

    async def take(self, limit: int) -> int:
        """Makes deliveries of what was logged since for each endpoint that is behind; how many.

        At most ``limit`` events for each, a thousand or so for all, and each event once, however many take at
        the same time.
        """
        ...

    async def claim_due(self, limit: int) -> Sequence[DeliveryClaim]:
        """Claims what is due of enabled endpoints, in the log's order, with a lease and a fence.

        Whose tenant has the fewest under way comes first, then whose endpoint has. No endpoint has more than
        four under way and no tenant more than six. A lease that ran out is claimed again.
        """
        ...

    async def settle(self, claim: DeliveryClaim, outcome: DeliveryOutcome) -> bool:
        """Notes how it stands; False and nothing when the fence is stale.

        Disables an endpoint that wants no more, or at which nothing arrived for three days. An outcome that
        does not count leaves the number of attempts and all that is known of the last one as they were.
        """
        ...

    async def forget(self, limit: int) -> int:
        """Forgets old deliveries, those of deleted endpoints, and secrets that sign no more; how many."""
        ...


class WebhookPoster(Protocol):
    """The way to receivers; it raises for nothing that they do."""

    def require_allowed(self, url: str) -> None:
        """Raises LinkBarred for an address that nothing may ever be posted to, without asking anybody."""
        ...

    async def post(self, url: str, secrets: Sequence[Secret], id_: str, body: bytes) -> Posted:
        """One attempt, signed with each secret; ends within 15 seconds. TooManyAtOnce, with nothing tried."""
        ...


class EventBodies(Protocol):
    """Events as those outside read them."""

    def of(self, event: Event) -> bytes:
        """The body that tells of the event."""
        ...

    def ping(self, id_: str, tenant: TenantId, at: datetime) -> bytes:
        """The body that tells of nothing, to try an endpoint with."""
        ...


class EventHints(Protocol):
    """Tells, within this process, that something was logged; only a hint, with a poll behind it."""

    async def wait(self, seen: int, timeout: timedelta) -> int:
        """Returns once there were more hints than ``seen``, at the latest after ``timeout``: how many."""
        ...


class LiveTickets(Protocol):
    """What opens live connections: each once, even for two at the same instant."""

    async def put(self, ticket: Secret, lets_in: LivePass, life: timedelta) -> datetime:
        """Keeps a new ticket; returns when it expires."""
        ...

    async def take(self, ticket: Secret) -> LivePass:
        """Uses the ticket up. NotFound when it is unknown, used or expired."""
        ...


class Wakeups(Protocol):
    """A hint that work waits, within this process or from another; there is always a poll behind it."""

    def wake(self, what: str) -> None:
        """Tells this process's workers: ``journal``, ``outbox``, ``accounts``, ``media`` or ``webhooks``."""
        ...

    async def wait(self, what: str, timeout: timedelta) -> None:
        """Returns when there is a hint, at the latest after ``timeout``."""
        ...


class Readiness(Protocol):
    """How this process and what it depends on are doing."""

    async def conditions(self) -> Sequence[Condition]:
        """One each for database, schema, event loop, jobs and the oldest waiting webhook; never raises."""
        ...
