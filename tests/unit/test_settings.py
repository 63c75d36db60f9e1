"""The environment becomes settings, or one line that names the variable and never its value."""

import re
from base64 import b64encode
from pathlib import Path

import pytest

from meta_inbox.domain.model.secret import Secret
from meta_inbox.entrypoints.environment import read_environment
from meta_inbox.entrypoints.settings import Settings, SettingsError
from meta_inbox.entrypoints.settings_variables import VARIABLES

KEY = "k1:" + b64encode(bytes(range(32))).decode()
GIVEN = {
    "META_APP_ID": "1234567890",
    "META_APP_SECRET": "app-secret-canary",
    "META_OAUTH_REDIRECT_URI": "https://crm.example.com/api/meta/oauth/callback",
    "META_WEBHOOK_VERIFY_TOKEN": "verify-token-canary",
    "META_INBOX_ENCRYPTION_KEYS": KEY,
}
MALFORMED = {
    "META_APP_ID": "two words",
    "META_OAUTH_REDIRECT_URI": "https://crm.example.com/elsewhere",
    "META_OAUTH_SCOPES": "pages messaging",
    "META_OAUTH_CONFIG_ID": "two words",
    "META_INSTAGRAM_OAUTH_REDIRECT_URI": "https://crm.example.com/api/meta/oauth/callback",
    "META_INSTAGRAM_OAUTH_SCOPES": ",",
    "META_GRAPH_VERSION": "26",
    "META_DIALOG_BASE_URL": "ftp://www.facebook.com",
    "META_GRAPH_BASE_URL": "graph.facebook.com",
    "META_INSTAGRAM_DIALOG_BASE_URL": "https://user:word@www.instagram.com",
    "META_INSTAGRAM_API_BASE_URL": "https://api.instagram.com?x=1",
    "META_INSTAGRAM_GRAPH_BASE_URL": "https://graph.instagram.com:99999",
    "META_MEDIA_HOSTS": "https://cdn.example.com",
    "META_MEDIA_POLICY": "forget",
    "META_INBOX_MEDIA_STORE": "https://bucket.example.com",
    "META_INBOX_WEBHOOK_HOSTS": ".example.com",
    "META_INBOX_ENCRYPTION_KEYS": "k1:c2hvcnQ=",
    "DATABASE_URL": "postgresql//canary",
    "META_INBOX_DIRECT_DATABASE_URL": "canary canary",
    "AUTH_JWT_SECRET": "short-canary",
    "AUTH_JWKS_URL": "http://keys.example.com/set",
    "AUTH_JWT_ISSUER": "two words",
    "AUTH_JWT_AUDIENCE": "two words",
    "META_INBOX_FRONTEND_ORIGINS": "https://crm.example.com/path",
    "META_INBOX_EVENT_DAYS": "91",
    "META_INBOX_RATE_LIMIT": "-1",
    "META_INBOX_AD_WINDOWS": "perhaps",
    "LOG_LEVEL": "loud",
    "LOG_FORMAT": "xml",
}


def test_every_variable_of_the_table_is_a_field() -> None:
    assert {name.lower() for name in VARIABLES} | {"fake_meta"} == set(Settings.__dataclass_fields__)


def test_what_is_given_is_read() -> None:
    settings = Settings.of(
        {
            **GIVEN,
            "META_INBOX_EVENT_DAYS": "30",
            "META_INBOX_RATE_LIMIT": "0",
            "META_INBOX_AD_WINDOWS": "Off",
            "META_OAUTH_SCOPES": "a, b,a",
            "LOG_LEVEL": "INFO",
        }
    )
    assert settings.meta_app_id == "1234567890"
    assert settings.meta_inbox_ad_windows is False
    assert settings.meta_app_secret == Secret("app-secret-canary")
    assert settings.meta_inbox_event_days == 30
    assert settings.meta_inbox_rate_limit == 0
    assert settings.meta_oauth_scopes == ("a", "b")
    assert settings.log_level == "info"


def test_what_is_not_given_has_the_defaults_of_the_contract() -> None:
    settings = Settings.of(GIVEN)
    assert settings.meta_graph_version == "v26.0"
    assert settings.meta_inbox_data_dir == Path(".meta-inbox")
    assert settings.meta_inbox_event_days == 7
    assert settings.meta_inbox_frontend_origins == ("https://crm.example.com",)
    assert (
        settings.meta_instagram_oauth_redirect_uri
        == "https://crm.example.com/api/meta/oauth/callback/instagram"
    )
    assert settings.direct_database_url is None
    assert settings.http_hosts == frozenset()


