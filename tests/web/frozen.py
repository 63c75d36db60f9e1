"""A browser in which it is always the same time of the same day, whenever the service was really asked.

What the service tells of times is moved on its way into the page, and rounded: what is set up anew within
some minutes then reads the same every time.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from playwright.sync_api import BrowserContext, Route, WebSocketRoute

THEN = datetime(2026, 3, 11, 17, 30, tzinfo=UTC)
"""14:30 of a Wednesday in São Paulo."""
_NOW = THEN + timedelta(minutes=1)
DATE = {"date": format_datetime(_NOW, usegmt=True)}
"""By the service's clock it is the same time."""
_COUNTS = """
globalThis.asking = 0;
const ask = globalThis.fetch;
globalThis.fetch = async (...given) => {
  asking += 1;
  try {
    const answer = await ask(...given);
    await answer.clone().arrayBuffer();
    return answer;
  } finally {
    setTimeout(() => (asking -= 1), 30);
  }
};
"""
"""How many answers the page waits for, with a moment for what it does with each."""
_ROUND = timedelta(minutes=5)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)")


@dataclass(kw_only=True)  # the browser's library keeps things of its own in whose methods it calls
class Frozen:
    """``began`` is when what is shown was begun to be set up: in the browser that is ``THEN``."""

    began: datetime

    def over(self, context: BrowserContext, home: str) -> None:
        """Every page of this context, for which the service is at ``home``."""
        context.clock.set_fixed_time(_NOW)
        context.add_init_script(_COUNTS)
        context.route(
            re.compile(re.escape(f"{home}/api/meta/") + "(?!media|webhook|oauth/(authorize|callback))"),
            self._answered,
        )
        # Nobody is shown that somebody writes, and what is opened stays unread for the next picture.
        context.route(
            re.compile("/api/meta/conversations/.+/(read|typing)$"), lambda route: route.fulfill(status=204)
        )
        context.route_web_socket(re.compile("/api/meta/live"), self._live)

    def moved(self, text: str) -> str:
        """Every time in it."""
        return _TIME.sub(lambda found: self._then(found[0]), text)

    def _then(self, told: str) -> str:
        """Within the same minute after rounding, so that what came first still did."""
        at = datetime.fromisoformat(told) - self.began + THEN
        behind = (at - THEN) % _ROUND
        return (at - behind + behind / 6).isoformat().replace("+00:00", "Z")

    def _answered(self, route: Route) -> None:
        answer = route.fetch()
        if "json" not in answer.headers.get("content-type", ""):
            route.fulfill(response=answer, headers=answer.headers | DATE)
            return
        route.fulfill(response=answer, headers=answer.headers | DATE, body=self.moved(answer.text()))

    def _live(self, socket: WebSocketRoute) -> None:
        service = socket.connect_to_server()
        service.on_message(_passing(self, socket.send))


def _passing(frozen: Frozen, send: Callable[[str | bytes], None]) -> Callable[[str | bytes], None]:
    return lambda frame: send(frozen.moved(frame) if isinstance(frame, str) else frame)
