"""What every test may use. The databases are in tests/databases/fresh.py."""

import os

import pytest
from hypothesis import settings

pytest_plugins = ["tests.environment", "tests.databases.fresh", "tests.waiting"]

# A slow machine is no failure; and CI tries the same examples each time, so it never surprises.
settings.register_profile("pims", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("pims")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="Record the replies of tests/golden anew."
    )
