"""Meta's webhooks, from bytes to items; total: whatever the bytes are, there is a reading.

Nearly every webhook is one text message, so that shape has a way of its own. Everything else is decoded
freely and read key by key; an item that cannot be understood costs only itself.
"""

import msgspec

from meta_inbox.adapters.meta_graph.json_values import ID_LIMIT, MESSAGE_ID_LIMIT, as_id, moment
from meta_inbox.adapters.meta_graph.reader_events import TEST_ENTRY, TEST_SENDER
from meta_inbox.adapters.meta_graph.reader_free import PLATFORMS, read_freely, read_raw_event, unknown_object
from meta_inbox.domain.model.account import Platform
from meta_inbox.domain.model.ids import ContactId, MetaMessageId
from meta_inbox.domain.model.webhook import ItemKind, Reading, WebhookItem
from meta_inbox.domain.model.window import OpeningKind

_REFUSALS = (msgspec.MsgspecError, ValueError, RecursionError)


class _Entry(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    id: str
    messaging: tuple[msgspec.Raw, ...]
    time: int = 0


class _Envelope(msgspec.Struct, gc=False):
    object: str
    entry: tuple[_Entry, ...]


class _Party(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    id: str


class _Text(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    mid: str
    text: str


class _TextEvent(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    sender: _Party
    recipient: _Party
    timestamp: int
    message: _Text


_decode_envelope = msgspec.json.Decoder(_Envelope).decode
_decode_text_event = msgspec.json.Decoder(_TextEvent).decode


# Meta sends at most 1,000 updates in a body; very many tiny elements would cost a gigabyte to take apart.
_LARGE = 256 * 1024
_ELEMENTS = 100_000


class MsgspecWebhookReader:
    """Reads webhooks of the objects ``page`` and ``instagram``.

    An item's index is its place in the body: for each entry ``messaging``, ``standby``, ``changes``, and
    last a field of the entry itself. Attachments have no id of ours yet.
    """

    def read(self, body: bytes) -> Reading:
        """What the bytes say."""
        if len(body) > _LARGE and body.count(b",") > _ELEMENTS:
            return Reading(object=None, problem="the body has more elements than Meta ever sends")
        try:
            envelope = _decode_envelope(body)
        except _REFUSALS:
            return read_freely(body)
        platform = PLATFORMS.get(envelope.object)
        if platform is None:
            return unknown_object(envelope.object)
        items: list[WebhookItem] = []
        for entry in envelope.entry:
            account = as_id(entry.id) or ""
            for part in entry.messaging:
                raw = bytes(part)
                items.append(
                    _text_message(len(items), platform, account, raw)
                    or read_raw_event(len(items), platform, account, raw)
                )
        return Reading(object=envelope.object, items=tuple(items))


def _text_message(index: int, platform: Platform, account: str, raw: bytes) -> WebhookItem | None:
    """The item if it is a plain text message of a contact, as nearly all are."""
    if b"\\u0000" in raw:
        return None
    try:
        event = _decode_text_event(raw)
    except _REFUSALS:
        return None
    sender, mid, text = event.sender.id, event.message.mid, event.message.text
    if not 0 < len(sender) <= ID_LIMIT or not 0 < len(mid) <= MESSAGE_ID_LIMIT or not text or not account:
        return None
    if not mid.isascii() or not mid.isprintable() or not sender.isascii() or not sender.isprintable():
        return None
    if sender in (account, TEST_SENDER) or account == TEST_ENTRY:
        return None
    return WebhookItem(
        index=index,
        platform=platform,
        external_id=account,
        kind=ItemKind.MESSAGE,
        event="message",
        contact_id=ContactId(sender),
        meta_message_id=MetaMessageId(mid),
        text=text,
        opens=OpeningKind.MESSAGE,
        sent_at=moment(event.timestamp),
        raw=raw,
    )
