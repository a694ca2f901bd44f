"""What every test may use. The databases are in tests/databases/fresh.py."""

import os

import pytest
from hypothesis import settings

from pims_api.storage import deferred_indexing

pytest_plugins = ["tests.databases.fresh", "tests.waiting"]

# New products wait for the index until there are more than this: most tests then meet both those
# that it knows and those that wait. Served by another process, all of a small catalogue wait.
deferred_indexing.UNINDEXED_MAX = 3

# A slow machine is no failure; and CI tries the same examples each time, so it never surprises.
settings.register_profile("pims", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("pims")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="Record the replies of tests/golden anew."
    )
