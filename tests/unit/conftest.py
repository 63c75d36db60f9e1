"""What the unit tests share."""

import pytest

from tests.unit.doubles import World


@pytest.fixture
def world() -> World:
    """An inbox on memory, at noon."""
    return World()
