"""Tokens as the first system sealed them: ``iv:encrypted`` in hex, AES-256-CBC, scrypt of the app secret.

Nothing authenticates such a value, so what was tampered with may well open. Therefore what comes out must
look like an access token. For the import alone: no other reader takes this form.
"""

import re
from dataclasses import dataclass
from typing import Final, Self, final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.padding import PKCS7

from meta_inbox.domain.errors import MetaInboxError
from meta_inbox.domain.model.secret import Secret

_FORM: Final = re.compile(r"[0-9a-f]{32}:(?:[0-9a-f]{32})+")
_TOKEN: Final = re.compile(rb"[A-Za-z0-9_.|-]{20,1024}")


class FormerTokenBroken(MetaInboxError):
    """A token of the first system does not open; the same whatever the cause."""

    def __init__(self) -> None:
        super().__init__("the token cannot be opened with this app secret, or was changed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """How the key follows from the app secret; Node's defaults."""

    salt: str = "salt"
    n: int = 16384
    r: int = 8
    p: int = 1


@final
class FormerKey:
    """The one key of the first system; shows nothing of itself."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def derive(cls, secret: Secret, how: Derivation) -> Self:
        """To be done once, in a thread: it takes long on purpose. ValueError for an impossible cost."""
        scrypt = Scrypt(salt=how.salt.encode(), length=32, n=how.n, r=how.r, p=how.p)
        return cls(scrypt.derive(secret.reveal().encode()))

    def open(self, sealed: str) -> Secret:
        """The token; raises FormerTokenBroken."""
        if _FORM.fullmatch(sealed) is None:
            raise FormerTokenBroken
        iv, _, encrypted = sealed.partition(":")
        decryptor = Cipher(AES256(self._key), CBC(bytes.fromhex(iv))).decryptor()
        padded = decryptor.update(bytes.fromhex(encrypted)) + decryptor.finalize()
        unpadder = PKCS7(128).unpadder()
        try:
            plain = unpadder.update(padded) + unpadder.finalize()
        except ValueError:
            raise FormerTokenBroken from None
        if _TOKEN.fullmatch(plain) is None:
            raise FormerTokenBroken
        return Secret(plain.decode("ascii"))

    def __repr__(self) -> str:
        return "FormerKey(***)"

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a key is not pickled")
