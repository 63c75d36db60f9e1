"""Somebody on the other side, played through the sandbox's control API."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Json = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One who writes to an account, from a phone that shows ``thread``."""

    id: str
    account: str
    meta: Callable[..., Any]

    def writes(self, text: str, **more: Json) -> str:
        """A message, with what else the sandbox takes: ``photo=True``, ``ago_seconds=…``; its mid."""
        return str(self._does("messages", {"text": text} | more)["mid"])

    def sends(self, **what: Json) -> str:
        """A message without text: ``photo=True``, ``attachments=[…]``, ``unsupported=True``; its mid."""
        return str(self._does("messages", what)["mid"])

    def edits(self, mid: str, text: str) -> None:
        """Rewrites a message."""
        self._does("edits", {"mid": mid, "text": text})

    def unsends(self, mid: str) -> None:
        """Takes a message back."""
        self._does("unsends", {"mid": mid})

    def reacts(self, mid: str, reaction: str | None = "love") -> None:
        """Reacts to a message, or takes the reaction back."""
        self._does("reactions", {"mid": mid, "reaction": reaction})

    def reads(self) -> None:
        """Has seen everything."""
        self._does("reads", None)

    def presses(self, payload: str, title: str) -> None:
        """Presses a button."""
        self._does("postbacks", {"payload": payload, "title": title})

    def answers_story(self, text: str) -> str:
        """Answers the first story of the account; the mid."""
        return str(self._does("story-replies", {"text": text})["mid"])

    def comments(self, text: str, **more: Json) -> Json:
        """Writes under a post."""
        return self._does("comments", {"text": text} | more)

    def thread(self) -> list[dict[str, Json]]:
        """What the phone shows, the oldest first."""
        found: list[dict[str, Json]] = self.meta("GET", f"/contacts/{self.id}/thread")
        return found

    def _does(self, what: str, body: Json) -> Json:
        return self.meta("POST", f"/contacts/{self.id}/{what}", body)
