"""What Meta's answer to a send means for the message."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from meta_inbox.adapters.meta_graph.calls import GraphCalls
from meta_inbox.adapters.meta_graph.exchange import HeldBack
from meta_inbox.adapters.meta_graph.graph_errors import COPY_GONE, TABLE, Class
from meta_inbox.adapters.meta_graph.json_values import as_list, as_message_id, as_text
from meta_inbox.adapters.meta_graph.meter import Caller
from meta_inbox.adapters.meta_graph.wire import Complaint
from meta_inbox.domain.errors import GraphUnavailable
from meta_inbox.domain.model.account import Account, Login, Platform
from meta_inbox.domain.model.budget import Priority
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.message import SendError
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.sending import Failed, Later, NeedsLogin, Outcome, Sent, Unknown

_OF_THE_ACCOUNT = ("rate_limited", "account_restricted")
_PERMISSIONS = {Platform.MESSENGER: "pages_messaging", Platform.INSTAGRAM: "instagram_manage_messages"}
_SOON = timedelta(seconds=1)


def outcome_of(found: dict[str, Any] | Complaint) -> Outcome:
    """What came of a send that was answered."""
    if not isinstance(found, Complaint):
        mid = as_message_id(found.get("message_id")) or as_message_id(found.get("id"))
        if mid is not None:
            return Sent(meta_message_id=MetaMessageId(mid))
        return Unknown(error=SendError(code="outcome_unknown", detail="Meta's answer names no message"))
    error, verdict = found.as_send_error(), found.verdict
    match verdict.kind:
        case Class.WAIT:
            return Later(
                error=error,
                after=max(found.wait, _SOON),
                whole_account=verdict.code in _OF_THE_ACCOUNT,
                once=verdict.once,
            )
        case Class.REAUTHORISE:
            return NeedsLogin(error=error)
        case Class.DROP | Class.CONFIGURE:
            return Failed(error=error, copy_gone=(found.code, found.subcode) == COPY_GONE)
        case Class.UNCERTAIN:
            return Unknown(error=error)


def held_back(held: HeldBack) -> Later:
    """The send was not tried."""
    error = SendError(code="rate_limited", detail=f"{held}; it goes as soon as there are more")
    return Later(
        error=error,
        after=max(held.wait, _SOON),
        whole_account=held.everyone > timedelta(0),
        account_after=held.everyone,
        asked=False,
    )


def is_permission_missing(found: dict[str, Any] | Complaint) -> bool:
    """Whether Meta says so in general: nobody granted it, or somebody took it back."""
    return isinstance(found, Complaint) and found.verdict is TABLE[10, None]


async def is_withdrawn(graph: GraphCalls, account: Account, token: Secret) -> bool:
    """Whether the person took back the permission to send, so that only a new login helps.

    Of an Instagram Login Meta does not tell.
    """
    if account.login is Login.INSTAGRAM:
        return False
    try:
        facts = await graph.by(Caller(priority=Priority.PEOPLE)).inspect(token)
    except GraphUnavailable:
        return False
    if isinstance(facts, Complaint):
        return False
    granted = {as_text(scope) for scope in as_list(facts.get("scopes"))}
    return bool(granted) and _PERMISSIONS[account.platform] not in granted


def withdrawn(found: dict[str, Any] | Complaint) -> Outcome:
    """The login as it is cannot send; the message waits for the next one."""
    if not isinstance(found, Complaint):
        return outcome_of(found)
    return NeedsLogin(error=replace(found.as_send_error(), code="reauth_required"))
