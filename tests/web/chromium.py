"""The Chromium of the browser tests: one of this machine's, or the one that an npm package carries."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserType

NAMED_BY = "TEST_BROWSER"
ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Letters are drawn alike on every machine.
    "--font-render-hinting=none",
    "--disable-lcd-text",
    "--force-color-profile=srgb",
)
_HERE = Path(__file__).parent
_PACKAGES = _HERE / "node_modules"
_CARRIED = _PACKAGES / "@sparticuz" / "chromium"
_EMOJI = _PACKAGES / "@expo-google-fonts" / "noto-color-emoji" / "400Regular"
_UNPACK = "import chromium from '@sparticuz/chromium'; await chromium.executablePath();"
_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{letters}</dir><dir>{emoji}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


@dataclass(frozen=True, slots=True)
class Chromium:
    """A program, and what of the environment it needs instead of ours."""

    path: str
    env: dict[str, str] | None = None

    def launch(self, playwright: BrowserType) -> Browser:
        """Starts it."""
        given: dict[str, str | float | bool] | None = None if self.env is None else {**self.env}
        return playwright.launch(executable_path=self.path, env=given, args=list(ARGUMENTS))


def of_this_machine() -> Chromium:
    """Named by ``TEST_BROWSER``, or on PATH, or else the carried one."""
    if named := os.environ.get(NAMED_BY):
        return Chromium(named)
    found = next(filter(None, map(shutil.which, ON_PATH)), None)
    return Chromium(found) if found else carried()


def carried() -> Chromium:
    """The same version with the same letters wherever it runs; unpacked once."""
    if not _CARRIED.is_dir():
        raise RuntimeError("there is no Chromium: `make browser` gets one, and so does `make test`")
    version = json.loads((_CARRIED / "package.json").read_text())["version"]
    place = _PACKAGES / ".cache" / f"chromium-{version}"
    with _alone():
        if not place.is_dir():
            _unpack(place)
    env = {
        "PATH": os.defpath,
        "HOME": str(place),
        "LD_LIBRARY_PATH": str(place / "al2023" / "lib"),
        "FONTCONFIG_FILE": str(place / "fonts.conf"),
    }
    return Chromium(str(place / "chromium"), env)


def _unpack(place: Path) -> None:
    place.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent) as unfinished:
        # It unpacks into the temporary folder, with the libraries that it has for a cloud function.
        env = os.environ | {"TMPDIR": unfinished, "AWS_LAMBDA_JS_RUNTIME": "nodejs24.x"}
        node = Path(sys.executable).with_name("node")
        subprocess.run([node, "--input-type=module", "-e", _UNPACK], cwd=_HERE, env=env, check=True)
        shutil.copytree(unfinished, place.with_suffix(".new"))
    fonts = _FONTS.format(letters=place / "fonts", emoji=_EMOJI, cache=place / "font-cache")
    (place.with_suffix(".new") / "fonts.conf").write_text(fonts)
    place.with_suffix(".new").rename(place)


@contextmanager
def _alone() -> Generator[None]:
    """One test process at a time."""
    with (_HERE / "package-lock.json").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
