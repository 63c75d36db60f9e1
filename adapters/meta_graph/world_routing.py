"""Conversation Routing: which app answers a conversation that several share.

Source: "Conversation Routing". Until somebody takes or gets a thread, every app may answer it.
"""

from dataclasses import dataclass
from typing import Literal

import msgspec

from meta_inbox.adapters.meta_graph.world_access import Caller
from meta_inbox.adapters.meta_graph.world_errors import (
    invalid_parameter,
    no_such_object,
    no_such_recipient,
    not_the_owner,
)
from meta_inbox.adapters.meta_graph.world_ground import Ground
from meta_inbox.adapters.meta_graph.world_pages import Pages
from meta_inbox.adapters.meta_graph.world_send_body import Recipient
from meta_inbox.adapters.meta_graph.world_values import Contact, Json

Edge = Literal["take_thread_control", "release_thread_control", "pass_thread_control"]

EDGES: tuple[Edge, ...] = ("take_thread_control", "release_thread_control", "pass_thread_control")
PAGE_INBOX = "263902037430900"
INSTAGRAM_INBOX = "1217981644879628"
_WRONG_APP = 2018164


@dataclass(slots=True, kw_only=True)
class Routing:
    """The edges that move threads between apps."""

    ground: Ground
    pages: Pages

    def control(self, caller: Caller, page_id: str, edge: Edge, body: Json) -> Json:
        """Takes, passes or releases a thread; whoever gets it would be told, not the app that asks."""
        contact = self._recipient(caller, page_id, body.get("recipient"))
        if edge != "take_thread_control":
            self.require_ours(contact)
        owners = self.ground.state.thread_owners
        match edge:
            case "take_thread_control":
                owners[contact.id] = self.ground.app_id
            case "release_thread_control":
                owners.pop(contact.id, None)
            case "pass_thread_control":
                owners[contact.id] = self._target(body)
        return {"success": True}

    def owner(self, caller: Caller, page_id: str, recipient: str) -> Json:
        """Which app has the thread."""
        contact = self._recipient(caller, page_id, {"id": recipient})
        app_id = self.ground.state.thread_owners.get(contact.id)
        return {"data": [{"thread_owner": {"app_id": app_id}}] if app_id else []}

    def require_ours(self, contact: Contact) -> None:
        """GraphError while another app has the thread."""
        if self.ground.state.thread_owners.get(contact.id) not in (None, self.ground.app_id):
            raise not_the_owner(contact.surface)

    def _recipient(self, caller: Caller, page_id: str, recipient: object) -> Contact:
        acting = self.pages.acting(caller, page_id)
        if acting.page is None:
            raise no_such_object(page_id)
        try:
            named = msgspec.convert(recipient, Recipient)
        except msgspec.ValidationError:
            raise invalid_parameter("The parameter recipient is required.") from None
        contact = self.ground.state.contacts.get(str(named.id))
        if contact is None or contact.account_id not in acting.account_ids:
            raise no_such_recipient(contact.surface if contact else "page")
        self.pages.require_messaging(acting, contact.surface)
        return contact

    def _target(self, body: Json) -> str:
        target = str(body.get("target_app_id", ""))
        if not target.isdecimal() or target == self.ground.app_id:
            raise invalid_parameter("The target app is not a receiver of this Page", _WRONG_APP)
        return target
