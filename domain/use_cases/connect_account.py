"""A person connects accounts of theirs: two clicks, bound to one browser and one principal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from meta_inbox.domain.errors import ConnectFailed, LoginNotAvailable, NotFound, Unavailable
from meta_inbox.domain.model.account import Account, Login, Platform
from meta_inbox.domain.model.ids import StateId
from meta_inbox.domain.model.oauth_state import (
    COMPLETION_LIFE,
    STATE_LIFE,
    TICKET_LIFE,
    Candidate,
    Grant,
    OAuthState,
    Wanted,
    new_handle,
    safe_return_to,
)
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.ports import (
    Accounts,
    Clock,
    Connectable,
    Ids,
    MetaLogin,
    OAuthStates,
    OpenedCompletion,
)
from meta_inbox.domain.use_cases.keep_subscriptions import KeepSubscriptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Opens the dialog once, within a minute."""

    ticket: Secret
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SentToMeta:
    """Where the browser goes, and what it must bring back."""

    dialog_url: str
    browser: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorized:
    """The dialog was completed; the handle goes to the browser that began, and to nobody else."""

    completion: Secret
    return_to: str
    return_origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedCandidate:
    """A candidate that was not connected, and why."""

    key: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """What came of a login."""

    connected: tuple[Account, ...]
    refused: tuple[RefusedCandidate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectAccount:
    """Start (principal), authorize and callback (browser), complete (principal again).

    ``logins`` has those that are configured here.
    """

    states: OAuthStates
    accounts: Accounts
    logins: Mapping[Login, MetaLogin]
    subscriptions: KeepSubscriptions
    clock: Clock
    ids: Ids

    async def start(
        self,
        *,
        by: Principal,
        login: Login = Login.FACEBOOK,
        wanted: Wanted = Wanted.ALL,
        return_to: str = "/",
        return_origin: str,
    ) -> Ticket:
        """Begins a flow for this principal; LoginNotAvailable for a login that is not configured here."""
        by.require(Scope.ACCOUNTS_MANAGE)
        self._require(login, wanted)
        state = OAuthState(
            id=StateId(self.ids.new()),
            tenant_id=by.tenant,
            user_id=by.user,
            login=login,
            wanted=wanted,
            return_to=safe_return_to(return_to),
            return_origin=return_origin,
        )
        ticket = new_handle()
        expires_at = await self.states.put(state, ticket, TICKET_LIFE)
        return Ticket(ticket=ticket, expires_at=expires_at)

    def _require(self, login: Login, wanted: Wanted) -> None:
        if login not in self.logins:
            raise LoginNotAvailable(f"connecting by {login.value.title()} Login is not configured here")
        if login is Login.INSTAGRAM and not wanted.includes(Platform.INSTAGRAM):
            raise LoginNotAvailable("Instagram Login connects Instagram accounts alone")

    async def authorize(self, *, ticket: Secret, browser: Secret | None) -> SentToMeta:
        """Binds the flow to this browser and names Meta's dialog. ConnectFailed for a spent ticket."""
        state, browser = new_handle(), browser or new_handle()
        try:
            flow = await self.states.authorize(ticket, state, browser, STATE_LIFE)
        except NotFound as error:
            raise ConnectFailed(
                "this link was already used or is too old; begin again in the app", code="ticket_invalid"
            ) from error
        dialog_url = self._login(flow).dialog_url(state, flow.wanted)
        return SentToMeta(dialog_url=dialog_url, browser=browser)

    def _login(self, flow: OAuthState) -> MetaLogin:
        found = self.logins.get(flow.login)
        if found is None:  # begun where it is configured
            raise ConnectFailed("this login is not configured here any more", code="login_not_available")
        return found

    async def callback(
        self,
        *,
        login: Login,
        state: Secret | None,
        code: Secret | None,
        browser: Secret | None,
        cancelled: bool = False,
    ) -> Authorized:
        """Redeems the code, once, for the browser that began. ConnectFailed says what went wrong."""
        flow = await self._consume(state, browser, login)
        try:
            grant = await self._redeem(code, flow, cancelled=cancelled)
        except ConnectFailed as failure:
            failure.return_origin = flow.return_origin
            raise
        completion = new_handle()
        await self.states.put_completion(flow, completion, grant, COMPLETION_LIFE)
        return Authorized(completion=completion, return_to=flow.return_to, return_origin=flow.return_origin)

    async def _consume(self, state: Secret | None, browser: Secret | None, login: Login) -> OAuthState:
        if state is None or browser is None:
            raise _state_invalid()
        try:
            return await self.states.consume(state, browser, login)
        except NotFound as error:
            raise _state_invalid() from error

    async def _redeem(self, code: Secret | None, flow: OAuthState, *, cancelled: bool) -> Grant:
        if cancelled:
            raise ConnectFailed(
                "the login at Meta was cancelled; nothing was connected", code="consent_cancelled"
            )
        if code is None:
            raise ConnectFailed("Meta ended the login without a code; begin again", code="consent_failed")
        try:
            return await self._login(flow).redeem(code, flow.wanted)
        except Unavailable as error:
            raise ConnectFailed(
                "Meta did not answer; begin again in a moment", code="meta_unavailable", by_meta=True
            ) from error

    async def candidates(self, *, by: Principal, completion: Secret) -> Sequence[Candidate]:
        """What the login made available, and what it did not, with the reason."""
        by.require(Scope.ACCOUNTS_MANAGE)
        opened = await self.states.peek_completion(by.tenant, by.user, completion)
        return opened.grant.candidates

    async def complete(
        self, *, by: Principal, completion: Secret, keys: Sequence[str] | None = None
    ) -> Connection:
        """Connects the chosen candidates, or every connectable one; each gets its own outcome."""
        by.require(Scope.ACCOUNTS_MANAGE)
        opened = await self.states.take_completion(by.tenant, by.user, completion)
        connected: list[Account] = []
        refused: list[RefusedCandidate] = []
        for key, candidate in self._chosen(opened.grant, keys):
            outcome = await self._connect(by, opened, key, candidate)
            if isinstance(outcome, Account):
                connected.append(outcome)
            else:
                refused.append(outcome)
        return Connection(connected=tuple(connected), refused=tuple(refused))

    @staticmethod
    def _chosen(grant: Grant, keys: Sequence[str] | None) -> list[tuple[str, Candidate | None]]:
        by_key = {candidate.key: candidate for candidate in grant.candidates}
        return [(key, by_key.get(key)) for key in dict.fromkeys(by_key if keys is None else keys)]

    async def _connect(
        self, by: Principal, opened: OpenedCompletion, key: str, candidate: Candidate | None
    ) -> Account | RefusedCandidate:
        if candidate is None:
            return RefusedCandidate(key=key, code="unknown_key", detail="the login gave no such candidate")
        if not candidate.connectable:
            code = candidate.reason.value if candidate.reason else "not_connectable"
            return RefusedCandidate(
                key=key, code=code, detail=candidate.detail or "this account cannot be connected"
            )
        account = await self.accounts.connect(by.tenant, by.user, _connectable(opened, candidate))
        if account is None:
            return RefusedCandidate(
                key=key,
                code="account_in_use",
                detail="this account is connected elsewhere; its present owner must disconnect it first",
            )
        await self.subscriptions.subscribe_now(account)
        return replace(account, status=account.status_at(self.clock.now()))


def _state_invalid() -> ConnectFailed:
    return ConnectFailed(
        "this login was not begun in this browser, was already used, or is too old; begin again in the app",
        code="state_invalid",
    )


def _connectable(opened: OpenedCompletion, candidate: Candidate) -> Connectable:
    grant = opened.grant
    by_page = opened.state.login is Login.FACEBOOK
    return Connectable(
        candidate=candidate,
        login=opened.state.login,
        user_token=grant.user_token,
        page_token=grant.page_tokens.get(candidate.page_id or ""),
        token_expires_at=grant.page_token_expires_at if by_page else grant.user_token_expires_at,
        data_access_expires_at=grant.data_access_expires_at,
        meta_user_id=grant.meta_user_id,
    )
