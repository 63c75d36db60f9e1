"""axe over what a page shows, by the rules of WCAG 2.2 AA and axe's own good practice."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = "(tags) => axe.run(document, { runOnly: tags, resultTypes: ['violations', 'incomplete'] })"


def axe(page: Page, *, but_for: tuple[str, ...] = ()) -> None:
    """AssertionError that names each rule broken, and where; ``but_for`` leaves rules out."""
    page.evaluate(_AXE.read_text(encoding="utf-8"))  # by the debugger, which the page's policy does not bind
    found: dict[str, Any] = page.evaluate(_RUN, _TAGS)
    broken = [one for one in found["violations"] if one["id"] not in but_for]
    assert not broken, "\n".join(line for one in broken for line in _told(one))


def _told(rule: dict[str, Any]) -> list[str]:
    head = f"{rule['id']} ({rule['impact']}): {rule['help']}"
    return [head, *(f"  {node['target']} {node['html'][:200]}" for node in rule["nodes"])]
