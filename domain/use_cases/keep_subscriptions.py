"""Connected accounts send us webhooks, disconnected ones do not: now if Meta answers, else later."""

from dataclasses import dataclass

from meta_inbox.domain.errors import AccessRevoked, RefusedByMeta, Unavailable
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.ports import Accounts, GraphApi, Subscription, Unsubscription


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepSubscriptions:
    """Subscribes and unsubscribes Pages, and accounts by their own login, and goes on trying what failed."""

    accounts: Accounts
    graph: GraphApi

    async def subscribe_now(self, account: Account) -> None:
        """Tries once; a failure is noted on the account and tried again by ``due``."""
        source = account.webhook_source
        if source is None:
            return
        try:
            token = await self.accounts.token(account.tenant_id, account.id)
        except AccessRevoked:
            return
        await self._subscribe(
            Subscription(tenant_id=account.tenant_id, account_id=account.id, source=source, token=token)
        )

    async def _subscribe(self, subscription: Subscription) -> None:
        problem: str | None = None
        try:
            await self.graph.subscribe(subscription.source, subscription.token)
        except (Unavailable, RefusedByMeta) as error:
            problem = str(error)
        await self.accounts.subscribed(subscription.tenant_id, subscription.account_id, problem)

    async def unsubscribe_now(self, unsubscription: Unsubscription) -> None:
        """Tries once; while Meta does not answer it stays to be tried again."""
        try:
            await self.graph.unsubscribe(unsubscription.source, unsubscription.token)
        except (AccessRevoked, RefusedByMeta):
            pass  # the token is dead: Meta stopped sending on its own, and nobody can ask any more
        except Unavailable:
            return
        await self.accounts.unsubscribed(unsubscription.id)

    async def due(self) -> int:
        """Tries again what failed before; how many were tried."""
        subscriptions = await self.accounts.due_subscriptions(20)
        for subscription in subscriptions:
            await self._subscribe(subscription)
        unsubscriptions = await self.accounts.due_unsubscriptions(20)
        for unsubscription in unsubscriptions:
            await self.unsubscribe_now(unsubscription)
        return len(subscriptions) + len(unsubscriptions)
