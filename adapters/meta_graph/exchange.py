"""One call to Meta and what comes back, whoever carries it: HTTP, or the world in this process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal, Protocol

from meta_inbox.domain.model.secret import Secret

BODY_LIMIT = 1024 * 1024
READ_DEADLINE = 10.0
SEND_DEADLINE = 15.0
UPLOAD_DEADLINE = 75.0


class NotSent(Exception):
    """Certainly nothing reached Meta."""


class HeldBack(NotSent):
    """It was not tried, since Meta would refuse it; ``everyone``: how long nothing of the account may go."""

    def __init__(self, wait: timedelta, *, everyone: timedelta) -> None:
        super().__init__("the calls that Meta allows are used up for now")
        self.wait = wait
        self.everyone = everyone


class Lost(Exception):
    """The request may have reached Meta, and there is no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePart:
    """A file that goes along with a form, ``under`` the name of a field."""

    under: str
    name: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call; ``token`` goes into the Authorization header, never into the address.

    With a ``file`` its ``form`` is multipart.
    """

    method: Literal["GET", "POST", "DELETE"]
    url: str
    token: Secret | None = None
    query: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    json: Mapping[str, Any] | None = field(default=None, repr=False)
    file: FilePart | None = None
    deadline: float = READ_DEADLINE


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back; ``body`` is None when it is compressed or larger than ``BODY_LIMIT``."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)


class Transport(Protocol):
    """Carries calls to Meta."""

    async def call(self, request: Request) -> Answer:
        """The answer, at the latest at the request's deadline. NotSent, Lost."""
        ...
