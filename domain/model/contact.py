"""A person who writes to a connected account."""

from dataclasses import dataclass
from datetime import timedelta

from meta_inbox.domain.model.ids import AccountId, ContactId, TenantId

COMMENTS = "comments:"
"""How the id of whoever comments in public begins: a conversation of its own kind, beside the private."""
PROFILE_IS_FRESH = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactProfile:
    """What Meta tells about a contact; every part may be missing. ``facts`` are Instagram's of followers."""

    name: str | None = None
    username: str | None = None
    profile_picture_url: str | None = None
    facts: dict[str, int | bool] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Exists from its id alone; the profile is filled in when Meta gives it.

    ``profile_picture_url`` is Meta's, short-lived and never shown; ``picture_id`` opens it here, as a file.
    """

    tenant_id: TenantId
    account_id: AccountId
    id: ContactId
    name: str | None = None
    username: str | None = None
    profile_picture_url: str | None = None
    picture_id: str | None = None
    facts: dict[str, int | bool] | None = None


def asked_again(refusals: int) -> timedelta:
    """How long a profile that Meta withheld so many times before is left alone."""
    return min(timedelta(days=2 ** min(refusals, 10)), PROFILE_IS_FRESH)
