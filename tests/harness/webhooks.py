"""Signed webhooks as Meta sends them, and the requests that carry them."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

PAGE = "1001"
PATH = "/api/meta/webhook"


@dataclass(frozen=True, slots=True)
class Webhook:
    """One prepared request, and the mids it must make visible."""

    request: bytes
    mids: tuple[str, ...]


def text_event(
    mid: str, contact: str, text: str, *, at: int | None = None, page: str = PAGE
) -> dict[str, Any]:
    """A contact wrote."""
    return {
        "sender": {"id": contact},
        "recipient": {"id": page},
        "timestamp": at or int(time.time() * 1000),
        "message": {"mid": mid, "text": text},
    }


def body_of(events: Iterable[Mapping[str, Any]], *, page: str = PAGE) -> bytes:
    """One delivery for one Page, escaped as Meta escapes it."""
    entry = {"id": page, "time": int(time.time() * 1000), "messaging": list(events)}
    return (
        json.dumps({"object": "page", "entry": [entry]}, separators=(",", ":")).replace("/", "\\/").encode()
    )


def signature(body: bytes, secret: str) -> str:
    """The value of ``X-Hub-Signature-256``."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def request_of(body: bytes, secret: str) -> bytes:
    """The whole HTTP request."""
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: meta\r\nContent-Type: application/json\r\n"
        f"X-Hub-Signature-256: {signature(body, secret)}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


_TEXT = "Oi! Vocês entregam em São Paulo ainda esta semana? Obrigada! " + "x" * 60


def webhooks(
    name: str, count: int, *, secret: str, per_post: int = 1, contacts: int = 2000, text: str = _TEXT
) -> list[Webhook]:
    """Prepared text messages of many contacts; about 420 bytes of body for one message."""

    def one(number: int) -> Webhook:
        mids = tuple(f"m_{name}_{number}_{part}".ljust(96, "x") for part in range(per_post))
        events = [
            text_event(mid, f"24600{(number * per_post + part) % contacts:07d}", text)
            for part, mid in enumerate(mids)
        ]
        return Webhook(request_of(body_of(events), secret), mids)

    return [one(number) for number in range(count)]
