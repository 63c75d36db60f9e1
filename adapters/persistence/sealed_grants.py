"""What a login gave, as it is kept until it is completed: candidates in clear, every token sealed."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from meta_inbox.adapters.persistence.sealing import Binding, KeyRing
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.ids import StateId, TenantId
from meta_inbox.domain.model.oauth_state import Candidate, Grant

PENDING = "pending"
_USER_TOKEN = "user_token"


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantPlace:
    """Where a grant belongs to; its tokens open nowhere else."""

    tenant_id: TenantId
    state_id: StateId
    login: Login

    def binding(self, field: str) -> Binding:
        """The place of one of its tokens."""
        return Binding(
            tenant_id=self.tenant_id,
            connection_id=self.state_id,
            provider=self.login,
            external_account_id=PENDING,
            field=field,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedGrant:
    """A grant whose tokens are sealed, as it is written down in JSON."""

    meta_user_id: str
    user_token: str
    user_token_expires_at: datetime | None
    page_token_expires_at: datetime | None
    data_access_expires_at: datetime | None
    candidates: tuple[Candidate, ...]
    page_tokens: dict[str, str]

    @classmethod
    def of(cls, grant: Grant, keys: KeyRing, place: GrantPlace) -> "SealedGrant":
        """The grant with its tokens sealed to this place."""
        return cls(
            meta_user_id=grant.meta_user_id,
            user_token=keys.seal(grant.user_token, place.binding(_USER_TOKEN)),
            user_token_expires_at=grant.user_token_expires_at,
            page_token_expires_at=grant.page_token_expires_at,
            data_access_expires_at=grant.data_access_expires_at,
            candidates=grant.candidates,
            page_tokens={
                page: keys.seal(token, place.binding(_field(page)))
                for page, token in grant.page_tokens.items()
            },
        )

    @classmethod
    def read(cls, text: str) -> "SealedGrant":
        """From its JSON."""
        return msgspec.json.decode(text, type=cls)

    def json(self) -> str:
        """As JSON."""
        return msgspec.json.encode(self).decode()

    def opened(self, keys: KeyRing, place: GrantPlace) -> Grant:
        """The grant again. SealBroken."""
        return Grant(
            meta_user_id=self.meta_user_id,
            user_token=keys.open(self.user_token, place.binding(_USER_TOKEN)),
            user_token_expires_at=self.user_token_expires_at,
            page_token_expires_at=self.page_token_expires_at,
            data_access_expires_at=self.data_access_expires_at,
            candidates=self.candidates,
            page_tokens={
                page: keys.open(blob, place.binding(_field(page))) for page, blob in self.page_tokens.items()
            },
        )

    def blobs(self) -> list[str]:
        """Every sealed token."""
        return [self.user_token, *self.page_tokens.values()]


def _field(page: str) -> str:
    return f"page_token:{page}"
