"""Whether the other system answers at all, so that one that is down holds no run for days.

Items that fail never end a run. Once several of them in a row got no answer, the others fail
without being asked, and now and then it is looked whether the system is there again.

Source: docs/channels.md, Runs.
"""

import math
import time
from dataclasses import dataclass

from pims_api.connectors.base import Outside, OutsideFailed, OutsideNotFound

UNREACHED_MAX = 5  # items in a row without an answer, before the others are spared the wait
_PAUSE = 10  # between two looks, in times of what the last one took
_UNREACHED = "The other system gave no answer for several items in a row: this one was not tried."


class NotTried(OutsideFailed):
    """The other system was not asked, for it gave no answer lately."""

    answered = False


@dataclass
class Reach:
    """Counts items without an answer. again_at: when to look again, on the monotonic clock."""

    unreached: int = 0
    again_at: float = -math.inf

    def check(self, outside: Outside) -> None:
        """Raise NotTried while the other system does not answer."""
        if self.unreached < UNREACHED_MAX:
            return
        began = time.monotonic()
        if began >= self.again_at:
            found = outside.look()
            if not isinstance(found, OutsideNotFound) or found.error != "unreachable":
                self.unreached = 0
                return
            now = time.monotonic()
            self.again_at = now + _PAUSE * (now - began)
        raise NotTried(_UNREACHED)

    def note(self, error: Exception | None = None) -> None:
        """Note that an item was answered, or how it failed; one not sent says nothing."""
        if error is None or (isinstance(error, OutsideFailed) and error.answered):
            self.unreached = 0
        elif isinstance(error, OutsideFailed):
            self.unreached = min(self.unreached + 1, UNREACHED_MAX)
