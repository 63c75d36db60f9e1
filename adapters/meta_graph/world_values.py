"""What Meta's world consists of, in Meta's own words. Everything here can be written down as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Json = dict[str, Any]

Surface = Literal["page", "instagram"]
"""Where a conversation takes place, by the ``object`` of its webhooks."""

Status = Literal["granted", "declined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstagramAccount:
    """An Instagram professional account; ``messages_allowed`` is its own "Allow access to messages"."""

    id: str
    username: str
    name: str
    messages_allowed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A Facebook Page, with the Instagram account that is linked to it."""

    id: str
    name: str
    instagram_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What a person may do on a Page; ``portfolio_only`` = reached through a Business Portfolio alone."""

    page_id: str
    tasks: tuple[str, ...]
    portfolio_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a Facebook login; ``id`` is scoped to the app."""

    id: str
    name: str
    roles: tuple[Role, ...] = ()

    def role(self, page_id: str) -> Role | None:
        """The person's role on this Page."""
        return next((role for role in self.roles if role.page_id == page_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a person gave the app in the latest dialog; its Pages replace those of the one before."""

    permissions: Mapping[str, Status]
    page_ids: tuple[str, ...]
    at: datetime

    def has(self, permission: str) -> bool:
        """Whether the permission is granted now."""
        return self.permissions.get(permission) == "granted"

    @property
    def scopes(self) -> list[str]:
        """The granted permissions."""
        return [name for name, status in self.permissions.items() if status == "granted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """An authorization code, good once, for minutes, with the very redirect_uri of its dialog.

    ``instagram``: of Instagram Login, whose person is the account itself.
    """

    person_id: str
    redirect_uri: str
    issued_at: datetime
    used: bool = False
    instagram: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An access token; ``revoked`` is the subcode of error 190 that every call with it then meets.

    One of an Instagram Login is the account's own: that is its person.
    """

    text: str = field(repr=False)
    type: Literal["USER", "PAGE", "INSTAGRAM"]
    person_id: str
    page_id: str | None = None
    instagram_id: str | None = None
    long_lived: bool = False
    issued_at: datetime
    expires_at: datetime | None
    data_access_expires_at: datetime
    revoked: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSubscription:
    """What the app asked to hear of one object, and where; None = wherever the world's owner delivers."""

    fields: tuple[str, ...]
    callback_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person as one Page (PSID) or Instagram account (IGSID) knows them."""

    id: str
    surface: Surface
    account_id: str
    name: str
    username: str
    last_action_at: datetime | None = None
    ad_opened_at: datetime | None = None
    available: bool = True
    profile_shown: bool = True
    typing_shown: bool = False
    typing_at: datetime | None = None
    seen_by_business_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One message of a conversation, as Meta keeps it; ``story`` is the one that it answers.

    ``received`` and ``read`` are the contact's, of what the business wrote.
    """

    mid: str
    by_contact: bool
    at: datetime
    text: str | None = None
    attachments: tuple[Json, ...] = ()
    quick_replies: tuple[Json, ...] = ()
    reply_to: str | None = None
    story: Json | None = None
    unsupported: bool = False
    postback: str | None = None
    contact_reaction: str | None = None
    business_reaction: str | None = None
    edits: int = 0
    unsent: bool = False
    received: bool = False
    read: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What somebody wrote in public; ``contact_id``: under whose comment the business wrote.

    ``live`` = while a broadcast ran, ``over`` = it no longer does; ``private_reply`` is the message.
    """

    id: str
    surface: Surface
    account_id: str
    contact_id: str
    by_business: bool
    at: datetime
    text: str
    parent: str | None = None
    live: bool = False
    over: bool = False
    hidden: bool = False
    removed: bool = False
    private_reply: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A file that a Page handed over, to be named by its id in messages; ``url`` is where it lies."""

    id: str
    page_id: str
    surface: Surface
    kind: str
    url: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One send that Meta accepted: the truth about what reached a contact."""

    mid: str
    at: datetime
    surface: Surface
    account_id: str
    recipient_id: str
    message: Json
    metadata: str | None
    tag: str | None
    persona_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """What Meta's settings decide, or what its documentation leaves unsaid.

    ``page_size`` bounds a page of a list whatever ``limit`` asks for, so that paging is exercised.
    ``ad_windows`` = who came by an advertisement may be written to for 7 days.
    ``debug_token_app_id`` has debug_token name another app than ours. ``webhooks_lost`` = none is delivered,
    and none ever again; ``conversation_calls_a_second`` throttles the Conversations API of each Page.
    ``sends_a_second`` throttles the sends of each account. ``usage_percent`` is what answers tell of
    accounts, by Meta's id or ``*``, with ``regain_minutes`` once it is 100; ``app_usage_percent`` of the app.
    ``instagram_wrapped`` has Instagram Login answer in the other of its two shapes, as a list under ``data``;
    ``scoped_ids_differ`` has its app know the contacts of an account by other ids than the Meta app does.
    """

    require_appsecret_proof: bool = True
    refuse_secrets_in_urls: bool = True
    human_agent_approved: bool = True
    ad_windows: bool = True
    instagram_echo_app_id: bool = False
    instagram_echo_metadata: bool = False
    expires_in_given: bool = True
    page_size: int = 2
    copies_of_webhooks: int = 1
    debug_token_app_id: str | None = None
    webhooks_lost: bool = False
    conversation_calls_a_second: int | None = None
    sends_a_second: int | None = None
    usage_percent: Mapping[str, int] = field(default_factory=dict[str, int])
    regain_minutes: int = 0
    app_usage_percent: int | None = None
    instagram_wrapped: bool = False
    scoped_ids_differ: bool = False
