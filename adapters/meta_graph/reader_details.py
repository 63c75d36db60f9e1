"""What only some messages have: a booking, the products asked about, a template's choices, commands."""

from typing import Any

from meta_inbox.adapters.meta_graph.json_values import as_dict, as_label, as_list, as_text

_BOOKING = ("booking_id", "status", "start_time", "end_time", "timezone")
_PRODUCT = ("id", "retailer_id", "title", "subtitle")
_BUTTON = ("type", "title", "url", "payload")
_MOST = 20


def read_details(parts: list[dict[str, Any]], message: dict[str, Any]) -> dict[str, Any] | None:
    """A booking, the products asked about, what a template offers, the commands used."""
    found: dict[str, Any] = {}
    for part in parts:
        payload = as_dict(part.get("payload")) or {}
        if part.get("type") == "appointment_booking":
            found |= _labels(payload, _BOOKING)
        elif part.get("type") == "template":
            found |= _template(payload)
    commands = (as_text((as_dict(each) or {}).get("name")) for each in as_list(message.get("commands")))
    if named := list(filter(None, commands))[:_MOST]:
        found["commands"] = named
    return found or None


def _template(payload: dict[str, Any]) -> dict[str, Any]:
    """What can be said of a template without its pictures."""
    found: dict[str, Any] = {**_labels(payload, ("template_type",))}
    product = as_dict(payload.get("product")) or {}
    if products := _elements(product.get("elements")):
        found["products"] = products
    generic = as_dict(payload.get("generic")) or payload
    if elements := _elements(generic.get("elements")):
        found["elements"] = elements
    buttons = [_labels(as_dict(each) or {}, _BUTTON) for each in as_list(payload.get("buttons"))[:_MOST]]
    if any(buttons):
        found["buttons"] = buttons
    return found


def _elements(value: Any) -> list[dict[str, str]]:
    rows = (_labels(as_dict(each) or {}, _PRODUCT) for each in as_list(value)[:_MOST])
    return [row for row in rows if row]


def _labels(found: dict[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    return {name: said for name in names if (said := as_label(found.get(name))) is not None}
