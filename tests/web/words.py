"""What the web app's catalogues say, so that a test finds its controls in either language."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

_CATALOGUES = Path(__file__).parents[2] / "frontend" / "src" / "locales"
_BLANK = re.compile(r"\{\{[^}]+\}\}")


@cache
def _catalogue(locale: str, name: str) -> Any:
    return json.loads((_CATALOGUES / locale / f"{name}.json").read_text(encoding="utf-8"))


def words(locale: str, key: str, **filled: object) -> str:
    """``words("en", "inbox:list.unread")``; every blank has to be filled."""
    name, _, path = key.partition(":")
    found = _catalogue(locale, name)
    for step in path.split("."):
        found = found[step]
    text = re.sub(r"\{\{(\w+)[^}]*\}\}", lambda blank: str(filled[blank[1]]), found)
    assert not _BLANK.search(text), text
    return text
