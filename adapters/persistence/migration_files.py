"""The migrations as files: ``NNNN_name.sql``, read also from inside a zipped wheel."""

import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from typing import Final

_PACKAGE: Final = "meta_inbox.adapters.persistence.migrations"
_NAME: Final = re.compile(r"\d{4}_\w+\.sql", re.ASCII)
_NO_TRANSACTION: Final = "-- migrate: no-transaction"


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of SQL."""

    name: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text; line ends do not count."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def in_transaction(self) -> bool:
        """Whether it runs as a whole or not at all."""
        return not self.text.startswith(_NO_TRANSACTION)


def load(source: Traversable | None = None) -> list[Migration]:
    """The package's migrations, or those of another folder, in order; ValueError when two have one number."""
    folder = source if source is not None else files(_PACKAGE)
    found = sorted(
        (each for each in folder.iterdir() if _NAME.fullmatch(each.name)), key=lambda each: each.name
    )
    for one, other in pairwise(found):
        if one.name[:4] == other.name[:4]:
            raise ValueError(f"{one.name} and {other.name} have the same number")
    # by bytes and not by text mode, so that a checkout with other line ends is the same file
    return [Migration(each.name, each.read_bytes().decode().replace("\r\n", "\n")) for each in found]
