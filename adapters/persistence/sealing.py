"""Tokens at rest: ``v1.<kid>.<base64url(nonce || ciphertext || tag)>``, AES-256-GCM, bound to their place.

The data key is HKDF-SHA256 of a root key for one tenant; the additional data names tenant, connection,
provider, external account and field, so that a value moved to another row or column does not open.
"""

import re
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from functools import lru_cache
from os import urandom
from typing import Final, final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from meta_inbox.domain.errors import MetaInboxError
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.secret import Secret

_VERSION: Final = "v1"
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_CACHED_KEYS: Final = 1024
_KID: Final = re.compile(r"[a-z0-9]{1,16}")
_BLOB: Final = re.compile(r"v1\.([a-z0-9]{1,16})\.([A-Za-z0-9_-]+)")


class SealBroken(MetaInboxError):
    """A sealed value does not open; deliberately the same whatever the cause."""

    def __init__(self) -> None:
        super().__init__("the sealed value cannot be opened")


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """The place a sealed value belongs to; it opens nowhere else.

    A pending row has its state's id as ``connection_id`` and ``pending`` as ``external_account_id``, and
    is sealed anew on completion.
    """

    tenant_id: str
    connection_id: str
    provider: Login
    external_account_id: str
    field: str

    def __post_init__(self) -> None:
        """Raises ValueError when a part is empty or the provider is not one of Meta's two logins."""
        Login(self.provider)
        for name in ("tenant_id", "connection_id", "external_account_id", "field"):
            if not getattr(self, name).encode():
                raise ValueError(f"the {name} of a sealed value must not be empty")


@final
class KeyRing:
    """The root keys: the first seals, all open. Shows nothing of them, and does not pickle."""

    __slots__ = ("_data_key", "_roots", "primary")

    def __init__(self, roots: dict[str, bytes]) -> None:
        """Raises ValueError for a kid or key that must not be used; its text never holds a key."""
        if not roots:
            raise ValueError("there is no key; meta-inbox keys generate makes one")
        for place, (kid, root) in enumerate(roots.items(), start=1):
            _check(kid, root, place)
        self._roots = dict(roots)
        self.primary = next(iter(roots))
        self._data_key = lru_cache(maxsize=_CACHED_KEYS)(self._derive)

    @classmethod
    def parse(cls, text: str) -> "KeyRing":
        """Reads ``kid:base64-of-32-bytes[,kid:…]``; raises ValueError naming the entry, never its text."""
        roots: dict[str, bytes] = {}
        for place, entry in enumerate(text.split(","), start=1):
            kid, colon, encoded = entry.strip().partition(":")
            if not colon:
                raise ValueError(f"entry {place} is not kid:base64-of-32-bytes")
            root = _canonical(encoded, place)
            _check(kid, root, place)
            if kid in roots:
                raise ValueError(f"entry {place} repeats the kid of an earlier entry")
            roots[kid] = root
        return cls(roots)

    @staticmethod
    def generate(kid: str) -> str:
        """A new random key as text for ``META_INBOX_ENCRYPTION_KEYS``."""
        root = urandom(_KEY_BYTES)
        _check(kid, root, 1)
        return f"{kid}:{b64encode(root).decode()}"

    @property
    def kids(self) -> tuple[str, ...]:
        """The key ids, the sealing one first."""
        return tuple(self._roots)

    def seal(self, text: Secret, at: Binding) -> str:
        """The text as a blob that opens only there, under the primary key."""
        return self._seal_with(urandom(_NONCE_BYTES), text, at)

    def open(self, blob: str, at: Binding) -> Secret:
        """The text again; raises SealBroken."""
        kid, raw = _split(blob)
        if kid not in self._roots:
            raise SealBroken
        key = self._data_key(kid, at.tenant_id)
        try:
            plain = key.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _additional_data(kid, at))
        except InvalidTag:
            raise SealBroken from None
        return Secret(plain.decode())

    def derived(self, purpose: str) -> tuple[bytes, ...]:
        """A key for another purpose of each root key, the sealing one's first."""
        info = b"mi/" + purpose.encode()
        return tuple(
            HKDF(SHA256(), _KEY_BYTES, salt=None, info=info).derive(root) for root in self._roots.values()
        )

    def self_test(self) -> None:
        """Seals and opens once with every key; raises SealBroken when the cipher does not work here."""
        for kid in self._roots:
            alone = KeyRing({kid: self._roots[kid]})
            if alone.open(alone.seal(_CANARY_TEXT, _CANARY), _CANARY) != _CANARY_TEXT:
                raise SealBroken

    def canary(self) -> str:
        """A blob to keep in the database, so that a wrong key shows at the start, not at the first send."""
        return self.seal(_CANARY_TEXT, _CANARY)

    def opens_canary(self, blob: str) -> bool:
        """Whether this key ring is one for the database that keeps the blob."""
        try:
            return self.open(blob, _CANARY) == _CANARY_TEXT
        except SealBroken:
            return False

    def _seal_with(self, nonce: bytes, text: Secret, at: Binding) -> str:
        plain = text.reveal().encode(errors="replace")
        if plain.decode() != text.reveal():  # a UnicodeEncodeError would carry the text
            raise ValueError("the text to seal is not valid Unicode")
        key = self._data_key(self.primary, at.tenant_id)
        sealed = nonce + key.encrypt(nonce, plain, _additional_data(self.primary, at))
        return f"{_VERSION}.{self.primary}.{urlsafe_b64encode(sealed).decode().rstrip('=')}"

    def _derive(self, kid: str, tenant_id: str) -> AESGCM:
        info = b"mi/token/" + _prefixed(tenant_id)
        return AESGCM(HKDF(SHA256(), _KEY_BYTES, salt=None, info=info).derive(self._roots[kid]))

    def __repr__(self) -> str:
        return "KeyRing(***)"

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a key ring is not pickled")


