"""What is made up for whoever has no Meta app: written down once, kept, refused off this machine."""

import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from dotenv import dotenv_values

from meta_inbox.adapters.persistence.embedded_home import choose_data_dir
from meta_inbox.adapters.persistence.sealing import KeyRing

FILE = "sandbox.env"
APP_ID = "700700700700700"
INSTAGRAM_APP_ID = "800800800800800"
_EXAMPLE_ORIGIN = "http://127.0.0.1:5173"
"""Where examples/react_host is served while somebody works on it."""
_PREFIX = "sandbox-"

_HEAD = """\
# Made up by meta-inbox for trying things out on this machine, and good for nothing else.
# To use it in a shell:  set -a; . '{path}'; set +a
"""


def _secret() -> str:
    return _PREFIX + secrets.token_urlsafe(32)


_SECRETS: dict[str, Callable[[], str]] = {
    "META_APP_SECRET": _secret,
    "META_INSTAGRAM_APP_SECRET": _secret,
    "META_WEBHOOK_VERIFY_TOKEN": _secret,
    "AUTH_JWT_SECRET": _secret,
    "META_INBOX_ENCRYPTION_KEYS": lambda: KeyRing.generate("sandbox"),
}


def make_up(data_dir: Path, *, api_port: int, sandbox_port: int) -> tuple[Path, dict[str, str]]:
    """The file and its variables: earlier secrets kept, missing ones made, addresses as of now."""
    folder = choose_data_dir(data_dir).path
    path = folder / FILE
    earlier = dotenv_values(path, interpolate=False) if path.exists() else {}
    made = {name: earlier.get(name) or make() for name, make in _SECRETS.items()}
    sandbox = f"http://127.0.0.1:{sandbox_port}"
    variables = {
        "META_APP_ID": APP_ID,
        "META_INSTAGRAM_APP_ID": INSTAGRAM_APP_ID,
        **made,
        "META_OAUTH_REDIRECT_URI": f"http://127.0.0.1:{api_port}/api/meta/oauth/callback",
        "META_DIALOG_BASE_URL": sandbox,
        "META_GRAPH_BASE_URL": sandbox,
        "META_INSTAGRAM_DIALOG_BASE_URL": f"{sandbox}/instagram",
        "META_INSTAGRAM_API_BASE_URL": f"{sandbox}/instagram",
        "META_INSTAGRAM_GRAPH_BASE_URL": f"{sandbox}/instagram",
        "META_MEDIA_HOSTS": f"127.0.0.1:{sandbox_port},.fbcdn.net,.cdninstagram.com,.fbsbx.com",
        "META_INBOX_FRONTEND_ORIGINS": f"http://127.0.0.1:{api_port},{_EXAMPLE_ORIGIN}",
        "META_INBOX_DATA_DIR": str(folder),
    }
    write_private(path, _HEAD.format(path=path), variables)
    return path, variables


def write_private(path: Path, head: str, variables: Mapping[str, str]) -> None:
    """A file of NAME='value' lines that only its owner reads, replaced whole."""
    lines = "".join(f"{name}='{value}'\n" for name, value in variables.items())
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(head + lines)
    unfinished.replace(path)
