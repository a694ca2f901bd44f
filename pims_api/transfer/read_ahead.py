"""Reading ahead: what comes next is made ready while what is there is worked on."""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")

_END: Any = object()


def ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """Yield the items, each of which a thread has made while the one before was worked on.

    What making one raises is raised where it would be yielded. Whoever closes this early has the
    thread ended, and may then close what it read from.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="reading ahead") as reader:
        coming = reader.submit(next, items, _END)
        while (item := coming.result()) is not _END:
            coming = reader.submit(next, items, _END)
            yield item
