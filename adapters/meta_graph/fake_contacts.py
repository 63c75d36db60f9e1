"""What contacts do at a fake Meta, in the words of a test."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import datetime

from meta_inbox.adapters.meta_graph.fake_cast import Cast
from meta_inbox.adapters.meta_graph.fake_webhooks import Pump
from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_values import Contact, Entry
from meta_inbox.domain.model.account import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What somebody did; the ids are Meta's. Awaiting it waits until its webhook was taken."""

    contact_id: str
    message_id: str
    pump: Pump

    def __await__(self) -> Generator[None, None, None]:
        return self.pump.settled().__await__()


class ContactsPlayed:
    """Each method is something that a contact does; whoever is new is made up, with this id and name.

    ``message`` is Meta's id of the one that is meant; None = the latest. ValueError when there is none.
    """

    def __init__(self, world: World, cast: Cast, pump: Pump) -> None:
        self.world = world
        self._cast = cast
        self._pump = pump

    def contact_writes(
        self, account: Account | str, contact: str, text: str, *, at: datetime | None = None
    ) -> Played:
        """Somebody writes to the account."""
        found = self._cast.contact(account, contact)
        return self._did(found, self.world.contacts.write(found.id, text, at=at))

    def contact_comments(
        self, account: Account | str, contact: str, text: str, *, at: datetime | None = None
    ) -> Played:
        """Somebody comments on the account's newest post; ``message_id`` is the comment's."""
        found = self._cast.contact(account, contact)
        return self._did(found, self.world.comments.write(found.id, text, at=at))

    def contact_sends(
        self, account: Account | str, contact: str, content: bytes, *, kind: str = "image"
    ) -> Played:
        """Somebody sends a file: ``image``, ``video``, ``audio`` or ``file``."""
        found = self._cast.contact(account, contact)
        url = self.world.media.put_any(content, "application/octet-stream", "bin")
        part = {"type": kind, "payload": {"url": url}}
        return self._did(found, self.world.contacts.write(found.id, attachments=[part]))

    def contact_replies_to_story(self, account: Account | str, contact: str, text: str) -> Played:
        """Somebody answers a story of an Instagram account. NoSuchThing for a Page."""
        found = self._cast.contact(account, contact)
        return self._did(found, self.world.stories.reply(found.id, text))

    def contact_mentions(self, account: Account | str, contact: str) -> Played:
        """Somebody mentions an Instagram account in a story of their own. NoSuchThing for a Page."""
        found = self._cast.contact(account, contact)
        return self._did(found, self.world.stories.mention(found.id))

    def contact_presses(self, account: Account | str, contact: str, payload: str, title: str) -> Played:
        """Somebody presses a button, or takes an item of the menu."""
        found = self._cast.contact(account, contact)
        return self._did(found, self.world.contacts.press(found.id, payload, title))

    def contact_reads(self, account: Account | str, contact: str) -> Played:
        """Somebody reads everything that the business wrote."""
        found, message = self._meant(account, contact, None, _of_the_business)
        self.world.contacts.read(found.id)
        return self._did(found, message)

    def contact_reacts(
        self, account: Account | str, contact: str, reaction: str | None, *, to: str | None = None
    ) -> Played:
        """Somebody reacts to an answer with ``love``, or an emoji; None takes the reaction back."""
        found, message = self._meant(account, contact, to, _of_the_business)
        self.world.contacts.react(found.id, message, reaction)
        return self._did(found, message)

    def contact_edits(
        self, account: Account | str, contact: str, text: str, *, message: str | None = None
    ) -> Played:
        """Somebody rewrites what they wrote."""
        found, edited = self._meant(account, contact, message, _of_the_contact)
        self.world.contacts.edit(found.id, edited, text)
        return self._did(found, edited)

    def contact_unsends(self, account: Account | str, contact: str, *, message: str | None = None) -> Played:
        """Somebody takes back what they wrote; of Messenger's contacts Meta does not tell."""
        found, unsent = self._meant(account, contact, message, _of_the_contact)
        self.world.contacts.unsend(found.id, unsent)
        return self._did(found, unsent)

    def contact_blocks(self, account: Account | str, contact: str, *, blocks: bool = True) -> None:
        """Somebody wants to hear nothing more from the account, or to hear from it again."""
        self.world.contacts.change(self._cast.contact(account, contact).id, available=not blocks)

    def answered_elsewhere(self, account: Account | str, contact: str, text: str) -> Played:
        """Somebody of the business answers in Meta's own app."""
        found = self._cast.contact(account, contact)
        return self._did(found, self.world.contacts.answered_elsewhere(found.id, text))

    def _did(self, contact: Contact, message: str) -> Played:
        return Played(contact_id=contact.id, message_id=message, pump=self._pump)

    def _meant(
        self, account: Account | str, contact: str, message: str | None, is_it: Callable[[Entry], bool]
    ) -> tuple[Contact, str]:
        found = self._cast.contact(account, contact)
        if message is not None:
            return found, message
        for entry in reversed(self.world.contacts.thread(found.id)):
            if is_it(entry):
                return found, entry.mid
        raise ValueError(f"{contact} has no such message with {account!r}")


def _of_the_contact(entry: Entry) -> bool:
    return entry.by_contact and not entry.unsent


def _of_the_business(entry: Entry) -> bool:
    return not entry.by_contact and not entry.unsent
