"""What every handler may ask for by name."""

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


def _principal(request: Request[Any, Any, Any]) -> Principal:
    found: Principal = request.user
    return found


def given(*, inbox: Inbox, options: HttpOptions, clock: Clock, urls: MediaUrls) -> dict[str, Provide]:
    """The dependencies of the handlers."""
    return {
        "by": Provide(_principal, sync_to_thread=False),
        "inbox": Provide(lambda: inbox, sync_to_thread=False),
        "options": Provide(lambda: options, sync_to_thread=False),
        "links": Provide(lambda: MediaLinks(urls, clock.now()), sync_to_thread=False, use_cache=False),
        "clock": Provide(lambda: clock, sync_to_thread=False),
    }
