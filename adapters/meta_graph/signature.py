"""Meta signs every webhook body with the secret of an app ("Validating payloads": HMAC-SHA256, hex)."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.ports import TakenBack

HEADER = "X-Hub-Signature-256"

_PREFIX = b"sha256="
_BASE64URL = re.compile(rb"([A-Za-z0-9_-]+)={0,2}")
_FORM = re.compile(rb"sha256=[0-9a-f]{64}")


class _Payload(msgspec.Struct):
    algorithm: str
    user_id: str | int
    issued_at: int | None = None


def sign(body: bytes, secret: Secret) -> bytes:
    """The header that Meta sends with exactly these bytes."""
    return _PREFIX + hmac.digest(secret.reveal().encode(), body, "sha256").hex().encode()


def sign_request(person: str, secret: Secret, *, issued_at: int) -> str:
    """What Meta calls back with about this person ("Parsing the Signed Request")."""
    payload = {"algorithm": "HMAC-SHA256", "issued_at": issued_at, "user_id": person}
    encoded = base64.urlsafe_b64encode(json.dumps(payload).encode()).rstrip(b"=")
    digest = hmac.digest(secret.reveal().encode(), encoded, "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() + "." + encoded.decode()


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

    def person(self, signed_request: str) -> TakenBack | None:
        """Whom it is about, if one of the secrets signed exactly that; which one does not matter.

        The signature is over the payload as it came, still encoded, and judged before anything in it is read.
        """
        signature, dot, encoded = signed_request.encode(errors="replace").partition(b".")
        given = _decoded(signature)
        if not dot or given is None or not any(_signs(keyed, encoded, given) for _, keyed in self._keyed):
            return None
        try:
            payload = msgspec.json.decode(_decoded(encoded) or b"", type=_Payload)
            at = None if payload.issued_at is None else datetime.fromtimestamp(payload.issued_at, UTC)
        except (msgspec.MsgspecError, ValueError, RecursionError, OverflowError, OSError):
            return None
        if payload.algorithm.upper() != "HMAC-SHA256" or not payload.user_id:
            return None
        return TakenBack(person=str(payload.user_id), at=at)

    def is_verify_token(self, token: str) -> bool:
        """Whether this is the token of the verify handshake."""
        return hmac.compare_digest(_digest(token), self._verify_token)


def _signs(keyed: hmac.HMAC, encoded: bytes, given: bytes) -> bool:
    digest = keyed.copy()
    digest.update(encoded)
    return hmac.compare_digest(digest.digest(), given)


def _decoded(text: bytes) -> bytes | None:
    """Of base64url, which Meta writes without padding."""
    found = _BASE64URL.fullmatch(text)
    if found is None:
        return None
    try:
        return base64.urlsafe_b64decode(found[1] + b"=" * (-len(found[1]) % 4))
    except ValueError:
        return None


def _prepared(secret: Secret) -> hmac.HMAC:
    return hmac.new(secret.reveal().encode(), digestmod="sha256")


def _digest(token: str) -> bytes:
    """Equal lengths for the comparison, whatever was given."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()
