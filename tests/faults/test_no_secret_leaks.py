"""Secrets stay where they belong: one life of an account, with its accidents, and then a search for each.

Everything that the service wrote or said is kept meanwhile: its log at debug level, every answer, every
row, the addresses it called at Meta, what the operator's commands print, and the repr of its objects.
"""

import asyncio
import base64
import gc
import html
import json
import re
import subprocess
import time
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlencode, urlsplit

import httpx
import jwt
import psycopg
import pytest
from litestar.enums import ScopeType
from litestar.types import Receive, Scope, Send
from psycopg import sql

from meta_inbox.adapters.addresses.guard import AddressGuard
from meta_inbox.adapters.meta_graph.media_fetch import MediaFetcher
from meta_inbox.adapters.meta_graph.transport import HttpTransport
from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.outgoing.poster import HttpWebhookPoster
from meta_inbox.adapters.persistence.database import open_pool
from meta_inbox.adapters.persistence.time_and_ids import SystemClock
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.webhook_hosts import WebhookHosts
from meta_inbox.entrypoints.container import OnPostgres
from meta_inbox.entrypoints.plugin import open_inbox
from meta_inbox.entrypoints.settings import Settings
from tests.acceptance.real_parts import APP_ID, Switchboard
from tests.harness.service import META_INBOX, SECRET, Service, environment, free_port

pytestmark = pytest.mark.real

PAGE = "1001"
_JWT_SECRET = "jwt-canary-" + "j" * 40
_INSTAGRAM_SECRET = "instagram-app-secret-canary-0123"
_TO_FILE = 'exec "$@" >"$0" 2>&1'
_OURS = ("META_", "DATABASE_URL", "AUTH_JWT_SECRET", "LOG_")
_OWN_QUERY = "input_token"
_STRANGE = "X" * 43


@dataclass
class Secrets:
    """Every secret that came to be, by its name."""

    texts: dict[str, str] = field(default_factory=dict[str, str])

    def add(self, name: str, text: str) -> str:
        """Remembers it, and hands it back."""
        assert len(text) >= 16, f"{name} is too short to be looked for"
        self.texts[f"{name} {len(self.texts)}"] = text
        return text

    def within(self, text: str, *, allowed: frozenset[str] = frozenset()) -> list[str]:
        """The names of those in it, written in any of the ways that texts are written."""
        readings = text, unquote(text), html.unescape(text), text.replace("\\/", "/").replace("\\u0026", "&")
        return [
            name
            for name, secret in self.texts.items()
            if secret not in allowed and any(form in read for form in _forms(secret) for read in readings)
        ]


def _forms(secret: str) -> set[str]:
    raw = secret.encode()
    # Without the ends, which what stands beside them decides.
    coded = {base64.b64encode(b"x" * shift + raw).decode()[4:-4] for shift in range(3)}
    return {secret, quote(secret, safe=""), json.dumps(secret)[1:-1], raw.hex(), raw.hex().upper(), *coded}


class WatchedMeta(Switchboard):
    """The sandbox on a port, with a note of every address that the service called, and from where."""

    def __init__(self) -> None:
        super().__init__()
        self.called: list[str] = []

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
            if headers.get(b"user-agent") == "meta-inbox":
                self._note(scope["method"], scope["path"], scope["query_string"].decode("latin-1"))
                self.called.append(f"referer: {headers.get(b'referer')}, cookie: {headers.get(b'cookie')}")
        await super()._serve(scope, receive, send)

    def _note(self, method: str, path: str, query: str) -> None:
        pairs = parse_qsl(query, keep_blank_values=True)
        if path.endswith("/debug_token"):  # Meta offers no other way to ask about a token
            assert [name for name, _ in pairs].count(_OWN_QUERY) == 1
            pairs = [(name, value) for name, value in pairs if name != _OWN_QUERY]
        self.called.append(f"{method} {path}?{urlencode(pairs)}")


