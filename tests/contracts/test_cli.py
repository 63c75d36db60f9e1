"""The commands: what they print, how they end, and that a person always gets one clear line."""

import base64
import hashlib
import os
import secrets
import signal
import socket
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString

import httpx
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from meta_inbox.adapters.meta_graph.signature import sign
from meta_inbox.adapters.persistence.embedded import EmbeddedPostgres
from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.domain.model.event import EventType, LoggedEvent
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.model.secret import Secret
from tests.harness.service import (
    META_INBOX,
    SECRET,
    Service,
    common_server,
    connect_page,
    environment,
    meta_inbox,
    new_database,
)

COMMANDS = [
    "serve",
    "worker",
    "sandbox",
    "migrate",
    "doctor",
    "token",
    "keys",
    "webhooks",
    "events",
    "webhook-endpoints",
    "contact",
    "import-v121",
    "version",
]
_AT = datetime(2026, 11, 23, tzinfo=UTC)
_SET_ASIDE = LoggedEvent(tenant_id=TenantId("t1"), seq=1, type=EventType.ACCOUNT_UPDATED, at=_AT).id
_BEHIND = """
    insert into meta_inbox.feeds (tenant_id, seq) values ('t1', 9), ('t2', 3);
    insert into meta_inbox.events (tenant_id, seq, type)
      select 't1', n, 'account.updated' from generate_series(6, 9) n;
    insert into meta_inbox.consumers (tenant_id, consumer, seq)
      values ('t1', 'crm-leads', 2), ('t2', 'crm-leads', 3);
"""
_LETTER = """
    insert into meta_inbox.dead_letters (tenant_id, consumer, seq, event_id, type, at, attempts, error)
    values ('t1', 'crm-leads', 1, %s, 'account.updated', %s, 5, 'ValueError at crm:7 make_lead')
"""
_LEASE = "update meta_inbox.consumers set lease_until = now() + %s::interval where tenant_id = 't1'"
BARE = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}


