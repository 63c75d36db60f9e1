"""Connected accounts, their routes and their access tokens, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from meta_inbox.adapters.persistence.in_memory import AccountKey, InMemoryStore
from meta_inbox.adapters.persistence.in_memory_rows import AccountRow, HistoryRow, UnsubscriptionRow
from meta_inbox.domain.errors import AccessRevoked, NotFound
from meta_inbox.domain.model.account import (
    PICTURE_IS_FRESH,
    Account,
    AccountStatus,
    Login,
    Platform,
    StatusReason,
    WebhookSource,
)
from meta_inbox.domain.model.care import LOOKED_AT_EVERY
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.history import REPAIR_AFTER, History, RunKind, RunState
from meta_inbox.domain.model.ids import AccountId, TenantId, UserId
from meta_inbox.domain.model.message import MessageStatus
from meta_inbox.domain.model.oauth_state import Candidate
from meta_inbox.domain.model.projection import CLAIMED_LATE, GIVEN_UP
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.ports import Connectable, Subscription, Unsubscription

_CLAIM = timedelta(minutes=1)
_LONGEST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class InMemoryAccounts:
    """Each external account has one active owner; reconnecting gives the same account its tokens back."""

    store: InMemoryStore

    async def get(self, tenant: TenantId, account: AccountId) -> Account:
        """The account. NotFound."""
        return self._row(tenant, account).account

    async def list(self, tenant: TenantId) -> Sequence[Account]:
        """Every account of the tenant, oldest first."""
        found = [row.account for (owner, _), row in self.store.accounts.items() if owner == tenant]
        return sorted(found, key=lambda account: account.id)

    async def connect(self, tenant: TenantId, user: UserId, connectable: Connectable) -> Account | None:
        """Makes or revives the account; None when another tenant owns it.

        Sends that waited for a login are due already, and go as soon as the account is active.
        """
        wanted = connectable.candidate
        if wanted.external_id is None:
            raise ValueError("a candidate without an id cannot be connected")
        route = (wanted.platform, wanted.external_id)
        owner = self.store.routes.get(route)
        if owner is not None and owner[0] != tenant:
            return None
        account = self._account(tenant, user, connectable)
        self._read_back(account)
        former = self.store.accounts.get((tenant, account.id))
        self.store.accounts[tenant, account.id] = AccountRow(
            account=account,
            user_token=connectable.user_token,
            page_token=connectable.page_token,
            subscription_due_at=self._in(_CLAIM) if account.webhook_source is not None else None,
            picture_due_at=self._in(PICTURE_IS_FRESH),
            picture_fetched_at=self.store.clock.now(),
            care_due_at=account.connected_at + LOOKED_AT_EVERY,
        )
        self.store.routes[route] = (tenant, account.id)
        self._forget_unsubscriptions(account.webhook_source)
        if former is not None and former.account.status is not AccountStatus.DISCONNECTED:
            self._leave(former.account.webhook_source, former.token)
        self._hand_over(account)
        self.store.log(EventType.ACCOUNT_UPDATED, tenant, account.id)
        return account

    def _account(self, tenant: TenantId, user: UserId, connectable: Connectable) -> Account:
        wanted, now = connectable.candidate, self.store.clock.now()
        former = self._former(tenant, connectable)
        instagram = wanted.platform is Platform.INSTAGRAM
        return Account(
            id=former.id if former is not None else AccountId(self.store.ids.new()),
            tenant_id=tenant,
            platform=wanted.platform,
            login=connectable.login,
            status=AccountStatus.ACTIVE,
            instagram_account_id=wanted.external_id if instagram else None,
            instagram_username=wanted.username if instagram else None,
            instagram_name=wanted.name if instagram else None,
            profile_picture_url=wanted.profile_picture_url,
            picture_id=self._picture(wanted, former),
            facebook_page_id=wanted.page_id if instagram else wanted.external_id,
            facebook_page_name=wanted.page_name if instagram else wanted.page_name or wanted.name,
            token_expires_at=connectable.token_expires_at,
            data_access_expires_at=connectable.data_access_expires_at,
            connected_at=now,
            connected_by=user,
            connected_by_meta_id=connectable.meta_user_id,
            last_synced_at=former.last_synced_at if former is not None else None,
            updated_at=now,
        )

    def _picture(self, wanted: Candidate, former: Account | None) -> str | None:
        if wanted.profile_picture_url is None:
            return None
        return (former.picture_id if former is not None else None) or self.store.ids.new()

    def _read_back(self, account: Account) -> None:
        """First a whole import, then a repair whenever webhooks may have been missed.

        What was under way while the login changed has settled when it is looked for.
        """
        key, now = (account.tenant_id, account.id), self.store.clock.now()
        former, row = self.store.accounts.get(key), self.store.histories.get(key)
        switched = former is not None and former.account.login is not account.login
        goes_on = former is not None and former.account.status is AccountStatus.ACTIVE and not switched
        if row is not None and goes_on and row.shown.state is not RunState.FAILED:
            return
        complete_as_of = None if row is None else row.complete_as_of
        kind = RunKind.IMPORT if complete_as_of is None else RunKind.REPAIR
        missed = None if row is None else row.shown.missed
        self.store.histories[key] = HistoryRow(
            shown=History(state=RunState.DUE, kind=kind, missed=missed),
            due_at=now + (REPAIR_AFTER if switched else timedelta(0)),
            asked_at=now,
            complete_as_of=complete_as_of,
        )

    def _former(self, tenant: TenantId, connectable: Connectable) -> Account | None:
        wanted = (connectable.candidate.platform, connectable.candidate.external_id)
        for (owner, _), row in self.store.accounts.items():
            if owner == tenant and (row.account.platform, row.account.external_id) == wanted:
                return row.account
        return None

    def _forget_unsubscriptions(self, source: WebhookSource | None) -> None:
        for row in list(self.store.unsubscriptions.values()):
            if row.unsubscription.source == source:
                del self.store.unsubscriptions[row.unsubscription.id]

    def _hand_over(self, account: Account) -> None:
        now = self.store.clock.now()
        wanted = (account.platform, account.external_id, account.login)
        for item in self.store.items.values():
            same = (item.platform, item.external_id, item.signed_by) == wanted
            if same and item.state == "unrouted" and item.received_at > now - CLAIMED_LATE:
                item.state, item.reason, item.due_at = "pending", None, now

    async def disconnect(self, tenant: TenantId, account: AccountId) -> Unsubscription | None:
        """Ends the account and destroys its tokens; again: nothing happens."""
        row = self._row(tenant, account)
        if row.account.status is AccountStatus.DISCONNECTED:
            return None
        token = row.token
        row.user_token = row.page_token = row.subscription_due_at = None
        self._change(row, AccountStatus.DISCONNECTED, None)
        self.store.routes.pop((row.account.platform, row.account.external_id), None)
        self._give_up_waiting(row.account)
        return self._leave(row.account.webhook_source, token)

    def _leave(self, source: WebhookSource | None, token: Secret | None) -> Unsubscription | None:
        """Keeps what is to be unsubscribed, unless an account needs it."""
        if token is None or source is None or self._is_needed(source):
            return None
        left = Unsubscription(id=self.store.ids.new(), source=source, token=token)
        self.store.unsubscriptions[left.id] = UnsubscriptionRow(unsubscription=left, due_at=self._in(_CLAIM))
        return left

    async def forget_person(self, person: str, until: datetime) -> int:
        """Disconnects what somebody connected, then forgets them."""
        theirs = {key: row for key, row in self.store.accounts.items() if _is_of(row.account, person, until)}
        for (tenant, account), row in theirs.items():
            await self.disconnect(tenant, account)
            self._forget_unsubscriptions(row.account.webhook_source)
        for row in theirs.values():
            row.account = replace(row.account, connected_by_meta_id=None)
        self.store.completions = {
            key: row for key, row in self.store.completions.items() if row.opened.grant.meta_user_id != person
        }
        return len(theirs)

    def _give_up_waiting(self, account: Account) -> None:
        for key, row in list(self.store.outbox.items()):
            message = self.store.messages[key]
            if message.account_id != account.id:
                continue
            if message.status is MessageStatus.QUEUED:
                message = message.doubtful(GIVEN_UP) if row.in_doubt else message.failed(GIVEN_UP)
                self.store.updated(message)
                del self.store.outbox[key]
            elif message.status is MessageStatus.FAILED:
                del self.store.outbox[key]

    def _is_needed(self, source: WebhookSource) -> bool:
        return any(
            row.account.webhook_source == source and row.account.status is not AccountStatus.DISCONNECTED
            for row in self.store.accounts.values()
        )

    async def needs_login(
        self, tenant: TenantId, account: AccountId, reason: StatusReason, *, as_of: datetime
    ) -> None:
        """Marks that only a new login helps; the first reason is kept."""
        row = self._row(tenant, account)
        if row.account.status is AccountStatus.ACTIVE and row.account.connected_at == as_of:
            self._change(row, AccountStatus.REAUTH_REQUIRED, reason)

    def _change(self, row: AccountRow, status: AccountStatus, reason: StatusReason | None) -> None:
        row.account = replace(
            row.account, status=status, status_reason=reason, updated_at=self.store.clock.now()
        )
        self.store.log(EventType.ACCOUNT_UPDATED, row.account.tenant_id, row.account.id)

    async def token(self, tenant: TenantId, account: AccountId) -> Secret:
        """The token to act for the account. AccessRevoked when there is none."""
        token = self._row(tenant, account).token
        if token is None:
            raise AccessRevoked("the account has no access token; connect it again")
        return token

    async def subscribed(self, tenant: TenantId, account: AccountId, problem: str | None) -> None:
        """Notes that Meta will send webhooks, or why not yet."""
        row = self._row(tenant, account)
        row.subscription_problem = problem
        row.subscription_tries = 0 if problem is None else row.subscription_tries + 1
        if problem is None or row.account.status is AccountStatus.DISCONNECTED:
            row.subscription_due_at = None
        else:
            row.subscription_due_at = self._in(min(_CLAIM * 2 ** (row.subscription_tries - 1), _LONGEST))

    async def due_subscriptions(self, limit: int) -> Sequence[Subscription]:
        """Claims accounts that are not subscribed yet, for a minute each."""
        due: list[Subscription] = []
        for (tenant, account_id), row in self.store.accounts.items():
            source, token = row.account.webhook_source, row.token
            ready = row.account.status is AccountStatus.ACTIVE and self.store.is_due(row.subscription_due_at)
            if len(due) < limit and ready and source is not None and token is not None:
                row.subscription_due_at = self._in(_CLAIM)
                due.append(Subscription(tenant_id=tenant, account_id=account_id, source=source, token=token))
        return due

    async def due_unsubscriptions(self, limit: int) -> Sequence[Unsubscription]:
        """Claims what is still to be unsubscribed, for a minute each."""
        due = [row for row in self.store.unsubscriptions.values() if self.store.is_due(row.due_at)][:limit]
        for row in due:
            row.due_at = self._in(_CLAIM)
        return [row.unsubscription for row in due]

    async def unsubscribed(self, unsubscription: str) -> None:
        """Forgets the unsubscription and its token."""
        self.store.unsubscriptions.pop(unsubscription, None)

    def _row(self, tenant: TenantId, account: AccountId) -> AccountRow:
        key: AccountKey = (tenant, account)
        if key not in self.store.accounts:
            raise NotFound("no such account")
        return self.store.accounts[key]

    def _in(self, after: timedelta) -> datetime:
        return self.store.clock.now() + after


def _is_of(account: Account, person: str, until: datetime) -> bool:
    """With Instagram Login Meta may name either of the account's two ids."""
    other = account.external_id if account.login is Login.INSTAGRAM else None
    return person in (account.connected_by_meta_id, other) and account.connected_at <= until
