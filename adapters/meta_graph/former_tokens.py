"""What Meta says of a token whose purpose nobody wrote down. Source: "Debug Token"."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from meta_inbox.adapters.meta_graph.calls import GraphCalls, required
from meta_inbox.adapters.meta_graph.json_values import as_id, as_label
from meta_inbox.adapters.meta_graph.wire import Complaint, as_time
from meta_inbox.domain.model.secret import Secret

_NOT_OF_THIS_APP = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPurpose:
    """Whom it acts for; ``dead`` = Meta no longer takes it, ``foreign`` = it is another app's."""

    kind: Literal["page", "user", "other", "dead", "foreign"]
    page_id: str | None = None
    user_id: str | None = None
    data_access_expires_at: datetime | None = None


async def purpose_of(graph: GraphCalls, token: Secret) -> TokenPurpose:
    """Asks Meta. GraphUnavailable, AccessRevoked and RefusedByMeta are all about the app or the line."""
    answer = await graph.inspect(token)
    if isinstance(answer, Complaint) and answer.code == _NOT_OF_THIS_APP:
        return TokenPurpose(kind="foreign")
    found = required(answer)
    if found.get("is_valid") is not True:
        return TokenPurpose(kind="dead")
    if as_label(found.get("app_id")) != graph.app.id:
        return TokenPurpose(kind="foreign")
    types: dict[object, Literal["page", "user"]] = {"PAGE": "page", "USER": "user"}
    return TokenPurpose(
        kind=types.get(found.get("type"), "other"),
        page_id=as_id(found.get("profile_id")),
        user_id=as_id(found.get("user_id")),
        data_access_expires_at=as_time(found.get("data_access_expires_at")),
    )