@dataclass
class Life:
    """The service and its Meta, what they said, and who talks to them."""

    service: Service
    database: str
    log: Path
    meta: WatchedMeta
    world: World
    client: httpx.AsyncClient
    secrets: Secrets
    bearer: str
    said: list[tuple[str, frozenset[str]]] = field(default_factory=list[tuple[str, frozenset[str]]])
    rows: list[str] = field(default_factory=list[str])

    @property
    def base(self) -> str:
        """Where the API is."""
        return f"http://127.0.0.1:{self.service.port}/api/meta"

    async def ask(
        self, method: str, path: str, *, allowed: frozenset[str] = frozenset(), **more: Any
    ) -> httpx.Response:
        """One request; its answer is kept with the secrets that it may hold."""
        address = path if path.startswith("http") else self.base + path
        headers = {"Authorization": f"Bearer {self.bearer}"} | more.pop("headers", {})
        answer = await self.client.request(method, address, headers=headers, **more)
        self.said.append((f"{answer.status_code} {answer.headers.multi_items()}\n{answer.text}", allowed))
        return answer

    async def browse(self, address: str, *allowed: str) -> httpx.Response:
        """The same by the browser, which has its cookie and no bearer token."""
        return await self.ask("GET", address, allowed=frozenset(allowed), headers={"Authorization": ""})

    async def play(self, path: str, **body: Any) -> Any:
        """Has something happen at Meta."""
        address = f"http://127.0.0.1:{self.meta.port}/sandbox/{path}"
        answer = await self.client.post(address, json=body)
        return answer.raise_for_status().json() if answer.content else None

    def look_at_rows(self) -> None:
        """Keeps every row of every table as text, and what stands in binary columns as it is."""
        with psycopg.connect(self.database) as connection:
            self.rows.extend(_dump(connection))


def _dump(connection: psycopg.Connection[Any]) -> Iterator[str]:
    tables = connection.execute(
        """select c.oid::regclass::text, n.nspname, c.relname,
                  array(select attname from pg_attribute a where a.attrelid = c.oid and a.attnum > 0
                        and a.atttypid = 'bytea'::regtype)
           from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where c.relkind in ('r', 'p', 'm') and not c.relispartition
             and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')"""
    ).fetchall()
    assert len(tables) > 10
    for _, schema, name, binary in tables:
        table = sql.Identifier(schema, name)
        for (row,) in connection.execute(sql.SQL("select t::text from {} t").format(table)):
            yield f"{schema}.{name} {row}"
        for column in binary:
            query = sql.SQL("select {} from {}").format(sql.Identifier(column), table)
            for (value,) in connection.execute(query):
                yield f"{schema}.{name}.{column} {bytes(value or b'').decode('latin-1')}"


@contextmanager
def _service(database: str, meta: WatchedMeta, log: Path) -> Generator[Service]:
    """``meta-inbox serve``, whose every word goes to a file."""
    port = free_port()
    address = f"http://127.0.0.1:{meta.port}"
    variables = environment(database, port) | {
        "META_APP_ID": APP_ID,
        "META_GRAPH_BASE_URL": address,
        "META_DIALOG_BASE_URL": address,
        "META_INSTAGRAM_APP_ID": "908070605040",
        "META_INSTAGRAM_APP_SECRET": _INSTAGRAM_SECRET,
        "AUTH_JWT_SECRET": _JWT_SECRET,
        "LOG_LEVEL": "debug",
        "LOG_FORMAT": "json",
    }
    command = ["/bin/sh", "-c", _TO_FILE, str(log), META_INBOX, "serve", "--port", str(port)]
    service = Service("meta-inbox", command, port, variables)
    try:
        yield service.start()
    finally:
        service.stop()


def _known(service: Service) -> Secrets:
    """What the service was given."""
    secrets = Secrets()
    secrets.add("app secret", SECRET)
    secrets.add("app token", f"{APP_ID}|{SECRET}")
    secrets.add("Instagram app secret", _INSTAGRAM_SECRET)
    secrets.add("verify token", service.variable("META_WEBHOOK_VERIFY_TOKEN"))
    secrets.add("signing secret", _JWT_SECRET)
    key = secrets.add("encryption key", service.variable("META_INBOX_ENCRYPTION_KEYS").partition(":")[2])
    secrets.add("encryption key's bytes", base64.b64decode(key).hex())
    return secrets


