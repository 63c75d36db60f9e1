"""A connected Instagram professional account or Facebook Page."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from meta_inbox.domain.errors import AccessRevoked, AccountNotSendable
from meta_inbox.domain.model.ids import AccountId, TenantId, UserId

TOKEN_WARNING = timedelta(days=7)
DATA_ACCESS_WARNING = timedelta(days=14)
PICTURE_IS_FRESH = timedelta(days=7)


class Platform(StrEnum):
    """Where the conversations take place."""

    INSTAGRAM = "instagram"
    MESSENGER = "messenger"


class Login(StrEnum):
    """Which of Meta's two logins connected the account."""

    FACEBOOK = "facebook"
    INSTAGRAM = "instagram"


class Surface(StrEnum):
    """What a message goes through; each takes other things. Instagram by its Page, or by its own login."""

    MESSENGER = "messenger"
    INSTAGRAM = "instagram"
    INSTAGRAM_LOGIN = "instagram_login"


class AccountStatus(StrEnum):
    """What the account can do now."""

    ACTIVE = "active"
    EXPIRING = "expiring"
    REAUTH_REQUIRED = "reauth_required"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReason:
    """Why an account is not simply active, with what Meta said, and would have people read."""

    code: str
    detail: str
    meta_code: int | None = None
    meta_subcode: int | None = None
    fbtrace_id: str | None = None
    at: datetime | None = None
    user_title: str | None = None
    user_message: str | None = None

    @classmethod
    def of(cls, revoked: AccessRevoked, at: datetime) -> "StatusReason":
        """Meta no longer accepts the access token."""
        return cls(
            code="reauth_required",
            detail=str(revoked),
            meta_code=revoked.meta_code,
            meta_subcode=revoked.meta_subcode,
            fbtrace_id=revoked.fbtrace_id,
            at=at,
            user_title=revoked.user_title,
            user_message=revoked.user_message,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyNotice:
    """The last that Meta said about enforcing its policy: ``warning``, ``block`` or ``unblock``."""

    action: str
    reason: str | None
    at: datetime

    @property
    def blocks(self) -> bool:
        """Whether nothing may be sent."""
        return self.action == "block"

    def outweighs(self, former: "PolicyNotice | None") -> bool:
        """Whether it stands, in whatever order the two came."""
        return former is None or (self.at, self.action) > (former.at, former.action)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSource:
    """What sends us webhooks once it is subscribed: a Page, or an Instagram account by its own login."""

    login: Login
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An external account that one tenant connected; its access tokens are kept elsewhere, sealed.

    ``profile_picture_url`` is Meta's, short-lived and never shown; ``picture_id`` opens it here, as a file.
    """

    id: AccountId
    tenant_id: TenantId
    platform: Platform
    login: Login
    status: AccountStatus
    status_reason: StatusReason | None = None
    instagram_account_id: str | None = None
    instagram_username: str | None = None
    instagram_name: str | None = None
    profile_picture_url: str | None = None
    picture_id: str | None = None
    facebook_page_id: str | None = None
    facebook_page_name: str | None = None
    token_expires_at: datetime | None = None
    data_access_expires_at: datetime | None = None
    connected_at: datetime
    connected_by: UserId
    connected_by_meta_id: str | None = None
    last_synced_at: datetime | None = None
    policy: PolicyNotice | None = None
    updated_at: datetime

    @property
    def external_id(self) -> str:
        """The id by which Meta's webhooks name the account."""
        found = self.instagram_account_id if self.platform is Platform.INSTAGRAM else self.facebook_page_id
        if found is None:
            raise ValueError("an account has the id of its platform")
        return found

    @property
    def surface(self) -> Surface:
        """What its messages go through."""
        if self.platform is Platform.MESSENGER:
            return Surface.MESSENGER
        return Surface.INSTAGRAM_LOGIN if self.login is Login.INSTAGRAM else Surface.INSTAGRAM

    @property
    def webhook_source(self) -> WebhookSource | None:
        """What must be subscribed for it; None for an Instagram account whose Page is not known."""
        id_ = self.facebook_page_id if self.login is Login.FACEBOOK else self.instagram_account_id
        return None if id_ is None else WebhookSource(login=self.login, id=id_)

    @property
    def name(self) -> str | None:
        """The name people know the account by."""
        if self.platform is Platform.INSTAGRAM:
            return self.instagram_name or self.instagram_username
        return self.facebook_page_name

    def status_at(self, now: datetime) -> AccountStatus:
        """The status with approaching expiries taken into account."""
        if self.status is not AccountStatus.ACTIVE:
            return self.status
        begins = self.expiring_from
        return AccountStatus.EXPIRING if begins is not None and now > begins else AccountStatus.ACTIVE

    @property
    def expiring_from(self) -> datetime | None:
        """When its end has come near: that of the token, or of the access to data; None = neither ends."""
        ends = ((self.token_expires_at, TOKEN_WARNING), (self.data_access_expires_at, DATA_ACCESS_WARNING))
        return min((end - warning for end, warning in ends if end is not None), default=None)

    def seen_at(self, now: datetime) -> "Account":
        """The account as it looks now."""
        return replace(self, status=self.status_at(now))

    @property
    def may_send(self) -> bool:
        """Whether Meta takes messages from it, as far as is known."""
        blocked = self.policy is not None and self.policy.blocks
        return self.status in (AccountStatus.ACTIVE, AccountStatus.EXPIRING) and not blocked

    def require_sendable(self) -> None:
        """Raises AccountNotSendable when the account is disconnected, blocked or needs a new login."""
        if self.status is AccountStatus.DISCONNECTED:
            raise AccountNotSendable("the account is disconnected; connect it again to answer")
        if self.status is AccountStatus.REAUTH_REQUIRED:
            raise AccountNotSendable(
                "Meta no longer accepts this connection; reconnect the account to answer"
            )
        if self.policy is not None and self.policy.blocks:
            why = self.policy.reason or "see the notices of the Page or account at Meta"
            raise AccountNotSendable(f"Meta has blocked this account from sending: {why}")
