"""Faults on demand: what Meta does wrong, said so that HTTP and an in-process fake can both play it."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Generic, TypeVar

from meta_inbox.adapters.meta_graph.world_errors import GraphError

T = TypeVar("T")

ENDPOINTS = (
    "dialog",
    "oauth_access_token",
    "access_token",
    "refresh_access_token",
    "debug_token",
    "me",
    "me_permissions",
    "me_accounts",
    "page",
    "subscribed_apps",
    "messages",
    "thread_control",
    "messenger_profile",
    "message_attachments",
    "comment",
    "comment_replies",
    "profile",
    "conversations",
    "node",
    "subscriptions",
)

ANY = "*"
"""In place of an endpoint's name: whichever is called next."""


class FaultKind(StrEnum):
    """What goes wrong.

    ``delay`` waits, then does as usual; ``answer_late`` does at once and answers after the wait; ``drop``
    does nothing and closes the connection; ``refuse`` and ``throttle`` answer an error; the ``accept_…``
    kinds do what was asked and then never answer, or close; ``html_503`` is a gateway that did nothing;
    ``bad_json`` (200 with ``{``), ``drip`` (a byte at a time), ``bomb`` (a gzip that unpacks to 300 MiB)
    and ``endless`` (a body without end) spoil the answer to a call that was carried out; ``redirect``
    sends the caller elsewhere. ``empty_500`` says nothing and did nothing, ``accept_then_500`` did it;
    ``accept_then_refuse`` did it and answers an error; ``token_dies`` kills the caller's token first.
    """

    DELAY = "delay"
    ANSWER_LATE = "answer_late"
    DROP = "drop"
    REFUSE = "refuse"
    THROTTLE = "throttle"
    ACCEPT_THEN_HANG = "accept_then_hang"
    ACCEPT_THEN_RESET = "accept_then_reset"
    HTML_503 = "html_503"
    BAD_JSON = "bad_json"
    DRIP = "drip"
    BOMB = "bomb"
    ENDLESS = "endless"
    REDIRECT = "redirect"
    EMPTY_500 = "empty_500"
    ACCEPT_THEN_500 = "accept_then_500"
    ACCEPT_THEN_REFUSE = "accept_then_refuse"
    TOKEN_DIES = "token_dies"


_IDLE = {
    FaultKind.DROP,
    FaultKind.HTML_503,
    FaultKind.EMPTY_500,
    FaultKind.REDIRECT,
    FaultKind.REFUSE,
    FaultKind.THROTTLE,
}
_CLEAR = {
    FaultKind.DELAY,
    FaultKind.ANSWER_LATE,
    FaultKind.REFUSE,
    FaultKind.THROTTLE,
    FaultKind.TOKEN_DIES,
}
_REFUSES = {FaultKind.REFUSE, FaultKind.ACCEPT_THEN_REFUSE}
_LIMITS = {4, 17, 32, 613, 80001, 80002, 80006}
_LIMIT = 613


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way in which a call goes wrong; ``code`` to ``user_message`` are those of a refusal.

    ``throttle`` answers ``code`` where that is of a limit, else 613. ``seconds`` is the wait of ``delay`` and
    ``answer_late``, the pause between the bytes of ``drip``, and what ``throttle`` says the wait should be.
    """

    kind: FaultKind
    seconds: float = 0.0
    code: int = 2
    subcode: int | None = None
    status: int = 500
    user_title: str | None = None
    user_message: str | None = None

    @property
    def acts(self) -> bool:
        """Whether Meta does what was asked all the same."""
        return self.kind not in _IDLE

    @property
    def leaves_doubt(self) -> bool:
        """Whether the caller cannot tell from the answer what was done."""
        return self.kind not in _CLEAR

    @property
    def error(self) -> GraphError | None:
        """The error that is answered."""
        if self.kind is FaultKind.THROTTLE:
            code = self.code if self.code in _LIMITS else _LIMIT
            return GraphError(code, f"(#{code}) Calls to this api have exceeded the rate limit.", status=429)
        if self.kind in _REFUSES:
            text = f"(#{self.code}) An unexpected error has occurred. Please retry your request later."
            return GraphError(
                self.code,
                text,
                subcode=self.subcode,
                status=self.status,
                transient=self.code == 2,
                user_title=self.user_title,
                user_message=self.user_message,
            )
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFault:
    """A fault that waits for calls; ``count`` None = until it is cleared."""

    endpoint: str
    fault: Fault
    count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt(Generic[T]):
    """What became of one call: Meta's answer or error, and the fault that spoilt it.

    With a fault that ``leaves_doubt`` the caller learns neither ``answer`` nor ``error``.
    """

    answer: T | None = None
    error: GraphError | None = None
    fault: Fault | None = None


def by_plan_only(_endpoint: str) -> None:
    """No fault comes by chance."""


class Faults:
    """The faults that still wait, in the order in which they were asked for; then those of ``chance``."""

    def __init__(self) -> None:
        self._planned: deque[PlannedFault] = deque()
        self.chance: Callable[[str], Fault | None] = by_plan_only

    def plan(self, endpoint: str, fault: Fault, count: int | None = 1) -> None:
        """Has the next ``count`` calls of the endpoint meet the fault. ValueError for an unknown endpoint."""
        if endpoint not in (*ENDPOINTS, ANY):
            raise ValueError(f"no endpoint is called {endpoint}")
        if count is not None and count < 1:
            raise ValueError("a fault happens at least once")
        self._planned.append(PlannedFault(endpoint=endpoint, fault=fault, count=count))

    def take(self, endpoint: str) -> Fault | None:
        """The fault that this call meets, used up by it."""
        for index, planned in enumerate(self._planned):
            if planned.endpoint in (endpoint, ANY):
                self._use(index, planned)
                return planned.fault
        return self.chance(endpoint)

    def _use(self, index: int, planned: PlannedFault) -> None:
        if planned.count is None:
            return
        if planned.count > 1:
            self._planned[index] = replace(planned, count=planned.count - 1)
        else:
            del self._planned[index]

    def clear(self, endpoint: str | None = None, kind: FaultKind | None = None) -> None:
        """Forgets the faults of one endpoint, of one kind, or all."""
        self._planned = deque(
            p for p in self._planned if endpoint not in (None, p.endpoint) or kind not in (None, p.fault.kind)
        )

    @property
    def waiting(self) -> tuple[PlannedFault, ...]:
        """What is still to come."""
        return tuple(self._planned)


def under(fault: Fault | None, act: Callable[[], T]) -> Attempt[T]:
    """Carries the call out as far as the fault lets Meta do so."""
    if fault is not None and not fault.acts:
        return Attempt(error=fault.error, fault=fault)
    try:
        return Attempt(answer=act(), fault=fault)
    except GraphError as error:
        return Attempt(error=error, fault=fault)
