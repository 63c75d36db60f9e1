"""Everything that the documentation points at is there, and it names no machine but the reader's."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
    ROOT / "bench" / "README.md",
    *(page for page in (ROOT / "examples").rglob("*.md") if "node_modules" not in page.parts),
]
# Whoever adds an address says here that it is meant: packages come from the locks, not from a page.
HOSTS = {
    "crm.example.com",
    "crm.exemplo.com.br",
    "app.example.com",
    "app.exemplo.com.br",
    "id.example.com",
    "inbox.casaverde.example",
    "your-address",
    "seu-endereco",
    "127.0.0.1",
    "localhost",
    "graph.facebook.com",
    "developers.facebook.com",
    "facebook.com",
    "www.facebook.com",
    "keepachangelog.com",
    "semver.org",
    "www.standardwebhooks.com",
}
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\]\(\s*<?([^()\s>]*(?:\([^()\s]*\)[^()\s>]*)?)>?(?:\s+\"[^\"]*\")?\s*\)")
_REFERENCE = re.compile(r"^\[[^\]]+\]:\s*(\S+)", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$", re.MULTILINE)
_TEXT_OF_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_HOST = re.compile(r"\b(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|br)\b(?!/?[\w-]*\()", re.IGNORECASE)
_HOME = re.compile(r"(?<![\w.])/(?:home|root|Users|mnt|private)/|\b[A-Z]:\\|file://")


def each_page(path: Path) -> str:
    """The name of one page among the tests'."""
    return str(path.relative_to(ROOT))


def prose(page: Path) -> str:
    """The page without its blocks of code."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def targets(page: Path) -> Iterator[str]:
    """Where its links lead."""
    text = _CODE.sub("", prose(page))
    yield from _LINK.findall(text)
    yield from _REFERENCE.findall(text)


def slug(heading: str) -> str:
    """The anchor that GitHub makes of a heading."""
    text = _TEXT_OF_LINK.sub(r"\1", heading).strip().lower()
    kept = (
        letter
        for letter in text
        if letter in " -_" or unicodedata.category(letter)[0] in "LN" or unicodedata.category(letter) == "Mn"
    )
    return "".join(kept).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    """Every anchor of the page; a heading that comes again is numbered."""
    seen: Counter[str] = Counter()
    found: set[str] = set()
    for heading in _HEADING.findall(prose(page)):
        name = slug(heading)
        found.add(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return found


def problem(page: Path, target: str) -> str | None:
    """What is wrong with one link; None = it leads somewhere."""
    parts = urlsplit(target)
    if parts.scheme in ("http", "https"):
        return None if parts.hostname in HOSTS else "leads to a host that nobody allowed"
    if parts.scheme or parts.path.startswith("/"):
        return "is not relative"
    found = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if not found.is_relative_to(ROOT) or not found.exists():
        return "leads to nothing"
    if parts.fragment and unquote(parts.fragment) not in anchors(found):
        return "names a heading that is not there"
    return None


@pytest.mark.parametrize("page", PAGES, ids=each_page)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    broken = [f"{target} {wrong}" for target in targets(page) if (wrong := problem(page, target))]
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=each_page)
def test_a_page_names_no_host_that_nobody_allowed(page: Path) -> None:
    named = {host.lower() for host in _HOST.findall(page.read_text(encoding="utf-8"))}
    assert named <= HOSTS


@pytest.mark.parametrize("page", PAGES, ids=each_page)
def test_a_page_holds_no_path_of_somebodys_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert _HOME.search(text) is None
    assert str(ROOT) not in text


def test_every_page_of_the_documentation_is_in_its_index() -> None:
    index = ROOT / "docs" / "README.md"
    linked = {(index.parent / urlsplit(target).path).resolve() for target in targets(index)}
    assert {page for page in (ROOT / "docs").glob("*.md") if page != index} <= linked


def test_every_decision_is_named_by_the_page_on_the_architecture() -> None:
    page = ROOT / "docs" / "architecture.md"
    linked = {(page.parent / urlsplit(target).path).resolve() for target in targets(page)}
    assert set((ROOT / "docs" / "decisions").glob("*.md")) <= linked


def test_every_file_that_the_page_on_the_architecture_names_is_there() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:[\w*]+/)*[\w*]+\.(?:py|feature|sql|toml))`", text))
    code = ("domain", "adapters", "entrypoints", "testing", "examples", "features", "tests", "bench")
    files = [path for folder in code for path in (ROOT / folder).glob("**/*.*")]
    files += (ROOT / "src").glob("*/*.py")
    assert named
    assert {name for name in named if not any(path.match(name) for path in files)} == set()


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("13. Troubleshooting", "13-troubleshooting"),
        ("Why it is *so*", "why-it-is-so"),
        ("2. O que você precisa ter antes", "2-o-que-você-precisa-ter-antes"),
        ("Receiving: `python -m bench.ingest`", "receiving-python--m-benchingest"),
        ("[A link](page.md) in it", "a-link-in-it"),
    ],
)
def test_headings_become_the_anchors_that_readers_follow(heading: str, anchor: str) -> None:
    assert slug(heading) == anchor


@pytest.mark.parametrize(
    "target",
    ["nowhere.md", "README.md#no-such-heading", "/etc/passwd", "../outside.md", "https://elsewhere.example/"],
)
def test_a_broken_link_is_found(target: str) -> None:
    assert problem(ROOT / "README.md", target) is not None
