"""What each surface can carry: one table for validation, the API's answers and the docs.

Source: Send API, "Limits" (Messenger: 2,000 characters; Instagram: 1,000 bytes of UTF-8) and
"Templates" (button template: text up to 640, 1 to 3 buttons, titles up to 20, payloads up to 1,000).
Of comments Meta's documents say nothing; what both take was seen: 8,000 characters, on Instagram 2,200.
"""

from dataclasses import dataclass
from typing import assert_never
from urllib.parse import urlsplit

from meta_inbox.domain.errors import ContentRefused
from meta_inbox.domain.model.account import Platform
from meta_inbox.domain.model.message import (
    Button,
    ButtonsContent,
    Content,
    MediaContent,
    PrivateReplyContent,
    PublicReplyContent,
    TextContent,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """The limits of one surface."""

    text_limit: int
    text_counts_bytes: bool
    buttons_text_limit: int = 640
    max_buttons: int = 3
    title_limit: int = 20
    payload_limit: int = 1000
    url_limit: int = 2048

    def length(self, text: str) -> int:
        """The length as Meta counts it on this surface."""
        return len(text.encode()) if self.text_counts_bytes else len(text)

    @property
    def unit(self) -> str:
        """What ``length`` counts."""
        return "bytes" if self.text_counts_bytes else "characters"


CAPABILITIES = {
    Platform.MESSENGER: Capabilities(text_limit=2000, text_counts_bytes=False),
    Platform.INSTAGRAM: Capabilities(text_limit=1000, text_counts_bytes=True),
}
IN_PUBLIC = {
    Platform.MESSENGER: Capabilities(text_limit=8000, text_counts_bytes=False),
    Platform.INSTAGRAM: Capabilities(text_limit=2200, text_counts_bytes=False),
}
"""The same for what is written under a post."""


def require_sendable(
    content: Content, platform: Platform, *, http_hosts: frozenset[str] = frozenset()
) -> None:
    """Raises ContentRefused naming the limit that this content breaks on this surface.

    ``http_hosts`` are the ``host[:port]`` names for which plain http is allowed.
    """
    can = CAPABILITIES[platform]
    match content:
        case TextContent(text=text) | PrivateReplyContent(text=text):
            _require_text(text, can.text_limit, can)
        case PublicReplyContent(text=text):
            _require_text(text, IN_PUBLIC[platform].text_limit, IN_PUBLIC[platform])
        case MediaContent(url=url):
            _require_url(url, can, http_hosts)
        case ButtonsContent(text=text, buttons=buttons):
            _require_text(text, can.buttons_text_limit, can)
            _require_buttons(buttons, can, http_hosts)
        case _:
            assert_never(content)


def text_length(text: str, can: Capabilities) -> int:
    """How long the text is, as Meta counts it; raises ContentRefused when there is nothing to read."""
    if not text.strip():
        raise ContentRefused("the text is empty", code="text_empty")
    try:
        return can.length(text)
    except UnicodeEncodeError:
        raise ContentRefused(
            "the text has a lone surrogate, which is no character", code="text_empty"
        ) from None


def _require_text(text: str, limit: int, can: Capabilities) -> None:
    length = text_length(text, can)
    if length > limit:
        raise ContentRefused(
            f"the text has {length} {can.unit}; at most {limit} can be sent", code="text_too_long"
        )


def _require_buttons(buttons: tuple[Button, ...], can: Capabilities, http_hosts: frozenset[str]) -> None:
    if not 1 <= len(buttons) <= can.max_buttons:
        raise ContentRefused(f"a message has 1 to {can.max_buttons} buttons", code="too_many_buttons")
    for button in buttons:
        if not button.title.strip():
            raise ContentRefused("a button has no title", code="text_empty")
        if len(button.title) > can.title_limit:
            raise ContentRefused(
                f"a button's title has at most {can.title_limit} characters", code="title_too_long"
            )
        if button.type == "web_url":
            _require_url(button.url or "", can, http_hosts)
        elif not button.payload:
            raise ContentRefused("a postback button has a payload", code="text_empty")
        elif len(button.payload) > can.payload_limit:
            raise ContentRefused(
                f"a payload has at most {can.payload_limit} characters", code="payload_too_long"
            )


def _require_url(url: str, can: Capabilities, http_hosts: frozenset[str]) -> None:
    if len(url) > can.url_limit:
        raise ContentRefused(f"an address has at most {can.url_limit} characters", code="payload_too_long")
    if not _is_public(url, http_hosts):
        raise ContentRefused("the address must be a public https address", code="media_type")


def _is_public(url: str, http_hosts: frozenset[str]) -> bool:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or not url.isprintable() or " " in url:
        return False
    named = host in http_hosts or f"{host}:{port}" in http_hosts
    return parts.scheme == "https" or (parts.scheme == "http" and named)
