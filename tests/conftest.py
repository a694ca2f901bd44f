"""What every test may use. The databases are in tests/databases/fresh.py."""

import os

from hypothesis import settings

pytest_plugins = ["tests.databases.fresh"]

# A slow machine is no failure; and CI tries the same examples each time, so it never surprises.
settings.register_profile("pims", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("pims")
