"""One attempt to connect accounts: from the click in the app, through Meta's dialog, and back."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from meta_inbox.domain.errors import ContentRefused
from meta_inbox.domain.model.account import Login, Platform
from meta_inbox.domain.model.ids import StateId, TenantId, UserId
from meta_inbox.domain.model.secret import Secret

TICKET_LIFE = timedelta(seconds=60)
STATE_LIFE = timedelta(minutes=10)
COMPLETION_LIFE = timedelta(minutes=10)


class Wanted(StrEnum):
    """Which kinds of account the person wants to connect."""

    INSTAGRAM = "instagram"
    MESSENGER = "messenger"
    ALL = "all"

    def includes(self, platform: Platform) -> bool:
        """Whether accounts of this platform are asked for."""
        return self is Wanted.ALL or self.value == platform.value


def new_handle() -> Secret:
    """A 256-bit random handle, for one use."""
    return Secret(secrets.token_urlsafe(32))


def digest(handle: Secret) -> bytes:
    """What is stored instead of the handle; a 256-bit random needs no slow hash."""
    return hashlib.sha256(handle.reveal().encode()).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthState:
    """Binds a flow to its tenant and user, and, from ``authorize`` on, to one browser."""

    id: StateId
    tenant_id: TenantId
    user_id: UserId
    login: Login
    wanted: Wanted
    return_to: str
    return_origin: str


class CandidateReason(StrEnum):
    """Why a candidate cannot be connected."""

    NO_INSTAGRAM_ACCOUNT = "no_instagram_account"
    PERMISSION_MISSING = "permission_missing"
    TASK_MISSING = "task_missing"
    NOT_GRANTED = "not_granted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An account that the login made available, or names with the reason why it did not."""

    key: str
    platform: Platform
    external_id: str | None
    name: str | None
    username: str | None = None
    profile_picture_url: str | None = None
    page_id: str | None
    page_name: str | None
    reason: CandidateReason | None = None
    detail: str | None = None

    @property
    def connectable(self) -> bool:
        """Whether nothing stands in the way of connecting it."""
        return self.reason is None and self.external_id is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a login gave: the person, the user token, and a Page token for each Page by its id."""

    meta_user_id: str
    user_token: Secret
    user_token_expires_at: datetime | None
    page_token_expires_at: datetime | None = None
    data_access_expires_at: datetime | None = None
    candidates: tuple[Candidate, ...]
    page_tokens: dict[str, Secret]


def safe_return_to(path: str) -> str:
    """The path if it stays on its origin; raises ContentRefused (``return_to_invalid``) otherwise."""
    ok = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    if not ok or len(path) > 2048 or "\\" in path or "#" in path:
        raise ContentRefused("return_to must be a path that starts with a single /", code="return_to_invalid")
    return path
