"""The Send API: what a business may write to whom, and until when.

Sources: "Send API", "Messenger Platform policy" (24 hours; HUMAN_AGENT 7 days), Messenger error codes.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from meta_inbox.adapters.meta_graph.world_access import Access, Caller
from meta_inbox.adapters.meta_graph.world_attachments import Attachments
from meta_inbox.adapters.meta_graph.world_comments import Comments
from meta_inbox.adapters.meta_graph.world_contacts import new_mid
from meta_inbox.adapters.meta_graph.world_content import require_content
from meta_inbox.adapters.meta_graph.world_errors import (
    GraphError,
    invalid_message,
    invalid_parameter,
    messages_not_allowed,
    no_such_recipient,
    outside_window,
    recipient_unavailable,
)
from meta_inbox.adapters.meta_graph.world_ground import Ground
from meta_inbox.adapters.meta_graph.world_limits import Limits
from meta_inbox.adapters.meta_graph.world_pages import Acting, Pages
from meta_inbox.adapters.meta_graph.world_reactions import emoji_of
from meta_inbox.adapters.meta_graph.world_routing import Routing
from meta_inbox.adapters.meta_graph.world_send_body import Outgoing, SendBody, as_json, read_body
from meta_inbox.adapters.meta_graph.world_shown import shown_parts
from meta_inbox.adapters.meta_graph.world_templates import MAX_TITLE
from meta_inbox.adapters.meta_graph.world_values import Contact, Entry, Json, Sent, Surface
from meta_inbox.adapters.meta_graph.world_webhooks import Webhooks

STANDARD_WINDOW = timedelta(hours=24)
HUMAN_AGENT_WINDOW = timedelta(days=7)
AD_WINDOW = timedelta(days=7)
MESSAGING_TYPES = ("RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY")
ACTIONS = ("typing_on", "typing_off", "mark_seen", "react", "unreact")


@dataclass(slots=True, kw_only=True)
class Messages:
    """The ``messages`` edge of a Page, for its own contacts and those of its Instagram account."""

    ground: Ground
    access: Access
    pages: Pages
    webhooks: Webhooks
    comments: Comments
    limits: Limits
    routing: Routing
    attachments: Attachments

    def send(self, caller: Caller, page_id: str, body: Json) -> Json:
        """A message or a sender action; what is accepted is in the ledger and echoed."""
        acting = self.pages.acting(caller, page_id)
        request = read_body(body)
        comment = request.recipient.comment_id
        contact = self._recipient(acting, request)
        self.limits.count_send(contact.account_id)
        self._require_rights(acting, contact.surface)
        if comment is not None:
            self.comments.require_unanswered(comment)
        if not contact.available:
            raise recipient_unavailable()
        self.routing.require_ours(contact)
        if (request.message is None) == (request.sender_action is None):
            raise invalid_parameter("A send has either a message or a sender_action")
        self._require_type(request, contact.surface)
        if comment is None and request.messaging_type != "UTILITY":
            self._require_window(request, contact)
        if request.message is None:
            return self._act(acting, contact, request)
        require_content(request.message, contact.surface)
        self.attachments.require_owned(acting.id, contact.surface, request.message)
        accepted = self._accept(contact, request, request.message)
        if comment is not None:
            self.comments.answered_privately(comment, str(accepted["message_id"]))
        return accepted

    def _recipient(self, acting: Acting, request: SendBody) -> Contact:
        if request.recipient.comment_id is not None:
            return self.comments.writer(acting.account_ids, request.recipient.comment_id)
        contact_id = str(request.recipient.id)
        contact = self.ground.state.contacts.get(contact_id)
        if contact is None or contact.account_id not in acting.account_ids:
            elsewhere: Surface = "instagram" if acting.page is None else "page"
            raise no_such_recipient(contact.surface if contact else elsewhere)
        return contact

    def _require_rights(self, acting: Acting, surface: Surface) -> None:
        self.pages.require_messaging(acting, surface)
        if surface == "instagram":
            account = self.ground.state.instagram[acting.account_of(surface)]
            if not account.messages_allowed:
                raise messages_not_allowed()
        if acting.page is not None:
            self.access.require_task(acting.token, acting.page.id, "MESSAGING")

    @staticmethod
    def _require_type(request: SendBody, surface: Surface) -> None:
        kind = request.messaging_type
        if kind is None and request.message is not None and surface == "page":
            raise invalid_parameter("The parameter messaging_type is required.")
        if kind is not None and kind not in MESSAGING_TYPES:
            raise invalid_parameter(f"Param messaging_type must be one of {{{', '.join(MESSAGING_TYPES)}}}")
        if (kind == "MESSAGE_TAG") != (request.tag is not None) or request.tag not in (None, "HUMAN_AGENT"):
            raise invalid_parameter("The message tag is missing, deprecated or not allowed here")
        approved = request.message is not None and request.message.template is not None
        if (kind == "UTILITY") != approved or (approved and surface != "page"):
            raise invalid_message(surface, "A template is a utility message, which Messenger alone takes.")
        if request.persona_id is not None and (surface != "page" or not str(request.persona_id).isdecimal()):
            raise invalid_parameter("Param persona_id is not valid here")

    def _require_window(self, request: SendBody, contact: Contact) -> None:
        last, now = contact.last_action_at, self.ground.now()
        if last is not None and now < last + STANDARD_WINDOW:
            return
        by_ad = contact.ad_opened_at
        if by_ad is not None and now < by_ad + AD_WINDOW and self.ground.state.quirks.ad_windows:
            return
        if request.tag == "HUMAN_AGENT" and not self.ground.state.quirks.human_agent_approved:
            raise GraphError(10, "(#10) The app is not approved for the Human Agent feature.", status=403)
        if request.tag is None or last is None or now >= last + HUMAN_AGENT_WINDOW:
            raise outside_window(contact.surface)

    def _act(self, acting: Acting, contact: Contact, request: SendBody) -> Json:
        action, now = request.sender_action, self.ground.now()
        if action not in ACTIONS:
            raise invalid_parameter(f"Param sender_action must be one of {{{', '.join(ACTIONS)}}}")
        if action in ("typing_on", "typing_off"):
            self.ground.put(replace(contact, typing_shown=action == "typing_on", typing_at=now))
        elif action == "mark_seen":
            self.ground.put(replace(contact, seen_by_business_at=now))
        else:
            self._react(acting, contact, request)
        return {"recipient_id": contact.id}

    def _react(self, acting: Acting, contact: Contact, request: SendBody) -> None:
        thread = self.ground.state.threads.get(contact.id, {})
        entry = thread.get(request.payload.message_id) if request.payload else None
        if entry is None or request.payload is None:
            raise invalid_parameter("The message to react to does not exist")
        wanted = request.payload.reaction
        if request.sender_action == "react" and not wanted:
            raise invalid_parameter("The parameter payload[reaction] is required.")
        if wanted is not None and acting.page is not None and contact.surface == "instagram":
            self._require_love(wanted)
        taken_back = request.sender_action == "unreact" or wanted is None
        reaction = None if taken_back else emoji_of(str(wanted))
        self.ground.put_entry(contact, replace(entry, business_reaction=reaction))

    @staticmethod
    def _require_love(reaction: str) -> None:
        if reaction != "love":
            raise invalid_parameter("Param payload[reaction] must be one of {love}")

    def _accept(self, contact: Contact, request: SendBody, message: Outgoing) -> Json:
        reply_to = request.reply_to.mid if request.reply_to else None
        if reply_to is not None and reply_to not in self.ground.state.threads.get(contact.id, {}):
            raise invalid_parameter("The message to reply to does not exist")
        mid, now = new_mid(self.ground, contact.surface), self.ground.now()
        entry = Entry(
            mid=mid,
            by_contact=False,
            at=now,
            text=message.text,
            attachments=shown_parts(message, self.attachments),
            quick_replies=tuple(
                as_json(reply) | {"title": reply.title[:MAX_TITLE]} for reply in message.quick_replies
            ),
            reply_to=reply_to,
        )
        self.ground.put_entry(contact, entry)
        self.ground.put(replace(contact, typing_shown=False, seen_by_business_at=now))
        self._remember(contact, request, message, mid)
        self._echo(contact, entry, message.metadata)
        return {"recipient_id": contact.id, "message_id": mid}

    def _remember(self, contact: Contact, request: SendBody, message: Outgoing, mid: str) -> None:
        self.ground.state.ledger.append(
            Sent(
                mid=mid,
                at=self.ground.now(),
                surface=contact.surface,
                account_id=contact.account_id,
                recipient_id=contact.id,
                message=as_json(message),
                metadata=message.metadata,
                tag=request.tag,
                persona_id=None if request.persona_id is None else str(request.persona_id),
            )
        )

    def _echo(self, contact: Contact, entry: Entry, metadata: str | None) -> None:
        quirks, on_page = self.ground.state.quirks, contact.surface == "page"
        message: Json = {"is_echo": True, "mid": entry.mid}
        if on_page or quirks.instagram_echo_app_id:
            message["app_id"] = int(self.ground.app_id)
        if metadata is not None and (on_page or quirks.instagram_echo_metadata):
            message["metadata"] = metadata
        if entry.text is not None:
            message["text"] = entry.text
        if entry.attachments:
            message["attachments"] = list(entry.attachments)
        if entry.reply_to is not None:
            message["reply_to"] = {"mid": entry.reply_to}
        self.webhooks.echo(contact, {"message": message}, at=entry.at)
