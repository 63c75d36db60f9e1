"""axe over what a page shows, by the rules of WCAG 2.2 AA and axe's own good practice."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """async (tags) => {
  const found = await axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
  return found.violations.map(({ id, impact, help, nodes }) =>
    ({ id, impact, help, nodes: nodes.map(({ target, html }) => ({ target, html })) }));
}"""


def axe(page: Page, *, but_for: tuple[str, ...] = ()) -> None:
    """AssertionError that names each rule broken, and where; ``but_for`` leaves rules out."""
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(_AXE.read_text(encoding="utf-8"))  # by the debugger, which no policy of a page binds
    found: list[dict[str, Any]] = page.evaluate(_RUN, _TAGS)
    broken = [one for one in found if one["id"] not in but_for]
    assert not broken, "\n".join(line for one in broken for line in _told(one))


def _told(rule: dict[str, Any]) -> list[str]:
    head = f"{rule['id']} ({rule['impact']}): {rule['help']}"
    return [head, *(f"  {node['target']} {node['html'][:200]}" for node in rule["nodes"])]
