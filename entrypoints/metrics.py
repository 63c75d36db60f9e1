"""What ``/metrics`` tells of this process beside its own requests."""

from collections.abc import Iterable
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from meta_inbox.adapters.http.observe import Metrics
from meta_inbox.adapters.meta_graph.meter import Meter


@dataclass(frozen=True, eq=False)
class CallsToMeta(Collector):
    """Calls that Meta refused for their rate, and those that were held back so that it would not."""

    meter: Meter

    def collect(self) -> Iterable[Metric]:
        """For the registry."""
        return [
            CounterMetricFamily(
                "meta_inbox_meta_throttled",
                "Calls that Meta refused for their rate.",
                value=self.meter.refused,
            ),
            CounterMetricFamily(
                "meta_inbox_meta_held_back",
                "Calls that were not made, since Meta would have refused them.",
                value=self.meter.held_back,
            ),
        ]


def metrics_with(meter: Meter | None) -> Metrics:
    """The metrics of one app."""
    metrics = Metrics()
    if meter is not None:
        metrics.registry.register(CallsToMeta(meter))
    return metrics
