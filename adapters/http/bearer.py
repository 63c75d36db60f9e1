"""Callers who prove who they are with a signed token (RFC 6750, RFC 7519)."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import jwt

from meta_inbox.adapters.http.identity import Connection
from meta_inbox.adapters.http.key_set import ALGORITHMS, Fetch, KeySet, fetch_from
from meta_inbox.domain.model.principal import ALL_SCOPES, Principal, Scope
from meta_inbox.domain.model.secret import Secret

MIN_SECRET_BYTES = 32
_SCOPES = {scope.value: scope for scope in Scope}
_MAX_NAME = 200
_LATEST = datetime.max.replace(tzinfo=UTC).timestamp() - 86_400


class BearerTokens:
    """An identity: the principal of a valid token, None for any other request.

    Either ``secret`` (HS256) or ``jwks_url`` (RS256, ES256): the algorithm is never the token's choice.
    ``issuer`` and ``audience`` are checked when given. Raises KeySetUnavailable while keys cannot be had.
    """

    def __init__(
        self,
        *,
        secret: Secret | None = None,
        jwks_url: str | None = None,
        issuer: str | None = None,
        audience: str | None = None,
        fetch: Fetch | None = None,
    ) -> None:
        if (secret is None) == (jwks_url is None and fetch is None):
            raise ValueError("bearer tokens need either a secret or the address of a key set")
        if secret is not None and len(secret.reveal().encode()) < MIN_SECRET_BYTES:
            raise ValueError(f"the secret must have at least {MIN_SECRET_BYTES} bytes")
        self._secret = secret
        self._keys = None if secret else KeySet(fetch or fetch_from(jwks_url or ""))
        self._issuer = issuer
        self._audience = audience

    async def __call__(self, request: Connection) -> Principal | None:
        """Who the request's token says is calling."""
        token = _token(request.headers.getall("authorization", []))
        if token is None:
            return None
        try:
            claims = await self._claims(token)
            return None if claims is None else _principal(claims)
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError):
            return None

    async def _claims(self, token: str) -> dict[str, Any] | None:
        if self._keys is None:
            return self._decode(token, self._secret.reveal() if self._secret else "", ["HS256"])
        header = jwt.get_unverified_header(token)
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm not in ALGORITHMS or not (kid is None or isinstance(kid, str)):
            return None
        key = await self._keys.find(algorithm, kid)
        return None if key is None else self._decode(token, key, [algorithm])

    def _decode(self, token: str, key: "str | jwt.PyJWK", algorithms: list[str]) -> dict[str, Any]:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=algorithms,
            issuer=self._issuer,
            audience=self._audience,
            leeway=0,
            options={
                "require": ["sub", "tenant_id", "exp"],
                "verify_aud": self._audience is not None,
                "verify_iss": self._issuer is not None,
                "verify_sub": False,  # ours may be numbers; see _id
                "verify_iat": False,  # a clock a second ahead of ours is no attack
                "verify_jti": False,
            },
        )
        return claims


def _token(headers: list[str]) -> str | None:
    scheme, _, token = headers[0].partition(" ") if len(headers) == 1 else ("", "", "")
    return token.strip() or None if scheme.lower() == "bearer" else None


def _principal(claims: dict[str, Any]) -> Principal:
    if isinstance(claims["exp"], bool) or not isinstance(claims["exp"], int | float):
        raise TypeError("exp is a number")
    name = claims.get("name")
    return Principal(
        tenant_id=_id(claims["tenant_id"]),
        user_id=_id(claims["sub"]),
        scopes=_scopes(claims),
        name=name[:_MAX_NAME] if isinstance(name, str) else None,
        expires_at=datetime.fromtimestamp(min(claims["exp"], _LATEST), UTC),
    )


def _id(claim: object) -> str:
    """The text, or a number in its decimal form."""
    if isinstance(claim, str):
        return claim
    if isinstance(claim, bool) or not isinstance(claim, int | float):
        raise TypeError("an id is text or a number")
    number = Decimal(str(claim))
    if not number.is_finite():
        raise ValueError("an id is a finite number")
    return format(number, "f")


def _scopes(claims: dict[str, Any]) -> frozenset[Scope]:
    """Absent = all, empty = none; what we do not know is passed over."""
    if "scope" not in claims:
        return ALL_SCOPES
    scope = claims["scope"]
    if not isinstance(scope, str):
        raise TypeError("scope is text")
    return frozenset(_SCOPES[word] for word in scope.split(" ") if word in _SCOPES)
