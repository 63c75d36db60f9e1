"""One Postgres for all fault tests, and a fresh database for each."""

from collections.abc import Iterator
from itertools import count

import pytest

from meta_inbox.adapters.persistence.embedded import EmbeddedPostgres
from tests.harness.service import database_server, new_database

_numbers = count()


@pytest.fixture(scope="module")
def postgres() -> Iterator[EmbeddedPostgres]:
    """A server that the tests of one module may freeze and crash."""
    with database_server() as server:
        yield server


@pytest.fixture
def database(postgres: EmbeddedPostgres) -> str:
    """An empty database."""
    return new_database(postgres, f"faults_{next(_numbers)}")
