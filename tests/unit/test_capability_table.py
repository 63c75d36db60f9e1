"""Every entry of the capability table, on every surface: at its limit, and one past it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any, get_args, get_type_hints

import pytest

from meta_inbox.domain.errors import ContentRefused
from meta_inbox.domain.model.account import Surface
from meta_inbox.domain.model.capabilities import CAPABILITIES, Capabilities
from meta_inbox.domain.model.content import (
    Button,
    ButtonsContent,
    Card,
    CardsContent,
    Content,
    ImagesContent,
    MediaCardContent,
    MediaContent,
    MediaPart,
    PostContent,
    PrivateReplyContent,
    ProductsContent,
    PublicReplyContent,
    QuickRepliesContent,
    QuickReply,
    StickerContent,
    TextContent,
    UtilityContent,
)
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.sendable import require_file, require_persona, require_sendable
from tests.harness.capability_table import PAGE, page

COMMENT = MetaMessageId("17900000000000001")
PICTURE = MediaPart(url="https://cdn.example/a.jpg")
YES = QuickReply(title="Sim", payload="YES")
CARD = Card(title="Pão", subtitle="Quente")

ONE_OF_EACH: dict[str, Content] = {
    "text": TextContent(text="Oi"),
    **{
        kind: MediaContent(url="https://cdn.example/a", type=kind)
        for kind in ("image", "video", "audio", "file")
    },
    "images": ImagesContent(items=(PICTURE, PICTURE)),
    "buttons": ButtonsContent(text="Qual?", buttons=(Button(type="postback", title="A", payload="A"),)),
    "quick_replies": QuickRepliesContent(text="Certo?", quick_replies=(YES,)),
    "cards": CardsContent(cards=(CARD,)),
    "products": ProductsContent(product_ids=("123",)),
    "sticker": StickerContent(name="like_heart"),
    "post": PostContent(post_id="17900000000000002"),
    "media_card": MediaCardContent(media="image", media_id="0192f0a0-0000-7000-8000-000000000001"),
    "utility": UtilityContent(template="order_shipped", language="pt_BR"),
    "private_reply": PrivateReplyContent(comment=COMMENT, text="Oi"),
    "public_reply": PublicReplyContent(comment=COMMENT, text="Oi"),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """Content of a size, and the code by which one too large is refused."""

    at: Callable[[int], Content]
    code: str


def postback(title: str = "Sim", payload: str = "YES") -> Button:
    return Button(type="postback", title=title, payload=payload)


def buttons(*given: Button, text: str = "Qual?") -> Content:
    return ButtonsContent(text=text, buttons=given)


def link(length: int) -> str:
    return "https://cdn.example/".ljust(length, "a")


LIMITS: dict[str, list[Limit]] = {
    "text_limit": [
        Limit(lambda n: TextContent(text="a" * n), "text_too_long"),
        Limit(lambda n: QuickRepliesContent(text="a" * n, quick_replies=(YES,)), "text_too_long"),
        Limit(lambda n: PrivateReplyContent(comment=COMMENT, text="a" * n), "text_too_long"),
    ],
    "public_text_limit": [
        Limit(lambda n: PublicReplyContent(comment=COMMENT, text="a" * n), "text_too_long")
    ],
    "buttons_text_limit": [Limit(lambda n: buttons(postback(), text="a" * n), "text_too_long")],
    "max_images": [Limit(lambda n: ImagesContent(items=(PICTURE,) * n), "too_many_images")],
    "max_buttons": [
        Limit(lambda n: buttons(*[postback()] * n), "too_many_buttons"),
        Limit(
            lambda n: CardsContent(cards=(Card(title="A", buttons=(postback(),) * n),)), "too_many_buttons"
        ),
    ],
    "title_limit": [
        Limit(lambda n: buttons(postback(title="a" * n)), "title_too_long"),
        Limit(
            lambda n: QuickRepliesContent(text="?", quick_replies=(QuickReply(title="a" * n, payload="A"),)),
            "title_too_long",
        ),
    ],
    "payload_limit": [
        Limit(lambda n: buttons(postback(payload="a" * n)), "payload_too_long"),
        Limit(
            lambda n: QuickRepliesContent(text="?", quick_replies=(QuickReply(title="A", payload="a" * n),)),
            "payload_too_long",
        ),
    ],
    "url_limit": [
        Limit(lambda n: MediaContent(url=link(n)), "payload_too_long"),
        Limit(lambda n: ImagesContent(items=(MediaPart(url=link(n)),)), "payload_too_long"),
        Limit(lambda n: buttons(Button(type="web_url", title="A", url=link(n))), "payload_too_long"),
        Limit(lambda n: CardsContent(cards=(Card(title="A", image_url=link(n)),)), "payload_too_long"),
    ],
    "max_quick_replies": [
        Limit(lambda n: QuickRepliesContent(text="?", quick_replies=(YES,) * n), "too_many_quick_replies")
    ],
    "max_cards": [Limit(lambda n: CardsContent(cards=(CARD,) * n), "too_many_cards")],
    "card_text_limit": [
        Limit(lambda n: CardsContent(cards=(Card(title="a" * n, subtitle="b"),)), "title_too_long"),
        Limit(lambda n: CardsContent(cards=(Card(title="a", subtitle="b" * n),)), "title_too_long"),
    ],
    "max_products": [Limit(lambda n: ProductsContent(product_ids=("1",) * n), "too_many_cards")],
    "components_limit": [
        Limit(
            lambda n: UtilityContent(template="a", language="pt_BR", components=_components(n)),
            "payload_too_long",
        )
    ],
}
OTHERWISE = {"sends", "text_counts_bytes", "media", "stickers", "sticker_ids", "personas", "extras"}
"""What is no number; each has a test of its own below."""


def _components(length: int) -> tuple[dict[str, Any], ...]:
    empty = len(repr(({"type": ""},)))
    return ({"type": "a" * (length - empty)},)


def _each() -> Iterator[Any]:
    for surface, can in CAPABILITIES.items():
        for name, limits in LIMITS.items():
            for index, limit in enumerate(limits):
                if limit.at(1).type in can.sends:
                    yield pytest.param(surface, getattr(can, name), limit, id=f"{surface}-{name}-{index}")


def test_no_entry_of_the_table_is_without_a_test() -> None:
    assert {field.name for field in fields(Capabilities)} == {*LIMITS, *OTHERWISE}
    assert {*CAPABILITIES} == {*Surface}
    named = {kind for shape in get_args(Content) for kind in get_args(get_type_hints(shape)["type"])}
    assert named == {*ONE_OF_EACH}


@pytest.mark.parametrize(("surface", "limit", "case"), list(_each()))
def test_at_its_limit_and_one_past_it(surface: Surface, limit: int, case: Limit) -> None:
    require_sendable(case.at(limit), surface)
    with pytest.raises(ContentRefused) as refused:
        require_sendable(case.at(limit + 1), surface)
    assert refused.value.code == case.code


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("kind", ONE_OF_EACH)
def test_a_kind_is_taken_where_the_table_says_so(surface: Surface, kind: str) -> None:
    content, can = ONE_OF_EACH[kind], CAPABILITIES[surface]
    if kind == "sticker":
        content = StickerContent(name=next(iter(can.stickers)))
    if kind in can.sends:
        require_sendable(content, surface)
        return
    with pytest.raises(ContentRefused) as refused:
        require_sendable(content, surface)
    assert refused.value.code == "not_supported_here"


@pytest.mark.parametrize(
    ("surface", "takes", "refuses"),
    [
        (Surface.MESSENGER, "é" * 2000, "é" * 2001),
        (Surface.INSTAGRAM, "é" * 500, "é" * 500 + "a"),
        (Surface.INSTAGRAM_LOGIN, "😀" * 250, "😀" * 250 + "a"),
    ],
)
def test_texts_are_counted_as_meta_counts_them(surface: Surface, takes: str, refuses: str) -> None:
    require_sendable(TextContent(text=takes), surface)
    with pytest.raises(ContentRefused, match=CAPABILITIES[surface].unit) as refused:
        require_sendable(TextContent(text=refuses), surface)
    assert str(CAPABILITIES[surface].length(refuses)) in refused.value.detail


@pytest.mark.parametrize(
    ("surface", "kind"), [(surface, kind) for surface, can in CAPABILITIES.items() for kind in can.media]
)
def test_a_file_at_its_largest_and_a_byte_more(surface: Surface, kind: Any) -> None:
    limit = CAPABILITIES[surface].media[kind]
    for taken in limit.content_types or ("application/octet-stream",):
        require_file(kind, taken, limit.max_bytes, surface)
    with pytest.raises(ContentRefused) as refused:
        require_file(kind, (limit.content_types or ("x/y",))[0], limit.max_bytes + 1, surface)
    assert refused.value.code == "media_too_large"
    if limit.content_types:
        with pytest.raises(ContentRefused, match="it takes") as refused:
            require_file(kind, "application/zip", 1, surface)
        assert refused.value.code == "media_type"


@pytest.mark.parametrize("surface", Surface)
def test_stickers_and_personas_are_those_of_the_surface(surface: Surface) -> None:
    can = CAPABILITIES[surface]
    for name in can.stickers:
        require_sendable(StickerContent(name=name), surface)
    foreign = "thumbs_up" if "like_heart" in can.stickers else "like_heart"
    refusals: list[Callable[[], None]] = [
        lambda: require_sendable(StickerContent(name=foreign), surface),
        lambda: require_sendable(StickerContent(sticker_id="no number"), surface),
        lambda: require_persona("no number", surface),
    ]
    by_number: list[Callable[[], None]] = [
        lambda: require_sendable(StickerContent(sticker_id="369239263222822"), surface),
        lambda: require_persona("4411", surface),
    ]
    for allowed, act in zip((can.sticker_ids, can.personas), by_number, strict=True):
        act() if allowed else refusals.append(act)
    for refusal in refusals:
        with pytest.raises(ContentRefused) as refused:
            refusal()
        assert refused.value.code == "not_supported_here"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (ImagesContent(items=()), "too_many_images"),
        (QuickRepliesContent(text="?", quick_replies=()), "too_many_quick_replies"),
        (QuickRepliesContent(text=" ", quick_replies=(YES,)), "text_empty"),
        (QuickRepliesContent(text="?", quick_replies=(QuickReply(title="", payload="A"),)), "text_empty"),
        (QuickRepliesContent(text="?", quick_replies=(QuickReply(title="A", payload=""),)), "text_empty"),
        (CardsContent(cards=()), "too_many_cards"),
        (CardsContent(cards=(Card(title="A"),)), "not_supported_here"),
        (CardsContent(cards=(Card(title="", subtitle="a"),)), "text_empty"),
        (CardsContent(cards=(Card(title="A", image_url="http://cdn.example/a.jpg"),)), "media_type"),
        (MediaCardContent(media="image", url="https://cdn.example/a.jpg"), "media_type"),
        (MediaCardContent(media="image", url="https://[::1/a.jpg"), "media_type"),
        (ProductsContent(product_ids=()), "too_many_cards"),
        (ProductsContent(product_ids=("A1",)), "not_supported_here"),
        (UtilityContent(template="", language="pt_BR"), "text_empty"),
        (UtilityContent(template="a", language="\ud800"), "text_empty"),
        (MediaContent(), "media_type"),
    ],
)
def test_what_is_empty_or_misshapen_is_refused(content: Content, code: str) -> None:
    with pytest.raises(ContentRefused) as refused:
        require_sendable(content, Surface.MESSENGER)
    assert refused.value.code == code


def test_a_post_on_facebook_may_be_shown_with_buttons() -> None:
    card = MediaCardContent(
        media="video", url="https://www.facebook.com/casaverde/videos/1", buttons=(postback(),)
    )
    require_sendable(card, Surface.MESSENGER)


def test_a_post_is_named_by_a_number() -> None:
    with pytest.raises(ContentRefused):
        require_sendable(PostContent(post_id="https://instagram.com/p/x"), Surface.INSTAGRAM)


def test_the_page_that_people_read_is_the_table() -> None:
    assert PAGE.read_text() == page(), "run: python -m tests.harness.capability_table"
    named = {kind for can in CAPABILITIES.values() for kind in can.sends}
    assert all(f"| `{kind}` |" in page() for kind in named)
