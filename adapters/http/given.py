"""What every handler may ask for by name."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Request
from litestar.di import NamedDependency, Provide
from litestar.params import SkipValidation

from meta_inbox.adapters.http.media_urls import MediaLinks, MediaUrls
from meta_inbox.adapters.http.options import HttpOptions
from meta_inbox.domain.inbox import Inbox
from meta_inbox.domain.model.principal import Principal
from meta_inbox.domain.ports import Clock

By = NamedDependency[SkipValidation[Principal]]
Core = NamedDependency[SkipValidation[Inbox]]
Options = NamedDependency[SkipValidation[HttpOptions]]
Now = NamedDependency[SkipValidation[Clock]]
Links = NamedDependency[SkipValidation[MediaLinks]]


@dataclass(frozen=True, slots=True)
class ForList:
    """What a list needs, asked for at once: of several dependencies each is resolved in a task of its own."""

    by: Principal
    inbox: Inbox
    now: datetime
    links: MediaLinks


Lists = NamedDependency[SkipValidation[ForList]]


def _principal(request: Request[Any, Any, Any]) -> Principal:
    found: Principal = request.user
    return found


def given(*, inbox: Inbox, options: HttpOptions, clock: Clock, urls: MediaUrls) -> dict[str, Provide]:
    """The dependencies of the handlers."""

    def for_list(request: Request[Any, Any, Any]) -> ForList:
        now = clock.now()
        return ForList(request.user, inbox, now, MediaLinks(urls, now))

    return {
        "by": Provide(_principal, sync_to_thread=False),
        "given": Provide(for_list, sync_to_thread=False),
        "inbox": Provide(lambda: inbox, sync_to_thread=False),
        "options": Provide(lambda: options, sync_to_thread=False),
        "links": Provide(lambda: MediaLinks(urls, clock.now()), sync_to_thread=False, use_cache=False),
        "clock": Provide(lambda: clock, sync_to_thread=False),
    }
