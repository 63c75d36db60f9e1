"""A person who writes to a connected account."""

from dataclasses import dataclass

from meta_inbox.domain.model.ids import AccountId, ContactId, TenantId

COMMENTS = "comments:"
"""How the id of whoever comments in public begins: a conversation of its own kind, beside the private."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactProfile:
    """What Meta tells about a contact; every part may be missing."""

    name: str | None = None
    username: str | None = None
    profile_picture_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Exists from its id alone; the profile is filled in when Meta gives it."""

    tenant_id: TenantId
    account_id: AccountId
    id: ContactId
    name: str | None = None
    username: str | None = None
    profile_picture_url: str | None = None
