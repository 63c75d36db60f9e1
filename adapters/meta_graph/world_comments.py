"""Comments under an account's posts: public, and no part of a private conversation.

Sources: Webhooks reference for ``instagram`` (comments, live_comments) and ``page`` (feed), "IG Comment",
"IG Comment Replies", "Comment", "Private Replies".
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from meta_inbox.adapters.meta_graph.world_access import Access, Caller
from meta_inbox.adapters.meta_graph.world_errors import (
    already_answered,
    invalid_parameter,
    no_such_object,
    not_answerable,
)
from meta_inbox.adapters.meta_graph.world_ground import Ground, milliseconds
from meta_inbox.adapters.meta_graph.world_pages import Pages
from meta_inbox.adapters.meta_graph.world_values import Comment, Contact, Json, Surface
from meta_inbox.adapters.meta_graph.world_webhooks import Kind, Webhooks

Edge = Literal["replies", "comments"]

PRIVATELY_WITHIN = timedelta(days=7)
EDGE_OF: dict[Surface, Edge] = {"instagram": "replies", "page": "comments"}
_HIDING: dict[Surface, str] = {"instagram": "hide", "page": "is_hidden"}
_TRUTHS = {"true": True, "false": False, "1": True, "0": False}


@dataclass(slots=True, kw_only=True)
class Comments:
    """What people write in public, and what the business does about it."""

    ground: Ground
    access: Access
    pages: Pages
    webhooks: Webhooks

    def write(
        self,
        contact_id: str,
        text: str,
        *,
        parent: str | None = None,
        live: bool = False,
        at: datetime | None = None,
    ) -> str:
        """The contact comments on the account's newest post, or on a comment there; returns its id.

        ``live``: during a broadcast, which lasts until ``end_broadcast``. ``at``: that long ago, which is
        told now.
        """
        return self._say(contact_id, text, by_business=False, parent=parent, live=live, at=at)

    def answer(self, contact_id: str, comment: str, text: str) -> str:
        """The business answers a comment in Meta's own app; returns the answer's id."""
        return self._say(contact_id, text, by_business=True, parent=comment)

    def remove(self, comment: str) -> None:
        """The comment is taken back; Instagram does not tell the business."""
        removed = replace(self.ground.comment(comment), removed=True)
        self._keep(removed)
        self._tell_verb(removed, "remove")

    def end_broadcast(self) -> None:
        """Every broadcast is over."""
        for comment in list(self.ground.state.comments.values()):
            self._keep(replace(comment, over=comment.live))

    def reply(self, caller: Caller, comment_id: str, edge: Edge, message: str) -> Json:
        """The app answers under a comment, or under the comment that this one answers."""
        comment = self._mine(caller, comment_id)
        if edge != EDGE_OF[comment.surface]:
            raise no_such_object(comment_id)
        if not message.strip():
            raise invalid_parameter("The parameter message is required.")
        thread, under = comment.parent or comment.id, comment.contact_id
        return {"id": self._say(under, message, by_business=True, parent=thread, live=comment.live)}

    def hide(self, caller: Caller, comment_id: str, params: Json) -> Json:
        """The app hides a comment or shows it again, of which Instagram tells nobody."""
        comment = self._mine(caller, comment_id)
        hidden = _TRUTHS.get(str(params.get(_HIDING[comment.surface])).lower())
        if hidden is None:
            raise invalid_parameter(f"The parameter {_HIDING[comment.surface]} is required.")
        self._keep(replace(comment, hidden=hidden))
        if comment.hidden is not hidden:
            self._tell_verb(comment, "hide" if hidden else "unhide")
        return {"success": True}

    def _mine(self, caller: Caller, comment_id: str) -> Comment:
        """The comment. GraphError unless it stands under a post of the caller's."""
        acting = self.pages.acting(caller, "me")
        comment = self.ground.state.comments.get(comment_id)
        if comment is None or comment.removed or comment.account_id not in acting.account_ids:
            raise no_such_object(comment_id)
        by_login = acting.page is None
        needed = "instagram_business_manage_comments" if by_login else "pages_manage_metadata"
        self.access.require_permission(acting.token, needed)
        return comment

    def writer(self, account_ids: Sequence[str], comment_id: str) -> Contact:
        """Who gets a private answer to the comment. GraphError for no comment under these accounts' posts."""
        comment = self.ground.state.comments.get(comment_id)
        if comment is None or comment.account_id not in account_ids:
            raise not_answerable("page" if comment is None else comment.surface)
        return self.ground.contact(comment.contact_id)

    def require_unanswered(self, comment_id: str) -> None:
        """GraphError unless the comment may have its one private answer now."""
        comment = self.ground.comment(comment_id)
        late = self.ground.now() >= comment.at + PRIVATELY_WITHIN or comment.over
        if comment.removed or comment.by_business or late:
            raise not_answerable(comment.surface)
        if comment.private_reply is not None:
            raise already_answered(comment.surface)

    def answered_privately(self, comment_id: str, mid: str) -> None:
        """It has had it now."""
        self._keep(replace(self.ground.comment(comment_id), private_reply=mid))

    def _keep(self, comment: Comment) -> None:
        self.ground.state.comments[comment.id] = comment

    def _say(
        self,
        contact_id: str,
        text: str,
        *,
        by_business: bool,
        parent: str | None = None,
        live: bool = False,
        at: datetime | None = None,
    ) -> str:
        contact = self.ground.contact(contact_id)
        comment = Comment(
            id=self.ground.digits(17),
            surface=contact.surface,
            account_id=contact.account_id,
            contact_id=contact.id,
            by_business=by_business,
            at=at or self.ground.now(),
            text=text,
            parent=parent,
            live=live,
        )
        self._keep(comment)
        kind: Kind = "live_comment" if live else "comment"
        self.webhooks.changed(contact, kind, self._value(contact, comment))
        return comment.id

    def _value(self, contact: Contact, comment: Comment) -> Json:
        if contact.surface == "page":
            value = self._feed(contact, comment) | {"message": comment.text}
            business: Json = {"id": contact.account_id, "name": "Business"}
            person: Json = {"id": contact.id, "name": contact.name}
        else:
            value = {"id": comment.id, "text": comment.text, "media": {"id": "18000000000000001"}}
            value |= {"parent_id": comment.parent} if comment.parent else {}
            business = {"id": contact.account_id}
            person = {"id": contact.id, "username": contact.username}
        return value | {"from": business if comment.by_business else person}

    def _tell_verb(self, comment: Comment, verb: str) -> None:
        if comment.surface == "page":
            contact = self.ground.contact(comment.contact_id)
            self.webhooks.changed(contact, "comment", self._feed(contact, comment) | {"verb": verb})

    @staticmethod
    def _feed(contact: Contact, comment: Comment) -> Json:
        post = f"{contact.account_id}_55"
        value: Json = {"item": "comment", "verb": "add", "post_id": post, "comment_id": comment.id}
        return value | {
            "parent_id": comment.parent or post,
            "created_time": milliseconds(comment.at) // 1000,
        }
