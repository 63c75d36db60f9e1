"""Messages that things happen to, and strategies for what happens."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from meta_inbox.domain.model.changes import Edited, Hidden, MessageChange, Party, Reacted, Unsent
from meta_inbox.domain.model.folding import folded
from meta_inbox.domain.model.ids import AccountId, MessageId, MetaMessageId
from meta_inbox.domain.model.message import Attachment, Direction, Message, MessageStatus, Origin
from tests.contracts.scene import ANA, CASA
from tests.unit.doubles import NOON

Happened = tuple[MessageChange, datetime]

WROTE = Message(
    id=MessageId("0198a6a0-0000-7000-8000-000000000001"),
    tenant_id=CASA,
    account_id=AccountId("0198a6a0-0000-7000-8000-000000000002"),
    contact_id=ANA,
    meta_message_id=MetaMessageId("m_1"),
    direction=Direction.INBOUND,
    type="text",
    text="Do you ship?",
    attachments=(Attachment(id="a", type="image", source_url="https://cdn.example/1"),),
    quick_reply="SHIP",
    postback={"title": "Ship", "payload": "SHIP"},
    story={"id": "1", "kind": "reply", "url": "https://cdn.example/2"},
    referral={"ref": "autumn"},
    details={"comment_id": "179", "media_id": "18000", "username": "ana.k"},
    status=MessageStatus.RECEIVED,
    origin=Origin.CONTACT,
    sent_at=NOON,
    created_at=NOON,
)
"""A contact's message with something in every place that an unsend must empty."""

SENT = replace(
    WROTE,
    direction=Direction.OUTBOUND,
    origin=Origin.AGENT,
    status=MessageStatus.SENT,
    sent_at=NOON,
    created_at=NOON,
)
"""An answer that Meta took at noon."""


def later(minutes: float) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def after(happened: Iterable[Happened], message: Message = WROTE) -> Message:
    """The message once all of it is known, in this order."""
    for change, at in happened:
        message = folded(message, change, at)
    return message


_words = st.sampled_from(["a", "b", "a longer text", None])
_edits = st.builds(Edited, text=_words, number=st.integers(-1, 3))
_reactions = st.builds(
    Reacted,
    by=st.sampled_from(Party),
    reaction=st.sampled_from(["love", "wow", None]),
    emoji=st.sampled_from(["❤️", None]),
)
_hidings = st.builds(Hidden, hidden=st.booleans())
_moments = st.integers(-2, 3).map(later)

STANDING = st.tuples(_edits | _reactions | _hidings, _moments)
"""Whatever leaves the message there."""

UNSENDS = st.tuples(st.just(Unsent()), _moments)
ANYTHING = STANDING | UNSENDS
