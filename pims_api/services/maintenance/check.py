"""Consistency checks of derived data with the documents and of these with history.

Source: docs/core.md, What is derived.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from pims_api.storage.catalogue_index.check import compare_index
from pims_api.storage.checks.any_text import reading_any_text
from pims_api.storage.checks.chain import Noted, compare_chain, compare_noted
from pims_api.storage.checks.definitions import (
    compare_definitions,
    compare_keys,
    compare_media,
)
from pims_api.storage.checks.history import compare_history, history_size
from pims_api.storage.checks.product_rows import compare_rows, product_count
from pims_api.storage.derived.category_links import compare_links
from pims_api.storage.derived.unique_values import compare_unique
from pims_api.storage.search.index import compare_search
from pims_api.storage.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison. find: yields a sentence for each difference.

    is_derived: whether what it compares can be made anew from the products.
    """

    about: str
    find: Callable[[Snapshot], Iterator[str]]
    is_derived: bool = False

    def differences(self, snapshot: Snapshot) -> Iterator[str]:
        """Yield what it finds, and a sentence where something stored cannot be read at all."""
        try:
            with reading_any_text(snapshot.connection):
                yield from self.find(snapshot)
        except _UNREADABLE:
            yield f"The check of {self.about} came to no end: something stored cannot be read."


_UNREADABLE = (ValueError, TypeError, LookupError, ArithmeticError)

_CHAIN = Check("chain", compare_chain)
CHECKS: tuple[Check, ...] = (
    Check("product rows", compare_rows),
    Check("history", compare_history),
    _CHAIN,
    Check("definitions", compare_definitions),
    Check("keys", compare_keys),
    Check("media", compare_media),
    Check("index", compare_index, is_derived=True),
    Check("unique values", compare_unique, is_derived=True),
    Check("full text", compare_search, is_derived=True),
    Check("category links", compare_links, is_derived=True),
)


def size_of(snapshot: Snapshot) -> tuple[int, int]:
    """Return the number of products and of entries in their history."""
    return product_count(snapshot), history_size(snapshot)


def checks_since(noted: Noted) -> tuple[Check, ...]:
    """Return the checks, the chain's with a digest that somebody noted down."""
    chain = Check("chain", partial(compare_noted, noted=noted))
    return tuple(chain if one is _CHAIN else one for one in CHECKS)
