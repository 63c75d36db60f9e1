"""Binds every scenario in ``features/`` but those of the web app, which ``tests/web`` plays in a browser."""

from pathlib import Path

from pytest_bdd import scenarios

FEATURES = Path(__file__).parents[2] / "features"

scenarios(*(str(path) for path in sorted(FEATURES.glob("*.feature")) if not path.stem.startswith("web_app")))
