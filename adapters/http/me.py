"""Whose session this is."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from litestar import get

from meta_inbox.adapters.http.given import By, Core
from meta_inbox.adapters.http.wire import utc_or_none
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.principal import Principal, Scope


class Me(msgspec.Struct, kw_only=True):
    """Who calls and what they may do; ``expires_at`` null = it does not end by itself.

    ``logins`` are those of Meta's by which accounts can be connected here.
    """

    tenant_id: str
    user_id: str
    name: str | None
    scopes: list[Scope]
    logins: list[Login]
    expires_at: datetime | None

    @classmethod
    def of(cls, principal: Principal, logins: Iterable[Login]) -> "Me":
        """The principal, its scopes in a fixed order."""
        return cls(
            tenant_id=principal.tenant_id,
            user_id=principal.user_id,
            name=principal.name,
            scopes=sorted(principal.scopes),
            logins=list(logins),
            expires_at=utc_or_none(principal.expires_at),
        )


@get("/me")
async def who_am_i(by: By, inbox: Core) -> Me:
    """Whoever the request's credentials vouch for; needs no scope."""
    return Me.of(by, inbox.connect_account.logins)
