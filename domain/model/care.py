"""Looking after connected accounts, so that no connection dies quietly."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from meta_inbox.domain.model.account import Account, Login
from meta_inbox.domain.model.secret import Secret

LOOKED_AT_EVERY = timedelta(days=1)
LEASE = timedelta(minutes=10)
RENEWED_WITHIN = timedelta(days=30)
"""How long before its end a token is renewed: weeks are left for further tries."""
RENEWED_FROM_AGE = timedelta(hours=24)
"""Meta renews no younger token ("Refresh a long-lived token")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CareClaim:
    """An account in the hands of one process; ``fence`` tells it from later claims and later logins.

    ``doubted`` = at the last look Meta no longer took its token.
    """

    account: Account
    fence: datetime
    doubted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewedToken:
    """What a token was renewed to, and how long that lives."""

    token: Secret
    life: timedelta


def may_renew(account: Account, now: datetime) -> bool:
    """Whether the account's token is to be renewed now, and Meta would do it.

    Tokens of Facebook Login are never renewed: a Page's has no end, and a person's only a login replaces.
    """
    if account.login is not Login.INSTAGRAM or now - account.connected_at < RENEWED_FROM_AGE:
        return False
    return account.token_expires_at is None or account.token_expires_at - now <= RENEWED_WITHIN


def next_look(account: Account, now: datetime) -> timedelta:
    """After how long: once a day, and just when it begins to expire."""
    begins = account.expiring_from
    if begins is None or begins <= now:
        return LOOKED_AT_EVERY
    return min(LOOKED_AT_EVERY, begins - now + timedelta(seconds=1))
