"""Accounts are looked after whether or not anybody uses them."""

from dataclasses import dataclass, replace
from datetime import timedelta

from meta_inbox.domain.errors import AccessRevoked, RefusedByMeta, Unavailable
from meta_inbox.domain.model.account import Account, AccountStatus, StatusReason
from meta_inbox.domain.model.care import LOOKED_AT_EVERY, CareClaim, may_renew, next_look
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.ports import AccountCare, Accounts, Clock, GraphApi, Histories

_SECOND_LOOK = timedelta(minutes=1)
_WITHOUT_ANSWER = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAfterAccounts:
    """Once a day sees whether Meta still takes an account's token, renews it, and mends its subscription."""

    accounts: Accounts
    care: AccountCare
    histories: Histories
    graph: GraphApi
    clock: Clock

    async def __call__(self, limit: int = 5) -> int:
        """How many accounts were looked at; none once Meta does not answer, so that nobody hammers it."""
        claims = await self.care.due(limit)
        answers = [await self._look_after(claim) for claim in claims]
        return len(claims) if all(answers) else 0

    async def _look_after(self, claim: CareClaim) -> bool:
        """Whether there was an answer; what fails is tried again, and nothing that is known is lost by it."""
        try:
            await self._look(claim)
        except AccessRevoked as revoked:
            await self._doubt(claim, revoked)
        except RefusedByMeta as refused:
            await self.care.put_off(claim, LOOKED_AT_EVERY, problem=str(refused))
        except Unavailable as error:
            await self.care.put_off(claim, _WITHOUT_ANSWER, doubted=claim.doubted, problem=str(error))
            return False
        return True

    async def _look(self, claim: CareClaim) -> None:
        account = claim.account
        token = await self.accounts.token(account.tenant_id, account.id)
        account, token, failed = await self._renewed(claim, await self._inspected(account, token), token)
        expiring = account.status_at(self.clock.now()) is AccountStatus.EXPIRING
        if not await self.care.keep(claim, account, expiring=expiring):
            return
        mended = await self._mended(account, token)
        if failed is not None:
            raise failed
        await self.care.put_off(claim, next_look(account, self.clock.now()), problem=mended)

    async def _inspected(self, account: Account, token: Secret) -> Account:
        """The account with the ends that Meta tells. GraphUnavailable, AccessRevoked, RefusedByMeta."""
        facts = await self.graph.inspect(account, token)
        if not facts.valid:
            raise facts.revoked or AccessRevoked("Meta no longer accepts the access token")
        if not facts.ours:
            raise RefusedByMeta("the access token belongs to another Meta app; check META_APP_ID")
        return replace(
            account,
            token_expires_at=facts.expires_at,
            data_access_expires_at=facts.data_access_expires_at,
        )

    async def _renewed(
        self, claim: CareClaim, account: Account, token: Secret
    ) -> tuple[Account, Secret, Unavailable | RefusedByMeta | None]:
        """What there is to go on with, and why it is still the former token. AccessRevoked."""
        if not may_renew(account, self.clock.now()):
            return account, token, None
        try:
            renewed = await self.graph.renew(account, token)
        except AccessRevoked:
            raise
        except (Unavailable, RefusedByMeta) as error:
            return account, token, error
        expires_at = self.clock.now() + renewed.life
        await self.care.renew(claim, renewed.token, expires_at)
        return replace(account, token_expires_at=expires_at), renewed.token, None

    async def _mended(self, account: Account, token: Secret) -> str | None:
        """What Meta no longer sent, if that was so; it is read back. GraphUnavailable, AccessRevoked,
        RefusedByMeta."""
        source = account.webhook_source
        lacked = frozenset[str]() if source is None else await self.graph.mend_subscription(source, token)
        if source is None or not lacked:
            return None
        await self.accounts.subscribed(account.tenant_id, account.id, None)
        await self.histories.repair(account.tenant_id, source)
        return f"Meta no longer sent {', '.join(sorted(lacked))}, and does again"

    async def _doubt(self, claim: CareClaim, revoked: AccessRevoked) -> None:
        """Meta has refused good tokens for a while before, so one refusal alone is none."""
        account = claim.account
        if not claim.doubted:
            await self.care.put_off(claim, _SECOND_LOOK, doubted=True, problem=str(revoked))
            return
        reason = StatusReason.of(revoked, self.clock.now())
        await self.accounts.needs_login(account.tenant_id, account.id, reason, as_of=account.connected_at)
