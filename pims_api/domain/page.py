"""Pages of lists."""

from dataclasses import dataclass

PAGE_SIZE_DEFAULT = 24  # entries
PAGE_SIZE_MAX = 500  # entries


@dataclass(frozen=True, slots=True)
class Page:
    """The number and size of a page. number counts from 1. start: entries before the first page.

    Source: docs/core.md, Pages.

    >>> Page(size=24, number=3).offset
    48
    """

    size: int = PAGE_SIZE_DEFAULT
    number: int = 1
    start: int = 0

    @property
    def offset(self) -> int:
        return self.start + (self.number - 1) * self.size
