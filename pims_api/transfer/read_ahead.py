"""Read-ahead: a thread prepares the next item while the current one is processed."""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")

_END: Any = object()


def ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """Yield the items, each prepared by a thread while the one before is processed.

    An exception of the iterator is raised where its item would be yielded. Closing this early ends
    the thread, after which the source may be closed.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="reading ahead") as reader:
        coming = reader.submit(next, items, _END)
        while (item := coming.result()) is not _END:
            coming = reader.submit(next, items, _END)
            yield item
