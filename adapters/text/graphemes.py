"""What people see as one character, by Unicode's rules for extended grapheme clusters (UAX #29)."""

from collections.abc import Sequence

import regex

_CLUSTER = regex.compile(r"\X")


def graphemes(text: str) -> Sequence[str]:
    """The text's characters as people see them, in order; joined they are the text."""
    return _CLUSTER.findall(text)
