"""``make run``: a local Meta and the service beside it, on an embedded Postgres; Ctrl-C ends all of it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import click

from meta_inbox.adapters.persistence import embedded_launch
from meta_inbox.domain.model.secret import Secret
from meta_inbox.entrypoints.cli_tokens import sign
from meta_inbox.entrypoints.made_up import make_up, write_private
from meta_inbox.entrypoints.settings_variables import VARIABLES

TENANT, USER = "demo", "ana"
_PATIENCE = 150.0
_ENDS_WITHIN = 12.0
_TOKEN_LIFE = timedelta(hours=12)
_LAUNCHER = (sys.executable, "-I", "-S", embedded_launch.__file__)
_COMMAND = (sys.executable, "-m", "meta_inbox.entrypoints.cli")
_HELD = ("LOG_LEVEL", "LOG_FORMAT")


class DemoFailed(click.ClickException):
    """What is needed for the demonstration is not there."""


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--sandbox-port", default=8001, show_default=True, type=click.IntRange(1, 65535))
@click.option("--data-dir", default=".meta-inbox", show_default=True, type=click.Path(path_type=Path))
def demo(port: int, sandbox_port: int, data_dir: Path) -> None:
    """Run everything on this machine, with made-up secrets."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    for one, option in ((port, "PORT"), (sandbox_port, "SANDBOX_PORT")):
        _require_free(one, option)
    path, variables = make_up(data_dir, api_port=port, sandbox_port=sandbox_port)
    environment = _environment(variables)
    processes: list[subprocess.Popen[bytes]] = []
    try:
        processes.append(_start("sandbox", sandbox_port, environment))
        processes.append(_start("serve", port, environment))
        _wait_until_ready(f"http://127.0.0.1:{port}/health/ready", processes)
        _wait_until_ready(f"http://127.0.0.1:{sandbox_port}/", processes)
        _tell(path, data_dir / "demo.env", variables, (port, sandbox_port))
        _watch(processes)
    except KeyboardInterrupt:
        click.echo("\nstopping; the data is kept")
    finally:
        _end(processes)


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    # What somebody's own .env or shell says of a real app or database must not mix with what is made up.
    others = {name: "" for name in VARIABLES if name not in _HELD}
    return {"LOG_LEVEL": "warning", **os.environ, **others, **variables}


def _start(command: str, port: int, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    # A session of its own, so that Ctrl-C reaches this process alone, which then ends the others in order;
    # where the system can (Linux), they end also when this process is killed.
    return subprocess.Popen(  # noqa: S603  # our own command
        [
            *_LAUNCHER,
            str(os.getpid()),
            str(int(signal.SIGTERM)),
            "-1",
            "-1",
            ".",
            *_COMMAND,
            command,
            "--port",
            str(port),
        ],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def _wait_until_ready(url: str, processes: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if any(process.poll() is not None for process in processes):
            raise DemoFailed("a part of it ended at once; the line above says why")
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  # our own address
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise DemoFailed(f"{url} does not answer")


def _tell(made_up: Path, session: Path, variables: Mapping[str, str], ports: tuple[int, int]) -> None:
    token = sign(Secret(variables["AUTH_JWT_SECRET"]), TENANT, USER, life=_TOKEN_LIFE)
    service, sandbox = (f"http://127.0.0.1:{port}" for port in ports)
    session.parent.mkdir(parents=True, exist_ok=True)
    write_private(session, "", {"API": f"{service}/api/meta", "SANDBOX": sandbox, "TOKEN": token})
    click.echo(f"""
meta-inbox is ready. Ctrl-C stops it and keeps the data in {made_up.parent}

Open the inbox; this address logs in {USER} of tenant {TENANT}, for 12 hours:

{service}/#token={token}

  a local Meta   {sandbox}   (log in there, write as a contact, cause faults)
  the API        {service}/api/meta   (described in {service}/api/meta/schema/openapi.json)

{session} has the addresses and the token for a shell; what is made up is in {made_up}""")


def _watch(processes: list[subprocess.Popen[bytes]]) -> None:
    while all(process.poll() is None for process in processes):
        time.sleep(0.3)
    raise DemoFailed("a part of it ended; the rest is stopped")


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    for process in reversed(processes):
        process.terminate()
    deadline = time.monotonic() + _ENDS_WITHIN
    for process in processes:
        try:
            process.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            process.kill()


def _require_free(port: int, option: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise DemoFailed(
                f"port {port} is taken ({error.strerror}); choose another: make run {option}={port + 10}"
            ) from None


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    demo()
