"""Who asks: a person or an automation of one tenant."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from meta_inbox.domain.errors import ScopeMissing
from meta_inbox.domain.model.ids import TenantId, UserId


class Scope(StrEnum):
    """What a principal may do."""

    ACCOUNTS_MANAGE = "accounts:manage"
    MESSAGES_READ = "messages:read"
    MESSAGES_SEND = "messages:send"
    AUTOMATION_MANAGE = "automation:manage"
    ANALYTICS_READ = "analytics:read"


ALL_SCOPES = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller whom the host or a bearer token vouches for; ids are 1 to 64 characters.

    ``expires_at`` is when that ends, aware; live connections end with it. None = it does not end by itself.
    """

    tenant_id: TenantId | str
    user_id: UserId | str
    scopes: frozenset[Scope] = ALL_SCOPES
    name: str | None = None
    kind: Literal["person", "automation"] = "person"
    expires_at: datetime | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for an id that is empty, too long or has control characters, and a naive time."""
        for what, value in (("tenant_id", self.tenant_id), ("user_id", self.user_id)):
            if not 1 <= len(value) <= 64 or not value.isprintable():
                raise ValueError(f"{what} must be 1 to 64 printable characters")
        if self.expires_at is not None and self.expires_at.tzinfo is None:
            raise ValueError("expires_at must be aware of its time zone")

    @property
    def tenant(self) -> TenantId:
        """The tenant as the core's own id type."""
        return TenantId(self.tenant_id)

    @property
    def user(self) -> UserId:
        """The user as the core's own id type."""
        return UserId(self.user_id)

    @property
    def is_person(self) -> bool:
        """Whether a human being acts, which alone may use the human-agent tag."""
        return self.kind == "person"

    def require(self, *any_of: Scope) -> None:
        """Raises ScopeMissing unless the principal has one of these scopes."""
        if not self.scopes.intersection(any_of):
            raise ScopeMissing(any_of[0].value)
