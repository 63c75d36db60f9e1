"""Whatever a browser complains of while a test runs, which fails it at the end."""

import re
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebError

_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.effectiveDirective} refused ${event.blockedURI || "inline"}`));
"""
_LEFT = "net::ERR_ABORTED"  # the page itself gave it up, as when another address is opened
_LOCAL = ("data", "blob", "about")


@dataclass
class Watch:
    """Errors and warnings on the console, exceptions, refusals by the policy, failed and foreign requests."""

    home: str
    troubles: list[str] = field(default_factory=list[str])

    def over(self, context: BrowserContext) -> None:
        """Every page of this context, popups too."""
        context.add_init_script(_VIOLATIONS)
        context.on("console", self._heard)
        context.on("weberror", self._thrown)
        context.on("requestfailed", self._failed)
        context.on("request", self._asked)

    @contextmanager
    def expecting(self, *patterns: str) -> Generator[None]:
        """In this block what matches one of the patterns is part of the test."""
        before = len(self.troubles)
        yield
        new = self.troubles[before:]
        self.troubles[before:] = [one for one in new if not any(re.search(each, one) for each in patterns)]

    def require(self, page: Page, pattern: str) -> None:
        """Waits until something of this kind is complained of; AssertionError when nothing is."""
        ends = time.monotonic() + 5
        while not any(re.search(pattern, one) for one in self.troubles):
            assert time.monotonic() < ends, f"nobody complained of {pattern}: {self.troubles}"
            page.wait_for_timeout(20)  # events come while the browser is listened to

    def require_silence(self) -> None:
        """AssertionError with all that was complained of."""
        assert not self.troubles, "\n".join(["the browser complained:", *self.troubles])

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning", "assert"):
            self.troubles.append(f"console {message.type}: {message.text} ({message.location['url']})")

    def _thrown(self, error: WebError) -> None:
        self.troubles.append(f"exception: {error.error}")

    def _failed(self, request: Request) -> None:
        if request.failure != _LEFT:
            self.troubles.append(f"request failed: {request.method} {request.url}: {request.failure}")

    def _asked(self, request: Request) -> None:
        asked, home = urlsplit(request.url), urlsplit(self.home)
        if request.is_navigation_request() or asked.scheme in _LOCAL or asked.netloc == home.netloc:
            return
        page = _page_of(request)
        if page is not None and urlsplit(page.url).netloc == home.netloc:
            self.troubles.append(f"another origin was asked: {request.method} {request.url}")


def _page_of(request: Request) -> Page | None:
    return None if request.service_worker else request.frame.page