def kid_of(blob: str) -> str:
    """The key id that sealed the blob, without opening it; raises SealBroken for what is no blob."""
    return _split(blob)[0]


def _check(kid: str, root: bytes, place: int) -> None:
    if not _KID.fullmatch(kid):
        raise ValueError(f"the kid of entry {place} is not 1 to 16 of a-z and 0-9")
    if len(root) != _KEY_BYTES:
        raise ValueError(f"the key of entry {place} is not {_KEY_BYTES} bytes")
    if len(set(root)) == 1:
        raise ValueError(f"the key of entry {place} is one byte repeated")


def _canonical(encoded: str, place: int) -> bytes:
    try:
        root = b64decode(encoded.encode("ascii"), validate=True)
    except ValueError:
        root = b""
    if not root or b64encode(root).decode() != encoded:
        raise ValueError(f"the key of entry {place} is not standard base64 with its padding")
    return root


def _split(blob: str) -> tuple[str, bytes]:
    found = _BLOB.fullmatch(blob)
    if found is None or len(found[2]) % 4 == 1:
        raise SealBroken
    raw = urlsafe_b64decode(found[2] + "=" * (-len(found[2]) % 4))
    canonical = urlsafe_b64encode(raw).decode().rstrip("=") == found[2]
    if not canonical or len(raw) < _NONCE_BYTES + _TAG_BYTES:
        raise SealBroken
    return found[1], raw


def _additional_data(kid: str, at: Binding) -> bytes:
    place = (at.tenant_id, at.connection_id, str(at.provider), at.external_account_id, at.field)
    return b"".join(_prefixed(part) for part in ("meta-inbox/secret", _VERSION, kid, *place))


def _prefixed(part: str) -> bytes:
    encoded = part.encode()
    return len(encoded).to_bytes(4, "big") + encoded


_CANARY_TEXT: Final = Secret("meta-inbox")
_CANARY: Final = Binding(
    tenant_id="meta-inbox",
    connection_id="canary",
    provider=Login.FACEBOOK,
    external_account_id="canary",
    field="canary",
)
