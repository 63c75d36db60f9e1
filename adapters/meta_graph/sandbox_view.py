"""What the sandbox's page shows."""

from typing import Any

import msgspec

from meta_inbox.adapters.meta_graph.sandbox_delivery import Courier
from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_faults import ANY, ENDPOINTS, FaultKind
from meta_inbox.adapters.meta_graph.world_values import Contact, Json, Surface

SHOWN_DELIVERIES = 8


def view(world: World, courier: Courier, contact_id: str | None) -> Json:
    """Everything at one moment but the time, with the conversation of one contact."""
    contacts = world.ground.state.contacts
    shown = contacts.get(contact_id or "")
    return {
        "ahead_seconds": world.ground.state.ahead.total_seconds(),
        "accounts": accounts(world),
        "contacts": [_contact(world, contact) for contact in contacts.values()],
        "contact": shown,
        "thread": world.contacts.thread(shown.id) if shown else [],
        "phone": _phone(world, shown.id) if shown else None,
        "endpoints": [ANY, *ENDPOINTS],
        "fault_kinds": [kind.value for kind in FaultKind],
        "deliveries": courier.deliveries[-SHOWN_DELIVERIES:],
        **troubles(world),
    }


def troubles(world: World) -> Json:
    """All that is made to go wrong; ``quirks`` are those that harm."""
    weather = world.weather
    return {
        "faults": world.faults.waiting,
        "chaos": {"reigning": weather.reigning, "met": dict(weather.met)},
        "quirks": world.troubles.odd,
    }


def accounts(world: World) -> list[Json]:
    """Each Page and Instagram account that a contact can write to; ``heard`` = the app gets it."""
    pages, instagram = world.ground.state.pages.values(), world.ground.state.instagram.values()
    return [
        *(_account(world, "page", page.id, page.name) for page in pages),
        *(_account(world, "instagram", account.id, f"@{account.username}") for account in instagram),
    ]


def _account(world: World, surface: Surface, account_id: str, name: str) -> Json:
    told = (world.webhooks.is_heard, world.webhooks.is_heard_by_login)
    heard = any(hears(surface, account_id, "message") for hears in told)
    return {"id": account_id, "surface": surface, "name": name, "heard": heard}


def _contact(world: World, contact: Contact) -> dict[str, Any]:
    thread = world.contacts.thread(contact.id)
    plain: Json = msgspec.to_builtins(contact)
    return plain | {
        "messages": len(thread),
        "last": thread[-1].text if thread else None,
        "latest": thread[-1] if thread else None,
        "unread": world.phones.unread(contact.id),
        "unreceived": world.phones.unreceived(contact.id),
    }


def _phone(world: World, contact_id: str) -> Json:
    phones = world.phones
    return {
        "typing": phones.shows_typing(contact_id),
        "reactions": phones.reactions(contact_id),
        "offers": phones.offers(contact_id),
        "stories": world.stories.of(contact_id),
    }
