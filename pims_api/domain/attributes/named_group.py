"""Attribute groups that were made on their own. Attributes name others by their text alone."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NamedGroup:
    """A group that is there also while no attribute is in it."""

    id: int
    name: str
    description: str = ""
    deleted: bool = False
