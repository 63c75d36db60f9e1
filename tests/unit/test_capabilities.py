"""What each surface can carry, to the last character."""

import pytest

from meta_inbox.domain.errors import ContentRefused, RefusalKind
from meta_inbox.domain.model.account import Platform
from meta_inbox.domain.model.capabilities import require_sendable
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.message import (
    Button,
    ButtonsContent,
    Content,
    MediaContent,
    PrivateReplyContent,
    PublicReplyContent,
    TextContent,
)

BOTH = [Platform.INSTAGRAM, Platform.MESSENGER]
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
    ("platform", "content"),
    [
        (Platform.MESSENGER, text(2000)),
        (Platform.MESSENGER, text(2000, "é")),
        (Platform.INSTAGRAM, text(1000)),
        (Platform.INSTAGRAM, text(500, "é")),
        (Platform.INSTAGRAM, text(250, "😀")),
        (Platform.MESSENGER, buttons(SHOP, words="a" * 640)),
        (Platform.MESSENGER, buttons(SHOP, SHOP, postback("t" * 20, "p" * 1000))),
        (Platform.INSTAGRAM, MediaContent(url="https://shop.example/1.jpg?x=1")),
        (Platform.MESSENGER, private(2000)),
        (Platform.INSTAGRAM, private(500, "é")),
        (Platform.MESSENGER, public(8000, "é")),
        (Platform.INSTAGRAM, public(2200, "é")),
    ],
)
def test_what_just_fits_is_sendable(platform: Platform, content: Content) -> None:
    require_sendable(content, platform)


@pytest.mark.parametrize(
    ("platform", "content", "code"),
    [
        (Platform.MESSENGER, text(2001), "text_too_long"),
        (Platform.INSTAGRAM, text(1001), "text_too_long"),
        (Platform.INSTAGRAM, text(501, "é"), "text_too_long"),
        (Platform.MESSENGER, text(0), "text_empty"),
        (Platform.MESSENGER, private(2001), "text_too_long"),
        (Platform.INSTAGRAM, private(501, "é"), "text_too_long"),
        (Platform.MESSENGER, public(8001), "text_too_long"),
        (Platform.INSTAGRAM, public(2201), "text_too_long"),
        (Platform.INSTAGRAM, public(2, " "), "text_empty"),
        (Platform.MESSENGER, text(3, " \n"), "text_empty"),
        (Platform.INSTAGRAM, text(1, "\ud800"), "text_empty"),
        (Platform.MESSENGER, buttons(SHOP, words="a" * 641), "text_too_long"),
        (Platform.MESSENGER, buttons(SHOP, words=""), "text_empty"),
        (Platform.MESSENGER, buttons(), "too_many_buttons"),
        (Platform.MESSENGER, buttons(SHOP, SHOP, SHOP, SHOP), "too_many_buttons"),
        (Platform.MESSENGER, buttons(postback("t" * 21)), "title_too_long"),
        (Platform.MESSENGER, buttons(postback(" ")), "text_empty"),
        (Platform.MESSENGER, buttons(postback(payload="p" * 1001)), "payload_too_long"),
        (Platform.MESSENGER, buttons(postback(payload=None)), "text_empty"),
        (Platform.MESSENGER, buttons(Button(type="web_url", title="Shop")), "media_type"),
        (Platform.MESSENGER, MediaContent(url="https://shop.example/" + "a" * 2048), "payload_too_long"),
    ],
)
def test_what_does_not_fit_names_the_limit(platform: Platform, content: Content, code: str) -> None:
    with pytest.raises(ContentRefused) as refused:
        require_sendable(content, platform)
    assert (refused.value.code, refused.value.kind) == (code, RefusalKind.CONTENT)


@pytest.mark.parametrize("platform", BOTH)
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
def test_an_address_that_is_not_public_https_is_refused(platform: Platform, url: str) -> None:
    with pytest.raises(ContentRefused, match="https"):
        require_sendable(MediaContent(url=url), platform)


def test_plain_http_is_for_the_hosts_that_are_named() -> None:
    require_sendable(MediaContent(url="http://localhost:8001/1.jpg"), Platform.MESSENGER, http_hosts=HTTP)
    require_sendable(MediaContent(url="http://plain.example/1.jpg"), Platform.MESSENGER, http_hosts=HTTP)
    for url in ("http://localhost:8002/1.jpg", "http://localhost/1.jpg", "ftp://localhost:8001/1.jpg"):
        with pytest.raises(ContentRefused):
            require_sendable(MediaContent(url=url), Platform.MESSENGER, http_hosts=HTTP)
