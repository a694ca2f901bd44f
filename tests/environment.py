"""The settings that tests lower: they go the way of every setting, through the environment."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from argon2 import PasswordHasher

from pims_api.services.users import passwords
from pims_api.settings import Settings

# A test's file is thrown away, so no power cut can matter. And new products wait to be indexed
# until there are more than three: most tests then meet both those that are and those that wait.
# Nothing writes that no test asked to.
LOWERED = {
    "PIMS_SQLITE_SYNCHRONOUS": "OFF",
    "PIMS_UNINDEXED_MAX": "3",
    "PIMS_KEY_USE_SECONDS": "0",
    "PIMS_LOG_FORMAT": "none",
}

# Nobody guesses at passwords of tests, so one need not take as long as it can.
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session", autouse=True)
def lowered_settings() -> Iterator[None]:
    """What the tests and the commands that they run are told by the environment."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in LOWERED.items():
            patch.setenv(name, value)
        patch.setattr(passwords, "_HASHER", QUICK_HASHER)
        yield


@contextmanager
def settings_as_shipped() -> Iterator[None]:
    """Take them back while the block lasts: for tests that kill or measure processes."""
    with pytest.MonkeyPatch.context() as patch:
        for name in LOWERED:
            patch.delenv(name)
        yield


def settings_of(database_url: str) -> Settings:
    """Return the settings of the environment for a database."""
    return replace(Settings.from_environment(), database_url=database_url)
