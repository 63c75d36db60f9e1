"""Comments under an account's posts, and mentions: public, and no part of a private conversation.

Sources: Webhooks reference for ``instagram`` (comments, mentions) and ``page`` (feed).
"""

from dataclasses import dataclass

from meta_inbox.adapters.meta_graph.world_ground import Ground, milliseconds
from meta_inbox.adapters.meta_graph.world_values import Contact, Json
from meta_inbox.adapters.meta_graph.world_webhooks import Webhooks


@dataclass(slots=True, kw_only=True)
class Comments:
    """What people write in public; the webhook alone tells of it."""

    ground: Ground
    webhooks: Webhooks

    def write(self, contact_id: str, text: str, *, parent: str | None = None) -> str:
        """The contact comments on the account's newest post, or on a comment there; returns its id."""
        return self._said(self.ground.contact(contact_id), text, parent, by_business=False)

    def answer(self, contact_id: str, comment: str, text: str) -> str:
        """The business answers a comment in Meta's own app; returns the answer's id."""
        return self._said(self.ground.contact(contact_id), text, comment, by_business=True)

    def remove(self, contact_id: str, comment: str) -> None:
        """The comment is taken back; Instagram does not tell the business."""
        contact = self.ground.contact(contact_id)
        if contact.surface == "page":
            self._tell(contact, self._feed(contact, comment, None, None) | {"verb": "remove"})

    def _said(self, contact: Contact, text: str, parent: str | None, *, by_business: bool) -> str:
        comment = self.ground.digits(17)
        if contact.surface == "page":
            value = self._feed(contact, comment, parent, text)
            business: Json = {"id": contact.account_id, "name": "Business"}
        else:
            value = {"id": comment, "text": text, "media": {"id": "18000000000000001"}}
            value |= {"parent_id": parent} if parent else {}
            business = {"id": contact.account_id}
        self._tell(contact, value | ({"from": business} if by_business else {"from": self._person(contact)}))
        return comment

    def _feed(self, contact: Contact, comment: str, parent: str | None, text: str | None) -> Json:
        post = f"{contact.account_id}_55"
        value: Json = {"item": "comment", "verb": "add", "post_id": post, "comment_id": comment}
        value |= {"parent_id": parent or post, "created_time": milliseconds(self.ground.now()) // 1000}
        return value if text is None else value | {"message": text}

    @staticmethod
    def _person(contact: Contact) -> Json:
        if contact.surface == "page":
            return {"id": contact.id, "name": contact.name}
        return {"id": contact.id, "username": contact.username}

    def _tell(self, contact: Contact, value: Json) -> None:
        self.webhooks.changed(contact, "comment", value)
