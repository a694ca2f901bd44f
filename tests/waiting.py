"""How many new products may wait for the index, as tests want it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from pims_api.storage.database import Database


@contextmanager
def waiting_at_most(database: Database, count: int) -> Iterator[None]:
    """Let so many new products wait; 0 enters each of them at once."""
    as_before = database.settings
    database.settings = replace(as_before, unindexed_max=count)
    try:
        yield
    finally:
        database.settings = as_before


@pytest.fixture
def all_entered(database: Database) -> Iterator[None]:
    """For tests that count statements, or look at the rows of the index."""
    with waiting_at_most(database, 0):
        yield
