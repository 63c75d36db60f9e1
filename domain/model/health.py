"""What is checked, of an account and of the service, and how a fault is mended."""

from dataclasses import dataclass, field
from datetime import datetime

from meta_inbox.domain.errors import AccessRevoked


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """One named precondition of an account, with the fix in plain words when it does not hold."""

    name: str
    ok: bool
    detail: str
    fix: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One part of the service; a fatal fault means that no request should come here."""

    name: str
    ok: bool
    fatal: bool
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFacts:
    """What Meta tells about an access token; ``revoked`` is why it is not valid, where Meta says so.

    What Meta does not tell of its ends is as it was known before.
    """

    valid: bool
    ours: bool
    revoked: AccessRevoked | None = field(default=None, compare=False)
    scopes: frozenset[str] = frozenset()
    expires_at: datetime | None = None
    data_access_expires_at: datetime | None = None
