"""Who answers a conversation when several apps share it. Source: "Conversation Routing"."""

from dataclasses import dataclass
from typing import Literal

Action = Literal["take", "release", "pass"]

OURS = "self"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadControl:
    """What is to become of a thread; ``app_id`` is to whom it passes, and only then."""

    action: Action
    app_id: str | None = None

    def __post_init__(self) -> None:
        """Raises ValueError unless an app is named exactly for passing."""
        if (self.action == "pass") != (self.app_id is not None):
            raise ValueError("app_id says to which app a thread passes, and is for that alone")

    @property
    def owner(self) -> str | None:
        """Who has the thread afterwards."""
        return OURS if self.action == "take" else self.app_id
