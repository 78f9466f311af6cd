"""The database that is asked the same as this program."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from tests.oracle.test_orders_against_sql import sql


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    """One database for all exports of a module; each replaces the tables of the one before."""
    with duckdb.connect(config={"threads": 1}) as db:
        # The tables are tiny: planning a query well takes longer than running it.
        db.execute("pragma disable_optimizer")
        db.execute(sql("definitions"))
        yield db
