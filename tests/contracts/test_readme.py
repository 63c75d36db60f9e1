"""The README's walk-through, copied and pasted into a shell beside ``make run``'s own process."""

import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.service import free_port

pytestmark = pytest.mark.real

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture
def demo() -> Iterator[tuple[Path, subprocess.Popen[bytes]]]:
    """What ``make run`` starts, in a directory of its own."""
    with tempfile.TemporaryDirectory(prefix="meta-inbox-") as name:
        place = Path(name)
        place.chmod(0o755)
        ports = ["--port", str(free_port()), "--sandbox-port", str(free_port())]
        process = subprocess.Popen([sys.executable, "-m", "meta_inbox.entrypoints.demo", *ports], cwd=place)
        try:
            deadline = time.monotonic() + 60
            while not (place / ".meta-inbox" / "demo.env").exists():
                assert process.poll() is None, "it ended before it was ready"
                assert time.monotonic() < deadline, "it was not ready within a minute"
                time.sleep(0.1)
            yield place, process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(20)


def test_the_walk_through_connects_receives_and_answers(
    demo: tuple[Path, subprocess.Popen[bytes]],
) -> None:
    place, process = demo
    script = "\n".join(re.findall(r"^```sh\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL))
    walked = subprocess.run(
        ["sh", "-eu"], input=script, cwd=place, capture_output=True, text=True, timeout=60, check=False
    )
    assert walked.returncode == 0, walked.stdout + walked.stderr
    lines = [line.strip() for line in walked.stdout.splitlines()]
    assert "sent" in lines
    assert "Yes, until 6 pm." in lines
    assert any("Do you deliver today?" in line for line in lines)
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
