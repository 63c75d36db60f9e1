"""What every part of the world stands on: its state, its time, its ids and its secret."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from meta_inbox.adapters.meta_graph.world_errors import NoSuchThing
from meta_inbox.adapters.meta_graph.world_values import (
    AppSubscription,
    Code,
    Comment,
    Contact,
    Copy,
    Entry,
    Grant,
    InstagramAccount,
    Json,
    Page,
    Person,
    Quirks,
    Sent,
    Token,
)
from meta_inbox.domain.model.secret import Secret

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class InstagramApp:
    """The app's other id and secret, for Instagram Login."""

    id: str = "908070605040"
    secret: Secret = field(default_factory=lambda: Secret("sandbox-instagram-app-secret-of-the-fake"))


@dataclass(slots=True, kw_only=True)
class State:
    """Everything that changes in the world; it can be written down as JSON and read again."""

    seed: str
    counter: int = 0
    ahead: timedelta = timedelta(0)
    quirks: Quirks = field(default_factory=Quirks)
    people: dict[str, Person] = field(default_factory=dict[str, Person])
    pages: dict[str, Page] = field(default_factory=dict[str, Page])
    instagram: dict[str, InstagramAccount] = field(default_factory=dict[str, InstagramAccount])
    grants: dict[str, Grant] = field(default_factory=dict[str, Grant])
    codes: dict[str, Code] = field(default_factory=dict[str, Code], repr=False)
    tokens: dict[str, Token] = field(default_factory=dict[str, Token], repr=False)
    installed: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    installed_by_login: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    app_subscriptions: dict[str, AppSubscription] = field(default_factory=dict[str, AppSubscription])
    contacts: dict[str, Contact] = field(default_factory=dict[str, Contact])
    threads: dict[str, dict[str, Entry]] = field(default_factory=dict[str, dict[str, Entry]])
    comments: dict[str, Comment] = field(default_factory=dict[str, Comment])
    thread_owners: dict[str, str] = field(default_factory=dict[str, str])
    profiles: dict[str, Json] = field(default_factory=dict[str, Json])
    copies: dict[str, Copy] = field(default_factory=dict[str, Copy])
    ledger: list[Sent] = field(default_factory=list[Sent])


@dataclass(slots=True, kw_only=True)
class Ground:
    """The state with the app it belongs to. Ids follow from the seed: the same calls make the same ids."""

    app_id: str
    app_secret: Secret
    verify_token: Secret
    version: str
    clock: Callable[[], datetime]
    state: State = field(repr=False)
    public_url: str = "https://graph.facebook.com"
    media_url: str = "https://scontent.xx.fbcdn.net"
    callback_url: str = ""
    instagram_app: InstagramApp = field(default_factory=InstagramApp)

    def now(self) -> datetime:
        """The present moment at Meta."""
        return self.clock() + self.state.ahead

    def noise(self, size: int) -> bytes:
        """Bytes that look random and follow from the seed alone."""
        self.state.counter += 1
        name = f"{self.state.seed}:{self.state.counter}".encode()
        return hashlib.shake_256(name).digest(size)

    def text(self, prefix: str, size: int) -> str:
        """A new opaque text with so many bytes of noise."""
        return prefix + base64.urlsafe_b64encode(self.noise(size)).decode().rstrip("=")

    def digits(self, length: int) -> str:
        """A new id of so many digits."""
        number = int.from_bytes(self.noise(16), "big") % (9 * 10 ** (length - 1))
        return str(10 ** (length - 1) + number)

    def hmac(self, message: bytes) -> str:
        """The lower-case hex HMAC-SHA256 under the app's secret."""
        return hmac.new(self.app_secret.reveal().encode(), message, hashlib.sha256).hexdigest()

    @property
    def app_token(self) -> str:
        """The app's own access token."""
        return f"{self.app_id}|{self.app_secret.reveal()}"

    def page(self, page_id: str) -> Page:
        """The Page. NoSuchThing."""
        return self._found(self.state.pages, page_id, "Page")

    def contact(self, contact_id: str) -> Contact:
        """The contact. NoSuchThing."""
        return self._found(self.state.contacts, contact_id, "contact")

    def entry(self, contact_id: str, mid: str) -> Entry:
        """The message of this contact's conversation. NoSuchThing."""
        return self._found(self.state.threads.get(contact_id, {}), mid, "message")

    def comment(self, comment_id: str) -> Comment:
        """The comment. NoSuchThing."""
        return self._found(self.state.comments, comment_id, "comment")

    def page_of(self, account_id: str) -> Page | None:
        """The Page that is the account, or that the Instagram account is linked to."""
        pages = self.state.pages
        linked = (page for page in pages.values() if page.instagram_id == account_id)
        return pages.get(account_id) or next(linked, None)

    def put(self, contact: Contact) -> Contact:
        """Keeps the contact as it now is."""
        self.state.contacts[contact.id] = contact
        return contact

    def put_entry(self, contact: Contact, entry: Entry) -> Entry:
        """Keeps a message in the contact's conversation."""
        self.state.threads.setdefault(contact.id, {})[entry.mid] = entry
        return entry

    @staticmethod
    def _found(things: dict[str, T], key: str, what: str) -> T:
        if key not in things:
            raise NoSuchThing(f"there is no {what} {key}")
        return things[key]


def milliseconds(at: datetime) -> int:
    """The moment as webhooks write it."""
    return int(at.timestamp() * 1000)


def seconds(at: datetime | None) -> int:
    """The moment as token answers write it; 0 = never."""
    return int(at.timestamp()) if at else 0
