"""Meta as we believe it to be: one model behind the in-process fake and behind the sandbox.

Plain Python in Meta's own words: no I/O, no clock and no chance of its own. What it does follows from the
clock and the seed it is given. Its parts:

    oauth          the login dialog, codes and their exchange
    permissions    what was granted, and what Meta tells about a token
    pages          Pages and the Instagram accounts linked to them
    subscriptions  which webhooks the app and each Page are subscribed to
    messages       the Send API
    routing        which app answers a conversation that several share
    profiles       what people see before they write
    instagram      accounts that act for themselves, by Instagram Login
    instagram_login  its dialog, codes and their exchange
    attachments    the files that a business hands over before it sends them
    conversations  profiles, conversations, single messages
    contacts       the people who write to a business: tests and the sandbox's page play them
    phones         what each of them has on the screen
    stories        what an account shows for a day, and contacts that answer or mention it
    comments       what they write in public, under the business's posts, and what it answers there
    limits         how much of all that in what time
    media          the files that people send, and their links
    webhooks       what is told to the app, escaped and signed
    faults         what is to go wrong
    chaos          what goes wrong by chance
    troubles       all that is made to go wrong, ended at once
    access         tokens and proofs

Graph calls raise GraphError as Meta would answer it. Whoever serves them goes through ``call``, which
lets the planned faults play::

    attempt = world.call("messages", lambda: world.messages.send(caller, page_id, body))

``Attempt`` then holds the answer or the error, and the fault that spoilt it; ``fault.leaves_doubt`` says
that the caller learns neither.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from meta_inbox.adapters.meta_graph.world_access import Access, Caller
from meta_inbox.adapters.meta_graph.world_attachments import Attachments
from meta_inbox.adapters.meta_graph.world_chaos import Weather
from meta_inbox.adapters.meta_graph.world_comments import Comments
from meta_inbox.adapters.meta_graph.world_contacts import Contacts
from meta_inbox.adapters.meta_graph.world_conversations import Conversations
from meta_inbox.adapters.meta_graph.world_faults import Attempt, Fault, Faults, under
from meta_inbox.adapters.meta_graph.world_ground import Ground, InstagramApp, State
from meta_inbox.adapters.meta_graph.world_instagram import Instagram
from meta_inbox.adapters.meta_graph.world_instagram_login import InstagramLogin
from meta_inbox.adapters.meta_graph.world_limits import Limits
from meta_inbox.adapters.meta_graph.world_media import Media
from meta_inbox.adapters.meta_graph.world_messages import Messages
from meta_inbox.adapters.meta_graph.world_oauth import OAuth
from meta_inbox.adapters.meta_graph.world_pages import Pages
from meta_inbox.adapters.meta_graph.world_people import settle
from meta_inbox.adapters.meta_graph.world_permissions import Permissions
from meta_inbox.adapters.meta_graph.world_phones import Phones
from meta_inbox.adapters.meta_graph.world_profile import Profiles
from meta_inbox.adapters.meta_graph.world_routing import Routing
from meta_inbox.adapters.meta_graph.world_stories import Stories
from meta_inbox.adapters.meta_graph.world_subscriptions import Subscriptions
from meta_inbox.adapters.meta_graph.world_troubles import Troubles
from meta_inbox.adapters.meta_graph.world_values import InstagramAccount, Page, Person, Quirks, Sent
from meta_inbox.adapters.meta_graph.world_webhooks import Webhooks
from meta_inbox.domain.model.secret import Secret

T = TypeVar("T")


class World:
    """One Meta, with one app in it, which has an id and a secret of its own for Instagram Login.

    ``seed`` makes the ids: another run that is to be distinct needs another seed. ``empty`` leaves the
    default people out. ``redirect_uris`` empty = any address is registered.
    """

    def __init__(
        self,
        app_id: str,
        app_secret: Secret,
        *,
        verify_token: Secret,
        clock: Callable[[], datetime],
        seed: str = "world",
        version: str = "v26.0",
        redirect_uris: frozenset[str] = frozenset(),
        instagram_app: InstagramApp | None = None,
        empty: bool = False,
    ) -> None:
        self.ground = Ground(
            app_id=app_id,
            app_secret=app_secret,
            verify_token=verify_token,
            version=version,
            clock=clock,
            state=State(seed=seed),
            instagram_app=instagram_app or InstagramApp(),
        )
        self.faults = Faults()
        self.weather = Weather()
        self.faults.chance = self.weather.fault
        self.troubles = Troubles(ground=self.ground, faults=self.faults, weather=self.weather)
        self.access = Access(ground=self.ground)
        self.oauth = OAuth(ground=self.ground, access=self.access, redirect_uris=redirect_uris)
        self.permissions = Permissions(ground=self.ground, access=self.access)
        self.pages = Pages(ground=self.ground, access=self.access)
        self.subscriptions = Subscriptions(ground=self.ground, access=self.access, pages=self.pages)
        self.instagram = Instagram(ground=self.ground, access=self.access)
        self.webhooks = Webhooks(ground=self.ground, scoped=self.instagram.scoped)
        self.contacts = Contacts(ground=self.ground, webhooks=self.webhooks)
        self.phones = Phones(ground=self.ground, contacts=self.contacts)
        self.stories = Stories(ground=self.ground, contacts=self.contacts)
        self.comments = Comments(
            ground=self.ground, access=self.access, pages=self.pages, webhooks=self.webhooks
        )
        self.limits = Limits(ground=self.ground)
        self.routing = Routing(ground=self.ground, pages=self.pages)
        self.profiles = Profiles(ground=self.ground, pages=self.pages)
        self.instagram_login = InstagramLogin(
            ground=self.ground, access=self.access, instagram=self.instagram, redirect_uris=redirect_uris
        )
        self.media = Media(ground=self.ground)
        self.attachments = Attachments(ground=self.ground, pages=self.pages, media=self.media)
        self.messages = Messages(
            ground=self.ground,
            access=self.access,
            pages=self.pages,
            webhooks=self.webhooks,
            comments=self.comments,
            limits=self.limits,
            routing=self.routing,
            attachments=self.attachments,
        )
        self.conversations = Conversations(
            ground=self.ground, access=self.access, pages=self.pages, media=self.media
        )
        if not empty:
            settle(self.ground.state)

    def add(self, person: Person, pages: Sequence[Page], accounts: Sequence[InstagramAccount] = ()) -> None:
        """Adds a person with Pages and Instagram accounts."""
        state = self.ground.state
        state.people[person.id] = person
        state.pages |= {page.id: page for page in pages}
        state.instagram |= {account.id: account for account in accounts}

    def call(self, endpoint: str, act: Callable[[], T]) -> Attempt[T]:
        """Carries a Graph call out under the fault that waits for its endpoint."""
        return self.call_under(self.faults.take(endpoint), act)

    def call_under(self, fault: Fault | None, act: Callable[[], T]) -> Attempt[T]:
        """The same, for a caller that took the fault itself, so as to wait before it acts."""
        attempt = under(fault, act)
        if attempt.error is not None:
            attempt.error.fbtrace_id = self.ground.text("A", 15)
        return attempt

    def caller(self, token: str) -> Caller:
        """A caller with this token and its proof."""
        return Caller(token=token, proof=self.access.proof(token))

    def app(self) -> Caller:
        """The app itself as a caller."""
        return self.caller(self.ground.app_token)

    def now(self) -> datetime:
        """The present moment at Meta."""
        return self.ground.now()

    def advance(self, by: timedelta) -> None:
        """Lets time pass at Meta: windows close, tokens expire."""
        self.ground.state.ahead += by

    def return_to_present(self) -> None:
        """Takes back whatever time was let pass."""
        self.ground.state.ahead = timedelta(0)

    @property
    def quirks(self) -> Quirks:
        """What Meta's settings decide here."""
        return self.ground.state.quirks

    @quirks.setter
    def quirks(self, quirks: Quirks) -> None:
        self.ground.state.quirks = quirks

    @property
    def ledger(self) -> tuple[Sent, ...]:
        """Every send that Meta accepted, in order: the truth about what reached contacts."""
        return tuple(self.ground.state.ledger)

    def dump(self) -> bytes:
        """The whole state but the faults, with live tokens in it: to be kept as safe as they are."""
        return msgspec.json.encode(self.ground.state)

    def restore(self, dumped: bytes) -> None:
        """Takes a dumped state up again. ValueError when it is none."""
        try:
            self.ground.state = msgspec.json.decode(dumped, type=State)
        except msgspec.MsgspecError as error:
            raise ValueError("this is no state of a sandbox of this version") from error
