"""What the HTTP adapter is told about where it is served and to whom."""

import secrets
from dataclasses import dataclass, field
from urllib.parse import urlsplit

API_PATH = "/api/meta"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpOptions:
    """Where the API is reached, and who may call it from a browser.

    ``base_url`` is what precedes ``/oauth/callback`` in the redirect URI, normally
    ``https://host/api/meta``; no origin given = the base's own. ``rate_limit`` counts requests a
    minute for one principal, ten times that for a tenant; 0 = off. ``webhook_deadline`` in seconds.
    ``media_keys`` sign the addresses of files: the first signs, all are taken.
    """

    base_url: str
    frontend_origins: tuple[str, ...] = ()
    rate_limit: int = 600
    version: str = "0"
    max_body: int = 1_048_576
    max_webhook_body: int = 3 * 1_048_576
    webhook_deadline: float = 3.2
    media_keys: tuple[bytes, ...] = field(default_factory=lambda: (secrets.token_bytes(32),), repr=False)

    def __post_init__(self) -> None:
        """Raises ValueError for a base that is no http address, or an origin that is more than one."""
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname or self.base_url.endswith("/"):
            raise ValueError("base_url must be an absolute http address without a slash at its end")
        for origin in self.frontend_origins:
            if origin != _origin_of(origin):
                raise ValueError("a front-end origin is scheme://host[:port] and nothing else")

    @property
    def own_origin(self) -> str:
        """The origin of every absolute address made here."""
        return _origin_of(self.base_url)

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins that may frame, call and be handed the outcome of a login; the first is the default."""
        return self.frontend_origins or (self.own_origin,)

    @property
    def secure(self) -> bool:
        """Whether browsers reach us by https, so that cookies can be bound to it."""
        return self.base_url.startswith("https://")

    @property
    def base_path(self) -> str:
        """The path of the API as browsers see it."""
        return urlsplit(self.base_url).path

    @property
    def mount_path(self) -> str:
        """What a host or proxy puts before ``/api/meta``; empty when it is served at the root."""
        return self.base_path.removesuffix(API_PATH)

    def allows(self, origin: str) -> bool:
        """Whether a browser page of this origin may call."""
        return origin == self.own_origin or origin in self.frontend_origins


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
