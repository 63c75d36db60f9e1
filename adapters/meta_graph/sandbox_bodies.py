"""The bodies that the control API takes."""

from typing import Annotated, Literal

import msgspec

from meta_inbox.adapters.meta_graph.world_faults import FaultKind
from meta_inbox.adapters.meta_graph.world_values import Json

Words = Annotated[str, msgspec.Meta(min_length=1, max_length=5000)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Ago = Annotated[float, msgspec.Meta(ge=0, le=366 * 86400)]


class Strict(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A body of the control API; a name that is not known is a slip."""


class NewContact(Strict):
    """A person to be made up."""

    account_id: str
    name: Name
    username: Name | None = None


class Writing(Strict):
    """What a contact writes; ``photo`` = a made-up picture, ``copies`` = how often its webhook comes."""

    text: Words | None = None
    image_url: str | None = None
    photo: bool = False
    attachments: list[Json] = []
    reply_to: str | None = None
    story: Json | None = None
    unsupported: bool = False
    quick_reply: str | None = None
    referral: Json | None = None
    ago_seconds: Ago = 0
    copies: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1


class Commenting(Strict):
    """What a contact writes under a post, or under a comment there; ``live`` = during a broadcast."""

    text: Words
    parent: str | None = None
    live: bool = False


class MediaLink(Strict):
    """What becomes of a link of the CDN: ``status`` it answers, ``location`` it leads to, its file gone."""

    url: str
    status: Annotated[int, msgspec.Meta(ge=400, le=599)] | None = None
    location: str | None = None
    gone: bool = False


class Press(Strict):
    """A button that a contact presses."""

    payload: Words
    title: Words


class Reaction(Strict):
    """A reaction; None takes it back."""

    mid: str
    reaction: str | None = None


class Edit(Strict):
    """A message rewritten."""

    mid: str
    text: Words


class Unsend(Strict):
    """A message taken back."""

    mid: str


class Link(Strict):
    """An m.me or ig.me link that the contact follows."""

    ref: Words


class Elsewhere(Strict):
    """An answer that the business typed in Meta's own app, or that another app sent."""

    text: Words
    app_id: int | None = None


class Change(Strict):
    """What changes about a contact."""

    available: bool | None = None
    profile_shown: bool | None = None


class Mid(Strict):
    """The id of the message that came of it."""

    mid: str


_YEAR = 366 * 86400


class NewFault(Strict):
    """A fault for the next ``count`` calls of an endpoint; None = until it is cleared."""

    endpoint: str
    kind: FaultKind
    count: Annotated[int, msgspec.Meta(ge=1)] | None = 1
    seconds: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 0
    code: int = 2
    subcode: int | None = None
    status: Annotated[int, msgspec.Meta(ge=400, le=599)] = 500
    user_title: str | None = None
    user_message: str | None = None


class Revocation(Strict):
    """Whose tokens die, and with which subcode of error 190; nobody named = all."""

    person_id: str | None = None
    page_id: str | None = None
    subcode: int = 460


class OwnLogin(Strict):
    """Which Instagram account logs in by itself."""

    instagram_id: str


class Linking(Strict):
    """The Instagram account of a Page; None unlinks."""

    instagram_id: str | None


class PermissionAnswer(Strict):
    """A permission that a person changes in their settings."""

    permission: str
    status: Literal["granted", "declined"]


class TimeTravel(Strict):
    """How far Meta's clock goes forward."""

    advance_seconds: Annotated[float, msgspec.Meta(ge=0, le=_YEAR)]


class BatchItem(Strict):
    """One message of a batch."""

    contact_id: str
    text: Words


class Batch(Strict):
    """Messages that go out in one webhook an object."""

    items: Annotated[list[BatchItem], msgspec.Meta(min_length=1, max_length=1000)]


class Repeat(Strict):
    """How often the latest webhook comes again."""

    count: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1


class TestEvent(Strict):
    """Whose "Test" button of the dashboard is pressed."""

    object: Literal["page", "instagram"]