@pytest.mark.parametrize("text", ["0", "91", "07", "-7", "7.5", "\u0667"])
def test_events_are_kept_for_1_to_90_days(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^META_INBOX_EVENT_DAYS is malformed: expects a number of days"):
        Settings.of({**GIVEN, "META_INBOX_EVENT_DAYS": text})


@pytest.mark.parametrize("name", [name for name, variable in VARIABLES.items() if variable.required])
def test_a_required_variable_that_is_missing_is_named(name: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} is required: expects "):
        Settings.of({given: text for given, text in GIVEN.items() if given != name})


@pytest.mark.parametrize(("name", "text"), MALFORMED.items())
def test_a_malformed_value_is_named_but_not_shown(name: str, text: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} is malformed: expects ") as refused:
        Settings.of({**GIVEN, name: text})
    assert "canary" not in str(refused.value)
    assert "\n" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_every_variable_that_can_be_malformed_was_tried() -> None:
    anything = {
        "META_APP_SECRET",
        "META_WEBHOOK_VERIFY_TOKEN",
        "META_INSTAGRAM_APP_ID",
        "META_INSTAGRAM_APP_SECRET",
    }
    assert set(MALFORMED) | anything | {"META_INBOX_DATA_DIR"} == set(VARIABLES)


@pytest.mark.parametrize("text", ["with\nnewline", "with\x00nul", "with\udc80surrogate"])
def test_no_variable_takes_control_characters(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^META_APP_SECRET is malformed"):
        Settings.of({**GIVEN, "META_APP_SECRET": text})


def test_a_host_may_give_values_or_texts() -> None:
    by_text = Settings(**{name.lower(): text for name, text in GIVEN.items()})  # type: ignore[arg-type]  # read as the variable's
    assert by_text == Settings.of(GIVEN)


def test_an_unknown_name_of_ours_stops_the_start_and_the_near_one_is_offered(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^META_INBOX_DATADIR .*META_INBOX_DATA_DIR"):
        read_environment({"META_INBOX_DATADIR": "canary"}, tmp_path / ".env")


def test_names_of_others_pass(tmp_path: Path) -> None:
    assert read_environment({"META_PIXEL_ID": "1", "PATH": "/bin"}, tmp_path / ".env") == {}


def test_the_real_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("META_APP_ID=file\nMETA_APP_SECRET='a$b${HOME}c'\nLOG_LEVEL=\n")
    found = read_environment({"META_APP_ID": "process"}, file)
    assert found == {"META_APP_ID": "process", "META_APP_SECRET": "a$b${HOME}c"}


def test_an_unknown_name_in_the_file_is_refused_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("META_INBOX_COLOUR=red\n")
    with pytest.raises(SettingsError, match="META_INBOX_COLOUR"):
        read_environment({}, tmp_path / ".env")


def test_a_file_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"META_APP_ID=\xff\xfe\n")
    with pytest.raises(SettingsError, match="cannot be read"):
        read_environment({}, tmp_path / ".env")


def test_exactly_one_way_to_check_bearer_tokens() -> None:
    secret, keys = {"AUTH_JWT_SECRET": "x" * 32}, {"AUTH_JWKS_URL": "https://id.example.com/keys"}
    for one in (secret, keys):
        Settings.of({**GIVEN, **one}).require_identity()
    with pytest.raises(SettingsError, match="exactly one"):
        Settings.of({**GIVEN, **secret, **keys})
    with pytest.raises(SettingsError, match="exactly one"):
        Settings.of(GIVEN).require_identity()


def test_instagram_login_needs_its_id_and_its_secret() -> None:
    with pytest.raises(SettingsError, match=r"^META_INSTAGRAM_APP_SECRET is required"):
        Settings.of({**GIVEN, "META_INSTAGRAM_APP_ID": "1"})
    with pytest.raises(SettingsError, match=r"^META_INSTAGRAM_APP_ID is required"):
        Settings.of({**GIVEN, "META_INSTAGRAM_APP_SECRET": "s"})


def test_the_instagram_callback_is_on_the_same_base() -> None:
    other = {
        "META_INSTAGRAM_OAUTH_REDIRECT_URI": "https://other.example.com/api/meta/oauth/callback/instagram"
    }
    with pytest.raises(SettingsError, match=r"^META_INSTAGRAM_OAUTH_REDIRECT_URI"):
        Settings.of({**GIVEN, **other})


@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:8000", "https://app.localhost"]
)
def test_made_up_secrets_serve_this_machine_alone(base: str) -> None:
    made_up = {
        "META_OAUTH_REDIRECT_URI": f"{base}/api/meta/oauth/callback",
        "META_APP_SECRET": "sandbox-canary",
    }
    Settings.of({**GIVEN, **made_up})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("META_APP_SECRET", "sandbox-canary"),
        ("META_WEBHOOK_VERIFY_TOKEN", "sandbox-canary"),
        ("AUTH_JWT_SECRET", "sandbox-" + "canary" * 6),
        ("META_INBOX_ENCRYPTION_KEYS", KEY + "," + KEY.replace("k1:", "sandbox:")),
    ],
)
def test_made_up_secrets_are_refused_elsewhere(name: str, text: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} was made up for the sandbox") as refused:
        Settings.of({**GIVEN, name: text})
    assert "canary" not in str(refused.value)


def test_plain_http_is_for_this_machine_alone() -> None:
    with pytest.raises(SettingsError, match=r"^META_OAUTH_REDIRECT_URI"):
        Settings.of({**GIVEN, "META_OAUTH_REDIRECT_URI": "http://crm.example.com/oauth/callback"})


def test_hosts_named_exactly_may_serve_media_by_http() -> None:
    settings = Settings.of({**GIVEN, "META_MEDIA_HOSTS": "127.0.0.1:8001,.fbcdn.net"})
    assert settings.http_hosts == {"127.0.0.1:8001"}


def test_no_secret_is_in_what_settings_show() -> None:
    settings = Settings.of(
        {**GIVEN, "DATABASE_URL": "postgresql://u:canary@h/d", "AUTH_JWT_SECRET": "canary" * 6}
    )
    assert not re.search("canary|" + re.escape(KEY), f"{settings!r} {settings}")
