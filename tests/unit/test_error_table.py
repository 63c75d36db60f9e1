"""The page about Meta's errors says what the code does."""

import os
from pathlib import Path

from meta_inbox.adapters.meta_graph.error_table import error_table

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"
BEGINS = "| code |"


def test_the_page_has_the_table() -> None:
    """``UPDATE_DOCS=1`` writes it anew."""
    prose, begins, _ = PAGE.read_text(encoding="utf-8").partition(BEGINS)
    assert begins
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(prose + error_table(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == prose + error_table()
