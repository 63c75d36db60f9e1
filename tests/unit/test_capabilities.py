"""What each surface can carry, to the last character."""

import pytest

from meta_inbox.domain.errors import ContentRefused, RefusalKind
from meta_inbox.domain.model.account import Surface
from meta_inbox.domain.model.content import (
    Button,
    ButtonsContent,
    Content,
    MediaContent,
    PrivateReplyContent,
    PublicReplyContent,
    TextContent,
)
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.sendable import require_sendable

BOTH = [Surface.INSTAGRAM, Surface.MESSENGER]
SHOP = Button(type="web_url", title="Shop", url="https://shop.example")
HTTP = frozenset({"localhost:8001", "plain.example"})


def text(length: int, letter: str = "a") -> TextContent:
    """A text of so many letters."""
    return TextContent(text=letter * length)


def private(length: int, letter: str = "a") -> PrivateReplyContent:
    """A private answer to a comment."""
    return PrivateReplyContent(comment=MetaMessageId("c-1"), text=letter * length)


def public(length: int, letter: str = "a") -> PublicReplyContent:
    """A public one."""
    return PublicReplyContent(comment=MetaMessageId("c-1"), text=letter * length)


def buttons(*given: Button, words: str = "Which?") -> ButtonsContent:
    """A message with these buttons."""
    return ButtonsContent(text=words, buttons=given)


def postback(title: str = "Call me", payload: str | None = "CALL") -> Button:
    """A button that hands a payload back."""
    return Button(type="postback", title=title, payload=payload)


@pytest.mark.parametrize(
    ("surface", "content"),
    [
        (Surface.MESSENGER, text(2000)),
        (Surface.MESSENGER, text(2000, "é")),
        (Surface.INSTAGRAM, text(1000)),
        (Surface.INSTAGRAM, text(500, "é")),
        (Surface.INSTAGRAM, text(250, "😀")),
        (Surface.MESSENGER, buttons(SHOP, words="a" * 640)),
        (Surface.MESSENGER, buttons(SHOP, SHOP, postback("t" * 20, "p" * 1000))),
        (Surface.INSTAGRAM, MediaContent(url="https://shop.example/1.jpg?x=1")),
        (Surface.MESSENGER, private(2000)),
        (Surface.INSTAGRAM, private(500, "é")),
        (Surface.MESSENGER, public(8000, "é")),
        (Surface.INSTAGRAM, public(2200, "é")),
    ],
)
def test_what_just_fits_is_sendable(surface: Surface, content: Content) -> None:
    require_sendable(content, surface)


@pytest.mark.parametrize(
    ("surface", "content", "code"),
    [
        (Surface.MESSENGER, text(2001), "text_too_long"),
        (Surface.INSTAGRAM, text(1001), "text_too_long"),
        (Surface.INSTAGRAM, text(501, "é"), "text_too_long"),
        (Surface.MESSENGER, text(0), "text_empty"),
        (Surface.MESSENGER, private(2001), "text_too_long"),
        (Surface.INSTAGRAM, private(501, "é"), "text_too_long"),
        (Surface.MESSENGER, public(8001), "text_too_long"),
        (Surface.INSTAGRAM, public(2201), "text_too_long"),
        (Surface.INSTAGRAM, public(2, " "), "text_empty"),
        (Surface.MESSENGER, text(3, " \n"), "text_empty"),
        (Surface.INSTAGRAM, text(1, "\ud800"), "text_empty"),
        (Surface.MESSENGER, buttons(SHOP, words="a" * 641), "text_too_long"),
        (Surface.MESSENGER, buttons(SHOP, words=""), "text_empty"),
        (Surface.MESSENGER, buttons(), "too_many_buttons"),
        (Surface.MESSENGER, buttons(SHOP, SHOP, SHOP, SHOP), "too_many_buttons"),
        (Surface.MESSENGER, buttons(postback("t" * 21)), "title_too_long"),
        (Surface.MESSENGER, buttons(postback(" ")), "text_empty"),
        (Surface.MESSENGER, buttons(postback(payload="p" * 1001)), "payload_too_long"),
        (Surface.MESSENGER, buttons(postback(payload=None)), "text_empty"),
        (Surface.MESSENGER, buttons(Button(type="web_url", title="Shop")), "media_type"),
        (Surface.MESSENGER, MediaContent(url="https://shop.example/" + "a" * 2048), "payload_too_long"),
    ],
)
def test_what_does_not_fit_names_the_limit(surface: Surface, content: Content, code: str) -> None:
    with pytest.raises(ContentRefused) as refused:
        require_sendable(content, surface)
    assert (refused.value.code, refused.value.kind) == (code, RefusalKind.CONTENT)


@pytest.mark.parametrize("surface", BOTH)
@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/1.jpg",
        "http://plain.example:8001/1.jpg",
        "ftp://shop.example/1.jpg",
        "https:///1.jpg",
        "https://[::1/1.jpg",
        "https://shop.example:99999/1.jpg",
        "https://shop example/1.jpg",
        "https://shop.example/1.jpg\n",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "//shop.example/1.jpg",
        "1.jpg",
        "",
    ],
)
def test_an_address_that_is_not_public_https_is_refused(surface: Surface, url: str) -> None:
    with pytest.raises(ContentRefused, match="https"):
        require_sendable(MediaContent(url=url), surface)


def test_plain_http_is_for_the_hosts_that_are_named() -> None:
    require_sendable(MediaContent(url="http://localhost:8001/1.jpg"), Surface.MESSENGER, http_hosts=HTTP)
    require_sendable(MediaContent(url="http://plain.example/1.jpg"), Surface.MESSENGER, http_hosts=HTTP)
    for url in ("http://localhost:8002/1.jpg", "http://localhost/1.jpg", "ftp://localhost:8001/1.jpg"):
        with pytest.raises(ContentRefused):
            require_sendable(MediaContent(url=url), Surface.MESSENGER, http_hosts=HTTP)
