"""Every variable of the environment: how it is read, and what it expects, in words for whoever mends it."""

from collections.abc import Callable
from dataclasses import dataclass

from meta_inbox.entrypoints import settings_values as values


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable; ``expects`` is told when its value is malformed or missing."""

    parse: Callable[[str], object]
    expects: str
    required: bool = False


_HOST = "an http or https address without query, such as https://graph.facebook.com"

VARIABLES: dict[str, Variable] = {
    "META_APP_ID": Variable(values.word, "the id of the Meta app", required=True),
    "META_APP_SECRET": Variable(values.secret, "the secret of the Meta app", required=True),
    "META_OAUTH_REDIRECT_URI": Variable(
        values.callback,
        "an https address that ends in /oauth/callback (http on this machine only)",
        required=True,
    ),
    "META_OAUTH_SCOPES": Variable(values.scopes, "permissions separated by commas"),
    "META_OAUTH_CONFIG_ID": Variable(values.word, "the id of a Login for Business configuration"),
    "META_WEBHOOK_VERIFY_TOKEN": Variable(
        values.secret, "the verify token that is typed in Meta's dashboard", required=True
    ),
    "META_INSTAGRAM_APP_ID": Variable(values.word, "the Instagram app id, together with its secret"),
    "META_INSTAGRAM_APP_SECRET": Variable(values.secret, "the Instagram app secret, together with its id"),
    "META_INSTAGRAM_OAUTH_REDIRECT_URI": Variable(
        values.instagram_callback,
        "an address that ends in /oauth/callback/instagram, on the base of META_OAUTH_REDIRECT_URI",
    ),
    "META_INSTAGRAM_OAUTH_SCOPES": Variable(values.scopes, "permissions separated by commas"),
    "META_GRAPH_VERSION": Variable(values.version, "a version such as v26.0"),
    "META_DIALOG_BASE_URL": Variable(values.base_url, _HOST),
    "META_GRAPH_BASE_URL": Variable(values.base_url, _HOST),
    "META_INSTAGRAM_DIALOG_BASE_URL": Variable(values.base_url, _HOST),
    "META_INSTAGRAM_API_BASE_URL": Variable(values.base_url, _HOST),
    "META_INSTAGRAM_GRAPH_BASE_URL": Variable(values.base_url, _HOST),
    "META_MEDIA_HOSTS": Variable(
        values.media_hosts, "host[:port] names separated by commas; a leading dot means every name under it"
    ),
    "META_MEDIA_POLICY": Variable(values.one_of("store", "proxy"), "store or proxy"),
    "META_INBOX_ENCRYPTION_KEYS": Variable(
        values.keys,
        "kid:base64-of-32-bytes[,kid:…], each kid once, of a-z and 0-9; `meta-inbox keys generate` makes one",
        required=True,
    ),
    "DATABASE_URL": Variable(values.database, "a Postgres URL: postgresql://user:password@host:5432/name"),
    "META_INBOX_DIRECT_DATABASE_URL": Variable(
        values.database, "a Postgres URL that reaches the server itself, past any transaction pooler"
    ),
    "META_INBOX_DATA_DIR": Variable(values.directory, "a directory"),
    "META_INBOX_MEDIA_STORE": Variable(
        values.media_store, "s3://bucket/prefix; without it files are kept under META_INBOX_DATA_DIR"
    ),
    "META_INBOX_WEBHOOK_HOSTS": Variable(
        values.hosts, "host[:port] names separated by commas, each of a host that you run yourself"
    ),
    "AUTH_JWT_SECRET": Variable(values.long_secret, "a secret of at least 32 bytes"),
    "AUTH_JWKS_URL": Variable(values.key_set, "the https address of a key set (http on this machine only)"),
    "AUTH_JWT_ISSUER": Variable(values.word, "the iss claim that tokens must have"),
    "AUTH_JWT_AUDIENCE": Variable(values.word, "the aud claim that tokens must have"),
    "META_INBOX_FRONTEND_ORIGINS": Variable(
        values.origins, "web origins separated by commas, such as https://crm.example.com"
    ),
    "META_INBOX_AD_WINDOWS": Variable(values.switch, "on or off"),
    "META_INBOX_EVENT_DAYS": Variable(values.days, "a number of days from 1 to 90"),
    "META_INBOX_RATE_LIMIT": Variable(values.whole_number, "a whole number of requests a minute; 0 = off"),
    "LOG_LEVEL": Variable(
        values.one_of("debug", "info", "warning", "error", "critical"),
        "debug, info, warning, error or critical",
    ),
    "LOG_FORMAT": Variable(values.one_of("json", "console"), "json or console"),
}
