"""Guards: conditions on other attributes under which an attribute is shown.

Source: docs/core.md, Guards.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Test(StrEnum):
    """What a guard asks of a value."""

    EQUALS = "equals"
    DIFFERS = "differs"
    UNSET = "unset"
    SET = "set"
    IN = "in"


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition on the effective global value of an attribute.

    value: in stored form, of an option its id; of IN a list of these.
    """

    attribute_id: int
    test: Test
    value: Any = None