def run(*arguments: str, answer: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """A command in an empty directory, with these variables and no others."""
    return subprocess.run(
        [META_INBOX, *arguments],
        env={**BARE, **variables},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        input=answer,
    )


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """The only line on stderr of a command that failed."""
    assert done.returncode == 1, done
    (line,) = done.stderr.strip().splitlines()
    assert "Traceback" not in line
    return line


def test_help_names_every_command() -> None:
    shown = run("--help")
    assert shown.returncode == 0
    listed = [line.split()[0] for line in shown.stdout.split("Commands:\n")[1].splitlines() if line.strip()]
    assert sorted(listed) == sorted(COMMANDS)


@pytest.mark.parametrize(
    "command",
    [
        *COMMANDS,
        "keys generate",
        "keys rewrap",
        "webhooks replay",
        "events consumers",
        "events forget",
        "events dead-letters replay",
        "contact delete",
    ],
)
def test_every_command_explains_itself(command: str) -> None:
    shown = run(*command.split(), "--help")
    assert shown.returncode == 0
    assert shown.stdout.startswith(f"Usage: meta-inbox {command}")


@pytest.mark.parametrize(
    "wrong",
    [
        ["nonsense"],
        ["serve", "--port", "high"],
        ["token"],
        ["webhooks", "replay"],
        ["events", "forget"],
        ["contact", "delete", "--tenant", "t"],
        ["events", "dead-letters", "replay"],
        ["events", "dead-letters", "discard", "an-id", "--all"],
        ["webhook-endpoints", "replay"],
        ["webhook-endpoints", "replay", "x"],
        ["webhook-endpoints", "replay", "x", "0"],
        ["webhook-endpoints", "replay", "x", "--failed-since", "yesterday"],
        ["keys", "generate", "--kid", "K-1"],
    ],
)
def test_wrong_usage_is_2(wrong: list[str]) -> None:
    done = run(*wrong)
    assert done.returncode == 2
    assert "Error: " in done.stderr


@pytest.mark.parametrize(
    "command",
    ["serve", "worker", "migrate", "keys status", "webhooks list", "webhook-endpoints list", "doctor"],
)
def test_an_unknown_name_of_ours_stops_every_command(command: str) -> None:
    done = run(*command.split(), META_INBOX_COLOUR="canary")
    assert done.returncode == 1
    assert "META_INBOX_COLOUR" in done.stdout + done.stderr
    assert "canary" not in done.stdout + done.stderr


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_missing_variable_is_named_in_one_line(command: str) -> None:
    assert one_line(run(command)) == "meta-inbox: META_APP_ID is required: expects the id of the Meta app"


def test_serving_needs_a_way_to_know_who_calls() -> None:
    variables = environment("postgresql://nobody@127.0.0.1:1/none", 8000)
    del variables["AUTH_JWT_SECRET"]
    assert "exactly one" in one_line(run("serve", **variables))


def test_a_database_that_is_not_there_is_one_line_without_its_password() -> None:
    line = one_line(run("migrate", DATABASE_URL="postgresql://me:canary@127.0.0.1:1/none"))
    assert "does not answer" in line
    assert "canary" not in line


def test_a_new_key_is_one_that_the_service_takes() -> None:
    first = run("keys", "generate").stdout.strip()
    assert KeyRing.parse(first).kids == ("k1",)
    second = run("keys", "generate", META_INBOX_ENCRYPTION_KEYS=first).stdout.strip()
    assert KeyRing.parse(f"{second},{first}").kids == ("k2", "k1")


def test_a_token_needs_the_secret_and_known_scopes() -> None:
    who = ("token", "--tenant", "t1", "--user", "u1")
    assert "AUTH_JWT_SECRET is required" in one_line(run(*who))
    assert "scope" in one_line(run(*who, "--scope", "messages:burn", AUTH_JWT_SECRET="s" * 32)).lower()
    assert run(*who, AUTH_JWT_SECRET="s" * 32).stdout.count(".") == 2


def test_the_sandbox_says_what_it_made_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("sandbox", "--port", port, META_INBOX_DATA_DIR=str(tmp_path))
    assert f"cannot listen on 127.0.0.1:{port}" in one_line(done)
    assert "META_APP_SECRET" in done.stdout
    assert "sandbox-" not in done.stdout


@pytest.fixture
def server() -> EmbeddedPostgres:
    """One Postgres for what follows."""
    return common_server()


@pytest.fixture
def database(server: EmbeddedPostgres) -> str:
    """An empty database."""
    return new_database(server, f"cli_{secrets.token_hex(4)}")


@pytest.mark.real
def test_migrating_twice_at_once_and_once_more(database: str) -> None:
    command, env = [META_INBOX, "migrate"], {**BARE, "DATABASE_URL": database}
    both = [subprocess.Popen(command, env=env, cwd="/", stdout=subprocess.PIPE, text=True) for _ in range(2)]
    printed = [process.communicate(timeout=60)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert "".join(printed).count("applied 0001_") == 1
    assert "nothing to do" in run("migrate", DATABASE_URL=database).stdout


@pytest.mark.real
def test_a_login_that_may_not_migrate_is_told_who_may(server: EmbeddedPostgres, database: str) -> None:
    with psycopg.connect(server.start(), autocommit=True) as connection:
        connection.execute("drop role if exists cli_nobody")
        connection.execute("create role cli_nobody login")
    variables = environment(database, 8000) | {"DATABASE_URL": server.dsn(_name(database), "cli_nobody")}
    assert "meta-inbox migrate" in one_line(run("serve", "--port", "0", **variables))


@pytest.mark.real
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("arguments", [[], ["--workers", "2"], ["--no-jobs"]])
def test_serve_serves_and_ends_with_0(database: str, number: signal.Signals, arguments: list[str]) -> None:
    service = meta_inbox(database, *arguments).start()
    try:
        answer = httpx.get(_url(service, "/health/ready"), trust_env=False, timeout=30)
        assert (answer.status_code, answer.json()["status"]) == (200, "ok")
        service.process.send_signal(number)
        assert service.process.wait(10) == 0
    finally:
        service.kill()


@pytest.mark.real
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_works_and_ends_with_0(database: str, number: signal.Signals) -> None:
    env = environment(database, 8000) | {"LOG_LEVEL": "info", "LOG_FORMAT": "json"}
    with subprocess.Popen(
        [META_INBOX, "worker"], env=env, cwd="/", stderr=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stderr is not None
        assert any('"working"' in line for line in worker.stderr)
        worker.send_signal(number)
        assert worker.wait(10) == 0


@pytest.mark.real
def test_a_taken_port_is_one_line(database: str) -> None:
    service = meta_inbox(database).start()
    try:
        done = run("serve", "--port", str(service.port), **environment(database, service.port))
        assert f"cannot listen on 127.0.0.1:{service.port}" in one_line(done)
    finally:
        service.kill()


@pytest.mark.real
def test_another_key_under_a_known_name_is_found_at_the_start(database: str) -> None:
    first = environment(database, 8000)
    assert "ok    keys: k1 seals" in run("migrate", **first).stdout + run("doctor", **first).stdout
    other = first | {"META_INBOX_ENCRYPTION_KEYS": "k1:" + base64.b64encode(secrets.token_bytes(32)).decode()}
    assert "META_INBOX_ENCRYPTION_KEYS has another key k1" in one_line(run("worker", **other))
    assert run("keys", "status", **other).returncode == 1


@pytest.mark.real
def test_the_doctor_tells_what_is_wrong_line_by_line(database: str) -> None:
    variables = environment(database, 8000)
    assert "FAIL  schema: not applied: 0001_" in run("doctor", **variables).stdout
    run("migrate", **variables)
    done = run("doctor", **variables)
    assert done.returncode == 1
    assert "FAIL  database login: postgres is a superuser" in done.stdout
    assert "ok    accounts: none is connected" in done.stdout
    assert all(line.startswith(("ok    ", "FAIL  ")) for line in done.stdout.splitlines())
    without = run("doctor", **(variables | {"META_APP_SECRET": "", "LOG_LEVEL": "loud"}))
    assert without.stdout.count("FAIL  configuration: ") == 2


@pytest.mark.real
def test_the_embedded_database_of_the_doctor_is_well() -> None:
    with tempfile.TemporaryDirectory(prefix="meta-inbox-") as place:
        Path(place).chmod(0o755)  # as root the database is another user's, who must be able to come here
        done = run("doctor", **environment("", 8000), META_INBOX_DATA_DIR=place)
    assert [line for line in done.stdout.splitlines() if not line.startswith("ok    ")] == [
        line for line in done.stdout.splitlines() if "webhooks of the app: Meta did not answer" in line
    ]
    assert "ok    database login: meta_inbox owns nothing" in done.stdout


def _received(database: str, body: bytes) -> None:
    """The service received this body, and is stopped again."""
    service = meta_inbox(database).start()
    try:
        signed = {"X-Hub-Signature-256": sign(body, Secret(SECRET)).decode()}
        url = _url(service, "/api/meta/webhook")
        assert httpx.post(url, content=body, headers=signed, trust_env=False).status_code == 200
    finally:
        service.stop()


@pytest.mark.real
def test_a_body_that_nobody_could_read_is_listed_shown_and_replayed(database: str) -> None:
    body = b'{"object":"page","entry":7'
    _received(database, body)
    listed = run("webhooks", "list", DATABASE_URL=database).stdout.splitlines()
    assert len(listed) == 2
    id_, state = listed[1].split()[0], "quarantined"
    assert state in listed[1]
    assert body.decode() in run("webhooks", "show", id_, DATABASE_URL=database).stdout
    assert "nothing to replay" in run("webhooks", "replay", id_, DATABASE_URL=database).stdout
    assert "there is no such item" in one_line(run("webhooks", "show", "nobody", DATABASE_URL=database))


@pytest.mark.real
def test_the_whole_journal_can_be_replayed_and_what_is_left_counted(database: str) -> None:
    body = b'{"object":"page","entry":[{"id":"1","messaging":[{"hologram":{}},{"message":{"mid":"m"}}]}]}'
    _received(database, body)
    counted = run("webhooks", "count", DATABASE_URL=database).stdout.splitlines()
    assert sorted(line.split() for line in counted[1:]) == [
        ["kept", "hologram", "1"],
        ["quarantined", "message", "1"],
    ]
    replayed = run("webhooks", "replay", "--all", DATABASE_URL=database)
    assert "2 items of 1 webhooks will be projected again" in replayed.stdout
    assert "1 bodies read, 2 items queued" in replayed.stderr
    assert run("webhooks", "count", DATABASE_URL=database).stdout.count("pending") == 2


@pytest.mark.real
def test_who_reads_the_event_log_is_listed_with_what_was_set_aside(database: str) -> None:
    assert "nobody reads the event log" in run("events", "consumers", DATABASE_URL=database).stdout
    assert "no event was set aside" in run("events", "dead-letters", "list", DATABASE_URL=database).stdout
    with psycopg.connect(database) as connection:
        connection.execute(_BEHIND)
        connection.execute(_LETTER, [_SET_ASIDE, _AT])
    shown = run("events", "consumers", DATABASE_URL=database).stdout.splitlines()
    assert shown[0].split() == ["consumer", "tenants", "behind", "oldest", "dead", "letters"]
    name, tenants, behind, day, _, letters = shown[1].split()
    assert (name, tenants, behind, letters) == ("crm-leads", "2", "4", "1")
    assert day.startswith("20")


@pytest.mark.real
def test_what_was_set_aside_is_listed_replayed_and_discarded(database: str) -> None:
    run("migrate", DATABASE_URL=database)
    with psycopg.connect(database) as connection:
        connection.execute(_BEHIND)
        connection.execute(_LETTER, [_SET_ASIDE, _AT])
    listed = run("events", "dead-letters", "list", DATABASE_URL=database).stdout.splitlines()
    id_, consumer, tenant, *_ = listed[1].split()
    assert (consumer, tenant) == ("crm-leads", "t1")
    assert listed[1].endswith("no     ValueError at crm:7 make_lead")

    def then(*arguments: str) -> str:
        return run("events", "dead-letters", *arguments, DATABASE_URL=database).stdout

    assert "nothing to replay" in then("replay", "--all", "--consumer", "another")
    assert "1 will be handled once more" in then("replay", id_)
    assert then("list").splitlines()[1].endswith("yes    ValueError at crm:7 make_lead")
    assert "nothing to discard" in then("discard", "--all", "--tenant", "t2")
    assert "1 discarded" in then("discard", "--all", "--yes")
    assert "no event was set aside" in then("list")


@pytest.mark.real
def test_all_that_was_set_aside_is_discarded_when_somebody_says_so_alone(database: str) -> None:
    run("migrate", DATABASE_URL=database)
    with psycopg.connect(database) as connection:
        connection.execute(_BEHIND)
        connection.execute(_LETTER, [_SET_ASIDE, _AT])
    discard = ("events", "dead-letters", "discard", "--all")
    silent = run(*discard, DATABASE_URL=database)
    assert "Forget 1 dead letters of all consumers and all tenants for good? [y/N]" in silent.stdout
    assert "--yes answers" in one_line(silent)
    assert "nothing was changed" in one_line(run(*discard, answer="n", DATABASE_URL=database))
    agreed = run(*discard, "--consumer", "crm-leads", "--tenant", "t1", answer="y", DATABASE_URL=database)
    assert "Forget 1 dead letters of crm-leads and tenant t1" in agreed.stdout
    assert "1 discarded" in agreed.stdout


@pytest.mark.real
def test_a_consumer_that_is_no_longer_used_is_forgotten(database: str) -> None:
    run("migrate", DATABASE_URL=database)

    def forget(*arguments: str, answer: str = "") -> subprocess.CompletedProcess[str]:
        return run("events", "forget", *arguments, answer=answer, DATABASE_URL=database)

    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(_BEHIND)
        connection.execute(_LETTER, [_SET_ASIDE, _AT])
        assert "nothing to forget" in forget("another", "--yes").stdout
        connection.execute(_LEASE, ["1 minute"])
        assert "crm-leads has events of 1 tenants in hand" in one_line(forget("crm-leads", "--yes"))
        assert "forgot crm-leads: 1 tenants" in forget("crm-leads", "--tenant", "t2", "--yes").stdout
        connection.execute(_LEASE, ["-1 minute"])
        assert "--yes answers" in one_line(forget("crm-leads"))
        agreed = forget("crm-leads", answer="y").stdout
        assert "Forget how far crm-leads is with 1 tenants, and 1 dead letters for good? [y/N]" in agreed
        assert "forgot crm-leads: 1 tenants, 1 dead letters" in agreed
        left = (
            "select tenant_id from meta_inbox.consumers union select tenant_id from meta_inbox.dead_letters"
        )
        assert connection.execute(left).fetchall() == []


def _name(database: str) -> str:
    return str(conninfo_to_dict(database)["dbname"])


def _url(service: Service, path: str) -> str:
    return f"http://127.0.0.1:{service.port}{path}"


_ENDPOINT = "0199d2a0-6c1e-7b6f-9a5b-3f1f5d0c7e11"
_FAILED = """
    insert into meta_inbox.webhook_endpoints
      (tenant_id, id, url, secret, seq, created_by, enabled, disabled_reason)
    values
      ('casa-verde', %(id)s, 'https://crm.example/hooks?token=canary', 'sealed', 9, 'bea', false, 'failing')
"""
_DELIVERIES = """
    insert into meta_inbox.webhook_deliveries (tenant_id, endpoint_id, seq, type, at, state)
    select 'casa-verde', %(id)s, n, 'message.created', now(),
           case when n < 4 then 'failed' else 'delivered' end
    from generate_series(1, 4) as n
"""


@pytest.mark.real
def test_outgoing_webhooks_are_listed_and_replayed(database: str) -> None:
    run("migrate", DATABASE_URL=database)
    assert "no tenant has an endpoint" in run("webhook-endpoints", "list", DATABASE_URL=database).stdout
    with psycopg.connect(database) as connection:
        for query in (_FAILED, _DELIVERIES):
            connection.execute(query, {"id": _ENDPOINT})
    listed = run("webhook-endpoints", "list", DATABASE_URL=database).stdout
    assert listed.splitlines()[1].split() == [
        "casa-verde", _ENDPOINT, "disabled", "(failing)", "-", "0", "3", "https://crm.example/hooks",
    ]  # fmt: skip
    assert "canary" not in listed
    other = run("webhook-endpoints", "list", "--tenant", "rival", DATABASE_URL=database)
    assert "there is no such endpoint" in other.stdout
    again = run("webhook-endpoints", "replay", _ENDPOINT, "1", "4", DATABASE_URL=database)
    assert "2 will be posted again" in again.stdout
    replay = ("webhook-endpoints", "replay", _ENDPOINT, "--failed-since")
    assert "2 will be posted again" in run(*replay, "2020-01-01", DATABASE_URL=database).stdout
    assert "nothing to replay" in run(*replay, "2020-01-01T00:00Z", DATABASE_URL=database).stdout
    unknown = run("webhook-endpoints", "replay", "nobody", "1", DATABASE_URL=database)
    assert "there is no such endpoint" in one_line(unknown)


@pytest.mark.real
def test_a_contact_is_deleted_after_asking(database: str) -> None:
    run("migrate", **environment(database, 8000))
    connect_page(database, "1001", tenant="t1")
    (account,) = [str(row[0]) for row in _rows(database, "select id from meta_inbox.accounts")]
    variables = environment(database, 8000)
    whom = ["contact", "delete", "--tenant", "t1", "--contact", "7001", "--account"]
    deletions = "select encode(digest, 'hex') from meta_inbox.contact_deletions"
    assert run(*whom, account, answer="n\n", **variables).returncode == 1
    assert _rows(database, deletions) == []
    for stranger in ("nonsense", "01890000-0000-7000-8000-000000000000"):
        assert "no such account" in one_line(run(*whom, stranger, "--yes", **variables))
    assert run(*whom, account, "--yes", **variables).returncode == 0
    assert _rows(database, deletions) == [(hashlib.sha256(f"{account}:7001".encode()).hexdigest(),)]


def _rows(database: str, query: LiteralString) -> list[tuple[Any, ...]]:
    with psycopg.connect(database) as connection:
        return connection.execute(query).fetchall()
