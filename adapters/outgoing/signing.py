"""Signatures by the Standard Webhooks specification: https://www.standardwebhooks.com."""

from collections.abc import Sequence
from datetime import datetime

from standardwebhooks.webhooks import Webhook

from meta_inbox.domain.model.secret import Secret


def signed_headers(secrets: Sequence[Secret], id_: str, body: bytes, at: datetime) -> dict[str, str]:
    """The three headers of a body that is posted at this moment, in UTC; one signature for each secret."""
    text = body.decode()
    signatures = (Webhook(secret.reveal()).sign(id_, at, text) for secret in secrets)
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
