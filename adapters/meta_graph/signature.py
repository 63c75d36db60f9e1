"""Meta signs every webhook body with the secret of an app ("Validating payloads": HMAC-SHA256, hex)."""

import hashlib
import hmac
import re
from collections.abc import Sequence

from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.secret import Secret

HEADER = "X-Hub-Signature-256"

_PREFIX = b"sha256="
_FORM = re.compile(rb"sha256=[0-9a-f]{64}")


def sign(body: bytes, secret: Secret) -> bytes:
    """The header that Meta sends with exactly these bytes."""
    return _PREFIX + hmac.digest(secret.reveal().encode(), body, "sha256").hex().encode()


class HmacSignatures:
    """Knows the secrets of this deployment; several Meta secrets serve while one is being replaced."""

    def __init__(
        self, *, meta_secrets: Sequence[Secret], instagram_secret: Secret | None, verify_token: Secret
    ) -> None:
        """ValueError for an empty secret, with which anybody could sign."""
        secrets = [(Login.FACEBOOK, secret) for secret in meta_secrets]
        if instagram_secret is not None:
            secrets.append((Login.INSTAGRAM, instagram_secret))
        if not meta_secrets or not verify_token or not all(secret for _, secret in secrets):
            raise ValueError("a secret for webhooks is missing or empty")
        self._keyed = [(login, _prepared(secret)) for login, secret in secrets]
        self._verify_token = _digest(verify_token.reveal())

    def signer(self, body: bytes, header: bytes | None) -> Login | None:
        """Whose secret signed exactly these bytes, or None."""
        if header is None or _FORM.fullmatch(header) is None:
            return None
        given = header[len(_PREFIX) :]
        for login, keyed in self._keyed:
            digest = keyed.copy()
            digest.update(body)
            if hmac.compare_digest(digest.hexdigest().encode(), given):
                return login
        return None

    def is_verify_token(self, token: str) -> bool:
        """Whether this is the token of the verify handshake."""
        return hmac.compare_digest(_digest(token), self._verify_token)


def _prepared(secret: Secret) -> hmac.HMAC:
    return hmac.new(secret.reveal().encode(), digestmod="sha256")


def _digest(token: str) -> bytes:
    """Equal lengths for the comparison, whatever was given."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()
