"""Addresses of files that a browser can load without a token: signed, for at most an hour."""

import hashlib
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.model.principal import Principal, Scope

LIFE = 3600
_STEP = 1800
"""Seconds. An address stays the same for half an hour, so that browsers need not load a file again."""
_MAC = 32
_EXP = re.compile(r"[1-9]\d{0,11}")
_SIG = re.compile(r"[A-Za-z0-9_-]{44,400}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaUrls:
    """Makes and checks them. The first key signs, all are taken; a signature names its tenant."""

    base_url: str
    keys: Sequence[bytes] = field(repr=False)

    def url(self, tenant: TenantId, media: str, now: datetime) -> str:
        """The address of a file, good for 30 to 60 minutes."""
        exp = (int(now.timestamp()) // _STEP + 2) * _STEP
        signed = _mac(self.keys[0], tenant, media, exp) + tenant.encode()
        sig = urlsafe_b64encode(signed).decode().rstrip("=")
        return f"{self.base_url}/media/{media}?exp={exp}&sig={sig}"

    def reader(self, media: str, exp: str | None, sig: str | None, now: datetime) -> Principal | None:
        """Whom the signature lets look at this file; None when it is wrong, or over."""
        if exp is None or sig is None or not _EXP.fullmatch(exp) or not _SIG.fullmatch(sig):
            return None
        until, seconds = int(exp), int(now.timestamp())
        if not seconds < until <= seconds + LIFE:
            return None
        try:
            signed = urlsafe_b64decode(sig + "=" * (-len(sig) % 4))
            tenant = TenantId(signed[_MAC:].decode())
        except ValueError:
            return None
        if not any(hmac.compare_digest(signed[:_MAC], _mac(key, tenant, media, until)) for key in self.keys):
            return None
        # A user of its own for each file: many may look at once, and the tenant's limit holds all the same.
        return Principal(tenant, f"media:{media}", scopes=frozenset({Scope.MESSAGES_READ}))


@dataclass(frozen=True, slots=True)
class MediaLinks:
    """Signed addresses for one answer, all good until the same moment."""

    urls: MediaUrls
    now: datetime

    def of(self, tenant: TenantId, media: str) -> str:
        """The address of a file."""
        return self.urls.url(tenant, media, self.now.astimezone(UTC))


def _mac(key: bytes, tenant: str, media: str, exp: int) -> bytes:
    parts = (part.encode() for part in ("media", tenant, media, str(exp)))
    message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return hmac.new(key, message, hashlib.sha256).digest()
