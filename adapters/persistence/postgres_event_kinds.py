"""Kinds of events that a newer version writes beside this one, while a deployment rolls."""

from collections.abc import Sequence

from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import AccountId

_KINDS = frozenset(kind.value for kind in EventType)


def as_known(kind: str, account: AccountId | None) -> tuple[EventType, AccountId | None]:
    """The kind and the account; what is unknown is told as something that is gone, and so passed over."""
    if kind not in _KINDS:
        return EventType.ACCOUNT_UPDATED, None
    return EventType(kind), account


def known_of(kinds: Sequence[str]) -> frozenset[EventType]:
    """Those that this version knows, which may be none."""
    return frozenset(EventType(kind) for kind in kinds if kind in _KINDS)
