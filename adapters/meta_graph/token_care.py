"""What becomes of an access token: whether Meta still takes it, until when, and its renewal.

Sources: "Debug Token", and "Refresh a long-lived token" of the Instagram API with Instagram Login.
"""

from datetime import datetime, timedelta
from typing import Any

from meta_inbox.adapters.meta_graph.calls import GraphCalls, required
from meta_inbox.adapters.meta_graph.exchange import Request
from meta_inbox.adapters.meta_graph.graph_errors import TABLE, Class, judge
from meta_inbox.adapters.meta_graph.json_values import as_dict, as_label, as_list, as_text
from meta_inbox.adapters.meta_graph.meter import Caller
from meta_inbox.adapters.meta_graph.usage import number
from meta_inbox.adapters.meta_graph.wire import Complaint, as_duration, as_time
from meta_inbox.domain.errors import AccessRevoked, GraphUnavailable
from meta_inbox.domain.model.account import Account, Login
from meta_inbox.domain.model.budget import Priority
from meta_inbox.domain.model.care import RenewedToken
from meta_inbox.domain.model.health import TokenFacts
from meta_inbox.domain.model.secret import Secret

_LIFE = timedelta(days=60)
"""Of a long-lived token, where Meta does not say."""
_NO_ANSWER = (Class.WAIT, Class.UNCERTAIN)


async def inspect(graph: GraphCalls, account: Account, token: Secret) -> TokenFacts:
    """What Meta says of a token. GraphUnavailable."""
    if account.login is Login.INSTAGRAM:
        return await _tried(graph, account, token)
    found = await graph.by(Caller(priority=Priority.SYNC)).inspect(token)
    if isinstance(found, Complaint):
        raise GraphUnavailable(found.detail, retry_after=found.wait or None)
    valid = found.get("is_valid") is True
    return TokenFacts(
        valid=valid,
        ours=as_label(found.get("app_id")) in (None, graph.app.id),
        revoked=None if valid else _refusal(as_dict(found.get("error")) or {}),
        scopes=frozenset(filter(None, map(as_text, as_list(found.get("scopes"))))),
        expires_at=_end(found, "expires_at", account.token_expires_at),
        data_access_expires_at=_end(found, "data_access_expires_at", account.data_access_expires_at),
    )


def _end(found: dict[str, Any], name: str, known: datetime | None) -> datetime | None:
    """Meta writes 0 for never."""
    return known if number(found.get(name)) is None else as_time(found[name])


def _refusal(error: dict[str, Any]) -> AccessRevoked:
    """Why a token is not valid, of which Meta tells code and subcode, and no trace."""
    code, subcode = number(error.get("code")), number(error.get("subcode"))
    verdict = TABLE[190, None] if code is None else judge(code, subcode)
    if verdict.kind in _NO_ANSWER:
        raise GraphUnavailable(verdict.detail)
    return AccessRevoked(verdict.detail, meta_code=code, meta_subcode=subcode)


async def _tried(graph: GraphCalls, account: Account, token: Secret) -> TokenFacts:
    """``debug_token`` knows nothing of Instagram Login's tokens, so one is tried; it tells no end."""
    calls = graph.of(account, Priority.SYNC)
    found = await calls.try_get("me", token=token, query={"fields": "id"})
    if isinstance(found, Complaint) and found.verdict.kind in _NO_ANSWER:
        raise GraphUnavailable(found.detail, retry_after=found.wait or None)
    error = found.as_error() if isinstance(found, Complaint) else None
    revoked = error if isinstance(error, AccessRevoked) else None
    return TokenFacts(
        valid=revoked is None,
        ours=True,
        revoked=revoked,
        expires_at=account.token_expires_at,
        data_access_expires_at=account.data_access_expires_at,
    )


async def renew(graph: GraphCalls, account: Account, token: Secret) -> RenewedToken:
    """Sixty more days. By GET, which alone Meta takes. GraphUnavailable, AccessRevoked, RefusedByMeta."""
    url = f"{graph.instagram_base_url.rstrip('/')}/refresh_access_token"
    query = {"grant_type": "ig_refresh_token", "access_token": token.reveal()}
    calls = graph.of(account, Priority.SYNC)
    found = required(await calls.bare(Request(method="GET", url=url, query=query)))
    text = as_text(found.get("access_token"))
    if text is None:
        raise GraphUnavailable("Meta's answer to the renewal holds no access token")
    return RenewedToken(token=Secret(text), life=as_duration(found.get("expires_in")) or _LIFE)
