"""The deletion of a contact: of whom, from where, and what stays so that nothing comes back."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from meta_inbox.domain.model.contact import COMMENTS
from meta_inbox.domain.model.ids import AccountId, ContactId, MetaMessageId, TenantId

LEASE = timedelta(seconds=30)
ONCE_MORE = timedelta(seconds=15)
"""When all is gone over again, for the sake of what was on its way into the tables at the first time."""
ANSWERED = timedelta(seconds=15)
"""How long after its key was taken a request has been answered for sure, and remembered the answer."""


def person_of(contact: ContactId) -> ContactId:
    """Whoever comments in public under this id, or writes in private."""
    return ContactId(contact.removeprefix(COMMENTS))


def digest_of(account: AccountId, contact: ContactId) -> str:
    """What a contact is known by after the deletion: SHA-256, in hexadecimal digits.

    The account's id is random, so that the same contact has another digest elsewhere.
    """
    return hashlib.sha256(f"{account}:{person_of(contact)}".encode()).hexdigest()


def gone_as(account: AccountId, message: MetaMessageId) -> str:
    """What a comment is known by after it was deleted with its contact."""
    return "gone:" + hashlib.sha256(f"{account}:{message}".encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedContact:
    """Who was deleted; ``contact_id`` is None once that is forgotten as well. ``id`` is the deletion's."""

    id: str
    account_id: AccountId
    contact_id: ContactId | None
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """Whom a webhook's body must no longer hold, up to when.

    ``messages``: Meta's ids of what belongs to the contact but does not name them, such as answers to
    comments.
    """

    external_id: str
    contact_id: ContactId
    messages: frozenset[MetaMessageId]
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionClaim:
    """A deletion in hand, until its lease runs out."""

    tenant_id: TenantId
    account_id: AccountId
    whom: Forgotten
    fence: str

    @property
    def contacts(self) -> list[ContactId]:
        """Both conversations: the private one, and the comments."""
        return [self.whom.contact_id, ContactId(f"{COMMENTS}{self.whom.contact_id}")]
