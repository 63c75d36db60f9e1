"""What a host installs with the package: few things, and each for a reason."""

import re
import tomllib
from importlib.metadata import requires
from pathlib import Path

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DECISION = Path(__file__).parents[2] / "docs" / "decisions" / "0009-runtime-dependencies.md"
GIVEN = {"litestar", "msgspec", "psycopg", "httpx", "cryptography", "dependency-injector"}
BY_LITESTAR = {"click", "multipart"}


def name_of(requirement: str) -> str:
    """The package that is required."""
    return re.split(r"[^a-z0-9-]", requirement, maxsplit=1)[0]


def test_they_are_few_and_each_is_justified() -> None:
    names = {name_of(each) for each in PROJECT["dependencies"]}
    assert len(names) <= 16
    decision = DECISION.read_text(encoding="utf-8")
    assert {name for name in (names | BY_LITESTAR) - GIVEN if f"`{name}`" not in decision} == set()


def test_litestar_brings_what_is_not_named_once_more() -> None:
    assert {name_of(each) for each in requires("litestar") or () if "extra" not in each} >= BY_LITESTAR
