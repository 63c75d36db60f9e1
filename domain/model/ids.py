"""The ids of the core. Ours are UUIDv7 as text; Meta's are opaque text, never numbers."""

from typing import NewType

TenantId = NewType("TenantId", str)
UserId = NewType("UserId", str)
AccountId = NewType("AccountId", str)
ContactId = NewType("ContactId", str)
"""Meta's scoped id of the person: unique for one account only."""
MessageId = NewType("MessageId", str)
MetaMessageId = NewType("MetaMessageId", str)
"""Meta's own id of a message."""
StateId = NewType("StateId", str)
