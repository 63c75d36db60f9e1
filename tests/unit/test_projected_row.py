"""What of a webhook item is handed to Postgres: Meta's JSON only where it says more than the columns."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from meta_inbox.adapters.persistence.postgres_projection import NewItem, encoded
from meta_inbox.domain.model.account import Login, Platform
from meta_inbox.domain.model.ids import ContactId, MetaMessageId
from meta_inbox.domain.model.media_rules import MediaRules
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
RAW = b'{"message":{"mid":"m_1","text":"Oi"}}'


def row(
    *, sent_at: datetime | None = NOW, plain: bool = True, quick_reply: str | None = None
) -> dict[str, Any]:
    """The row of a text message."""
    item = WebhookItem(
        index=0,
        platform=Platform.MESSENGER,
        external_id="1001",
        kind=ItemKind.MESSAGE,
        event="message",
        contact_id=ContactId("7001"),
        meta_message_id=MetaMessageId("m_1"),
        text="Oi",
        sent_at=sent_at,
        quick_reply=quick_reply,
        raw=RAW,
        plain=plain,
    )
    new = NewItem(journal_id="j", signed_by=Login.FACEBOOK, received_at=NOW, item=item)
    found: dict[str, Any] = json.loads(encoded(new, lambda: "id", MediaRules()))
    return found


def test_a_plain_text_is_its_columns() -> None:
    assert row() == {
        "id": "id",
        "journal_id": "j",
        "item": 0,
        "signed_by": "facebook",
        "platform": "messenger",
        "external_id": "1001",
        "contact_id": "7001",
        "event": "message",
        "mid": "m_1",
        "type": "text",
        "text": "Oi",
        "sent_at": "2026-11-25T12:00:00Z",
    }


def test_a_time_that_had_to_be_replaced_is_kept_in_metas_json() -> None:
    for absurd in (None, NOW + timedelta(days=1)):
        found = row(sent_at=absurd)
        assert (found["raw"], found["sent_at"]) == (json.loads(RAW), "2026-11-25T12:00:00Z")


def test_whatever_is_not_plain_keeps_metas_json() -> None:
    found = row(plain=False, quick_reply="YES")
    assert (found["raw"], found["quick_reply"]) == (json.loads(RAW), "YES")
