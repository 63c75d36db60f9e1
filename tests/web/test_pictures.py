"""That a picture which changed is noticed, and one that did not passes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.web import pictures

CARD = """<!doctype html><html lang="pt-BR"><title>x</title><body style="font: 16px sans-serif">
<h1>Caf\u00e9 da Ana \U0001f600</h1><p>Aberto at\u00e9 <time>{time}</time></p><button>{label}</button>
<svg width="12" height="12"><rect width="12" height="12" fill="{fill}"/></svg>"""


@pytest.fixture
def page(same_everywhere: Browser) -> Iterator[Page]:
    """A page without the service."""
    with same_everywhere.new_context(viewport={"width": 400, "height": 300}) as context:
        yield context.new_page()


@pytest.fixture(autouse=True)
def approved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, page: Page) -> Path:
    """A folder of this test's own, with one picture in it."""
    for name in ("APPROVED", "TAKEN"):
        monkeypatch.setattr(pictures, name, tmp_path / name)
    monkeypatch.setattr(pictures, "VERSION", tmp_path / "version.json")
    monkeypatch.setenv("RECORD_PICTURES", "1")
    show(page)
    pictures.compare(page, "card")
    monkeypatch.delenv("RECORD_PICTURES")
    return tmp_path / "APPROVED" / "card.webp"


def show(page: Page, time: str = "18:00", label: str = "Enviar", fill: str = "#0a7") -> None:
    page.set_content(CARD.format(time=time, label=label, fill=fill))


def test_what_looks_the_same_passes_at_another_time(page: Page, approved: Path) -> None:
    show(page, time="19:37")
    pictures.compare(page, "card")
    assert approved.stat().st_size < 20_000


@pytest.mark.parametrize("changed", [{"label": "Apagar"}, {"fill": "#fff"}])
def test_a_word_or_a_small_sign_that_changed_does_not(page: Page, changed: dict[str, str]) -> None:
    show(page, **changed)
    with pytest.raises(AssertionError, match="pixels of card differ"):
        pictures.compare(page, "card")
    assert (pictures.TAKEN / "card.difference.webp").is_file()


def test_what_nobody_approved_does_not(page: Page) -> None:
    with pytest.raises(AssertionError, match="is missing"):
        pictures.compare(page, "other")


def test_another_version_of_the_browser_is_not_held_to_it(page: Page) -> None:
    pictures.VERSION.write_text('{"chromium": "1.0"}')
    show(page, label="Apagar")
    pictures.compare(page, "card")


def test_a_page_wider_than_its_window_is_noticed(page: Page) -> None:
    pictures.require_room(page)
    page.set_content("<div style='width: 900px'>wide</div>")
    with pytest.raises(AssertionError, match="wide in a window of 400"):
        pictures.require_room(page)
