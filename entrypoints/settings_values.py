"""How the text of one variable becomes a value. Each parser raises ValueError and takes its own result."""

import re
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.domain.model.secret import Secret

_SCOPE = re.compile(r"[a-z0-9_]+")
_VERSION = re.compile(r"v\d{1,3}\.\d{1,2}")
_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,62}(?:/[A-Za-z0-9._-]+)*/?")
_MEDIA_HOST = re.compile(
    r"\.?[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?|\[[0-9a-fA-F:]+\](?::\d{1,5})?"
)


def word(text: str) -> str:
    """One word without spaces."""
    return _checked(text, not any(character.isspace() for character in text))


def secret(text: str) -> Secret:
    """A secret as it stands."""
    return Secret(text)


def long_secret(text: str) -> Secret:
    """A secret of at least 32 bytes, which HS256 needs."""
    return Secret(_checked(text, len(text.encode()) >= 32))


def keys(text: str) -> Secret:
    """The key ring's text, once it is known to be one."""
    KeyRing.parse(text)
    return Secret(text)


def database(text: str) -> Secret:
    """What libpq takes to connect: a URL or ``key=value`` pairs."""
    try:
        conninfo_to_dict(text)
    except ProgrammingError:
        raise ValueError from None
    return Secret(text)


def whole_number(text: str) -> int:
    """A whole number from 0 on."""
    return int(_checked(text, re.fullmatch(r"\d{1,9}", text) is not None))


def days(text: str) -> int:
    """From 1 to 90 days."""
    return int(_checked(text, re.fullmatch(r"[1-9]|[1-8]\d|90", text, re.ASCII) is not None))


def directory(text: str) -> Path:
    """A directory; ``~`` is the home directory."""
    return Path(text).expanduser()


def version(text: str) -> str:
    """A version of the Graph API."""
    return _checked(text, _VERSION.fullmatch(text) is not None)


def scopes(text: str) -> tuple[str, ...]:
    """Permissions, in the order given."""
    return _listed(text, lambda one: _checked(one, _SCOPE.fullmatch(one) is not None))


def media_hosts(text: str) -> tuple[str, ...]:
    """``host[:port]`` names; one that begins with a dot is a suffix."""
    return _listed(text, lambda one: _checked(one, _MEDIA_HOST.fullmatch(one) is not None).lower())


def hosts(text: str) -> tuple[str, ...]:
    """``host[:port]`` names, each of one host."""
    return tuple(_checked(one, not one.startswith(".")) for one in media_hosts(text))


def media_store(text: str) -> str:
    """A bucket, and a prefix in it."""
    return _checked(text, _BUCKET.fullmatch(text) is not None)


def origins(text: str) -> tuple[str, ...]:
    """Web origins as a browser writes them."""
    return _listed(text, _origin)


def base_url(text: str) -> str:
    """An http or https address to which paths are added; without its last slash."""
    _web(text)
    return text.rstrip("/")


def callback(text: str) -> str:
    """Where Meta's dialog sends the browser back to; plain http only on this machine."""
    return _checked(_safe_web(text), text.endswith("/oauth/callback"))


def instagram_callback(text: str) -> str:
    """The same for Instagram Login."""
    return _checked(_safe_web(text), text.endswith("/oauth/callback/instagram"))


def key_set(text: str) -> str:
    """The address of a JSON Web Key Set; plain http only on this machine."""
    parts = urlsplit(text)
    _safe_web(text.partition("?")[0])
    return _checked(text, not parts.fragment)


def one_of(*choices: str) -> Callable[[str], str]:
    """One of these words, in whatever case."""

    def parse(text: str) -> str:
        return _checked(text.lower(), text.lower() in choices)

    return parse


def switch(text: str) -> bool:
    """Whether something is on."""
    return _checked(text.lower(), text.lower() in ("on", "off")) == "on"


def is_loopback(url: str) -> bool:
    """Whether only this machine can reach the address."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def origin_of(url: str) -> str:
    """The origin of an address as a browser writes it: lower case, without the scheme's own port."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port not in (None, usual) else "")


def _web(text: str) -> str:
    parts = urlsplit(text)
    plain = not (
        parts.query or parts.fragment or "?" in text or "#" in text or parts.username or parts.password
    )
    port_ok = parts.port is None or parts.port > 0  # .port itself raises ValueError beyond 65535
    return _checked(
        text,
        parts.scheme in ("http", "https") and bool(parts.hostname) and plain and port_ok and " " not in text,
    )


def _safe_web(text: str) -> str:
    return _checked(_web(text), text.startswith("https://") or is_loopback(text))


def _origin(text: str) -> str:
    parts = urlsplit(_web(text))
    _checked(text, parts.path in ("", "/"))
    return origin_of(text)


def _listed(text: str, parse: Callable[[str], str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(parse(one.strip()) for one in text.split(",") if one.strip()))
    if not found:
        raise ValueError
    return found


def _checked(text: str, ok: bool) -> str:
    if not ok:
        raise ValueError
    return text
