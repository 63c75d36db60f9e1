"""Faults by chance, for runs that last: a share of the calls goes wrong until it is ended.

Seeded, so that the same calls in the same order meet the same faults.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from meta_inbox.adapters.meta_graph.world_faults import ENDPOINTS, Fault, FaultKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """A fault, and how often it comes in comparison to the others."""

    fault: Fault
    weight: float = 1.0


def _refusal(code: int, subcode: int | None = None) -> Fault:
    return Fault(kind=FaultKind.REFUSE, code=code, subcode=subcode)


def _limit(code: int) -> Fault:
    return Fault(kind=FaultKind.THROTTLE, code=code)


MISHAPS = (
    Mishap(fault=Fault(kind=FaultKind.ACCEPT_THEN_HANG)),
    Mishap(fault=Fault(kind=FaultKind.DROP)),
    Mishap(fault=Fault(kind=FaultKind.ACCEPT_THEN_RESET)),
    Mishap(fault=_refusal(1)),
    Mishap(fault=Fault(kind=FaultKind.ACCEPT_THEN_REFUSE, code=1)),
    Mishap(fault=Fault(kind=FaultKind.EMPTY_500)),
    Mishap(fault=Fault(kind=FaultKind.ACCEPT_THEN_500)),
    Mishap(fault=Fault(kind=FaultKind.HTML_503)),
    Mishap(fault=Fault(kind=FaultKind.BAD_JSON)),
    Mishap(fault=Fault(kind=FaultKind.DRIP, seconds=0.5)),
    Mishap(fault=Fault(kind=FaultKind.ANSWER_LATE, seconds=3)),
    Mishap(fault=_limit(4), weight=0.03),
    Mishap(fault=_limit(613), weight=0.03),
    Mishap(fault=_limit(80006), weight=0.03),
    Mishap(fault=_refusal(2)),
    Mishap(fault=_refusal(2, 2018344)),
    Mishap(fault=Fault(kind=FaultKind.TOKEN_DIES), weight=0.1),
)
"""Everything that a send may meet; what stops a whole account, a limit or a token that dies, is rarer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chaos:
    """A share (``rate``, 0 to 1) of an endpoint's calls that goes wrong, each in one of these ways."""

    endpoint: str = "messages"
    rate: float
    seed: int = 0
    mishaps: Sequence[Mishap] = MISHAPS


@dataclass(slots=True)
class Weather:
    """The chaos that reigns now, by endpoint; ``met`` counts what calls met so far, by kind."""

    met: Counter[str] = field(default_factory=Counter[str])
    _reigning: dict[str, tuple[Chaos, Random]] = field(default_factory=dict[str, tuple[Chaos, Random]])

    def begin(self, chaos: Chaos) -> None:
        """From now on; in place of what the endpoint had. ValueError for what cannot be."""
        if chaos.endpoint not in ENDPOINTS:
            raise ValueError(f"no endpoint is called {chaos.endpoint}")
        if not 0 <= chaos.rate <= 1 or not chaos.mishaps or any(one.weight <= 0 for one in chaos.mishaps):
            raise ValueError("chaos needs a rate from 0 to 1, and mishaps with a weight")
        dice = Random(chaos.seed)  # noqa: S311  # a game, told again by its seed
        self._reigning[chaos.endpoint] = chaos, dice

    def end(self, endpoint: str | None = None) -> None:
        """Calm, at one endpoint or everywhere; what was met stays counted."""
        for name in list(self._reigning) if endpoint is None else [endpoint]:
            self._reigning.pop(name, None)

    def fault(self, endpoint: str) -> Fault | None:
        """What this call meets."""
        found = self._reigning.get(endpoint)
        if found is None or found[1].random() >= found[0].rate:
            return None
        chaos, dice = found
        (mishap,) = dice.choices(chaos.mishaps, [one.weight for one in chaos.mishaps])
        self.met[_name(mishap.fault)] += 1
        return mishap.fault

    @property
    def reigning(self) -> tuple[Chaos, ...]:
        """What was begun and has not ended."""
        return tuple(chaos for chaos, _ in self._reigning.values())


def _name(fault: Fault) -> str:
    error = fault.error
    if error is None:
        return fault.kind.value
    return f"{fault.kind.value} {error.code}" + (f"/{error.subcode}" if error.subcode else "")
