"""Doing something at Meta in an account's name, beside sending."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from meta_inbox.domain.errors import AccessRevoked, AccountNotSendable, RefusedByMeta
from meta_inbox.domain.model.account import Account, StatusReason
from meta_inbox.domain.model.projection import refusal_kind
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.ports import Accounts, Clock

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class AtMeta:
    """Acts with the account's token; that Meta no longer accepts it is noted on the account."""

    accounts: Accounts
    clock: Clock

    async def __call__(self, owner: Account, act: Callable[[Secret], Awaitable[T]]) -> T:
        """What came of it. Refused, GraphUnavailable."""
        owner.require_sendable()
        try:
            return await act(await self.accounts.token(owner.tenant_id, owner.id))
        except AccessRevoked as revoked:
            reason = StatusReason.of(revoked, self.clock.now())
            await self.accounts.needs_login(owner.tenant_id, owner.id, reason, as_of=owner.connected_at)
            raise AccountNotSendable(
                "Meta no longer accepts this connection; reconnect the account"
            ) from revoked
        except RefusedByMeta as refused:
            refused.kind = refusal_kind(refused.code)
            raise
