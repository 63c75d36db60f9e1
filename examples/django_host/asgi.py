"""What the server runs: Django, with the inbox before it below ``/inbox``.

Django's handler serves HTTP alone, has no lifespan and mounts nothing. This router gives it what is its own,
and the inbox the rest, WebSockets as well. The inbox is open from the server's start to its end; views find
it in ``request.scope["state"]``.
"""

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "django_host.settings")
django = get_asgi_application()

from django_host.login import who_is_it  # noqa: E402  # Django's models are there only now
from meta_inbox import Settings, open_inbox  # noqa: E402

MOUNT = "/inbox"


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Routes one connection."""
    if scope["type"] == "lifespan":
        await live(scope["state"], receive, send)
    elif scope["path"].startswith(f"{MOUNT}/"):
        await scope["state"]["inbox_api"]({**scope, "root_path": MOUNT}, receive, send)
    elif scope["type"] == "http":
        await django(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": 1000})


async def live(state: dict[str, Any], receive: Any, send: Any) -> None:
    """Opens the inbox when the server starts, and closes it when it ends."""
    await receive()
    async with open_inbox(Settings.from_env()) as inbox:
        state.update(inbox=inbox, inbox_api=inbox.asgi(identity=who_is_it))
        await send({"type": "lifespan.startup.complete"})
        await receive()
    await send({"type": "lifespan.shutdown.complete"})
