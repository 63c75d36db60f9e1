"""What the API shows of an error: ours, and what Meta would have people read."""

from datetime import UTC, datetime

import msgspec

from meta_inbox.adapters.http.accounts import StatusReasonWire
from meta_inbox.adapters.http.message_wire import ErrorWire
from meta_inbox.domain.errors import AccessRevoked
from meta_inbox.domain.model.account import StatusReason
from meta_inbox.domain.model.message import SendError

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_an_error_is_shown_with_metas_words_for_people() -> None:
    error = SendError(
        code="account_restricted", detail="blocked", user_title="Bloqueado", user_message="Espere"
    )
    shown = msgspec.to_builtins(ErrorWire.of(error))
    assert (shown["user_title"], shown["user_message"]) == ("Bloqueado", "Espere")
    plain = msgspec.to_builtins(ErrorWire.of(SendError(code="window_closed", detail="closed")))
    assert (plain["user_title"], plain["user_message"]) == (None, None)


def test_a_status_reason_is_shown_with_them_too() -> None:
    revoked = AccessRevoked("dead", meta_code=190, user_title="Sessão expirada", user_message="Entre de novo")
    shown = msgspec.to_builtins(StatusReasonWire.of(StatusReason.of(revoked, NOON)))
    assert shown == {
        "code": "reauth_required",
        "detail": "dead",
        "meta_code": 190,
        "meta_subcode": None,
        "fbtrace_id": None,
        "at": "2026-11-23T12:00:00Z",
        "user_title": "Sessão expirada",
        "user_message": "Entre de novo",
    }
