"""meta-inbox: a business talks to its Instagram and Messenger customers from its own CRM."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from meta_inbox.adapters.http.identity import Connection
    from meta_inbox.adapters.meta_graph.fake import FakeMeta
    from meta_inbox.adapters.persistence.migrate import migrate
    from meta_inbox.domain.model.consuming import DeadLetter
    from meta_inbox.domain.model.event import EventType
    from meta_inbox.domain.model.principal import Principal
    from meta_inbox.domain.model.secret import Secret
    from meta_inbox.domain.model.told import (
        AccountChanged,
        ContactChanged,
        ContactDeleted,
        ConversationChanged,
        MessageChanged,
        MessageReceived,
        MessageSent,
    )
    from meta_inbox.entrypoints.blocking import open_inbox_blocking
    from meta_inbox.entrypoints.event_stream import DeliveredEvent
    from meta_inbox.entrypoints.plugin import open_inbox
    from meta_inbox.entrypoints.settings import Settings

__all__ = [
    "AccountChanged",
    "Connection",
    "ContactChanged",
    "ContactDeleted",
    "ConversationChanged",
    "DeadLetter",
    "DeliveredEvent",
    "EventType",
    "FakeMeta",
    "MessageChanged",
    "MessageReceived",
    "MessageSent",
    "Principal",
    "Secret",
    "Settings",
    "migrate",
    "open_inbox",
    "open_inbox_blocking",
]

_TOLD = "meta_inbox.domain.model.told"
_HOMES = {
    "AccountChanged": _TOLD,
    "Connection": "meta_inbox.adapters.http.identity",
    "ContactChanged": _TOLD,
    "ContactDeleted": _TOLD,
    "ConversationChanged": _TOLD,
    "DeadLetter": "meta_inbox.domain.model.consuming",
    "DeliveredEvent": "meta_inbox.entrypoints.event_stream",
    "EventType": "meta_inbox.domain.model.event",
    "FakeMeta": "meta_inbox.adapters.meta_graph.fake",
    "MessageChanged": _TOLD,
    "MessageReceived": _TOLD,
    "MessageSent": _TOLD,
    "Principal": "meta_inbox.domain.model.principal",
    "Secret": "meta_inbox.domain.model.secret",
    "Settings": "meta_inbox.entrypoints.settings",
    "migrate": "meta_inbox.adapters.persistence.migrate",
    "open_inbox": "meta_inbox.entrypoints.plugin",
    "open_inbox_blocking": "meta_inbox.entrypoints.blocking",
}


def __getattr__(name: str) -> object:
    """Imports what is asked for, so that ``import meta_inbox`` alone costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
