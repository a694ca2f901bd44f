"""How many new products may wait for the index, as tests want it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pims_api.storage import deferred_indexing


@contextmanager
def waiting_at_most(count: int) -> Iterator[int]:
    """Let so many new products wait; 0 enters each of them at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deferred_indexing, "UNINDEXED_MAX", count)
        yield count


@pytest.fixture
def all_entered() -> Iterator[None]:
    """For tests that count statements, or look at the rows of the index."""
    with waiting_at_most(0):
        yield


@pytest.fixture(scope="module")
def all_entered_here() -> Iterator[None]:
    """The same, for a file that makes its catalogue once."""
    with waiting_at_most(0):
        yield
