"""What the doctor says of the app's own webhook subscriptions, and setting them."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from meta_inbox.adapters.meta_graph.app_subscriptions import AppSubscription, AppSubscriptions
from meta_inbox.adapters.meta_graph.calls import GraphCalls, MetaApp
from meta_inbox.adapters.meta_graph.transport import HttpTransport
from meta_inbox.adapters.meta_graph.webhook_fields import APP_FIELDS
from meta_inbox.domain.errors import GraphUnavailable, MetaInboxError
from meta_inbox.domain.model.secret import Secret
from meta_inbox.entrypoints.doctor_findings import MEND, Finding, bad, mended
from meta_inbox.entrypoints.settings import Settings

_NAME = "webhooks of the app"
_CREDENTIALS = "compare META_APP_ID and META_APP_SECRET with the app's basic settings at Meta"


async def app_webhooks(settings: Settings, *, mend: bool) -> AsyncIterator[Finding]:
    """One for each object; a single one when Meta does not tell."""
    async with _subscriptions(settings) as subscriptions:
        wanted = _Wanted(
            subscriptions=subscriptions,
            callback_url=f"{settings.base_url}/webhook",
            verify_token=settings.meta_webhook_verify_token,
        )
        try:
            if mend:
                async for finding in wanted.mend():
                    yield finding
            async for finding in wanted.findings():
                yield finding
        except GraphUnavailable as error:
            host = settings.meta_graph_base_url
            yield bad(_NAME, str(error), f"see whether this machine reaches {host}, then try again")
        except MetaInboxError as error:
            yield bad(_NAME, str(error), _CREDENTIALS)


@asynccontextmanager
async def _subscriptions(settings: Settings) -> AsyncGenerator[AppSubscriptions]:
    async with HttpTransport.open() as transport:
        calls = GraphCalls(
            transport=transport,
            app=MetaApp(id=settings.meta_app_id, secret=settings.meta_app_secret),
            base_url=settings.meta_graph_base_url,
            version=settings.meta_graph_version,
        )
        yield AppSubscriptions(graph=calls)


@dataclass(slots=True, kw_only=True)
class _Wanted:
    """What should be subscribed, and what became of trying."""

    subscriptions: AppSubscriptions
    callback_url: str
    verify_token: Secret
    problems: dict[str, str] = field(default_factory=dict[str, str])
    not_offered: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])

    async def mend(self) -> AsyncIterator[Finding]:
        """Sets every one that is not as it should be; fields that somebody added stay."""
        there = await self.subscriptions.all()
        for object_, fields in APP_FIELDS.items():
            found = there.get(object_)
            if not any(self._flaws(object_, found)):
                continue
            more = sorted(found.fields.difference(fields)) if found else []
            try:
                self.not_offered[object_] = await self.subscriptions.subscribe(
                    object_, [*fields, *more], self.callback_url, self.verify_token
                )
            except MetaInboxError as error:
                self.problems[object_] = str(error)
            else:
                yield mended(_name(object_), self._done(object_, found))

    def _done(self, object_: str, found: AppSubscription | None) -> str:
        before = found.callback_url if found else self.callback_url
        moved = "" if before == self.callback_url else f", and no longer to {before}"
        left = self.not_offered[object_]
        without = f"; without {', '.join(sorted(left))}, which Meta does not offer" if left else ""
        return f"Meta now sends them to {self.callback_url}{moved}{without}"

    async def findings(self) -> AsyncIterator[Finding]:
        """How they are."""
        there = await self.subscriptions.all()
        for object_ in APP_FIELDS:
            flaws = "; ".join(self._flaws(object_, there.get(object_)))
            if not flaws:
                yield Finding(what=_name(object_), ok=True, detail=f"Meta sends them to {self.callback_url}")
            elif problem := self.problems.get(object_):
                yield bad(_name(object_), f"{flaws}; could not be mended: {problem}", self._once_reached())
            else:
                fix = f"{MEND} while the service runs where Meta reaches it, or set it in the app's dashboard"
                yield bad(_name(object_), flaws, fix)

    def _once_reached(self) -> str:
        return (
            f"have the service running where Meta reaches {self.callback_url}, with the same "
            f"META_WEBHOOK_VERIFY_TOKEN; then {MEND} again"
        )

    def _flaws(self, object_: str, found: AppSubscription | None) -> Iterator[str]:
        if found is None:
            yield "Meta has no such subscription"
            return
        if found.callback_url != self.callback_url:
            yield f"Meta sends them to {found.callback_url or 'nowhere'} and not to {self.callback_url}"
        if not found.active:
            yield "Meta has switched it off"
        offered = set(APP_FIELDS[object_]) - self.not_offered.get(object_, frozenset())
        if lacking := offered - found.fields:
            yield f"without {', '.join(sorted(lacking))}"


def _name(object_: str) -> str:
    return f"{_NAME} for {object_}"
