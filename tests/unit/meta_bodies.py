"""Webhook bodies in Meta's shapes, and what the reader makes of them."""

import json
from datetime import UTC, datetime
from typing import Any

from meta_inbox.adapters.meta_graph.reader import MsgspecWebhookReader
from meta_inbox.domain.model.changes import Change
from meta_inbox.domain.model.webhook import Reading, WebhookItem

INSTAGRAM = "17841400000000001"
PAGE = "1001"
ANA = "7781"
MID = "aWdfZAG1faXRlbToxOk" + "x" * 150
AT = 1795944011000
SENT_AT = datetime(2026, 11, 29, 9, 20, 11, tzinfo=UTC)

read = MsgspecWebhookReader().read


def body(*events: Any, account: str = INSTAGRAM, where: str = "messaging", **more: Any) -> bytes:
    """One delivery with one entry."""
    name = "page" if account == PAGE else "instagram"
    return json.dumps(
        {"object": name, "entry": [{"id": account, "time": AT, where: list(events), **more}]}
    ).encode()


def event(account: str = INSTAGRAM, sender: str = ANA, **what: Any) -> dict[str, Any]:
    """What a contact did."""
    return {"sender": {"id": sender}, "recipient": {"id": account}, "timestamp": AT, **what}


def by_us(account: str = PAGE, contact: str = ANA, **what: Any) -> dict[str, Any]:
    """What the account did."""
    return {"sender": {"id": account}, "recipient": {"id": contact}, "timestamp": AT, **what}


def only(reading: Reading) -> WebhookItem:
    """The one item of a reading."""
    assert reading.problem is None
    (item,) = reading.items
    return item


def one(happened: dict[str, Any], account: str = INSTAGRAM) -> WebhookItem:
    """The item of one event alone."""
    return only(read(body(happened, account=account)))


def message(**what: Any) -> WebhookItem:
    """A contact's message on Instagram."""
    return one(event(message={"mid": MID, **what}))


def attachment(kind: str, **payload: Any) -> WebhookItem:
    """A contact's message that is one attachment."""
    return message(attachments=[{"type": kind, "payload": payload}])


def change(field: str, account: str = INSTAGRAM, **value: Any) -> WebhookItem:
    """The item of one element of ``changes``, in an entry whose time counts seconds."""
    return only(
        read(body({"field": field, "value": value}, account=account, where="changes", time=AT // 1000))
    )


def said(item: WebhookItem) -> Change:
    """What a change says."""
    assert item.problem is None
    assert item.says is not None
    return item.says
