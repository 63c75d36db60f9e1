"""What each surface can carry, for whoever writes messages: the table that also judges them."""

from typing import Any

import msgspec
from litestar import get

from meta_inbox.domain.model.account import Surface
from meta_inbox.domain.model.capabilities import CAPABILITIES, Capabilities, Extras, MediaLimit


class MediaLimitWire(msgspec.Struct, kw_only=True):
    """What a file of one kind may be; no ``content_types`` = any."""

    max_bytes: int
    content_types: list[str]

    @classmethod
    def of(cls, limit: MediaLimit) -> "MediaLimitWire":
        """The limit."""
        return cls(max_bytes=limit.max_bytes, content_types=list(limit.content_types))


class ExtrasWire(msgspec.Struct, kw_only=True):
    """What a surface offers beside messages; ``reactions`` null = any."""

    reactions: list[str] | None
    thread_control: bool
    greeting: bool
    get_started: bool
    composer_can_be_off: bool
    greeting_limit: int
    max_ice_breakers: int
    max_menu_items: int
    menu_title_limit: int
    payload_limit: int
    url_limit: int

    @classmethod
    def of(cls, extras: Extras) -> "ExtrasWire":
        """The extras."""
        return msgspec.convert(extras, cls, from_attributes=True)


class CapabilitiesWire(msgspec.Struct, kw_only=True):
    """The limits of one surface. ``text_unit`` is what ``text_limit`` counts; all others are characters.

    An account's surface is its platform, but ``instagram_login`` for Instagram with its own login.
    """

    surface: str
    sends: list[str]
    text_limit: int
    text_unit: str
    public_text_limit: int
    media: dict[str, MediaLimitWire]
    max_images: int
    buttons_text_limit: int
    max_buttons: int
    title_limit: int
    payload_limit: int
    url_limit: int
    max_quick_replies: int
    max_cards: int
    card_text_limit: int
    max_products: int
    stickers: list[str]
    sticker_ids: bool
    personas: bool
    components_limit: int
    extras: ExtrasWire

    @classmethod
    def of(cls, surface: Surface, can: Capabilities) -> "CapabilitiesWire":
        """The limits of the surface."""
        own: dict[str, Any] = {
            "surface": surface.value,
            "sends": sorted(can.sends),
            "text_unit": can.unit,
            "media": {kind: MediaLimitWire.of(limit) for kind, limit in can.media.items()},
            "stickers": list(can.stickers),
            "extras": ExtrasWire.of(can.extras),
        }
        names = (field.name for field in msgspec.structs.fields(cls))
        return cls(**{name: getattr(can, name) for name in names if name not in own}, **own)


class CapabilityTable(msgspec.Struct, kw_only=True):
    """Every surface."""

    surfaces: list[CapabilitiesWire]


@get("/capabilities")
async def list_capabilities() -> CapabilityTable:
    """What each surface can carry; what a send breaks of it is 422."""
    return CapabilityTable(
        surfaces=[CapabilitiesWire.of(surface, can) for surface, can in CAPABILITIES.items()]
    )
