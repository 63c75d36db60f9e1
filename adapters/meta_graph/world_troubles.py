"""Everything that is made to go wrong, to be seen and to be ended at once."""

from dataclasses import dataclass, replace

import msgspec

from meta_inbox.adapters.meta_graph.world_chaos import Weather
from meta_inbox.adapters.meta_graph.world_faults import Faults
from meta_inbox.adapters.meta_graph.world_ground import Ground
from meta_inbox.adapters.meta_graph.world_values import Json, Quirks

_HARMFUL = (
    "copies_of_webhooks",
    "debug_token_app_id",
    "webhooks_lost",
    "conversation_calls_a_second",
    "sends_a_second",
    "usage_percent",
    "regain_minutes",
    "app_usage_percent",
)


@dataclass(slots=True, kw_only=True)
class Troubles:
    """Faults, chaos and the quirks that harm. Dead tokens and what time let pass stay as they are."""

    ground: Ground
    faults: Faults
    weather: Weather

    @property
    def odd(self) -> Json:
        """The quirks that harm now, and how."""
        usual, now = (msgspec.to_builtins(one) for one in (Quirks(), self.ground.state.quirks))
        return {name: now[name] for name in _HARMFUL if now[name] != usual[name]}

    def end(self) -> None:
        """Nothing is made to go wrong any more."""
        self.faults.clear()
        self.weather.end()
        usual = Quirks()
        self.ground.state.quirks = replace(
            self.ground.state.quirks, **{name: getattr(usual, name) for name in _HARMFUL}
        )
