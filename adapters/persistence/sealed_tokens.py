"""Where the secrets at rest belong to: each opens in its own row and column alone."""

from dataclasses import dataclass
from typing import Literal

from meta_inbox.adapters.persistence.sealing import Binding, KeyRing
from meta_inbox.domain.model.account import Login, WebhookSource
from meta_inbox.domain.model.secret import Secret

TokenField = Literal["user_token", "page_token"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTokens:
    """The sealed tokens of one account row."""

    tenant_id: str
    account_id: str
    login: Login
    external_id: str
    user_token: str | None = None
    page_token: str | None = None

    def binding(self, field: TokenField) -> Binding:
        """The place of one of them."""
        return Binding(
            tenant_id=self.tenant_id,
            connection_id=self.account_id,
            provider=self.login,
            external_account_id=self.external_id,
            field=field,
        )

    def to_act_with(self, keys: KeyRing) -> Secret | None:
        """The Page's token where there is one, else the person's; None when there is neither. SealBroken."""
        if self.page_token is not None:
            return keys.open(self.page_token, self.binding("page_token"))
        if self.user_token is not None:
            return keys.open(self.user_token, self.binding("user_token"))
        return None


def unsubscription_place(tenant_id: str, unsubscription_id: str, source: WebhookSource) -> Binding:
    """The place of the token that ends a subscription."""
    return Binding(
        tenant_id=tenant_id,
        connection_id=unsubscription_id,
        provider=source.login,
        external_account_id=source.id,
        field="unsubscribe",
    )


def endpoint_place(tenant_id: str, endpoint_id: str) -> Binding:
    """The place of what a webhook endpoint's events are signed with, which no login of Meta's gave.

    A secret that was replaced keeps its place, beside the new one.
    """
    return Binding(
        tenant_id=tenant_id,
        connection_id=endpoint_id,
        provider=Login.FACEBOOK,
        external_account_id="webhook-endpoint",
        field="signing_secret",
    )
