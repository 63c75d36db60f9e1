"""What the Meta app hears of, object by object, and where that goes: the upper of the two levels.

Source: "App Subscriptions". Every call is made with the app's own token; the verify token travels in a
form, and Meta asks the callback for it before it answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from meta_inbox.adapters.meta_graph.calls import GraphCalls, required
from meta_inbox.adapters.meta_graph.json_values import as_dict, as_list, as_text
from meta_inbox.adapters.meta_graph.webhook_fields import without_refused
from meta_inbox.adapters.meta_graph.wire import Complaint
from meta_inbox.domain.errors import AccessRevoked, RefusedByMeta
from meta_inbox.domain.model.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSubscription:
    """Which fields of one object Meta sends, and where to."""

    callback_url: str
    active: bool
    fields: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSubscriptions:
    """Reads and sets the app's own webhook subscriptions."""

    graph: GraphCalls

    async def all(self) -> dict[str, AppSubscription]:
        """Those there are, by object. GraphUnavailable, RefusedByMeta."""
        app = self.graph.app
        found = _granted(await self.graph.try_get(app.id, "subscriptions", token=app.token))
        rows = [as_dict(row) or {} for row in as_list(found.get("data"))]
        return {object_: _subscription(row) for row in rows if (object_ := as_text(row.get("object")))}

    async def subscribe(
        self, object_: str, fields: Sequence[str], callback_url: str, verify_token: Secret
    ) -> frozenset[str]:
        """Sets one, in place of what was; the names Meta refused, which were left out.

        GraphUnavailable; RefusedByMeta, also when the callback did not answer Meta's handshake.
        """
        app, asked = self.graph.app, fields
        while True:
            form = {
                "object": object_,
                "callback_url": callback_url,
                "verify_token": verify_token.reveal(),
                "fields": ",".join(asked),
            }
            answer = await self.graph.try_post(app.id, "subscriptions", token=app.token, form=form)
            left = without_refused(asked, answer) if isinstance(answer, Complaint) else None
            if left is None:
                _granted(answer)
                return frozenset(fields) - frozenset(asked)
            asked = left


def _granted(answer: dict[str, Any] | Complaint) -> dict[str, Any]:
    """What was found; that a token is dead means something else of the app's own."""
    try:
        return required(answer)
    except AccessRevoked as error:
        raise RefusedByMeta("Meta does not take META_APP_SECRET for that of META_APP_ID") from error


def _subscription(row: dict[str, Any]) -> AppSubscription:
    names = (as_text((as_dict(field) or {}).get("name") or field) for field in as_list(row.get("fields")))
    return AppSubscription(
        callback_url=as_text(row.get("callback_url")) or "",
        active=row.get("active") is not False,
        fields=frozenset(name for name in names if name),
    )
