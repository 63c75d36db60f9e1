"""Stories: those that an Instagram account shows, and those of contacts that mention it.

Source: Instagram "Webhooks" and "Story mention". Messenger tells of none. A story is shown for a day, but
here those of an account never end, so that there is always one to answer.
"""

import hashlib
from dataclasses import dataclass

from meta_inbox.adapters.meta_graph.world_contacts import Contacts
from meta_inbox.adapters.meta_graph.world_errors import NoSuchThing
from meta_inbox.adapters.meta_graph.world_ground import Ground
from meta_inbox.adapters.meta_graph.world_media import SCENERY
from meta_inbox.adapters.meta_graph.world_values import Json

_SHOWN = ("sunset", "garden")
_MENTIONING = "sea"


@dataclass(slots=True, kw_only=True)
class Stories:
    """What contacts do with stories. All raise NoSuchThing, also for contacts of Messenger."""

    ground: Ground
    contacts: Contacts

    def of(self, contact_id: str) -> list[Json]:
        """The stories of the account as the contact sees them: ``{id, url}``; on Messenger none."""
        contact = self.ground.contact(contact_id)
        if contact.surface == "page":
            return []
        return [{"id": _story_id(contact.account_id, name), "url": self._url(name)} for name in _SHOWN]

    def reply(self, contact_id: str, text: str, story_id: str | None = None) -> str:
        """The contact answers a story of the account, the first if none is named; returns the mid."""
        self._require_instagram(contact_id)
        stories = self.of(contact_id)
        story = next((one for one in stories if story_id in (None, one["id"])), None)
        if story is None:
            raise NoSuchThing(f"there is no story {story_id}")
        return self.contacts.write(contact_id, text, story=story)

    def mention(self, contact_id: str, url: str | None = None) -> str:
        """The contact mentions the account in a story of their own, whose picture is at ``url``."""
        self._require_instagram(contact_id)
        payload = {"url": url or self._url(_MENTIONING)}
        return self.contacts.write(contact_id, attachments=[{"type": "story_mention", "payload": payload}])

    def _require_instagram(self, contact_id: str) -> None:
        if self.ground.contact(contact_id).surface == "page":
            raise NoSuchThing("on Messenger there are no stories to answer")

    def _url(self, name: str) -> str:
        return f"{self.ground.media_url}{SCENERY}{name}.png"


def _story_id(account_id: str, name: str) -> str:
    number = int.from_bytes(hashlib.sha256(f"{account_id}:{name}".encode()).digest()[:7], "big")
    return f"18{number % 10**15:015}"
