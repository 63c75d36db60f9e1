"""The limits that several kinds of content share: of texts, titles, payloads, buttons and addresses."""

from urllib.parse import urlsplit

from meta_inbox.domain.errors import ContentRefused
from meta_inbox.domain.model.capabilities import Capabilities
from meta_inbox.domain.model.content import Button


class Limits:
    """The limits of one surface; each method raises ContentRefused with the code of what it breaks.

    ``http_hosts`` are the ``host[:port]`` names for which plain http is allowed.
    """

    def __init__(self, can: Capabilities, http_hosts: frozenset[str] = frozenset()) -> None:
        self.can = can
        self._http_hosts = http_hosts

    def message_text(self, text: str) -> None:
        """A message's own text, in the unit that the surface counts."""
        self._text(self.can.text_limit, text_length(text, self.can), self.can.unit)

    def text(self, text: str, limit: int) -> None:
        """Any other text, in characters."""
        self._text(limit, len(_readable(text)), "characters")

    @staticmethod
    def _text(limit: int, length: int, unit: str) -> None:
        if length > limit:
            raise ContentRefused(
                f"the text has {length} {unit}; at most {limit} can be sent", code="text_too_long"
            )

    @staticmethod
    def title(title: str, what: str, limit: int) -> None:
        """The title of ``what``, which needs one."""
        if not writable(title).strip():
            raise ContentRefused(f"{what} has no title", code="text_empty")
        if len(title) > limit:
            raise ContentRefused(f"{what}'s title has at most {limit} characters", code="title_too_long")

    def payload(self, payload: str | None, what: str) -> None:
        """What ``what`` hands back when it is tapped."""
        if not payload:
            raise ContentRefused(f"{what} has a payload", code="text_empty")
        if len(writable(payload)) > self.can.payload_limit:
            raise ContentRefused(
                f"a payload has at most {self.can.payload_limit} characters", code="payload_too_long"
            )

    def buttons(self, buttons: tuple[Button, ...], *, at_least: int) -> None:
        """The buttons under a text or on a card."""
        most = self.can.max_buttons
        if not at_least <= len(buttons) <= most:
            raise ContentRefused(f"there are {at_least} to {most} buttons", code="too_many_buttons")
        for button in buttons:
            self.title(button.title, "a button", self.can.title_limit)
            if button.type == "web_url":
                self.url(button.url or "")
            else:
                self.payload(button.payload, "a postback button")

    def url(self, url: str) -> None:
        """An address that Meta, or the contact's browser, can open."""
        if len(url) > self.can.url_limit:
            raise ContentRefused(
                f"an address has at most {self.can.url_limit} characters", code="payload_too_long"
            )
        if not self._is_public(url):
            raise ContentRefused("the address must be a public https address", code="media_type")

    def _is_public(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            return False
        if not host or not url.isprintable() or " " in url:
            return False
        named = host in self._http_hosts or f"{host}:{port}" in self._http_hosts
        return parts.scheme == "https" or (parts.scheme == "http" and named)


def text_length(text: str, can: Capabilities) -> int:
    """How long the text is, as Meta counts it; ContentRefused when there is nothing to read."""
    return can.length(_readable(text))


def _readable(text: str) -> str:
    if not text.strip():
        raise ContentRefused("the text is empty", code="text_empty")
    return writable(text)


def writable(text: str) -> str:
    """The text. ContentRefused when it cannot be written as bytes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ContentRefused(
            "the text has a lone surrogate, which is no character", code="text_empty"
        ) from None
    return text


def is_number(text: str) -> bool:
    """Whether the text can be an id of Meta's that is a number."""
    return text.isascii() and text.isdigit() and len(text) <= 32
