"""One picture's page: what it is opened with, and its controls by the words of its language."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from tests.web.frozen import DATE, Frozen
from tests.web.shop import Shop
from tests.web.words import words

_QUIET = """
async (held) => {
  let quiet = 0; // turns of 20 ms, since the clock stands still
  const watching = new MutationObserver(() => (quiet = 0));
  watching.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  const isBusy = () =>
    (!held && asking > 0) ||
    quiet < 8 ||
    document.fonts.status !== "loaded" ||
    [...document.images].some((one) => !one.complete);
  for (let turns = 0; isBusy() && turns < 500; turns += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    quiet += 1;
  }
  watching.disconnect();
  return !isBusy();
}
"""
Changed = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Scene:
    """A page in one language, on a phone or a desktop."""

    page: Page
    shop: Shop
    locale: str
    on_phone: bool
    frozen: Frozen
    held: list[str] = field(default_factory=list[str])
    """What is never answered."""

    def word(self, key: str, **filled: object) -> str:
        """What the catalogue says."""
        return words(self.locale, key, **filled)

    def open(self, path: str = "/inbox", tenant: str | None = None, **claims: Any) -> None:
        """The app, with a session of Ana's."""
        stack = self.shop.stack
        self.page.goto(f"{stack.url}{path}#token={stack.token(tenant=tenant, **claims)}")

    def talk(self, who: str) -> Locator:
        """Opens their conversation; its messages."""
        self.open(self.shop.path(who))
        log = self.page.get_by_role("log").first
        expect(log.get_by_role("article").last).to_be_visible()
        return log

    def message(self, text: str) -> Locator:
        """The message that says this."""
        return self.page.get_by_role("log").first.get_by_role("article").filter(has_text=text).first

    def button(self, key: str, **filled: object) -> Locator:
        """The first that is named so."""
        return self.page.get_by_role("button", name=self.word(key, **filled), exact=True).first

    def item(self, key: str) -> Locator:
        """Of an open menu."""
        return self.page.get_by_role("menuitem", name=self.word(key), exact=True)

    def box(self) -> Locator:
        """Where one writes."""
        found = self.page.get_by_role("region").locator("textarea")
        expect(found).to_be_visible()
        return found

    def says(self, key: str, **filled: object) -> None:
        """Waits until the page says this."""
        expect(self.page.get_by_text(self.word(key, **filled)).first).to_be_visible()

    def changes(self, path: str, changed: Changed) -> None:
        """What the service answers to this path comes changed into the page."""

        def through(route: Route) -> None:
            answer = route.fetch()
            body = self.frozen.moved(json.dumps(changed(answer.json())))
            route.fulfill(response=answer, headers=answer.headers | DATE, body=body)

        self.page.route(self._at(path), through)

    def answers(self, path: str, body: Any, status: int = 200) -> None:
        """The service is not asked; this comes instead."""
        kind = "application/json" if status < 400 else "application/problem+json"
        self.page.route(
            self._at(path),
            lambda route: route.fulfill(status=status, content_type=kind, body=json.dumps(body)),
        )

    def refuses(self, path: str, code: str, status: int = 503) -> None:
        """The service says no."""
        self.answers(
            path,
            {"type": "about:blank", "title": code, "detail": code, "status": status, "code": code},
            status,
        )

    def settles(self) -> None:
        """Waits until everything that was asked for is there, and nothing changes any more."""
        assert self.page.evaluate(_QUIET, bool(self.held)), "the page does not come to rest"

    def waits(self, path: str) -> None:
        """The answer never comes."""
        self.held.append(path)
        self.page.route(self._at(path), lambda _: None)

    def _at(self, path: str) -> re.Pattern[str]:
        return re.compile(rf"/api/meta{path}(\?.*)?$")
