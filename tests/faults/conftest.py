"""A Postgres for the fault tests, and a fresh database for each."""

from collections.abc import Iterator
from itertools import count

import pytest

from meta_inbox.adapters.persistence.embedded import EmbeddedPostgres
from tests.harness.service import common_server, database_server, new_database

_numbers = count()


@pytest.fixture(scope="module")
def postgres(request: pytest.FixtureRequest) -> Iterator[EmbeddedPostgres]:
    """Where a module runs alone a durable server to measure, freeze and crash; else the common one."""
    if request.node.get_closest_marker("alone") is None:
        yield common_server()
        return
    with database_server() as server:
        yield server


@pytest.fixture
def database(postgres: EmbeddedPostgres) -> str:
    """An empty database."""
    return new_database(postgres, f"faults_{next(_numbers)}")
