"""What keeps a page's main thread busy, from the browser's own trace, and how even its frames are."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page

LONG_MS = 50.0
_WORTH_MS = 1.0
"""What is shorter is no work of the app's: with all of it, any percentile would be next to nothing."""
_CATEGORIES = ["disabled-by-default-devtools.timeline", "devtools.timeline"]
_WATCH = """
() => {
  const seen = (globalThis.seen = { long: [], frames: [], last: performance.now() });
  new PerformanceObserver((list) => seen.long.push(...list.getEntries().map((one) => one.duration)))
    .observe({ type: "longtask" });
  const frame = (now) => {
    seen.frames.push(now - seen.last);
    seen.last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}
"""


@dataclass(slots=True)
class Busy:
    """Milliseconds: of every task worth naming, of those the page itself calls long, between frames."""

    tasks: list[float] = field(default_factory=list[float])
    long: list[float] = field(default_factory=list[float])
    frames: list[float] = field(default_factory=list[float])

    def figures(self) -> dict[str, float]:
        """For one row of the table."""
        return {
            "tasks": len(self.tasks),
            "p95, ms": at(self.tasks, 0.95),
            "max, ms": at(self.tasks, 1),
            "over 50 ms": sum(task > LONG_MS for task in self.tasks),
            "long by the page": len(self.long),
            "frames, p95 ms": at(self.frames, 0.95),
        }


@contextmanager
def watched(browser: Browser, page: Page) -> Generator[Busy]:
    """What the block does with the page."""
    busy = Busy()
    page.evaluate(_WATCH)
    browser.start_tracing(page=page, categories=_CATEGORIES)
    yield busy
    seen: dict[str, list[float]] = page.evaluate("globalThis.seen")
    busy.tasks = tasks_in(json.loads(browser.stop_tracing())["traceEvents"])
    busy.long, busy.frames = seen["long"], seen["frames"]


def tasks_in(trace: list[dict[str, Any]]) -> list[float]:
    """Of the busiest main thread, in milliseconds."""
    mains = {
        (event["pid"], event["tid"])
        for event in trace
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks: dict[tuple[int, int], list[float]] = {thread: [] for thread in mains}
    for event in trace:
        thread = (event["pid"], event["tid"])
        if event["name"] == "RunTask" and thread in tasks and event.get("dur", 0) >= _WORTH_MS * 1000:
            tasks[thread].append(event["dur"] / 1000)
    busiest = max(tasks.values(), key=sum) if tasks else None
    if not busiest:
        raise RuntimeError("the trace has no tasks of a page's main thread")
    return busiest


def at(values: list[float], share: float) -> float:
    """The value that this share of them is not above."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1)