def _bearer(expires_in: int = 600) -> str:
    claims = {"sub": "bia", "tenant_id": "casa-verde", "exp": int(time.time()) + expires_in}
    return jwt.encode(claims, _JWT_SECRET, "HS256")


@asynccontextmanager
async def _life(database: str, log: Path) -> AsyncGenerator[Life]:
    meta = WatchedMeta()
    meta.start()
    try:
        with _service(database, meta, log) as service:
            secrets = _known(service)
            verify = Secret(service.variable("META_WEBHOOK_VERIFY_TOKEN"))
            world = World(APP_ID, Secret(SECRET), verify_token=verify, clock=lambda: datetime.now(UTC))
            with meta.showing(world, f"http://127.0.0.1:{service.port}/api/meta/webhook"):
                async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
                    bearer = secrets.add("bearer token", _bearer())
                    yield Life(service, database, log, meta, world, client, secrets, bearer)
    finally:
        meta.stop()


async def _to_the_dialog(life: Life) -> str:
    """The first click; the address of Meta's dialog."""
    begun = await life.client.get(
        life.base + "/oauth/start", headers={"Authorization": f"Bearer {life.bearer}"}
    )
    link = str(begun.raise_for_status().json()["authorization_url"])
    ticket = life.secrets.add("ticket", link.partition("ticket=")[2])
    life.said.append((f"{begun.headers.multi_items()}\n{begun.text}", frozenset({ticket})))
    gone = await life.client.get(link)
    dialog = gone.headers["Location"]
    state = life.secrets.add("state", parse_qs(urlsplit(dialog).query)["state"][0])
    given = gone.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    cookie = given if given in life.secrets.texts.values() else life.secrets.add("cookie", given)
    life.said.append((f"{gone.headers.multi_items()}\n{gone.text}", frozenset({state, cookie})))
    spent = await life.browse(link)
    assert spent.status_code == 400
    return dialog


async def _approved(life: Life, dialog: str) -> str:
    """The second click, in Meta's dialog; where the browser goes."""
    answered = await life.client.post(dialog, data={"action": "approve"}, headers={"Cookie": ""})
    assert answered.status_code == 303, answered.text
    back = answered.headers["Location"]
    life.secrets.add("code", parse_qs(urlsplit(back).query)["code"][0])
    return back


async def _authorized(life: Life) -> str:
    """Both clicks and the way back; the completion."""
    back = await _approved(life, await _to_the_dialog(life))
    page = await life.client.get(back)
    assert page.status_code == 200, page.text
    found = re.search(r"#completion=([A-Za-z0-9_-]+)", page.text)
    assert found is not None
    completion = life.secrets.add("completion", found[1])
    life.said.append((f"{page.headers.multi_items()}\n{page.text}", frozenset({completion})))
    assert (await life.browse(back)).status_code == 400
    return completion


async def _connect(life: Life) -> str:
    """A whole login; the id of the Page's account."""
    completion = await _authorized(life)
    life.look_at_rows()
    body = {"completion": completion}
    assert (await life.ask("POST", "/oauth/completions", json=body)).status_code == 200
    done = await life.ask("POST", "/oauth/complete", json=body)
    assert (await life.ask("POST", "/oauth/complete", json=body)).status_code == 404
    wrong = await life.ask("POST", "/oauth/complete", json=[completion])
    misplaced = await life.ask("POST", "/oauth/complete", json={"completion": 1, "keys": completion})
    assert (wrong.status_code, misplaced.status_code) == (400, 400)
    accounts = done.raise_for_status().json()["connected"]
    return next(str(one["id"]) for one in accounts if one["platform"] == "messenger")


