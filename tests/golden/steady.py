"""What else varies from run to run, held steady: the time, API keys and the UUIDs of tenants."""

import random
import secrets
from itertools import count
from types import SimpleNamespace
from uuid import UUID

import pytest

from pims_api import clock
from pims_api.storage import tenants

START_S = 1_767_225_600  # the beginning of 2026, UTC


class Steady:
    """The time as the application sees it: it stands still within an exchange."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now_s = START_S
        self._random = random.Random(1)
        patch.setattr(clock, "time", SimpleNamespace(time_ns=lambda: self.now_s * 1_000_000_000))
        patch.setattr(secrets, "choice", self._random.choice)
        numbers = count(1)
        patch.setattr(tenants, "uuid4", lambda: UUID(int=next(numbers), version=4))

    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.now_s += seconds

    def begin(self, place: str) -> None:
        """Let keys be drawn that depend on the place in the conversation alone."""
        self._random.seed(place)
