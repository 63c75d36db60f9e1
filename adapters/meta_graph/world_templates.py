"""What a template may contain. Source: Messenger and Instagram "Templates"."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from meta_inbox.adapters.meta_graph.world_errors import invalid_message, invalid_parameter
from meta_inbox.adapters.meta_graph.world_send_body import Button, Element, Payload
from meta_inbox.adapters.meta_graph.world_values import Surface

MAX_BUTTON_TEXT = 640
MAX_BUTTONS = 3
MAX_TITLE = 20
MAX_PAYLOAD = 1000
MAX_CARDS = 10
MAX_CARD_TEXT = 80
MAX_PRODUCTS = 10


def require_template(payload: Payload, surface: Surface) -> None:
    """GraphError naming the limit that the template breaks."""
    match payload.template_type:
        case "button":
            _require_button_template(payload, surface)
        case "generic":
            _require_cards(payload.elements, surface)
        case "product":
            _require_products(payload.elements, surface)
        case "media" if surface == "page":
            _require_media_template(payload.elements)
        case _:
            raise invalid_message(surface, f"The template {payload.template_type} is not supported here.")


def _require_button_template(payload: Payload, surface: Surface) -> None:
    if not payload.text or len(payload.text) > MAX_BUTTON_TEXT:
        raise invalid_message(surface, f"A button template has a text of 1 to {MAX_BUTTON_TEXT}.")
    if not payload.buttons:
        raise invalid_message(surface, "A button template has 1 to 3 buttons.")
    _require_buttons(payload.buttons, surface)


def _require_cards(cards: Sequence[Element], surface: Surface) -> None:
    if not 1 <= len(cards) <= MAX_CARDS:
        raise invalid_message(surface, f"A generic template has 1 to {MAX_CARDS} elements.")
    for card in cards:
        if not 1 <= len((card.title or "").strip()) <= MAX_CARD_TEXT:
            raise invalid_message(surface, f"An element's title has 1 to {MAX_CARD_TEXT} characters.")
        if len(card.subtitle or "") > MAX_CARD_TEXT:
            raise invalid_message(surface, f"An element's subtitle has at most {MAX_CARD_TEXT} characters.")
        if not (card.subtitle or card.image_url or card.buttons or card.default_action):
            raise invalid_message(surface, "An element has at least one property beside its title.")
        _require_buttons(card.buttons, surface)


def _require_products(products: Sequence[Element], surface: Surface) -> None:
    if not 1 <= len(products) <= MAX_PRODUCTS:
        raise invalid_message(surface, f"A product template has 1 to {MAX_PRODUCTS} elements.")
    if not all(str(product.id or "").isdecimal() for product in products):
        raise invalid_message(surface, "A product is named by its id in the catalog.")


def _require_media_template(elements: Sequence[Element]) -> None:
    if len(elements) != 1 or elements[0].media_type not in ("image", "video"):
        raise invalid_parameter("A media template has one element, an image or a video", 2018173)
    (element,) = elements
    if (element.attachment_id is None) == (element.url is None):
        raise invalid_parameter("A media element has exactly one of attachment_id, url", 2018174)
    host = urlsplit(element.url or "").hostname or ""
    if element.url is not None and host != "facebook.com" and not host.endswith(".facebook.com"):
        raise invalid_parameter("The url of a media element must be a Facebook URL", 2018175)
    _require_buttons(element.buttons, "page")


def _require_buttons(buttons: Sequence[Button], surface: Surface) -> None:
    if len(buttons) > MAX_BUTTONS:
        raise invalid_message(surface, "A template has at most 3 buttons.")
    for button in buttons:
        if not 1 <= len(button.title) <= MAX_TITLE:
            raise invalid_message(surface, f"A button's title has 1 to {MAX_TITLE} characters.")
        carried = button.url if button.type == "web_url" else button.payload
        if button.type not in ("web_url", "postback") or not carried:
            raise invalid_message(surface, f"A button {button.type} is not valid here.")
        if button.type == "postback" and len(carried) > MAX_PAYLOAD:
            raise invalid_message(surface, f"A payload has at most {MAX_PAYLOAD} characters.")
