"""What one scenario of the web app plays with: Ana's screens, and the people who write to the shop."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.web.accessibility import axe
from tests.web.contact import Contact
from tests.web.stack import CASAVERDE, Stack, eventually
from tests.web.walk_connections import Connections
from tests.web.walk_conversation import Conversation
from tests.web.watch import Watch

AT_ONCE = 2500
"""Milliseconds within which what happens is on the screen; about one of them is the test's own."""
_MARK = "window.loadedOnce = true"


@dataclass(kw_only=True)
class Walk:
    """Every screen is one of Ana's, in one browser of hers."""

    stack: Stack
    watch: Watch
    opened: Callable[..., BrowserContext]
    screens: list[Page] = field(default_factory=list[Page])
    people: dict[str, Contact] = field(default_factory=dict[str, Contact])
    wants: dict[str, Any] = field(default_factory=dict[str, Any])
    _context: BrowserContext | None = None
    _expected: ExitStack = field(default_factory=ExitStack)
    _checked: dict[Page, str] = field(default_factory=dict[Page, str])

    @property
    def context(self) -> BrowserContext:
        """Ana's browser, as she wants it."""
        if self._context is None:
            self._context = self.opened(**self.wants)
        return self._context

    @property
    def page(self) -> Page:
        """What Ana looks at."""
        return self.screens[-1]

    @property
    def connections(self) -> Connections:
        """The page as the place of the connections."""
        return Connections(self.page, self.stack.meta_url)

    def conversation(self, name: str = "Marina") -> Conversation:
        """The page as the place of a conversation."""
        return Conversation(self.page, name)

    def open(self, path: str, **session: str) -> Page:
        """Another tab, with a session."""
        self.screens.append(self.context.new_page())
        self.page.goto(self.stack.session_url(path, **session))
        self.page.evaluate(_MARK)
        return self.page

    def require_not_loaded_again(self) -> None:
        """AssertionError when a page was."""
        assert all(page.evaluate("window.loadedOnce === true") for page in self.screens)

    def person(self, name: str) -> Contact:
        """Somebody who writes to the Instagram account of the shop."""
        if name not in self.people:
            self.people[name] = self.stack.contact(name, CASAVERDE)
        return self.people[name]

    def account(self) -> str:
        """Our id of that account."""
        return self.stack.accounts()[CASAVERDE]

    def address(self, name: str) -> str:
        """Where the conversation is in the app."""
        return f"/inbox/{self.account()}/{self.person(name).id}"

    def wrote(self, name: str, text: str, **more: Any) -> str:
        """They wrote, and the service knows what and who; the mid."""
        mid = self.person(name).writes(text, **more)
        self.arrived(name, text)
        where = f"/conversations/{self.account()}/{self.person(name).id}"
        eventually(lambda: self.stack.api("GET", where)["contact"]["name"] == name, f"the name of {name}")
        return mid

    def arrived(self, name: str, text: str) -> None:
        """Waits until the service has this."""
        where = f"/messages/{self.account()}/{self.person(name).id}"
        look = f"/conversations/{self.account()}"
        eventually(
            lambda: (
                self.stack.api("GET", look)["conversations"]
                and any(one["text"] == text for one in self.stack.api("GET", where)["messages"])
            ),
            f"{text!r} from {name}",
        )

    def received(self, name: str = "Marina") -> list[dict[str, Any]]:
        """What of the shop is on their phone."""
        return [entry for entry in self.person(name).thread() if not entry["by_contact"]]

    def mid(self, name: str, *, by_contact: bool) -> str:
        """The latest message of that side on their phone."""
        thread = self.person(name).thread()
        return next(str(entry["mid"]) for entry in reversed(thread) if entry["by_contact"] is by_contact)

    def expects(self, *complaints: str) -> None:
        """From here on the browser may complain of these."""
        self._expected.enter_context(self.watch.expecting(*complaints))

    def require_access(self) -> None:
        """AssertionError with what keeps somebody out of what is on a screen and was not looked at yet."""
        for page in self.screens:
            if not page.is_closed() and page.url.startswith(self.stack.url):
                shown = page.evaluate(_SHOWN)
                if self._checked.get(page) != shown:
                    # Menus stand apart from the landmarks, as those of every library do.
                    axe(page, but_for=("region",) if page.get_by_role("menu").count() else ())
                    self._checked[page] = shown

    def end(self) -> None:
        """Nothing is expected any more."""
        self._expected.close()


_SHOWN = """async () => {
  const now = () => document.body.outerHTML.replace(/>[^<]*<\\/time>/g, "");
  const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  for (let before = "", tries = 0; tries < 30; tries += 1) {
    if (before === now() && !document.querySelector("[style*='visibility: hidden']")) break;
    before = now();
    await drawn().then(drawn);
  }
  return now();
}"""
"""What stands on the page once it has come to rest: axe takes a row that comes meanwhile for an empty one."""
