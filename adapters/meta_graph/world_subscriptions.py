"""The two levels of webhook subscriptions: what the app hears of, and which Pages tell it.

Sources: "Page Subscribed Apps", "App Subscriptions", and the SDK's enum of field names.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from meta_inbox.adapters.meta_graph.world_access import Access, Caller
from meta_inbox.adapters.meta_graph.world_errors import invalid_parameter
from meta_inbox.adapters.meta_graph.world_ground import Ground
from meta_inbox.adapters.meta_graph.world_pages import Pages
from meta_inbox.adapters.meta_graph.world_values import AppSubscription, Json

PAGE_FIELDS = (
    "messages",
    "message_echoes",
    "message_deliveries",
    "message_reads",
    "message_reactions",
    "message_edits",
    "message_context",
    "messaging_postbacks",
    "messaging_referrals",
    "messaging_handovers",
    "messaging_optins",
    "messaging_optouts",
    "messaging_policy_enforcement",
    "messaging_account_linking",
    "messaging_customer_information",
    "messaging_feedback",
    "messaging_appointments",
    "messaging_integrity",
    "standby",
    "response_feedback",
    "send_cart",
    "inbox_labels",
    "feed",
    "mention",
    "ratings",
    "conversations",
    "leadgen",
)
INSTAGRAM_FIELDS = (
    "messages",
    "message_edit",
    "message_reactions",
    "messaging_postbacks",
    "messaging_referral",
    "messaging_seen",
    "messaging_handover",
    "messaging_optins",
    "standby",
    "comments",
    "live_comments",
    "mentions",
    "story_insights",
)
FIELDS = {"page": PAGE_FIELDS, "instagram": INSTAGRAM_FIELDS}


@dataclass(slots=True, kw_only=True)
class Subscriptions:
    """The ``subscribed_apps`` edge of a Page and the ``subscriptions`` edge of the app."""

    ground: Ground
    access: Access
    pages: Pages

    def install(self, caller: Caller, page_id: str, fields: Sequence[str]) -> Json:
        """Has the Page send these webhook fields, in place of those before."""
        token, page = self.pages.page_token(caller, page_id)
        self.access.require_permission(token, "pages_manage_metadata")
        if not fields:
            raise invalid_parameter("The parameter subscribed_fields is required.")
        require_known(fields, PAGE_FIELDS, "subscribed_fields")
        if any(field.startswith("messag") for field in fields):
            self.access.require_permission(token, "pages_messaging")
        self.access.require_task(token, page.id, "MODERATE", "MANAGE")
        self.ground.state.installed[page.id] = tuple(dict.fromkeys(fields))
        return {"success": True}

    def installed(self, caller: Caller, page_id: str) -> Json:
        """This app and the fields it gets from the Page, if any."""
        _, page = self.pages.page_token(caller, page_id)
        fields = self.ground.state.installed.get(page.id)
        app: Json = {"category": "Business", "link": self.ground.public_url, "name": "Inbox"}
        app |= {"id": self.ground.app_id, "subscribed_fields": list(fields or ())}
        return {"data": [app] if fields else []}

    def uninstall(self, caller: Caller, page_id: str) -> Json:
        """Ends all webhooks of the Page to this app."""
        token, page = self.pages.page_token(caller, page_id)
        self.access.require_permission(token, "pages_manage_metadata")
        self.ground.state.installed.pop(page.id, None)
        return {"success": True}

    def subscribe_app(
        self, caller: Caller, object_: str, fields: Sequence[str], callback_url: str | None
    ) -> Json:
        """The app-level subscription; whoever calls has made the verify handshake."""
        self.access.require_app(caller)
        known = FIELDS.get(object_)
        if known is None:
            raise invalid_parameter("Param object must be one of {PAGE, INSTAGRAM}")
        require_known(fields, known, "fields")
        subscription = AppSubscription(fields=tuple(fields), callback_url=callback_url)
        self.ground.state.app_subscriptions[object_] = subscription
        return {"success": True}

    def app_subscriptions(self, caller: Caller) -> Json:
        """What the app hears of, object by object."""
        self.access.require_app(caller)
        return {
            "data": [
                {
                    "object": object_,
                    "callback_url": subscription.callback_url or self.ground.callback_url,
                    "active": True,
                    "fields": [
                        {"name": name, "version": self.ground.version} for name in subscription.fields
                    ],
                }
                for object_, subscription in self.ground.state.app_subscriptions.items()
            ]
        }

    def unsubscribe_app(self, caller: Caller, object_: str | None) -> Json:
        """Ends the app-level subscription of one object, or of all."""
        self.access.require_app(caller)
        for name in [object_] if object_ else list(self.ground.state.app_subscriptions):
            self.ground.state.app_subscriptions.pop(name, None)
        return {"success": True}


def require_known(fields: Sequence[str], known: Sequence[str], name: str) -> None:
    """GraphError for a field that there is not."""
    for index, field in enumerate(fields):
        if field not in known:
            allowed = ", ".join(known).upper()
            raise invalid_parameter(f"Param {name}[{index}] must be one of {{{allowed}}}")
