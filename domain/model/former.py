"""What the first system kept: an account and a message as it had them, and what they become here."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from meta_inbox.domain.model.account import AccountStatus, Platform

_PLATFORMS = {
    "instagram": Platform.INSTAGRAM,
    "messenger": Platform.MESSENGER,
    "facebook": Platform.MESSENGER,
    "page": Platform.MESSENGER,
}
_STATUSES = {
    "active": AccountStatus.ACTIVE,
    "connected": AccountStatus.ACTIVE,
    "true": AccountStatus.ACTIVE,
    "disconnected": AccountStatus.DISCONNECTED,
    "inactive": AccountStatus.DISCONNECTED,
    "deleted": AccountStatus.DISCONNECTED,
    "revoked": AccountStatus.DISCONNECTED,
    "false": AccountStatus.DISCONNECTED,
}
_INBOUND = frozenset({"inbound", "incoming", "received", "in"})
_OUTBOUND = frozenset({"outbound", "outgoing", "sent", "out"})
_BEFORE_META = datetime(2004, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerAccount:
    """A row of its accounts; the tokens are sealed in the first system's way."""

    id: str
    tenant_id: str | None
    user_id: str | None
    platform: str | None
    status: str | None
    instagram_account_id: str | None
    instagram_username: str | None
    instagram_name: str | None
    profile_picture_url: str | None
    facebook_page_id: str | None
    facebook_page_name: str | None
    access_token: str | None = field(repr=False)
    page_access_token: str | None = field(repr=False)
    token_expires_at: datetime | None
    connected_at: datetime | None
    last_synced_at: datetime | None
    updated_at: datetime | None

    @property
    def is_at(self) -> Platform | None:
        """Where its conversations take place; None for a platform that is not known."""
        return _PLATFORMS.get((self.platform or "instagram").strip().lower())

    @property
    def external_id(self) -> str | None:
        """The id by which Meta names it."""
        return self.instagram_account_id if self.is_at is Platform.INSTAGRAM else self.facebook_page_id

    @property
    def own_ids(self) -> frozenset[str]:
        """Every id under which it may have written."""
        return frozenset(filter(None, (self.instagram_account_id, self.facebook_page_id)))

    @property
    def was(self) -> AccountStatus:
        """Its status in our words; whatever else it says, somebody has to log in again."""
        return _STATUSES.get((self.status or "active").strip().lower(), AccountStatus.REAUTH_REQUIRED)

    @property
    def flaw(self) -> str | None:
        """Why it cannot be brought over at all."""
        if not self.tenant_id:
            return "it belongs to no tenant"
        if self.is_at is None:
            return f"its platform is not known: {self.platform}"
        if not self.external_id:
            return "it has no id of Meta's"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerMessage:
    """A row of its messages; ``attachments`` and ``raw`` are JSON as text."""

    id: str
    tenant_id: str | None
    account_id: str | None
    mid: str | None
    from_id: str | None
    from_username: str | None
    to_id: str | None
    to_username: str | None
    text: str | None
    attachments: str | None
    direction: str | None
    raw: str | None
    sent_at: datetime | None
    created_at: datetime | None

    def by_business(self, own: frozenset[str]) -> bool | None:
        """Whether the business wrote it; None when neither its direction nor its ends tell."""
        said = (self.direction or "").strip().lower()
        if said in _INBOUND or said in _OUTBOUND:
            return said in _OUTBOUND
        if (self.from_id in own) == (self.to_id in own):
            return None
        return self.from_id in own

    def moment(self, now: datetime) -> datetime | None:
        """When it was written; None when no time it has can be true."""
        times = (self.sent_at, self.created_at)
        return next((at for at in times if at is not None and _BEFORE_META <= at <= now + _AHEAD), None)
