"""What a blob may be called."""

import re

_KEY = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{7,63}")


def checked(key: str) -> str:
    """The key. ValueError for one that we did not make: it must never name anything outside the store."""
    if not _KEY.fullmatch(key):
        raise ValueError("a blob's key is 8 to 64 letters, digits and hyphens")
    return key
