"""Pages of a list: keyset, never offset."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class After:
    """Where a page ended: the last row's time and, among equals, its id."""

    at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, and where the next page begins; None at the end."""

    items: tuple[T, ...]
    next: After | None
