"""What a contact's own app has on the screen, beside the messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from meta_inbox.adapters.meta_graph.world_contacts import Contacts
from meta_inbox.adapters.meta_graph.world_ground import Ground
from meta_inbox.adapters.meta_graph.world_reactions import REACTIONS, emoji_of
from meta_inbox.adapters.meta_graph.world_values import Entry, Json

TYPING_SHOWN_FOR = timedelta(seconds=20)


@dataclass(slots=True, kw_only=True)
class Phones:
    """The screens of the contacts, by contact. All raise NoSuchThing."""

    ground: Ground
    contacts: Contacts

    def unread(self, contact_id: str) -> int:
        """How much of what the business wrote the contact has not read."""
        return len([entry for entry in self._sent(contact_id) if not entry.read and not entry.unsent])

    def unreceived(self, contact_id: str) -> int:
        """How much of it has not reached the device."""
        return len([entry for entry in self._sent(contact_id) if not entry.received])

    def shows_typing(self, contact_id: str) -> bool:
        """Whether the business is seen typing, which Meta shows for a while only."""
        contact = self.ground.contact(contact_id)
        if not contact.typing_shown or contact.typing_at is None:
            return False
        return self.ground.now() < contact.typing_at + TYPING_SHOWN_FOR

    def reactions(self, contact_id: str) -> list[Json]:
        """What the app offers to react with: ``{name, emoji}``."""
        offered = REACTIONS[self.ground.contact(contact_id).surface]
        return [{"name": name, "emoji": emoji_of(name)} for name in offered]

    def offers(self, contact_id: str) -> Json:
        """What the account set up to be pressed: ``greeting``, ``get_started``, ``ice_breakers``, ``menu``.

        Of several languages the first that was given.
        """
        profile = self.ground.state.profiles.get(self.ground.contact(contact_id).account_id, {})
        started: Json = profile.get("get_started") or {}
        return {
            "greeting": _first(profile.get("greeting"), "text"),
            "get_started": started.get("payload"),
            "ice_breakers": _first(profile.get("ice_breakers"), "call_to_actions") or [],
            "menu": _first(profile.get("persistent_menu"), "call_to_actions") or [],
        }

    def _sent(self, contact_id: str) -> list[Entry]:
        return [entry for entry in self.contacts.thread(contact_id) if not entry.by_contact]


def _first(given: Sequence[Json] | None, name: str) -> object:
    return given[0].get(name) if given else None