async def _fail_to_connect(life: Life) -> None:
    """Every way in which a login ends badly."""
    faults: list[dict[str, Any]] = [
        {"endpoint": "oauth_access_token", "kind": "refuse", "code": 1, "status": 400},
        {"endpoint": "oauth_access_token", "kind": "drop"},
        {"endpoint": "oauth_access_token", "kind": "bad_json"},
        {"endpoint": "oauth_access_token", "kind": "redirect"},
        {"endpoint": "oauth_access_token", "kind": "html_503"},
        {"endpoint": "debug_token", "kind": "drop"},
        {"endpoint": "me_permissions", "kind": "refuse", "code": 190, "subcode": 460, "status": 400},
        {"endpoint": "me_accounts", "kind": "bad_json"},
    ]
    for fault in faults:
        back = await _approved(life, await _to_the_dialog(life))
        await life.play("faults", **fault)
        assert (await life.browse(back)).status_code in (400, 502), fault
    back = await _approved(life, await _to_the_dialog(life))
    code = parse_qs(urlsplit(back).query)["code"][0]
    assert (await life.browse(f"/oauth/callback?code={code}&state={_STRANGE}")).status_code == 400
    assert (await life.browse(back.replace("/callback?", "/callback/instagram?"))).status_code == 400
    assert (await life.browse(back + "&error=access_denied")).status_code == 400


async def _talk(life: Life, account: str) -> None:
    """Receives, and sends well and badly."""
    contact = (await life.play("contacts", account_id=PAGE, name="Ana Canary"))["id"]
    await life.play(f"contacts/{contact}/messages", text="Oi, tem canary?")
    await _until(life, f"/messages/{account}/{contact}", "Oi, tem canary?")
    body = {"account_id": account, "recipient_id": contact, "message": {"type": "text", "text": "Tem!"}}
    sent = await life.ask("POST", "/send-message", json=body, headers={"Idempotency-Key": "k-1"})
    assert sent.status_code == 201, sent.text
    await life.play("faults", endpoint="messages", kind="refuse", code=551, status=400)
    assert (await life.ask("POST", "/send-message", json=body)).status_code == 409
    await life.play("faults", endpoint="messages", kind="accept_then_reset")
    assert (await life.ask("POST", "/send-message", json=body)).status_code == 202
    await _until(life, f"/messages/{account}/{contact}", '"unknown"', there=False)  # its echo settles it
    await life.play("tokens/revoke", page_id=PAGE)
    dead = await life.ask("POST", "/send-message", json=body)
    assert (dead.status_code, dead.json()["error"]["code"]) == (202, "reauth_required")
    for path in (f"/conversations/{account}", "/accounts", f"/accounts/{account}/health"):
        assert (await life.ask("GET", path)).status_code == 200


async def _until(life: Life, path: str, text: str, *, there: bool = True) -> None:
    deadline = time.monotonic() + 10
    while (text in (await life.ask("GET", path)).text) is not there:
        assert time.monotonic() < deadline, f"{text} never came"
        await asyncio.sleep(0.1)


async def _knock(life: Life) -> None:
    """Requests that are refused, with secrets where they do not belong."""
    body = b'{"object":"page","entry":[]}'
    forged = {"X-Hub-Signature-256": f"sha256={SECRET}{SECRET}"}
    assert (await life.ask("POST", "/webhook", content=body, headers=forged)).status_code == 401
    token = life.service.variable("META_WEBHOOK_VERIFY_TOKEN")
    query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "12345"}
    assert (await life.ask("GET", "/webhook", params=query)).text == "12345"
    assert (await life.ask("GET", "/webhook", params={**query, "hub.challenge": "<>"})).status_code == 400
    assert (await life.ask("GET", "/webhook", params={**query, "hub.mode": "x"})).status_code == 403
    expired = life.secrets.add("expired bearer token", _bearer(-5))
    for wrong in (expired, life.bearer[:-3] + "abc", f"{life.bearer} {life.bearer}"):
        headers = {"Authorization": f"Bearer {wrong}"}
        assert (await life.ask("GET", "/accounts", headers=headers)).status_code == 401
    for path in (f"/accounts?access_token={life.bearer}", f"/oauth/start?{life.bearer}=1"):
        assert (await life.ask("GET", path)).status_code == 400
    for path in (f"/accounts/{life.bearer}", f"/{life.bearer}"):
        assert (await life.ask("GET", path)).status_code in (400, 404)
    origin = f"http://127.0.0.1:{life.service.port}"
    for path in ("/metrics", "/health/ready", "/health/live", "/api/meta/schema/openapi.json"):
        assert (await life.ask("GET", origin + path)).status_code == 200


