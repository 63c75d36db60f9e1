"""``meta-inbox sandbox``: a local Meta; what a service must be told about it is made up and written down."""

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import click

from meta_inbox.adapters.http import server
from meta_inbox.adapters.http.asgi import ASGIApp
from meta_inbox.adapters.http.protocol import Limits
from meta_inbox.adapters.meta_graph.sandbox import Sandbox, create_sandbox
from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_ground import InstagramApp
from meta_inbox.domain.model.secret import Secret
from meta_inbox.entrypoints.environment import parse, read_environment
from meta_inbox.entrypoints.logging import configure_logging
from meta_inbox.entrypoints.made_up import make_up

_NEEDED = ("META_APP_ID", "META_APP_SECRET", "META_WEBHOOK_VERIFY_TOKEN", "META_OAUTH_REDIRECT_URI")
_STATE = "sandbox-world.json"
_API_PORT = 8000


def serve(host: str, port: int) -> None:
    """Serves until told to stop; plays for the app that the environment names, or for a made-up one."""
    environment = read_environment()
    configure_logging(environment.get("LOG_LEVEL", "info").lower(), environment.get("LOG_FORMAT"))
    folder = Path(str(parse("META_INBOX_DATA_DIR", environment.get("META_INBOX_DATA_DIR", ".meta-inbox"))))
    missing = [name for name in _NEEDED if name not in environment]
    if missing:
        path, made_up = make_up(folder, api_port=_API_PORT, sandbox_port=port)
        folder = path.parent
        environment = {**made_up, **environment}
        click.echo(f"{', '.join(missing)} made up, and written with what else a service needs to {path}")
        click.echo(f"To serve against this sandbox:  set -a; . '{path}'; set +a; meta-inbox serve")
    # A fault may keep a request waiting for as long as it likes.
    server.serve(
        cast("ASGIApp", _sandbox(environment, f"http://{host}:{port}", folder / _STATE)),
        host=host,
        port=port,
        limits=Limits(request_seconds=120),
        on_ready=_announce,
    )


def _sandbox(environment: dict[str, str], public_url: str, state_file: Path) -> Sandbox:
    for name in _NEEDED:
        parse(name, environment[name])
    redirect_uri = environment["META_OAUTH_REDIRECT_URI"]
    own_redirect_uri = environment.get("META_INSTAGRAM_OAUTH_REDIRECT_URI", f"{redirect_uri}/instagram")
    world = World(
        environment["META_APP_ID"],
        Secret(environment["META_APP_SECRET"]),
        verify_token=Secret(environment["META_WEBHOOK_VERIFY_TOKEN"]),
        clock=lambda: datetime.now(UTC),
        seed=secrets.token_hex(8),
        redirect_uris=frozenset({redirect_uri, own_redirect_uri}),
        instagram_app=_instagram_app(environment),
    )
    webhook = redirect_uri.removesuffix("/oauth/callback") + "/webhook"
    return create_sandbox(world, deliver_to=webhook, public_url=public_url, state_file=state_file)


def _instagram_app(environment: dict[str, str]) -> InstagramApp:
    """The app of Instagram Login that the environment names, or one that nobody here has."""
    app_id, secret = (environment.get(f"META_INSTAGRAM_APP_{part}") for part in ("ID", "SECRET"))
    if not app_id or not secret:
        return InstagramApp()
    return InstagramApp(id=app_id, secret=Secret(secret))


def _announce(address: str) -> None:
    click.echo(f"the sandbox Meta is at {address}")
