"""The states that are looked at, by name."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.web.scene import Scene

State = Callable[[Scene], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How one state comes about, what of the browser's complaints belongs to it, and what in it is random."""

    name: str
    comes: State
    expecting: tuple[str, ...] = ()
    hides: str | None = None


STATES: dict[str, Shown] = {}


def state(name: str, *expecting: str, hides: str | None = None) -> Callable[[State], State]:
    """Names a state."""

    def named(comes: State) -> State:
        assert name not in STATES
        STATES[name] = Shown(name=name, comes=comes, expecting=expecting, hides=hides)
        return comes

    return named
