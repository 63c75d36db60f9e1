"""What must, or must no longer, send us webhooks: claimed for a minute, tried ever more rarely."""

from collections.abc import Sequence
from typing import LiteralString

from meta_inbox.adapters.logs.log import log_named
from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.adapters.persistence.postgres_rows import is_id
from meta_inbox.adapters.persistence.sealed_tokens import AccountTokens, unsubscription_place
from meta_inbox.adapters.persistence.sealing import KeyRing, SealBroken
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.account import Login, WebhookSource
from meta_inbox.domain.model.ids import AccountId, TenantId
from meta_inbox.domain.ports import Subscription, Unsubscription

_log = log_named(__name__)

_SUBSCRIBED: LiteralString = """
    update meta_inbox.accounts
    set subscribed_at = case when %(problem)s::text is null then now() else subscribed_at end,
        subscription_problem = %(problem)s,
        subscription_attempts = case when %(problem)s::text is null then 0 else subscription_attempts + 1 end,
        subscription_due_at = case when %(problem)s::text is not null and status <> 'disconnected'
          then now() + least(interval '1 min' * 2 ^ least(subscription_attempts, 10), interval '1 hour') end
    where tenant_id = %(tenant)s and id = %(id)s
    returning 1
"""
_DUE: LiteralString = """
    with due as materialized (
      select tenant_id, id from meta_inbox.accounts
      where subscription_due_at <= now() and status = 'active' and webhook_source is not null
      order by subscription_due_at, id limit %(limit)s for no key update skip locked
    )
    update meta_inbox.accounts a set subscription_due_at = now() + interval '1 min'
    from due where a.tenant_id = due.tenant_id and a.id = due.id
    returning a.tenant_id, a.id::text, a.login, a.external_id, a.user_token, a.page_token, a.webhook_source
"""
_DUE_ENDS: LiteralString = """
    with due as materialized (
      select tenant_id, id from meta_inbox.unsubscriptions
      where due_at <= now() order by due_at, id limit %(limit)s for update skip locked
    )
    update meta_inbox.unsubscriptions u
    set due_at = now() + least(interval '1 min' * 2 ^ least(u.attempts, 10), interval '1 hour'),
        attempts = u.attempts + 1
    from due where u.tenant_id = due.tenant_id and u.id = due.id
    returning u.tenant_id, u.id::text, u.login, u.page_id, u.token
"""
_FORGET: LiteralString = "delete from meta_inbox.unsubscriptions where id = any(%(ids)s::uuid[])"


class PostgresSubscriptions:
    """What the accounts' adapter leaves to this one."""

    def __init__(self, db: Database, keys: KeyRing) -> None:
        self._db = db
        self._keys = keys

    async def subscribed(self, tenant: TenantId, account: AccountId, problem: str | None) -> None:
        """Notes that Meta will send webhooks, or why not yet. NotFound."""

        async def work(connection: Connection) -> None:
            values = {"tenant": tenant, "id": account, "problem": problem}
            if await (await connection.execute(_SUBSCRIBED, values)).fetchone() is None:
                raise NotFound("no such account")

        await self._db.as_tenant(tenant, work)

    async def due_subscriptions(self, limit: int) -> Sequence[Subscription]:
        """Claims accounts that are not subscribed yet; one whose token cannot be opened is passed over."""

        async def work(connection: Connection) -> list[tuple[AccountTokens, str]]:
            found = await (await connection.execute(_DUE, {"limit": limit})).fetchall()
            return [
                (
                    AccountTokens(
                        tenant_id=tenant,
                        account_id=account,
                        login=Login(login),
                        external_id=external_id,
                        user_token=user_token,
                        page_token=page_token,
                    ),
                    source,
                )
                for tenant, account, login, external_id, user_token, page_token, source in found
            ]

        due = await self._db.as_system(work)
        opened = [self._subscription(tokens, source) for tokens, source in due]
        return [each for each in opened if each is not None]

    def _subscription(self, tokens: AccountTokens, source: str) -> Subscription | None:
        try:
            token = tokens.to_act_with(self._keys)
        except SealBroken:
            _log.error("token_unreadable", account=tokens.account_id)
            return None
        if token is None:
            return None
        return Subscription(
            tenant_id=TenantId(tokens.tenant_id),
            account_id=AccountId(tokens.account_id),
            source=WebhookSource(login=tokens.login, id=source),
            token=token,
        )

    async def due_unsubscriptions(self, limit: int) -> Sequence[Unsubscription]:
        """Claims what is still to be unsubscribed; one whose token cannot be opened is given up."""

        async def work(connection: Connection) -> list[Unsubscription]:
            opened: list[Unsubscription] = []
            given_up: list[str] = []
            for tenant, id_, login, source_id, blob in await (
                await connection.execute(_DUE_ENDS, {"limit": limit})
            ).fetchall():
                source = WebhookSource(login=Login(login), id=source_id)
                try:
                    token = self._keys.open(blob, unsubscription_place(tenant, id_, source))
                except SealBroken:
                    _log.error("token_unreadable", unsubscription=id_)
                    given_up.append(id_)
                else:
                    opened.append(Unsubscription(id=id_, source=source, token=token))
            if given_up:
                await connection.execute(_FORGET, {"ids": given_up})
            return opened

        return await self._db.as_system(work)

    async def unsubscribed(self, unsubscription: str) -> None:
        """Forgets the unsubscription and its token."""
        if not is_id(unsubscription):
            return

        async def work(connection: Connection) -> None:
            await connection.execute(_FORGET, {"ids": [unsubscription]})

        await self._db.as_system(work)
