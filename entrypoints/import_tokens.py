"""The tokens of a former account: opened, asked about at Meta, and each put in its place."""

from dataclasses import dataclass, field
from datetime import datetime

from meta_inbox.adapters.meta_graph.calls import GraphCalls
from meta_inbox.adapters.meta_graph.former_tokens import TokenPurpose, purpose_of
from meta_inbox.adapters.persistence.v121_tokens import FormerKey, FormerTokenBroken
from meta_inbox.domain.errors import AccessRevoked, RefusedByMeta
from meta_inbox.domain.model.former import FormerAccount
from meta_inbox.domain.model.secret import Secret

UNREADABLE = "token_unreadable"
REAUTHORISE = "reauth_required"
_WHY = {
    "dead": "is no longer accepted by Meta",
    "foreign": "is of another Meta app",
    "page": "is of another Page",
    "other": "is neither a Page's nor a person's",
}


@dataclass(slots=True)
class FoundTokens:
    """``problems``: why somebody has to log in; ``dropped``: what is of no use, and not needed."""

    user: Secret | None = None
    page: Secret | None = None
    meta_user_id: str | None = None
    data_access_expires_at: datetime | None = None
    code: str = REAUTHORISE
    problems: list[str] = field(default_factory=list[str])
    dropped: list[str] = field(default_factory=list[str])


async def find_tokens(former: FormerAccount, key: FormerKey | None, graph: GraphCalls) -> FoundTokens:
    """Both, whichever column held them; none without a key. GraphUnavailable, RefusedByMeta."""
    tokens = FoundTokens()
    if key is None:
        tokens.problems.append("its tokens were not brought over")
        return tokens
    for column, sealed in (("first", former.access_token), ("second", former.page_access_token)):
        if not sealed:
            continue
        try:
            token = key.open(sealed)
        except FormerTokenBroken:
            tokens.code = UNREADABLE
            tokens.problems.append(f"its {column} token cannot be opened, or was changed")
            continue
        _place(tokens, column, token, await _purpose(graph, token), former.facebook_page_id)
    if tokens.page is None:
        tokens.problems += tokens.dropped or ["it has no token of its Page"]
        tokens.dropped = []
    return tokens


def opens(key: FormerKey, sealed: str) -> bool:
    """Whether there is a token in it."""
    try:
        key.open(sealed)
    except FormerTokenBroken:
        return False
    return True


async def _purpose(graph: GraphCalls, token: Secret) -> TokenPurpose:
    try:
        return await purpose_of(graph, token)
    except (AccessRevoked, RefusedByMeta) as error:
        raise RefusedByMeta(
            f"Meta tells nothing of tokens by META_APP_ID and META_APP_SECRET: {error}",
            code="refused_by_meta",
        ) from error


def _place(
    tokens: FoundTokens, column: str, token: Secret, purpose: TokenPurpose, page_id: str | None
) -> None:
    if purpose.kind == "page" and page_id is not None and purpose.page_id == page_id:
        tokens.page = token
    elif purpose.kind == "user":
        tokens.user = token
    else:
        tokens.dropped.append(f"its {column} token {_WHY[purpose.kind]}")
        return
    tokens.meta_user_id = tokens.meta_user_id or purpose.user_id
    tokens.data_access_expires_at = tokens.data_access_expires_at or purpose.data_access_expires_at
