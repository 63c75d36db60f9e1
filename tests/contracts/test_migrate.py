"""Migrations on a real Postgres: order, races, crashes, privileges."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from meta_inbox.adapters.persistence.embedded import EmbeddedPostgres
from meta_inbox.adapters.persistence.embedded_login import Logins, ensure_login
from meta_inbox.adapters.persistence.migrate import (
    MigrationEdited,
    MigrationFailed,
    MigrationNotAllowed,
    migrate,
    pending,
)
from meta_inbox.domain.errors import StorageUnavailable

pytestmark = pytest.mark.real
NUMBERS = count(1)
ELSEWHERE = """
import sys
from pathlib import Path
from meta_inbox.adapters.persistence.migrate import migrate
print(*migrate(sys.argv[1], source=Path(sys.argv[2])), flush=True)
"""
PACKAGES = os.pathsep.join(
    [str(Path(__file__).parents[2] / "src"), *(path for path in sys.path if path.endswith("site-packages"))]
)


@dataclass(frozen=True)
class Database:
    owner: str
    runtime: str
    superuser: str

    def ask(self, query: bytes) -> list[tuple[object, ...]]:
        options = (
            "-c statement_timeout=5s"  # a lock that is never given up fails a test, and does not hang it
        )
        with psycopg.connect(self.superuser, autocommit=True, options=options) as connection:
            answer = connection.execute(query)
            return answer.fetchall() if answer.description else []

    def applied(self) -> list[object]:
        return [row[0] for row in self.ask(b"select name from meta_inbox.schema_migrations order by name")]


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, Logins]]:
    place = Path(tempfile.mkdtemp(prefix="mi-", dir="/tmp"))
    place.chmod(0o755)
    found = EmbeddedPostgres(place, start_timeout=20, durable=False)
    dsn = found.start()
    yield dsn, ensure_login(dsn)
    found.stop()
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def database(server: tuple[str, Logins]) -> Iterator[Database]:
    superuser, logins = server
    name = f"test_{next(NUMBERS)}"
    made, owner = sql.Identifier(name), sql.Identifier("meta_inbox_owner")
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {} owner {} strategy file_copy").format(made, owner))
        yield Database(
            *(make_conninfo(dsn, dbname=name) for dsn in (logins.migrations, logins.runtime, superuser))
        )
        connection.execute(sql.SQL("drop database {} (force)").format(made))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "0001_first", "create table meta_inbox.one (n int);")
    write(
        tmp_path, "0002_second", "create table meta_inbox.two (n int); insert into meta_inbox.one values (1);"
    )
    return tmp_path


def write(folder: Path, name: str, text: str) -> None:
    (folder / f"{name}.sql").write_text(text)


def elsewhere(database: Database, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", ELSEWHERE, database.owner, str(folder)],
        env={**os.environ, "PYTHONPATH": PACKAGES},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answers(processes: list[subprocess.Popen[str]]) -> list[str]:
    said: list[str] = []
    for process in processes:
        out, err = process.communicate(timeout=30)
        assert process.returncode == 0, err
        said.append(out.strip())
    return sorted(said)


def eventually(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_files_are_applied_in_order_and_once(database: Database, folder: Path) -> None:
    assert pending(database.owner, source=folder) == ["0001_first.sql", "0002_second.sql"]
    assert migrate(database.owner, source=folder) == ["0001_first.sql", "0002_second.sql"]
    assert migrate(database.owner, source=folder) == []
    assert pending(database.owner, source=folder) == []
    assert database.ask(b"select n from meta_inbox.one") == [(1,)]


def test_a_new_file_alone_is_applied_later(database: Database, folder: Path) -> None:
    migrate(database.owner, source=folder)
    write(folder, "0003_third", "insert into meta_inbox.two values (3)")
    assert pending(database.owner, source=folder) == ["0003_third.sql"]
    assert migrate(database.owner, source=folder) == ["0003_third.sql"]


def test_asking_what_is_pending_changes_nothing(database: Database, folder: Path) -> None:
    pending(database.owner, source=folder)
    assert database.ask(b"select 1 from pg_namespace where nspname = 'meta_inbox'") == []


def test_other_files_beside_them_are_ignored(database: Database, folder: Path) -> None:
    for name in ("0003_x.down.sql", "README.md", "__init__.py", "3_x.sql", "0003-x.sql", "٠٠٠٣_x.sql"):
        (folder / name).write_text("this is no SQL")
    assert migrate(database.owner, source=folder) == ["0001_first.sql", "0002_second.sql"]


def test_bodies_with_dollars_and_percent_signs_run_as_they_are(database: Database, folder: Path) -> None:
    write(
        folder,
        "0003_body",
        "create function meta_inbox.f() returns text language plpgsql as $$ begin return '%s; %'; end $$;\n"
        "select meta_inbox.f(); -- é\n",
    )
    migrate(database.owner, source=folder)
    assert database.ask(b"select meta_inbox.f()") == [("%s; %",)]


def test_several_processes_at_once_apply_each_file_once(database: Database, folder: Path) -> None:
    write(folder, "0003_slow", "select pg_sleep(0.5); create table meta_inbox.three (n int)")
    said = answers([elsewhere(database, folder) for _ in range(4)])
    assert said == ["", "", "", "0001_first.sql 0002_second.sql 0003_slow.sql"]


def test_an_index_is_built_concurrently_while_others_wait_their_turn(
    database: Database, folder: Path
) -> None:
    text = "-- migrate: no-transaction\ncreate index concurrently if not exists one_n on meta_inbox.one (n);"
    write(folder, "0003_index", text)
    said = answers([elsewhere(database, folder) for _ in range(3)])
    assert said == ["", "", "0001_first.sql 0002_second.sql 0003_index.sql"]
    valid = database.ask(b"select indisvalid from pg_index where indexrelid = 'meta_inbox.one_n'::regclass")
    assert valid == [(True,)]


def test_two_statements_without_a_transaction_are_refused(database: Database, folder: Path) -> None:
    concurrently = "create index concurrently on meta_inbox.one (n);"
    write(folder, "0003_index", f"-- migrate: no-transaction\n{concurrently} {concurrently}")
    with pytest.raises(MigrationFailed, match=r"0003_index\.sql failed"):
        migrate(database.owner, source=folder)
    assert pending(database.owner, source=folder) == ["0003_index.sql"]


@pytest.mark.parametrize("ask", [migrate, pending])
def test_a_file_edited_after_it_was_applied_is_refused(
    database: Database, folder: Path, ask: Callable[..., list[str]]
) -> None:
    migrate(database.owner, source=folder)
    write(folder, "0001_first", "create table meta_inbox.one (n bigint);")
    write(folder, "0003_third", "create table meta_inbox.three (n int)")
    with pytest.raises(MigrationEdited, match=r"0001_first\.sql was edited"):
        ask(database.owner, source=folder)
    assert database.applied() == ["0001_first.sql", "0002_second.sql"]


def test_other_line_ends_are_no_edit(database: Database, folder: Path) -> None:
    write(folder, "0003_lines", "select 1;\nselect 2;\n")
    migrate(database.owner, source=folder)
    (folder / "0003_lines.sql").write_bytes(b"select 1;\r\nselect 2;\r\n")
    assert migrate(database.owner, source=folder) == []


def test_a_file_that_fails_keeps_nothing_of_itself_and_can_be_mended(
    database: Database, folder: Path
) -> None:
    write(folder, "0003_bad", "create table meta_inbox.three (n int); select * from nowhere;")
    with pytest.raises(MigrationFailed, match=r'0003_bad\.sql failed: relation "nowhere" does not exist'):
        migrate(database.owner, source=folder)
    assert database.applied() == ["0001_first.sql", "0002_second.sql"]
    write(folder, "0003_bad", "create table meta_inbox.three (n int);")
    assert migrate(database.owner, source=folder) == ["0003_bad.sql"]


def test_a_process_killed_in_the_middle_leaves_neither_lock_nor_half_a_file(
    database: Database, folder: Path
) -> None:
    write(folder, "0003_slow", "create table meta_inbox.three (n int); select pg_sleep(1.5);")
    with elsewhere(database, folder) as process:
        sleeping = (
            b"select 1 from pg_stat_activity where query like '%pg_sleep(1.5)%' and wait_event = 'PgSleep'"
        )
        eventually(lambda: database.ask(sleeping) == [(1,)])
        process.kill()
    assert migrate(database.owner, source=folder, patience=10) == ["0003_slow.sql"]
    assert database.applied() == ["0001_first.sql", "0002_second.sql", "0003_slow.sql"]


def test_waiting_for_another_process_ends(database: Database, folder: Path) -> None:
    write(folder, "0003_slow", "select pg_sleep(2);")
    with elsewhere(database, folder) as process:
        sleeping = (
            b"select 1 from pg_stat_activity where query like '%pg_sleep(2)%' and wait_event = 'PgSleep'"
        )
        eventually(lambda: database.ask(sleeping) == [(1,)])
        with pytest.raises(StorageUnavailable, match="another process is migrating"):
            migrate(database.owner, source=folder, patience=0.3)
        process.communicate()


def test_a_lock_that_traffic_holds_is_waited_for_in_short_turns(database: Database, folder: Path) -> None:
    migrate(database.owner, source=folder)
    write(folder, "0003_alter", "alter table meta_inbox.one add column m int")
    worst = 0.0
    with psycopg.connect(database.superuser) as traffic:
        traffic.execute("select from meta_inbox.one")
        thread = threading.Thread(target=migrate, args=[database.owner], kwargs={"source": folder})
        thread.start()
        until = time.monotonic() + 2.5
        while time.monotonic() < until:
            begun = time.monotonic()
            database.ask(b"select from meta_inbox.one")
            worst = max(worst, time.monotonic() - begun)
        traffic.rollback()
        thread.join(10)
    assert database.applied()[-1] == "0003_alter.sql"
    assert 0.5 < worst < 1.8


def test_locks_that_never_come_free_end_it(database: Database, folder: Path) -> None:
    migrate(database.owner, source=folder)
    write(folder, "0003_alter", "alter table meta_inbox.one add column m int")
    with psycopg.connect(database.superuser) as traffic:
        traffic.execute("select from meta_inbox.one")
        with pytest.raises(MigrationFailed, match=r"0003_alter\.sql failed: .*lock timeout"):
            migrate(database.owner, source=folder, patience=0.1)


def test_a_login_that_may_not_is_told_which_command_may(database: Database, folder: Path) -> None:
    with pytest.raises(MigrationNotAllowed, match="run meta-inbox migrate"):
        migrate(database.runtime, source=folder)
    migrate(database.owner, source=folder)
    assert migrate(database.runtime, source=folder) == [], "nothing to do needs no right to do it"
    assert pending(database.runtime, source=folder) == []
    write(folder, "0003_third", "create table meta_inbox.three (n int)")
    assert pending(database.runtime, source=folder) == ["0003_third.sql"]
    with pytest.raises(MigrationNotAllowed, match="run meta-inbox migrate"):
        migrate(database.runtime, source=folder)
    assert pending(database.owner, source=folder) == ["0003_third.sql"]


def test_the_statements_that_a_file_asks_an_administrator_for_are_shown(
    database: Database, folder: Path
) -> None:
    hint = "raise exception using errcode = '42501', message = 'no', hint = 'Run: create role x;'"
    write(folder, "0003_roles", f"do $$ begin {hint}; end $$")
    with pytest.raises(MigrationNotAllowed, match=r"\(no; Run: create role x;\)"):
        migrate(database.owner, source=folder)


def test_a_schema_made_by_an_administrator_is_enough(database: Database, folder: Path) -> None:
    database.ask(b"create schema meta_inbox authorization meta_inbox")
    assert database.ask(b"select has_database_privilege('meta_inbox', current_database(), 'create')") == [
        (False,)
    ]
    assert migrate(database.runtime, source=folder) == ["0001_first.sql", "0002_second.sql"]


def test_two_files_with_one_number_are_refused(database: Database, folder: Path) -> None:
    write(folder, "0002_also", "select 1")
    with pytest.raises(ValueError, match="have the same number"):
        migrate(database.owner, source=folder)


def test_files_are_read_from_inside_a_zipped_wheel(
    database: Database,
    folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wheel = tmp_path_factory.mktemp("wheel") / "some-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("zipped_migrations/__init__.py", "")
        for path in folder.iterdir():
            archive.write(path, f"zipped_migrations/{path.name}")
    monkeypatch.setattr(sys, "path", [str(wheel), *sys.path])
    source = files("zipped_migrations")
    assert migrate(database.owner, source=source) == ["0001_first.sql", "0002_second.sql"]


def test_the_files_of_the_package_suit_an_owner_that_is_no_superuser(database: Database) -> None:
    names = pending(database.owner)
    assert names
    assert migrate(database.owner) == names
    assert pending(database.runtime) == []


def test_what_was_there_before_histories_is_read_back_and_looked_at_again(
    database: Database, tmp_path: Path
) -> None:
    for file in files("meta_inbox.adapters.persistence.migrations").iterdir():
        if file.name < "0004":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    migrate(database.owner, source=tmp_path)
    database.ask(b"""
        insert into meta_inbox.accounts
          (tenant_id, id, platform, login, external_id, status, connected_at, connected_by)
        values ('casa', gen_random_uuid(), 'messenger', 'facebook', '1001', 'active', now(), 'bea');
        insert into meta_inbox.contacts (tenant_id, account_id, id, name, profile_fetched_at)
        select 'casa', id, '7001', 'Ana', now() - interval '30 days' from meta_inbox.accounts;
    """)
    migrate(database.owner)
    ((state, kind),) = database.ask(b"select state, kind from meta_inbox.history_runs")
    assert (state, kind) == ("due", "import")
    ((rank, due),) = database.ask(b"select profile_rank, profile_due_at is not null from meta_inbox.contacts")
    assert (rank, due) == (1, True)
    forced = database.ask(
        b"select relname from pg_class"
        b" where relnamespace = 'meta_inbox'::regnamespace and relforcerowsecurity"
    )
    assert {("accounts",), ("contacts",), ("history_runs",)} <= set(forced)


def test_a_database_that_does_not_answer_is_unavailable(folder: Path) -> None:
    with pytest.raises(StorageUnavailable, match="does not answer"):
        migrate("host=127.0.0.1 port=1 password=canary", source=folder)


def test_an_address_that_cannot_be_read_is_not_shown(folder: Path) -> None:
    with pytest.raises(StorageUnavailable) as caught:
        migrate("postgresql://me:canary@here:x:y/db?nonsense=canary", source=folder)
    chain = [caught.value, caught.value.__cause__, caught.value.__context__]
    assert "canary" not in " ".join(map(repr, chain))
