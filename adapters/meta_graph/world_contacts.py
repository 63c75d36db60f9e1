"""The people who write to a business, and what they do in its conversations."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from meta_inbox.adapters.meta_graph.world_errors import NoSuchThing
from meta_inbox.adapters.meta_graph.world_ground import Ground, milliseconds
from meta_inbox.adapters.meta_graph.world_reactions import EMOJI, emoji_of
from meta_inbox.adapters.meta_graph.world_values import Contact, Entry, Json, Surface
from meta_inbox.adapters.meta_graph.world_webhooks import Webhooks

_MID_PREFIX = {"page": "m_", "instagram": "aWdfZAG1faXRlbToxOk"}
_MID_NOISE = {"page": 64, "instagram": 126}


def new_mid(ground: Ground, surface: Surface) -> str:
    """A new message id in the form of the surface."""
    return ground.text(_MID_PREFIX[surface], _MID_NOISE[surface])


@dataclass(slots=True, kw_only=True)
class Contacts:
    """Plays the contacts: each method is something that a person does. All raise NoSuchThing."""

    ground: Ground
    webhooks: Webhooks

    def create(self, account_id: str, name: str, username: str | None = None) -> Contact:
        """A person this account has not met yet; the id is good for this Page or Instagram account alone."""
        is_page = account_id in self.ground.state.pages
        if not is_page and account_id not in self.ground.state.instagram:
            raise NoSuchThing(f"there is no account {account_id}")
        return self.ground.put(
            Contact(
                id=self.ground.digits(16 if is_page else 17),
                surface="page" if is_page else "instagram",
                account_id=account_id,
                name=name,
                username=username or "".join(name.lower().split()),
            )
        )

    def of(self, account_id: str) -> list[Contact]:
        """Everybody this account knows."""
        return [one for one in self.ground.state.contacts.values() if one.account_id == account_id]

    def change(
        self, contact_id: str, *, available: bool | None = None, profile_shown: bool | None = None
    ) -> Contact:
        """Blocks or unblocks the business, hides or shows the profile; None = stays."""
        contact = self.ground.contact(contact_id)
        return self.ground.put(
            replace(
                contact,
                available=contact.available if available is None else available,
                profile_shown=contact.profile_shown if profile_shown is None else profile_shown,
            )
        )

    def thread(self, contact_id: str) -> list[Entry]:
        """The conversation as the contact sees it, oldest first."""
        self.ground.contact(contact_id)
        return sorted(self.ground.state.threads.get(contact_id, {}).values(), key=lambda entry: entry.at)

    def write(
        self,
        contact_id: str,
        text: str | None = None,
        *,
        attachments: Sequence[Json] = (),
        reply_to: str | None = None,
        story: Json | None = None,
        unsupported: bool = False,
        quick_reply: str | None = None,
        referral: Json | None = None,
        at: datetime | None = None,
    ) -> str:
        """The contact writes, at ``at`` (now); returns the mid. ``story``, {id, url}, is what it answers."""
        contact = self._acts(contact_id, at)
        if (referral or {}).get("source") == "ADS":
            contact = replace(contact, ad_opened_at=at or self.ground.now())
            self.ground.put(contact)
        if reply_to is not None:
            self.ground.entry(contact_id, reply_to)
        entry = Entry(
            mid=new_mid(self.ground, contact.surface),
            by_contact=True,
            at=at or self.ground.now(),
            text=text,
            attachments=tuple(attachments),
            reply_to=reply_to,
            story=story,
            unsupported=unsupported,
        )
        self.ground.put_entry(contact, entry)
        message = _shown(entry)
        message |= {"quick_reply": {"payload": quick_reply}} if quick_reply is not None else {}
        message |= {"referral": referral} if referral is not None else {}
        self.webhooks.from_contact(contact, "message", {"message": message}, at=entry.at)
        return entry.mid

    def send_photo(self, contact_id: str, url: str) -> str:
        """The contact sends a picture that can be fetched at ``url``; returns the mid."""
        return self.write(contact_id, attachments=[{"type": "image", "payload": {"url": url}}])

    def press(self, contact_id: str, payload: str, title: str) -> str:
        """The contact presses a button, a menu item or an ice breaker; returns the postback's mid."""
        contact = self._acts(contact_id)
        mid = new_mid(self.ground, contact.surface)
        self.ground.put_entry(
            contact, Entry(mid=mid, by_contact=True, at=self.ground.now(), text=title, postback=payload)
        )
        postback = {"mid": mid, "title": title, "payload": payload}
        self.webhooks.from_contact(contact, "postback", {"postback": postback})
        return mid

    def react(self, contact_id: str, mid: str, reaction: str | None) -> None:
        """The contact reacts to a message; None takes the reaction back, which opens no window."""
        entry = self.ground.entry(contact_id, mid)
        contact = self.ground.contact(contact_id) if reaction is None else self._acts(contact_id)
        self.ground.put_entry(contact, replace(entry, contact_reaction=reaction))
        event: Json = {"mid": mid, "action": "unreact"}
        if reaction is not None:
            name = reaction if reaction in EMOJI else "other"
            event = {"mid": mid, "action": "react", "reaction": name, "emoji": emoji_of(reaction)}
        self.webhooks.from_contact(contact, "reaction", {"reaction": event})

    def edit(self, contact_id: str, mid: str, text: str) -> None:
        """The contact rewrites a message of theirs."""
        contact, entry = self.ground.contact(contact_id), self._own(contact_id, mid)
        edited = self.ground.put_entry(contact, replace(entry, text=text, edits=entry.edits + 1))
        event = {"mid": mid, "text": text, "num_edit": edited.edits}
        self.webhooks.from_contact(contact, "edit", {"message_edit": event})

    def unsend(self, contact_id: str, mid: str) -> None:
        """The contact takes a message of theirs back; Messenger does not tell the business."""
        contact, entry = self.ground.contact(contact_id), self._own(contact_id, mid)
        self.ground.put_entry(contact, replace(entry, unsent=True, text=None, attachments=()))
        self.webhooks.from_contact(contact, "unsend", {"message": {"mid": mid, "is_deleted": True}})

    def read(self, contact_id: str) -> None:
        """The contact reads everything there is; nothing to read = nothing happens."""
        contact, last = self.ground.contact(contact_id), self._last_sent(contact_id)
        if last is None:
            return
        self._mark(contact, received=True, read=True)
        event = {"mid": last.mid} if contact.surface == "instagram" else {"watermark": milliseconds(last.at)}
        self.webhooks.from_contact(contact, "read", {"read": event})

    def receive(self, contact_id: str) -> None:
        """What was sent reaches the contact's device; Instagram does not tell the business."""
        contact, last = self.ground.contact(contact_id), self._last_sent(contact_id)
        if last is None:
            return
        self._mark(contact, received=True)
        event = {"mids": [last.mid], "watermark": milliseconds(last.at)}
        self.webhooks.from_contact(contact, "delivery", {"delivery": event})

    def follow_link(self, contact_id: str, ref: str) -> None:
        """The contact comes back through an m.me or ig.me link."""
        contact = self._acts(contact_id)
        referral = {"ref": ref, "source": "SHORTLINK", "type": "OPEN_THREAD"}
        self.webhooks.from_contact(contact, "referral", {"referral": referral})

    def hand_over(self, contact_id: str, app_id: str) -> None:
        """The thread is passed to another app."""
        contact = self.ground.contact(contact_id)
        self.ground.state.thread_owners[contact_id] = app_id
        passed = {"new_owner_app_id": app_id, "previous_owner_app_id": self.ground.app_id}
        self.webhooks.from_contact(contact, "handover", {"pass_thread_control": passed})

    def answered_elsewhere(
        self,
        contact_id: str,
        text: str | None = None,
        app_id: int | None = None,
        *,
        attachments: Sequence[Json] = (),
        at: datetime | None = None,
    ) -> str:
        """The business answers in Meta's own app, or in another app; returns the mid. ``at``: back then."""
        contact = self.ground.contact(contact_id)
        entry = Entry(
            mid=new_mid(self.ground, contact.surface),
            by_contact=False,
            at=at or self.ground.now(),
            text=text,
            attachments=tuple(attachments),
        )
        self.ground.put_entry(contact, entry)
        parts = {"text": text, "attachments": list(attachments) or None, "app_id": app_id or None}
        message = {"is_echo": True, "mid": entry.mid} | {k: v for k, v in parts.items() if v is not None}
        self.webhooks.echo(contact, {"message": message})
        return entry.mid

    def _acts(self, contact_id: str, at: datetime | None = None) -> Contact:
        """The contact, whose action at ``at`` opens the window."""
        contact, at = self.ground.contact(contact_id), at or self.ground.now()
        latest = max(contact.last_action_at or at, at)
        return self.ground.put(replace(contact, last_action_at=latest))

    def _own(self, contact_id: str, mid: str) -> Entry:
        entry = self.ground.entry(contact_id, mid)
        if not entry.by_contact or entry.unsent:
            raise NoSuchThing("the contact has no such message any more")
        return entry

    def _last_sent(self, contact_id: str) -> Entry | None:
        sent = self._sent(contact_id)
        return sent[-1] if sent else None

    def _sent(self, contact_id: str) -> list[Entry]:
        return [entry for entry in self.thread(contact_id) if not entry.by_contact]

    def _mark(self, contact: Contact, *, received: bool, read: bool = False) -> None:
        for entry in self._sent(contact.id):
            if not (entry.received and (entry.read or not read)):
                self.ground.put_entry(contact, replace(entry, received=received, read=read or entry.read))


def _shown(entry: Entry) -> Json:
    """What a webhook shows of a message."""
    answered: Json | None = {"mid": entry.reply_to} if entry.reply_to is not None else None
    if entry.story is not None:
        answered = {"story": entry.story}
    parts = {
        "text": entry.text,
        "reply_to": answered,
        "attachments": list(entry.attachments) or None,
        "is_unsupported": entry.unsupported or None,
    }
    return {"mid": entry.mid} | {key: part for key, part in parts.items() if part is not None}
