"""The README's walk-through, copied and pasted: what it shows happens."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.service import free_port

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)

pytestmark = pytest.mark.real


@pytest.fixture
def stage() -> None:
    """None: what `make run` starts is the stage."""


@pytest.fixture
def running() -> Iterator[Path]:
    """Where `make run` runs, once it says that it is ready."""
    with tempfile.TemporaryDirectory(prefix="meta-inbox-readme-") as place:
        Path(place).chmod(0o755)
        ports = ["--port", str(free_port()), "--sandbox-port", str(free_port())]
        demo = subprocess.Popen(
            [sys.executable, "-m", "meta_inbox.entrypoints.demo", *ports],
            cwd=place,
            stdout=subprocess.PIPE,
            text=True,
            env=_surroundings(),
        )
        assert demo.stdout is not None
        try:
            assert any("is ready" in line for line in demo.stdout), "it ended before it was ready"
            shown = next(line for line in demo.stdout if line.startswith("http"))
            assert re.fullmatch(rf"http://127.0.0.1:{ports[1]}/#token=[\w.-]+\n", shown), (
                "the inbox comes first"
            )
            yield Path(place)
        finally:
            demo.send_signal(signal.SIGINT)
            demo.communicate(timeout=15)
        assert demo.returncode == 0
        assert (Path(place) / ".meta-inbox" / "postgres" / "data").is_dir(), "the data is kept"


@pytest.mark.skipif(shutil.which("curl") is None, reason="the walk-through is written with curl")
def test_the_walk_through_connects_receives_and_answers(running: Path) -> None:
    once = _walk(running)
    assert '"connected"' in once
    assert '"text": "Do you deliver today?"' in once
    assert "\nsent\n" in once
    assert "\nYes, until 6 pm.\n" in once
    assert "\nsent\n" in _walk(running), "it can be walked again"


def _walk(place: Path) -> str:
    script = "set -eu\n" + "".join(BLOCKS)
    done = subprocess.run(
        ["sh", "-c", script],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=_surroundings(),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _surroundings() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
