"""Meta's webhooks, from bytes to items; total: whatever the bytes are, there is a reading.

Nearly every webhook holds text messages alone, so that shape has a way of its own. Everything else is
decoded freely and read key by key; an item that cannot be understood costs only itself.
"""

from collections.abc import Iterable
from contextlib import suppress

import msgspec

from meta_inbox.adapters.meta_graph.json_values import ID_LIMIT, MESSAGE_ID_LIMIT, as_id, moment
from meta_inbox.adapters.meta_graph.reader_events import TEST_ENTRY, TEST_SENDER
from meta_inbox.adapters.meta_graph.reader_free import PLATFORMS, read_freely, read_raw_event, unknown_object
from meta_inbox.domain.model.account import Platform
from meta_inbox.domain.model.changes import OwnerChanged
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


class _TextEntry(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    id: str
    messaging: tuple[_TextEvent, ...]
    time: int = 0


class _TextBody(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    object: str
    entry: tuple[_TextEntry, ...]


_decode_texts = msgspec.json.Decoder(_TextBody).decode
_decode_envelope = msgspec.json.Decoder(_Envelope).decode
_decode_text_event = msgspec.json.Decoder(_TextEvent).decode
_encode = msgspec.json.Encoder().encode

# Meta sends at most 1,000 updates in a body; very many tiny elements would cost a gigabyte to take apart.
_LARGE = 256 * 1024
_ELEMENTS = 100_000


class MsgspecWebhookReader:
    """Reads webhooks of the objects ``page`` and ``instagram``.

    An item's index is its place in the body: for each entry ``messaging``, ``standby``, ``changes``, and
    last a field of the entry itself. Attachments have no id of ours yet. ``own_apps``: the ids of our own
    apps, which own a thread as ``self``.
    """

    def __init__(self, own_apps: Iterable[str | None] = ()) -> None:
        self._own_apps = frozenset(own_apps)

    def read(self, body: bytes) -> Reading:
        """What the bytes say."""
        if len(body) > _LARGE and body.count(b",") > _ELEMENTS:
            return Reading(object=None, problem="the body has more elements than Meta ever sends")
        if (texts := _read_texts(body)) is not None:
            return texts
        reading = self._read(body)
        for item in reading.items:
            if isinstance(item.says, OwnerChanged) and item.says.owner in self._own_apps:
                item.says = OwnerChanged(owner="self")
        return reading

    @staticmethod
    def _read(body: bytes) -> Reading:
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
                items.append(_read_raw(len(items), platform, account, bytes(part)))
        return Reading(object=envelope.object, items=tuple(items))


def _read_texts(body: bytes) -> Reading | None:
    """The reading of a body that holds plain text messages alone, in one pass; None for every other."""
    if b"\\u0000" in body:
        return None
    try:
        found = _decode_texts(body)
    except _REFUSALS:
        return None
    platform = PLATFORMS.get(found.object)
    if platform is None:
        return None
    items: list[WebhookItem] = []
    for entry in found.entry:
        account = as_id(entry.id)
        for event in entry.messaging:
            item = _text_message(len(items), platform, account, event)
            if item is None:
                return None
            items.append(item)
    return Reading(object=found.object, items=tuple(items))


def _read_raw(index: int, platform: Platform, account: str, raw: bytes) -> WebhookItem:
    """The item of one element of ``messaging`` that stands among others of any shape."""
    item = None
    if b"\\u0000" not in raw:
        with suppress(*_REFUSALS):
            item = _text_message(index, platform, account, _decode_text_event(raw))
    return item or read_raw_event(index, platform, account, raw)


def _text_message(
    index: int, platform: Platform, account: str | None, event: _TextEvent
) -> WebhookItem | None:
    """The item if it is a plain text message of a contact, as nearly all are."""
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
        raw=_encode(event),
        plain=event.recipient.id == account,
    )
