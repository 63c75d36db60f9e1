"""Reading back: contacts' profiles, conversations and messages.

Sources: "User Profile API", "Conversations API" (details of the 20 latest messages only).
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from meta_inbox.adapters.meta_graph.world_access import Access, Caller
from meta_inbox.adapters.meta_graph.world_errors import (
    GraphError,
    invalid_parameter,
    no_such_object,
)
from meta_inbox.adapters.meta_graph.world_fields import Paging, parse_fields, pick
from meta_inbox.adapters.meta_graph.world_ground import Ground
from meta_inbox.adapters.meta_graph.world_media import Media
from meta_inbox.adapters.meta_graph.world_pages import Pages
from meta_inbox.adapters.meta_graph.world_past import iso, reactions, shown
from meta_inbox.adapters.meta_graph.world_values import Contact, Entry, Json, Page, Surface

DETAILED = 20
PAGE_OF_THREADS = 25


@dataclass(slots=True, kw_only=True)
class Conversations:
    """What a Page may read of its contacts and conversations."""

    ground: Ground
    access: Access
    pages: Pages
    media: Media
    calls: dict[str, list[datetime]] = field(default_factory=dict[str, list[datetime]])

    def profile(self, caller: Caller, contact_id: str, fields: str = "") -> Json:
        """The contact's profile; 230 or 100/2018218 before the contact ever acted, little when hidden."""
        contact = self._visible(caller, contact_id)
        if contact.last_action_at is None:
            if contact.surface == "instagram":
                raise GraphError(230, "(#230) User consent is required to access user profile.", status=403)
            raise invalid_parameter("No profile available for this user.", 2018218)
        if not contact.profile_shown or not contact.available:
            return {"id": contact.id}
        return pick(self._profile(contact), parse_fields(fields))

    def _profile(self, contact: Contact) -> Json:
        picture = f"{self.ground.media_url}/media/avatar/{contact.id}.png"
        profile: Json = {"id": contact.id, "name": contact.name, "profile_pic": picture}
        if contact.surface == "page":
            first, _, last = contact.name.partition(" ")
            return profile | {"first_name": first, "last_name": last or None}
        return profile | {
            "username": contact.username,
            "follower_count": 312,
            "is_user_follow_business": True,
            "is_business_follow_user": False,
            "is_verified_user": False,
        }

    def _visible(self, caller: Caller, contact_id: str) -> Contact:
        acting = self.pages.acting(caller, "me")
        contact = self.ground.state.contacts.get(contact_id)
        if contact is None or contact.account_id not in acting.account_ids:
            raise no_such_object(contact_id)
        return contact

    def list(
        self,
        caller: Caller,
        page_id: str,
        *,
        platform: str = "messenger",
        user_id: str | None = None,
        fields: str = "",
        limit: int = PAGE_OF_THREADS,
        after: str | None = None,
    ) -> Json:
        """The Page's conversations, or those of its Instagram account, newest first."""
        acting = self.pages.acting(caller, page_id)
        surface: Surface = "page" if platform == "messenger" else "instagram"
        self.pages.require_messaging(acting, surface)
        self._require_patience(acting.id)
        account_id = acting.account_of(surface)
        nodes = [
            self._thread(contact)
            for contact in self.ground.state.contacts.values()
            if contact.account_id == account_id and user_id in (None, contact.id) and self._entries(contact)
        ]
        nodes.sort(key=lambda node: str(node["updated_time"]), reverse=True)
        url = f"{self.ground.public_url}/{self.ground.version}/{acting.id}/conversations"
        query = {"platform": platform, "fields": fields}
        paging = Paging(limit=limit, after=after, most=PAGE_OF_THREADS)
        return paging.of(nodes, parse_fields(fields or "id,updated_time"), url, query)

    def _require_patience(self, page_id: str) -> None:
        """Meta allows two calls a second for each Page; played when the quirk says so."""
        allowed, now = self.ground.state.quirks.conversation_calls_a_second, self.ground.now()
        recent = [at for at in self.calls.get(page_id, ()) if now - at < timedelta(seconds=1)]
        self.calls[page_id] = [*recent, now]
        if allowed is not None and len(recent) >= allowed:
            raise GraphError(613, "(#613) Calls to this api have exceeded the rate limit.", status=429)

    def is_node(self, node: str) -> bool:
        """Whether the id is a conversation's or a message's."""
        return self._find(node) is not None

    def node(self, caller: Caller, node: str, fields: str = "") -> Json:
        """One conversation, or one message if it is among the latest of its conversation."""
        found = self._find(node)
        if found is None:
            raise no_such_object(node)
        contact, entry = found
        self._visible(caller, contact.id)
        if entry is None:
            return pick(self._thread(contact), parse_fields(fields or "id,updated_time"))
        if entry not in self._entries(contact)[:DETAILED] or entry.unsent:
            raise GraphError(9000001, "The message is deleted or too old to be read.")
        return pick(self._message(contact, entry), parse_fields(fields or "id,created_time"))

    def _find(self, node: str) -> tuple[Contact, Entry | None] | None:
        for contact in self.ground.state.contacts.values():
            if node == _thread_id(contact):
                return contact, None
            if entry := self.ground.state.threads.get(contact.id, {}).get(node):
                return contact, entry
        return None

    def _entries(self, contact: Contact) -> Sequence[Entry]:
        thread = self.ground.state.threads.get(contact.id, {}).values()
        return sorted(thread, key=lambda entry: entry.at, reverse=True)

    def _thread(self, contact: Contact) -> Json:
        entries = self._entries(contact)
        messages = [
            self._message(contact, entry) if index < DETAILED else {"id": entry.mid}
            for index, entry in enumerate(entries)
            if not entry.unsent
        ]
        return {
            "id": _thread_id(contact),
            "updated_time": iso(entries[0].at) if entries else None,
            "participants": {"data": [self._business(contact), self._person(contact)]},
            "messages": {"data": messages},
            "message_count": len(entries),
        }

    def _message(self, contact: Contact, entry: Entry) -> Json:
        business, person = self._business(contact), self._person(contact)
        return shown(entry, self.media.fresh) | {
            "from": person if entry.by_contact else business,
            "to": {"data": [business if entry.by_contact else person]},
            "reactions": reactions(entry, business, person),
        }

    def _business(self, contact: Contact) -> Json:
        if contact.surface == "instagram":
            account = self.ground.state.instagram[contact.account_id]
            return {"id": account.id, "username": account.username}
        page: Page = self.ground.state.pages[contact.account_id]
        return {"id": page.id, "name": page.name, "email": f"{page.id}@facebook.com"}

    @staticmethod
    def _person(contact: Contact) -> Json:
        if contact.surface == "instagram":
            return {"id": contact.id, "username": contact.username}
        return {"id": contact.id, "name": contact.name, "email": f"{contact.id}@facebook.com"}


def _thread_id(contact: Contact) -> str:
    if contact.surface == "page":
        return f"t_{contact.id}"
    return "aWdfdGhyZWFk" + base64.urlsafe_b64encode(contact.id.encode()).decode().rstrip("=")
