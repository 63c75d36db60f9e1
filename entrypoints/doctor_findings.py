"""What the doctor looks at on this side of Meta: the configuration, the database and its login, the keys."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from meta_inbox.adapters.persistence.database import Database
from meta_inbox.adapters.persistence.postgres_inspection import LoginFacts, PostgresInspection
from meta_inbox.adapters.persistence.postgres_key_custody import PostgresKeyCustody
from meta_inbox.adapters.persistence.postgres_partitions import PostgresPartitions
from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.domain.model.secret import Secret
from meta_inbox.entrypoints.environment import SettingsError, parse, read_environment
from meta_inbox.entrypoints.settings import Settings
from meta_inbox.entrypoints.settings_values import is_loopback
from meta_inbox.entrypoints.settings_variables import VARIABLES

_OLDEST = 150000
MEND = "run meta-inbox doctor --fix"
_OWN_LOGIN = (
    "log in as a NOINHERIT role that is no superuser and owns nothing, granted meta_inbox_tenant and "
    "meta_inbox_system; migrate as the owner"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the report; ``fix`` is told when it is not well, ``mended`` is what was done about it."""

    what: str
    ok: bool
    detail: str
    fix: str | None = None
    mended: bool = False


def configuration() -> Iterator[Finding]:
    """One for each variable that is missing or malformed, else what follows from them together."""
    try:
        environment = read_environment()
    except SettingsError as error:
        yield bad("configuration", str(error))
        return
    problems = list(_one_by_one(environment))
    yield from problems
    if problems:
        return
    try:
        settings = Settings.of(environment)
    except SettingsError as error:
        yield bad("configuration", str(error))
        return
    yield Finding(what="configuration", ok=True, detail=f"{len(environment)} variables are set")
    yield _instagram_login(settings)
    yield from _clear_text(settings)
    if settings.auth_jwt_secret is None and settings.auth_jwks_url is None:
        detail = "no AUTH_JWT_SECRET and no AUTH_JWKS_URL: only a host with an identity of its own can serve"
        yield Finding(what="identity", ok=True, detail=detail)


def _instagram_login(settings: Settings) -> Finding:
    """Its webhooks are set in a panel that no call to Meta tells of."""
    detail = "not set up: Instagram accounts connect through their Pages alone"
    if settings.meta_instagram_app_id is not None:
        detail = (
            f"comes back to {settings.meta_instagram_oauth_redirect_uri}; its webhooks are set in the panel "
            f"API setup with Instagram login, to {settings.base_url}/webhook"
        )
    return Finding(what="Instagram Login", ok=True, detail=detail)


def _one_by_one(environment: dict[str, str]) -> Iterator[Finding]:
    for name, variable in VARIABLES.items():
        if name in environment:
            try:
                parse(name, environment[name])
            except SettingsError as error:
                yield bad("configuration", str(error))
        elif variable.required:
            yield bad("configuration", f"{name} is required: expects {variable.expects}")


def _clear_text(settings: Settings) -> Iterator[Finding]:
    for name in ("meta_graph_base_url", "meta_instagram_api_base_url", "meta_instagram_graph_base_url"):
        url: str = getattr(settings, name)
        if urlsplit(url).scheme == "http" and not is_loopback(url):
            yield bad(name.upper(), "access tokens would travel in clear text", "use https")


def migrations(pending: list[str]) -> Finding:
    """Whether the schema is the newest."""
    if pending:
        return bad("schema", "not applied: " + ", ".join(pending), "run meta-inbox migrate")
    return Finding(what="schema", ok=True, detail="every migration is applied")


async def database(db: Database) -> AsyncIterator[Finding]:
    """The server, and what its login may."""
    facts = await PostgresInspection(db).login()
    version = f"PostgreSQL {facts.server_version // 10000}.{facts.server_version % 10000}"
    enough = facts.server_version >= _OLDEST
    yield Finding(what="database", ok=enough, detail=f"{version} answers", fix="15 is the oldest served")
    too_much = list(_too_much(facts))
    if too_much:
        yield bad("database login", f"{facts.name} {' and '.join(too_much)}", _OWN_LOGIN)
    else:
        detail = f"{facts.name} owns nothing and takes its roles by transaction"
        yield Finding(what="database login", ok=True, detail=detail)


def _too_much(facts: LoginFacts) -> Iterator[str]:
    if facts.superuser:
        yield "is a superuser, which row security does not hold"
    elif facts.bypasses_row_security:
        yield "bypasses row security"
    elif facts.inherits:
        yield "inherits the roles it should take, which hides a forgotten switch"
    if facts.owns_tables:
        yield "owns the tables"


async def partitions(db: Database, *, mend: bool) -> AsyncIterator[Finding]:
    """Whether what comes today and tomorrow has a table to go to."""
    tables = PostgresPartitions(db)
    missing = await tables.missing()
    if missing and mend:
        await tables.make()
        yield mended("partitions", "made " + ", ".join(missing))
        missing = await tables.missing()
    if missing:
        detail = "not there: " + ", ".join(missing)
        yield bad("partitions", detail, f"start serve or worker, which make them, or {MEND}")
    else:
        yield Finding(what="partitions", ok=True, detail="today and tomorrow have their tables")


async def keys(db: Database, text: Secret) -> AsyncIterator[Finding]:
    """Whether the keys open what is in the database."""
    ring = KeyRing.parse(text.reveal())
    ring.self_test()
    custody = PostgresKeyCustody(db, ring)
    wrong = await custody.wrong_keys()
    lost = {kid: count for kid, count in (await custody.status()).items() if count and kid not in ring.kids}
    for kid in wrong:
        yield bad("keys", f"{kid} is another key than the one this database knows", "restore the former key")
    for kid, count in lost.items():
        yield bad("keys", f"{count} sealed values need the key {kid}", "add it to META_INBOX_ENCRYPTION_KEYS")
    if not wrong and not lost:
        yield Finding(what="keys", ok=True, detail=f"{ring.primary} seals, every sealed value can be opened")


def bad(what: str, detail: str, fix: str | None = None) -> Finding:
    """What is wrong, and how to mend it."""
    return Finding(what=what, ok=False, detail=detail, fix=fix)


def mended(what: str, detail: str) -> Finding:
    """What was done about it."""
    return Finding(what=what, ok=True, detail=detail, mended=True)
