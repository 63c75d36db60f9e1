"""Texts that a tenant's agents keep for what they are asked again and again."""

import unicodedata
from dataclasses import dataclass
from typing import NewType

from meta_inbox.domain.errors import ContentRefused
from meta_inbox.domain.model.ids import TenantId

CannedReplyId = NewType("CannedReplyId", str)

MOST_CANNED_REPLIES = 500
LONGEST_SHORTCUT = 32
LONGEST_TEXT = 2000
FIELDS = ("contact.name", "contact.username", "account.name")
"""What may stand in double braces in a text; whoever puts the text into an answer fills it in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CannedReply:
    """A text and the word that calls it up."""

    id: CannedReplyId
    tenant_id: TenantId
    shortcut: str
    text: str

    @property
    def key(self) -> str:
        """What no two shortcuts of a tenant have in common, and by which they are sorted."""
        return key_of(self.shortcut)


def key_of(shortcut: str) -> str:
    """The shortcut without what the case of its letters says."""
    return shortcut.casefold()


def as_shortcut(given: str) -> str:
    """The shortcut, each letter with its accents as one character; ContentRefused."""
    shortcut = unicodedata.normalize("NFC", given)
    if not 1 <= len(shortcut) <= LONGEST_SHORTCUT or not all(map(_may_be_in_shortcut, shortcut)):
        raise ContentRefused(
            f"a shortcut is 1 to {LONGEST_SHORTCUT} letters, digits, _ or -", code="shortcut_invalid"
        )
    return shortcut


def as_text(given: str) -> str:
    """The text as it was given; ContentRefused for none, too much of it, or a field that nobody knows."""
    if not given.strip():
        raise ContentRefused("a canned reply has a text", code="text_empty")
    if len(given) > LONGEST_TEXT:
        raise ContentRefused(f"a canned reply has at most {LONGEST_TEXT} characters", code="text_too_long")
    if "\0" in given:
        raise ContentRefused("a text has the character U+0000", code="invalid_character")
    _require_known_fields(given)
    return given


def _may_be_in_shortcut(character: str) -> bool:
    return character in "_-" or character.isalpha() or character.isdecimal()


def _require_known_fields(text: str) -> None:
    rest = text
    for field in FIELDS:
        rest = rest.replace(_braced(field), " ")
    _, braces, unknown = rest.partition("{{")
    if braces:
        named = unknown.split("}}", 1)[0].split("\n", 1)[0][:40]
        known = ", ".join(map(_braced, FIELDS))
        raise ContentRefused(
            f"there is no field {_braced(named)}; the fields are {known}", code="unknown_field"
        )


def _braced(field: str) -> str:
    return "{{" + field + "}}"
