"""The settings of one service: a field is its variable in lower case."""

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.domain.model.media_rules import META_HOSTS, MediaHosts, MediaRules
from meta_inbox.domain.model.secret import Secret
from meta_inbox.entrypoints import settings_values as values
from meta_inbox.entrypoints.environment import SettingsError, missing, parse, read_environment
from meta_inbox.entrypoints.settings_variables import VARIABLES

if TYPE_CHECKING:
    from meta_inbox.adapters.meta_graph.fake import FakeMeta

__all__ = ["MADE_UP", "Settings", "SettingsError"]

MADE_UP = "sandbox-"
_FACEBOOK_SCOPES = (
    "instagram_basic",
    "instagram_manage_messages",
    "pages_messaging",
    "pages_manage_metadata",
    "pages_show_list",
    "business_management",
)
_INSTAGRAM_SCOPES = ("instagram_business_basic", "instagram_business_manage_messages")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a service must be told. A text given for any field is read like the variable's.

    Raises SettingsError, naming the variable, for what is malformed or contradicts itself.
    """

    meta_app_id: str
    meta_app_secret: Secret
    meta_oauth_redirect_uri: str
    meta_webhook_verify_token: Secret
    meta_inbox_encryption_keys: Secret
    meta_oauth_scopes: tuple[str, ...] = _FACEBOOK_SCOPES
    meta_oauth_config_id: str | None = None
    meta_instagram_app_id: str | None = None
    meta_instagram_app_secret: Secret | None = None
    meta_instagram_oauth_redirect_uri: str | None = None
    meta_instagram_oauth_scopes: tuple[str, ...] = _INSTAGRAM_SCOPES
    meta_graph_version: str = "v26.0"
    meta_dialog_base_url: str = "https://www.facebook.com"
    meta_graph_base_url: str = "https://graph.facebook.com"
    meta_instagram_dialog_base_url: str = "https://www.instagram.com"
    meta_instagram_api_base_url: str = "https://api.instagram.com"
    meta_instagram_graph_base_url: str = "https://graph.instagram.com"
    meta_media_hosts: tuple[str, ...] = META_HOSTS
    meta_media_policy: str = "store"
    database_url: Secret | None = None
    meta_inbox_direct_database_url: Secret | None = None
    meta_inbox_data_dir: Path = Path(".meta-inbox")
    meta_inbox_media_store: str | None = None
    meta_inbox_webhook_hosts: tuple[str, ...] = ()
    auth_jwt_secret: Secret | None = None
    auth_jwks_url: str | None = None
    auth_jwt_issuer: str | None = None
    auth_jwt_audience: str | None = None
    meta_inbox_frontend_origins: tuple[str, ...] = ()
    meta_inbox_event_days: int = 7
    meta_inbox_rate_limit: int = 600
    meta_inbox_ad_windows: bool = True
    log_level: str = "info"
    log_format: str | None = None
    fake_meta: "FakeMeta | None" = field(default=None, repr=False, compare=False)

    @classmethod
    def from_env(cls) -> Self:
        """Reads the environment and ``.env``."""
        return cls.of(read_environment())

    @classmethod
    def of(cls, texts: dict[str, str]) -> Self:
        """The settings that these variables say."""
        for name, variable in VARIABLES.items():
            if variable.required and name not in texts:
                raise missing(name)
        return cls(**cast("dict[str, Any]", {name.lower(): text for name, text in texts.items()}))

    @classmethod
    def in_memory(cls, meta: "FakeMeta | None" = None) -> Self:
        """For a host's own tests: no database, no network, no keys; ``meta`` lets the test play Meta."""
        from meta_inbox.adapters.meta_graph.fake import FakeMeta  # noqa: PLC0415  # tests alone need it

        meta = meta or FakeMeta()
        return cls(
            meta_app_id=meta.app.id,
            meta_app_secret=meta.app.secret,
            meta_oauth_redirect_uri="http://127.0.0.1:8000/api/meta/oauth/callback",
            meta_webhook_verify_token=meta.verify_token,
            meta_inbox_encryption_keys=Secret(KeyRing.generate("sandbox")),
            meta_instagram_app_id=meta.instagram_app.id,
            meta_instagram_app_secret=meta.instagram_app.secret,
            fake_meta=meta,
        )

    def __post_init__(self) -> None:
        """Reads what was given as text, fills in what follows from other values, and checks the whole."""
        for one in fields(self):
            given = getattr(self, one.name)
            if isinstance(given, str):
                object.__setattr__(self, one.name, parse(one.name.upper(), given))
        if not self.meta_inbox_frontend_origins:
            object.__setattr__(self, "meta_inbox_frontend_origins", (self.origin,))
        if self.meta_instagram_oauth_redirect_uri is None:
            own = f"{self.base_url}/oauth/callback/instagram"
            object.__setattr__(self, "meta_instagram_oauth_redirect_uri", own)
        self._check()

    @property
    def base_url(self) -> str:
        """What precedes the routes of ``/api/meta`` in every absolute address made here."""
        return self.meta_oauth_redirect_uri.removesuffix("/oauth/callback")

    @property
    def origin(self) -> str:
        """The base's own web origin."""
        return values.origin_of(self.base_url)

    @property
    def direct_database_url(self) -> Secret | None:
        """Where to LISTEN, migrate and work in the background."""
        return self.meta_inbox_direct_database_url or self.database_url

    @property
    def http_hosts(self) -> frozenset[str]:
        """The hosts named exactly, from which media may come by plain http."""
        return frozenset(h for h in self.meta_media_hosts if not h.startswith(".")) - frozenset(META_HOSTS)

    @property
    def media_rules(self) -> MediaRules:
        """From where files come, and whether they are stored."""
        return MediaRules(hosts=MediaHosts(self.meta_media_hosts), stores=self.stores_media)

    @property
    def stores_media(self) -> bool:
        """Whether files are copied on arrival; else they are fetched when looked at, and kept nowhere."""
        return self.meta_media_policy == "store"

    def require_identity(self) -> None:
        """Raises SettingsError unless bearer tokens can be checked."""
        if self.auth_jwt_secret is None and self.auth_jwks_url is None:
            raise SettingsError(
                "AUTH_JWT_SECRET or AUTH_JWKS_URL is required: expects exactly one of them, "
                f"{VARIABLES['AUTH_JWT_SECRET'].expects} or {VARIABLES['AUTH_JWKS_URL'].expects}"
            )

    def _check(self) -> None:
        if self.auth_jwt_secret is not None and self.auth_jwks_url is not None:
            raise SettingsError("AUTH_JWKS_URL is set beside AUTH_JWT_SECRET: expects exactly one of them")
        if (self.meta_instagram_app_id is None) != (self.meta_instagram_app_secret is None):
            absent = "ID" if self.meta_instagram_app_id is None else "SECRET"
            raise missing(f"META_INSTAGRAM_APP_{absent}")
        if self.meta_instagram_oauth_redirect_uri != f"{self.base_url}/oauth/callback/instagram":
            raise SettingsError(
                "META_INSTAGRAM_OAUTH_REDIRECT_URI is malformed: expects "
                + VARIABLES["META_INSTAGRAM_OAUTH_REDIRECT_URI"].expects
            )
        if not values.is_loopback(self.base_url):
            self._refuse_made_up()

    def _refuse_made_up(self) -> None:
        for one in fields(self):
            given = getattr(self, one.name)
            if isinstance(given, Secret) and _made_up(given):
                raise SettingsError(
                    f"{one.name.upper()} was made up for the sandbox: expects a value of your own, "
                    "since META_OAUTH_REDIRECT_URI is not on this machine"
                )


def _made_up(value: Secret) -> bool:
    text = value.reveal()
    return text.startswith(MADE_UP) or any(e.strip().startswith("sandbox:") for e in text.split(","))
