"""The connected accounts."""

from datetime import datetime
from typing import Literal, Self

import msgspec
from litestar import delete, get
from litestar.params import FromPath

from meta_inbox.adapters.http.given import By, Core, Links
from meta_inbox.adapters.http.media_urls import MediaLinks
from meta_inbox.adapters.http.request import account_id
from meta_inbox.adapters.http.wire import utc, utc_or_none
from meta_inbox.domain.model.account import Account, PolicyNotice, StatusReason
from meta_inbox.domain.model.health import HealthCheck
from meta_inbox.domain.model.history import History


class StatusReasonWire(msgspec.Struct, kw_only=True):
    """Why an account is not simply active, with what Meta said."""

    code: str
    detail: str
    meta_code: int | None
    meta_subcode: int | None
    fbtrace_id: str | None
    at: datetime | None
    user_title: str | None = None
    user_message: str | None = None

    @classmethod
    def of(cls, reason: StatusReason) -> "StatusReasonWire":
        """The reason as it was noted."""
        return cls(
            code=reason.code,
            detail=reason.detail,
            meta_code=reason.meta_code,
            meta_subcode=reason.meta_subcode,
            fbtrace_id=reason.fbtrace_id,
            at=utc_or_none(reason.at),
            user_title=reason.user_title,
            user_message=reason.user_message,
        )


class PolicyWire(msgspec.Struct, kw_only=True):
    """The last that Meta said about enforcing its policy: ``warning``, ``block`` or ``unblock``."""

    action: str
    reason: str | None
    at: datetime

    @classmethod
    def of(cls, notice: PolicyNotice) -> "PolicyWire":
        """The notice."""
        return cls(action=notice.action, reason=notice.reason, at=utc(notice.at))


class AccountWire(msgspec.Struct, kw_only=True):
    """An account with its status as of now; never a token.

    ``profile_picture_url`` is ours, signed for at most an hour; of Pages there is none.
    """

    id: str
    platform: str
    login: str
    status: str
    status_reason: StatusReasonWire | None
    instagram_account_id: str | None
    instagram_username: str | None
    instagram_name: str | None
    profile_picture_url: str | None
    facebook_page_id: str | None
    facebook_page_name: str | None
    token_expires_at: datetime | None
    data_access_expires_at: datetime | None
    connected_at: datetime
    last_synced_at: datetime | None
    updated_at: datetime
    connected_by: str
    policy: PolicyWire | None

    @classmethod
    def of(cls, account: Account, links: MediaLinks | None = None) -> Self:
        """The account as it is now, without Meta's own address of its picture."""
        picture = account.picture_id
        return cls(
            id=account.id,
            platform=account.platform.value,
            login=account.login.value,
            status=account.status.value,
            status_reason=StatusReasonWire.of(account.status_reason) if account.status_reason else None,
            instagram_account_id=account.instagram_account_id,
            instagram_username=account.instagram_username,
            instagram_name=account.instagram_name,
            profile_picture_url=links.of(account.tenant_id, picture) if links and picture else None,
            facebook_page_id=account.facebook_page_id,
            facebook_page_name=account.facebook_page_name,
            token_expires_at=utc_or_none(account.token_expires_at),
            data_access_expires_at=utc_or_none(account.data_access_expires_at),
            connected_at=utc(account.connected_at),
            last_synced_at=utc_or_none(account.last_synced_at),
            updated_at=utc(account.updated_at),
            connected_by=account.connected_by,
            policy=PolicyWire.of(account.policy) if account.policy else None,
        )


class HistoryWire(msgspec.Struct, kw_only=True):
    """How far the account's earlier conversations are read back: the present run, or the latest."""

    state: Literal["due", "running", "done", "failed"]
    kind: Literal["import", "repair"]
    conversations: int
    messages: int
    started_at: datetime | None
    finished_at: datetime | None
    problem: str | None

    @classmethod
    def of(cls, history: History) -> "HistoryWire":
        """The run as it stands."""
        return cls(
            state=history.state.value,
            kind=history.kind.value,
            conversations=history.conversations,
            messages=history.messages,
            started_at=utc_or_none(history.started_at),
            finished_at=utc_or_none(history.finished_at),
            problem=history.problem,
        )


class AccountDetail(AccountWire, kw_only=True):
    """The account with how far its history is read back."""

    history: HistoryWire | None = None


class Accounts(msgspec.Struct, kw_only=True):
    """Every account of the tenant, disconnected ones included."""

    accounts: list[AccountWire]


class CheckWire(msgspec.Struct, kw_only=True):
    """One precondition of an account; ``fix`` says in plain words how to mend it."""

    name: str
    ok: bool
    detail: str
    fix: str | None

    @classmethod
    def of(cls, check: HealthCheck) -> "CheckWire":
        """The check as it came out."""
        return cls(name=check.name, ok=check.ok, detail=check.detail, fix=check.fix)


class AccountHealth(msgspec.Struct, kw_only=True):
    """What an account needs to work."""

    checks: list[CheckWire]


@get("/accounts")
async def list_accounts(by: By, inbox: Core, links: Links) -> Accounts:
    """The tenant's accounts, oldest first, disconnected ones included."""
    found = await inbox.list_accounts(by=by)
    return Accounts(accounts=[AccountWire.of(account, links) for account in found])


@get("/accounts/{account:str}")
async def get_account(account: FromPath[str], by: By, inbox: Core, links: Links) -> AccountDetail:
    """One account, with how far its earlier conversations are read back."""
    found, history = await inbox.list_accounts.with_history(by=by, account=account_id(account))
    detail = AccountDetail.of(found, links)
    detail.history = None if history is None else HistoryWire.of(history)
    return detail


@delete("/accounts/{account:str}")
async def disconnect_account(account: FromPath[str], by: By, inbox: Core) -> None:
    """Disconnects: unsubscribes at Meta, destroys the tokens, keeps the history. Again: the same."""
    await inbox.disconnect_account(by=by, account=account_id(account))


@get("/accounts/{account:str}/health")
async def check_health(account: FromPath[str], by: By, inbox: Core) -> AccountHealth:
    """Whether the account can receive and send, and what to do when it cannot."""
    checks = await inbox.check_health(by=by, account=account_id(account))
    return AccountHealth(checks=[CheckWire.of(check) for check in checks])
