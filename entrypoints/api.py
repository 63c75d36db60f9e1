"""The HTTP API as an ASGI app, for a host to mount and for our own server."""

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from meta_inbox.adapters.http.app import create_app
from meta_inbox.adapters.http.bearer import BearerTokens
from meta_inbox.adapters.http.front import Front
from meta_inbox.adapters.http.identity import Identity
from meta_inbox.adapters.http.options import HttpOptions
from meta_inbox.adapters.meta_graph.meter import Meter
from meta_inbox.domain.inbox import Inbox
from meta_inbox.domain.ports import Clock, EventHints, EventLog, Readiness
from meta_inbox.entrypoints.container import media_keys
from meta_inbox.entrypoints.metrics import metrics_with
from meta_inbox.entrypoints.settings import Settings


def api(
    settings: Settings,
    inbox: Inbox,
    readiness: Readiness,
    clock: Clock,
    identity: Identity | None,
    *,
    events: EventLog,
    hints: EventHints,
    meter: Meter | None = None,
    web: Mapping[str, bytes] | None = None,
) -> Front:
    """Asks for bearer tokens unless the host knows who calls. SettingsError when they cannot be checked.

    ``web``: the files of the web app, where it is served too.
    """
    return create_app(
        inbox=inbox,
        identity=identity or bearer_tokens(settings),
        options=HttpOptions(
            base_url=settings.base_url,
            frontend_origins=settings.meta_inbox_frontend_origins,
            rate_limit=settings.meta_inbox_rate_limit,
            version=installed_version(),
            media_keys=media_keys(settings),
        ),
        readiness=readiness,
        clock=clock,
        events=events,
        hints=hints,
        metrics=metrics_with(meter),
        web=web,
    )


def bearer_tokens(settings: Settings) -> Identity:
    """Tokens signed as the settings say. SettingsError."""
    settings.require_identity()
    return BearerTokens(
        secret=settings.auth_jwt_secret,
        jwks_url=settings.auth_jwks_url,
        issuer=settings.auth_jwt_issuer,
        audience=settings.auth_jwt_audience,
    )


def installed_version() -> str:
    """Of this package; 0 when it runs without being installed."""
    try:
        return version("meta-inbox")
    except PackageNotFoundError:
        return "0"
