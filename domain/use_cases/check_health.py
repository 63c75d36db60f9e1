"""What an account needs to work, each with its fix."""

from collections.abc import Sequence
from dataclasses import dataclass

from meta_inbox.domain.errors import AccessRevoked, RefusedByMeta, Unavailable
from meta_inbox.domain.model.account import Account, AccountStatus, Login
from meta_inbox.domain.model.health import HealthCheck
from meta_inbox.domain.model.history import History, RunKind, RunState
from meta_inbox.domain.model.ids import AccountId
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.ports import Accounts, Clock, GraphApi, Histories

_MISSED = (
    "If this service was not away, look at Meta: the app must be live; the Instagram account must allow "
    "access to messages; app and Page must be subscribed to messages, and no other app may own the thread."
)
_RECONNECT = "Connect the account again; its history is kept."


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckHealth:
    """Looks at one account: status, access token, whether its Page sends us webhooks, and all of them."""

    accounts: Accounts
    histories: Histories
    graph: GraphApi
    clock: Clock

    async def __call__(self, *, by: Principal, account: AccountId) -> Sequence[HealthCheck]:
        """NotFound when the tenant has no such account."""
        by.require(Scope.ACCOUNTS_MANAGE)
        found = (await self.accounts.get(by.tenant, account)).seen_at(self.clock.now())
        status = self._status(found)
        policy = self._policy(found)
        if found.status is AccountStatus.DISCONNECTED:
            return [status]
        try:
            token = await self.accounts.token(by.tenant, account)
        except AccessRevoked as revoked:
            dead = HealthCheck(name="access_token", ok=False, detail=str(revoked), fix=_RECONNECT)
            return [status, *policy, dead]
        history = history_check(await self.histories.of(by.tenant, account))
        return [status, *policy, await self._token(found, token), await self._webhooks(found, token), history]

    @staticmethod
    def _policy(account: Account) -> Sequence[HealthCheck]:
        """What Meta said about its policy, if it did."""
        if account.policy is None:
            return ()
        said = {"warning": "Meta warned the account", "block": "Meta blocked the account from sending"}
        detail = said.get(account.policy.action, "Meta lifted its block")
        detail += f": {account.policy.reason}" if account.policy.reason else ""
        ok = account.policy.action not in said
        fix = None if ok else "Read the notice in Meta's Business Support Home; one can appeal there."
        return (HealthCheck(name="policy", ok=ok, detail=detail, fix=fix),)

    @staticmethod
    def _status(account: Account) -> HealthCheck:
        ok = account.status is AccountStatus.ACTIVE
        detail = (
            account.status_reason.detail
            if account.status_reason
            else f"the account is {account.status.value}"
        )
        return HealthCheck(name="status", ok=ok, detail=detail, fix=None if ok else _RECONNECT)

    async def _token(self, account: Account, token: Secret) -> HealthCheck:
        try:
            facts = await self.graph.inspect(account, token)
        except Unavailable as error:
            return HealthCheck(name="access_token", ok=False, detail=str(error), fix="Try again in a moment.")
        if not facts.ours:
            return HealthCheck(
                name="access_token",
                ok=False,
                detail="the access token belongs to another Meta app",
                fix="Check META_APP_ID, then connect the account again.",
            )
        detail = "Meta accepts the access token" if facts.valid else "Meta no longer accepts the access token"
        return HealthCheck(
            name="access_token", ok=facts.valid, detail=detail, fix=None if facts.valid else _RECONNECT
        )

    async def _webhooks(self, account: Account, token: Secret) -> HealthCheck:
        source = account.webhook_source
        what = "Page" if account.login is Login.FACEBOOK else "account"
        try:
            fields = frozenset() if source is None else await self.graph.subscribed_fields(source, token)
        except (Unavailable, RefusedByMeta) as error:
            return HealthCheck(name="webhooks", ok=False, detail=str(error), fix="Try again in a moment.")
        ok = "messages" in fields
        detail = (
            f"the {what} sends us: {', '.join(sorted(fields))}" if fields else f"the {what} sends us nothing"
        )
        fix = None if ok else "Connect the account again; that has its webhooks sent to this app."
        return HealthCheck(name="webhooks", ok=ok, detail=detail, fix=fix)


def history_check(history: History | None) -> HealthCheck:
    """Whether webhooks bring everything, by what reading back found besides."""
    if history is not None and history.state is RunState.FAILED:
        detail = f"what was said before cannot be read back: {history.problem}"
        return HealthCheck(name="history", ok=False, detail=detail, fix=_RECONNECT)
    if history is not None and history.missed:
        plural = "message" if history.missed == 1 else "messages"
        detail = f"{history.missed} {plural} found by poll in the last repair, which no webhook had brought"
        return HealthCheck(name="history", ok=False, detail=detail, fix=_MISSED)
    if history is None or history.missed is None:
        is_import = history is not None and history.kind is RunKind.IMPORT and history.finished_at is None
        detail = "earlier conversations are being imported" if is_import else "no repair has ended yet"
        return HealthCheck(name="history", ok=True, detail=detail)
    return HealthCheck(name="history", ok=True, detail="0 messages found by poll in the last repair")
