"""What people see, the same through every door."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenAccount:
    """An account in the list of connections."""

    id: str
    platform: str
    name: str
    status: str
    picture: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPart:
    """A part of a message that was too long for one."""

    text: str
    mid: str | None
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenMessage:
    """A message in a conversation; ``answers``: the message, ``way``: how, when that is a comment."""

    id: str
    mid: str | None
    direction: str
    type: str
    text: str | None
    status: str
    origin: str
    buttons: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    error: str | None = None
    reactions: tuple[tuple[str, str], ...] = ()
    former_texts: tuple[str | None, ...] = ()
    ref: str | None = None
    files: tuple[str, ...] = ()
    answers: str | None = None
    way: str | None = None
    hidden: bool = False
    parts: tuple[SeenPart, ...] = ()
    next_attempt_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFile:
    """A file that was looked at; ``shown`` in place, or only offered as a download."""

    content: bytes
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenConversation:
    """A conversation in the list."""

    contact_id: str
    contact_name: str | None
    unread: int
    picture: str | None = None
    kind: str = "direct"
    owner: str | None = None
    open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenConnection:
    """What came of a login."""

    connected: tuple[str, ...]
    refused: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenEndpoint:
    """A system that is told of events, and the secret it was given."""

    id: str
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenReply:
    """A canned reply."""

    id: str
    shortcut: str
    text: str


class Refusal(Exception):
    """The system said no, and how."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text