async def _crash(life: Life) -> None:
    """Handlers meet a database that is not as they think, with secrets in their hands."""
    broken = {
        "alter table meta_inbox.oauth_completions add constraint never check (false) not valid": (
            "alter table meta_inbox.oauth_completions drop constraint never"
        ),
        "alter table meta_inbox.oauth_completions rename to gone": (
            "alter table meta_inbox.gone rename to oauth_completions"
        ),
    }
    for ruin, mend in broken.items():
        back = await _approved(life, await _to_the_dialog(life))
        _change(life.database, ruin)
        try:
            assert (await life.browse(back)).status_code >= 500
        finally:
            _change(life.database, mend)
    completion = await _authorized(life)
    _change(life.database, "alter table meta_inbox.accounts add constraint never check (false) not valid")
    try:
        done = await life.ask("POST", "/oauth/complete", json={"completion": completion})
        assert done.status_code >= 500
    finally:
        _change(life.database, "alter table meta_inbox.accounts drop constraint never")


def _change(database: str, statement: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute(statement.encode())


def _commands(life: Life) -> Iterator[str]:
    """What the operator sees."""
    broken = life.service.variables | {"META_GRAPH_BASE_URL": "http://127.0.0.1:9"}
    for variables in (life.service.variables, broken):
        for line in ("doctor", "webhooks list", "keys status", "webhooks show 0", "doctor --nonsense"):
            ran = subprocess.run(
                [META_INBOX, *line.split()],
                env=variables,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            yield f"{line}: {ran.returncode}\n{ran.stdout}\n{ran.stderr}"


async def _objects(life: Life) -> AsyncGenerator[str]:
    """The repr of everything of ours that a host can reach, and of the settings."""
    given = life.service.variables
    settings = Settings.of({name: given[name] for name in given if name.startswith(_OURS)})
    async with (
        open_inbox(settings, jobs=False) as inbox,
        open_pool(life.database, min_size=1, max_size=1) as pool,
        HttpTransport.open() as transport,
        MediaFetcher.open(AddressGuard(hosts=settings.media_rules.hosts)) as fetcher,
        HttpWebhookPoster.open(AddressGuard(hosts=WebhookHosts()), SystemClock()) as poster,
    ):
        container = OnPostgres(
            settings=settings, pool=pool, transport=transport, fetcher=fetcher, poster=poster
        )
        core = container.core.container.inbox()
        for one in (
            settings,
            inbox,
            container,
            core,
            container.keys(),
            container.app(),
            *_reached(inbox, core),
        ):
            yield f"{one!r} {one!s} {one}"


def _reached(*roots: object) -> Iterator[object]:
    """Objects of this package's classes that these hold, however deep."""
    seen, waiting = set[int](), list(roots)
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, type) or (callable(one) and not _is_ours(one)):
            continue
        seen.add(id(one))
        if _is_ours(one):
            yield one
        if _is_ours(one) or isinstance(one, dict | list | tuple | set | frozenset):
            waiting.extend(gc.get_referents(one))


def _is_ours(one: object) -> bool:
    return type(one).__module__.startswith("meta_inbox")


async def test_no_secret_is_where_it_does_not_belong(database: str, tmp_path: Path) -> None:
    async with _life(database, tmp_path / "service.log") as life:
        account = await _connect(life)
        await _talk(life, account)
        await _fail_to_connect(life)
        await _knock(life)
        await _crash(life)
        life.look_at_rows()
        await life.play("faults", endpoint="subscribed_apps", kind="drop", count=3)
        assert (await life.ask("DELETE", f"/accounts/{account}")).status_code == 204
        life.look_at_rows()
        commands = "\n".join(await asyncio.to_thread(lambda: list(_commands(life))))
        objects = "\n".join([text async for text in _objects(life)])
        for kind, tokens in (
            ("token", life.world.ground.state.tokens),
            ("code", life.world.ground.state.codes),
        ):
            for text in tokens:
                life.secrets.add(kind, text)
    log = life.log.read_text()
    _require_telling(life, log, commands, objects)
    places = {"log": log, "commands": commands, "objects": objects, "rows": "\n".join(life.rows)}
    places["addresses at Meta"] = "\n".join(life.meta.called)
    leaks = {place: life.secrets.within(text) for place, text in places.items()}
    assert {place: names for place, names in leaks.items() if names} == {}
    for answer, allowed in life.said:
        assert life.secrets.within(answer, allowed=allowed) == [], answer[:2000]


def _require_telling(life: Life, log: str, commands: str, objects: str) -> None:
    """The search means something: each place holds what it must hold beside the secrets."""
    kinds = {name.rpartition(" ")[0] for name in life.secrets.texts}
    assert {"token", "code", "state", "ticket", "completion", "cookie", "bearer token"} <= kinds
    assert '"level": "debug"' in log
    assert "Traceback" in log
    assert "/oauth/callback" in log
    assert "Oi, tem canary?" in "\n".join(life.rows)
    assert "v1.k1." in "\n".join(life.rows)
    called = "\n".join(life.meta.called)
    assert all(one in called for one in ("debug_token", "oauth/access_token", "subscribed_apps", "messages"))
    assert "doctor: 1" in commands
    assert "Secret('***')" in objects
    assert "HttpMetaLogin" in objects
    assert len(life.said) > 50


_CANARY = "canary/With+odd=chars&in|it-0123456789"
_OTHER = _CANARY.replace("odd", "0DD")
_WRITTEN: dict[str, Callable[[str], str]] = {
    "plain": lambda text: f"x{text}y",
    "in an address": lambda text: f"/a?code={quote(text, safe='')}",
    "in JSON": lambda text: json.dumps({"a": f'"{text}'}),
    "in HTML": html.escape,
    "in a script": lambda text: text.replace("&", "\\u0026"),
    "as Meta escapes": lambda text: text.replace("/", "\\/"),
    "as bytea": lambda text: f"\\x{text.encode().hex()}",
    "in base64": lambda text: base64.b64encode(f"id|{text}|more".encode()).decode(),
    "at the end of base64": lambda text: base64.b64encode(f"7|{text}".encode()).decode(),
    "in an error": lambda text: repr(ValueError(text)),
}


@pytest.mark.parametrize("way", _WRITTEN)
def test_the_search_finds_a_secret_however_it_is_written(way: str) -> None:
    secrets = Secrets()
    secrets.add("canary", _CANARY)
    assert secrets.within(_WRITTEN[way](_CANARY)) == ["canary 0"]
    assert secrets.within(_WRITTEN[way](_CANARY), allowed=frozenset({_CANARY})) == []
    assert secrets.within(_WRITTEN[way](_OTHER)) == []


def test_the_search_finds_what_is_planted_in_any_table(database: str) -> None:
    secrets = Secrets()
    secrets.add("canary", _CANARY)
    with psycopg.connect(database) as connection:
        for number in range(11):
            connection.execute(sql.SQL("create table {} (a text)").format(sql.Identifier(f"t{number}")))
        connection.execute("create table kept (id int, body bytea, note jsonb)")
        connection.execute("insert into kept values (1, %s, null)", (_CANARY.encode(),))
        assert secrets.within("\n".join(_dump(connection))) == ["canary 0"]
        connection.execute("update kept set body = '', note = jsonb_build_object('a', %s::text)", (_CANARY,))
        assert secrets.within("\n".join(_dump(connection))) == ["canary 0"]
