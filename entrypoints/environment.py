"""The environment as text: ``.env`` beneath, what the process was given above it. Read once."""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from dotenv import dotenv_values

from meta_inbox.domain.model.secret import Secret
from meta_inbox.entrypoints.settings_variables import VARIABLES


class SettingsError(Exception):
    """A variable is missing, malformed or unknown; one line that names it and never shows its value."""


def read_environment(given: Mapping[str, str] | None = None, dotenv: Path = Path(".env")) -> dict[str, str]:
    """The variables that are set, empty ones left out. Raises SettingsError for an unknown one of ours."""
    everything = {**_file(dotenv), **(os.environ if given is None else given)}
    for name in everything:
        if name.startswith("META_INBOX_") and name not in VARIABLES:
            raise SettingsError(_unknown(name))
    found = {name: everything[name].strip() for name in VARIABLES if name in everything}
    return {name: text for name, text in found.items() if text}


def parse(name: str, text: str) -> object:
    """One variable's value. Raises SettingsError."""
    variable = VARIABLES[name]
    malformed = SettingsError(f"{name} is malformed: expects {variable.expects}")
    if not text.isprintable():
        raise malformed
    try:
        return variable.parse(text)
    except ValueError:  # its text may hold the value
        raise malformed from None


def secret_of(name: str) -> Secret | None:
    """One secret variable, for a command that needs no other; None when it is not set. SettingsError."""
    text = read_environment().get(name)
    found = parse(name, text) if text is not None else None
    return found if isinstance(found, Secret) else None


def missing(name: str) -> SettingsError:
    """The error for a variable that must be set."""
    return SettingsError(f"{name} is required: expects {VARIABLES[name].expects}")


def _unknown(name: str) -> str:
    near = get_close_matches(name, [known for known in VARIABLES if known.startswith("META_INBOX_")], n=1)
    return f"{name} is not a variable of meta-inbox" + (f": expects {near[0]}, perhaps?" if near else "")


def _file(path: Path) -> dict[str, str]:
    try:
        values = dotenv_values(path, interpolate=False, encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{path} cannot be read: expects UTF-8 lines of NAME=value") from None
    return {name: value for name, value in values.items() if value is not None}
