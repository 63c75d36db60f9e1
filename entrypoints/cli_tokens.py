"""A signed bearer token, to try the API with."""

from datetime import UTC, datetime, timedelta

import jwt

from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.secret import Secret
from meta_inbox.entrypoints.environment import missing, read_environment, secret_of


def bearer(tenant: str, user: str, scope: str | None, hours: float) -> str:
    """For this tenant and user, signed with AUTH_JWT_SECRET. SettingsError, or ValueError for bad ids."""
    secret = secret_of("AUTH_JWT_SECRET")
    if secret is None:
        raise missing("AUTH_JWT_SECRET")
    environment = read_environment()
    return sign(
        secret,
        tenant,
        user,
        scope=scope,
        life=timedelta(hours=hours),
        issuer=environment.get("AUTH_JWT_ISSUER"),
        audience=environment.get("AUTH_JWT_AUDIENCE"),
    )


def sign(
    secret: Secret,
    tenant: str,
    user: str,
    *,
    scope: str | None = None,
    life: timedelta,
    issuer: str | None = None,
    audience: str | None = None,
) -> str:
    """The token; ValueError for ids or scopes that the API would not take."""
    Principal(tenant, user)
    for one in (scope or "").split():
        Scope(one)
    now = datetime.now(UTC)
    claims = {"sub": user, "tenant_id": tenant, "scope": scope, "iss": issuer, "aud": audience}
    present = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({**present, "iat": now, "exp": now + life}, secret.reveal(), algorithm="HS256")
