"""The capability table as the page that people read; running this module writes it."""

from collections.abc import Callable
from pathlib import Path

from meta_inbox.domain.model.account import Surface
from meta_inbox.domain.model.capabilities import CAPABILITIES, MEGABYTE, Capabilities, MediaLimit
from meta_inbox.domain.model.content import MediaKind

PAGE = Path(__file__).parents[2] / "docs" / "capabilities.md"

_TITLE = """# What each surface can carry

One table in the code (`domain/model/capabilities.py`) judges every send, is what `GET /api/meta/capabilities`
answers, and is this page, which is written by `python -m tests.harness.capability_table`. What breaks a limit
is refused with 422 and the code in the last column, before anything is kept or sent.

An account's surface is its platform; *Instagram Login* is an account connected by Instagram's own login.
"""
_NAMES = {
    Surface.MESSENGER: "Messenger",
    Surface.INSTAGRAM: "Instagram by its Page",
    Surface.INSTAGRAM_LOGIN: "Instagram Login",
}
_KINDS = {
    "text": "plain text",
    "image": "a picture",
    "video": "a film",
    "audio": "a recording",
    "file": "another file",
    "images": "several pictures in one message",
    "buttons": "text with buttons: `web_url`, `postback`",
    "quick_replies": "text with answers to tap",
    "cards": "cards side by side",
    "media_card": "a picture or film with buttons",
    "products": "products of the catalogue",
    "sticker": "a sticker",
    "post": "a post of the account's own",
    "utility": "an approved utility template, at any time",
    "private_reply": "the one private answer to a comment",
    "public_reply": "an answer under a comment",
}
_MEDIA: tuple[MediaKind, ...] = ("image", "video", "audio", "file")
_LIMITS: tuple[tuple[str, Callable[[Capabilities], str], str], ...] = (
    ("text of a message", lambda can: f"{can.text_limit} {can.unit}", "text_too_long"),
    ("text under a post", lambda can: f"{can.public_text_limit} characters", "text_too_long"),
    ("text above buttons", lambda can: f"{can.buttons_text_limit} characters", "text_too_long"),
    ("buttons of a message or card", lambda can: f"{can.max_buttons}", "too_many_buttons"),
    ("quick replies", lambda can: f"{can.max_quick_replies}", "too_many_quick_replies"),
    ("title of a button or quick reply", lambda can: f"{can.title_limit} characters", "title_too_long"),
    ("payload", lambda can: f"{can.payload_limit} characters", "payload_too_long"),
    ("address", lambda can: f"{can.url_limit} characters", "payload_too_long"),
    ("pictures in one message", lambda can: f"{can.max_images}", "too_many_images"),
    ("cards", lambda can: f"{can.max_cards}", "too_many_cards"),
    ("title and subtitle of a card", lambda can: f"{can.card_text_limit} characters", "title_too_long"),
    ("products", lambda can: f"{can.max_products}", "too_many_cards"),
    ("stickers by name", lambda can: ", ".join(f"`{name}`" for name in can.stickers), "not_supported_here"),
    ("stickers by their id", lambda can: _yes(says=can.sticker_ids), "not_supported_here"),
    ("reactions", lambda can: _reactions(can.extras.reactions), "not_supported_here"),
    ("thread control", lambda can: _yes(says=can.extras.thread_control), "not_supported_here"),
    ("greeting", lambda can: _when(can.extras.greeting_limit, on=can.extras.greeting), "not_supported_here"),
    ("ice breakers for each locale", lambda can: f"{can.extras.max_ice_breakers}", "too_many_buttons"),
    ("items of the persistent menu", lambda can: f"{can.extras.max_menu_items}", "too_many_buttons"),
    ("title of a menu item", lambda can: f"{can.extras.menu_title_limit} characters", "title_too_long"),
    (
        "composer switched off by the menu",
        lambda can: _yes(says=can.extras.composer_can_be_off),
        "not_supported_here",
    ),
    (
        "payload of a menu item or ice breaker",
        lambda can: f"{can.extras.payload_limit} characters",
        "payload_too_long",
    ),
    ("address of a menu item", lambda can: f"{can.extras.url_limit} characters", "media_type"),
    (
        "components of a utility template",
        lambda can: f"{can.components_limit} characters",
        "payload_too_long",
    ),
    ("writing as a persona", lambda can: _yes(says=can.personas), "not_supported_here"),
)


def page() -> str:
    """The page as it must be."""
    return "\n".join(
        (
            _TITLE,
            "## Kinds",
            "",
            *_kinds(),
            "",
            "## Limits",
            "",
            *_limits(),
            "",
            "## Files",
            "",
            *_files(),
            "",
        )
    )


def _kinds() -> list[str]:
    rows = [_row("`type`", "what", *_NAMES.values()), _rule(5)]
    return rows + [
        _row(f"`{kind}`", what, *(_yes(says=kind in can.sends) for can in CAPABILITIES.values()))
        for kind, what in _KINDS.items()
    ]


def _limits() -> list[str]:
    rows = [_row("of", *_NAMES.values(), "code"), _rule(5)]
    return rows + [
        _row(name, *(said(can) for can in CAPABILITIES.values()), f"`{code}`") for name, said, code in _LIMITS
    ]


def _files() -> list[str]:
    rows = [_row("kind", *_NAMES.values()), _rule(4)]
    return rows + [_row(kind, *(_file(can.media[kind]) for can in CAPABILITIES.values())) for kind in _MEDIA]


def _file(limit: MediaLimit) -> str:
    return f"{limit.max_bytes // MEGABYTE} MB; {', '.join(limit.content_types) or 'any type'}"


def _reactions(taken: frozenset[str] | None) -> str:
    return "any" if taken is None else ", ".join(f"`{name}`" for name in sorted(taken))


def _when(limit: int, *, on: bool) -> str:
    return f"{limit} characters" if on else _yes(says=False)


def _yes(*, says: bool) -> str:
    return "yes" if says else "no"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _rule(columns: int) -> str:
    return "|" + "---|" * columns


if __name__ == "__main__":
    PAGE.write_text(page())
