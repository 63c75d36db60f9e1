"""What a host installs: one package named meta_inbox, beside whatever the host has of its own."""

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOST = """
import domain
assert domain.OWN, "the host's own package"
import asyncio, sys
from meta_inbox import FakeMeta, Principal, Settings, open_inbox
import meta_inbox
assert "site-packages" in meta_inbox.__file__ and {checkout!r} not in meta_inbox.__file__, meta_inbox.__file__

async def main():
    async with open_inbox(Settings.in_memory(meta=FakeMeta())) as inbox:
        assert await inbox.list_accounts(by=Principal("t1", "u1")) == []

asyncio.run(main())
assert sys.modules["domain"].OWN
for name in ("adapters", "entrypoints", "testing", "tests", "features", "bench", "examples"):
    try:
        __import__(name)
    except ModuleNotFoundError:
        continue
    raise SystemExit(f"{{name}} became importable")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the checkout, as it is released."""
    out = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out), cwd=ROOT)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty environment with the wheel, which finds its dependencies where the tests have theirs."""
    home = tmp_path_factory.mktemp("host") / "venv"
    venv.create(home, with_pip=False, symlinks=True)
    found = home / "bin" / "python"
    uv = (sys.executable, "-m", "uv", "pip", "install", "--quiet", "--offline", "--no-deps")
    _run(*uv, "--python", str(found), str(wheel), cwd=home)
    (site,) = home.glob("lib/python3*/site-packages")
    # A path in a .pth file, unlike a site directory, has its own .pth files left unread: no editable install.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return found


def test_the_wheel_holds_one_package_and_its_data(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {
        "meta_inbox",
        f"{wheel.name.rsplit('-', 3)[0]}.dist-info",
    }
    for needed in (
        "meta_inbox/py.typed",
        "meta_inbox/domain/inbox.py",
        "meta_inbox/adapters/persistence/migrations/0001_roles.sql",
        "meta_inbox/entrypoints/cli.py",
        "meta_inbox/testing/plugin.py",
        "meta_inbox/adapters/http/web/index.html",
    ):
        assert needed in names
    scripts = [name for name in names if name.startswith("meta_inbox/adapters/http/web/assets/")]
    assert any(name.endswith(".js") for name in scripts)
    assert not any("node_modules" in name for name in names)


def test_the_web_app_is_served_from_the_wheel(python: Path, tmp_path: Path) -> None:
    count = "from meta_inbox.adapters.http.web_build import built_app; print('/index.html' in built_app())"
    assert _run(str(python), "-c", count, cwd=tmp_path).strip() == "True"


def test_a_host_with_a_domain_of_its_own_keeps_it(python: Path, tmp_path: Path) -> None:
    (tmp_path / "domain").mkdir()
    (tmp_path / "domain" / "__init__.py").write_text("OWN = True\n")
    (tmp_path / "host.py").write_text(HOST.format(checkout=str(ROOT)))
    _run(str(python), "-W", "error", "host.py", cwd=tmp_path)


def test_importing_the_package_alone_loads_next_to_nothing(python: Path, tmp_path: Path) -> None:
    loaded = (
        "import sys, meta_inbox; print([m for m in ('litestar', 'psycopg', 'httpx') if m in sys.modules])"
    )
    assert _run(str(python), "-c", loaded, cwd=tmp_path).strip() == "[]"


def test_pytest_finds_the_fixtures_by_itself(python: Path, tmp_path: Path) -> None:
    (tmp_path / "test_host.py").write_text(
        "def test_one(blocking_meta_inbox):\n"
        "    import meta_inbox.testing.plugin as plugin\n"
        "    assert 'host' in plugin.__file__\n"
    )
    done = _run(str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio", cwd=tmp_path)
    assert "1 passed" in done
    assert "warning" not in done


def test_the_command_is_installed(python: Path, tmp_path: Path) -> None:
    command = str(python.with_name("meta-inbox"))
    assert "serve" in _run(command, "--help", cwd=tmp_path)
    assert _run(command, "version", cwd=tmp_path).strip()


def _run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
