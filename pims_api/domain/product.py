"""Products: their documents and changes of these."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from pims_api.domain.attributes.attribute import SKU
from pims_api.domain.values.text import has_control
from pims_api.errors import Fault

SKU_LENGTH_MAX = 255  # characters

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001

Values = dict[str, Any]
"""Slot → stored value, of everything a product has: sku, status and categories (ids) included.

A variant is a product with a parent: its `variation_of` holds the parent's SKU. Stored forms:
number: decimal text as it came; boolean: true or false; date: ISO text; option: option id;
categories: list of category ids; collections: lists; everything else: text. Unset is absent.
"""


class Product(NamedTuple):
    """One state of a product. Its values are replaced, never changed in place.

    version: counts its changes, from 1; 0 before it is stored. path: the SKUs from the root
    product down, the default order of lists. Times in microseconds since 1970. today: of a product
    as it was earlier, what it is now, by which Views choose their rows.
    """

    id: int
    sku: str
    values: Values
    parent_id: int | None = None
    path: str = ""
    version: int = 0
    created_at: int = 0
    created_by: str = ""
    updated_at: int = 0
    updated_by: str = ""
    today: "Product | None" = None


@dataclass(eq=False)  # a frozen one takes three times as long to make
class ProductChange:
    """The change of a product in a transaction: its first state (None: it is new) and its last."""

    before: Product | None
    after: Product
    _touched: list[str] | None = field(default=None, init=False, repr=False)
    _new_text: str | None = field(default=None, init=False, repr=False)

    @property
    def old(self) -> Values:
        return self.before.values if self.before is not None else {}

    @property
    def new(self) -> Values:
        return self.after.values

    @property
    def new_text(self) -> str:
        """The JSON of the new values, made once: of a new product two rows store it."""
        if self._new_text is None:
            self._new_text = orjson.dumps(self.new).decode()
        return self._new_text

    @property
    def touched(self) -> list[str]:
        """Slots whose value differs."""
        if self._touched is None:  # a cached property would take a lock
            self._touched = self._differing()
        return self._touched

    @property
    def sides(self) -> tuple[Values, Values]:
        """The old and the new values of these slots; None stands for unset."""
        old, new, touched = self.old, self.new, self.touched
        return {place: old.get(place) for place in touched}, {
            place: new.get(place) for place in touched
        }

    def _differing(self) -> list[str]:
        old, new = self.old, self.new
        if not old:
            return [place for place, value in new.items() if value is not None]
        changed = [place for place, value in new.items() if old.get(place) != value]
        return changed + [place for place in old if place not in new]


PATH_SEPARATOR = "\x01"  # sorts before every character that a SKU may hold
PATH_BYTES_MAX = 2_000  # UTF-8, so that an index entry stays within a page


def path_of(sku: str, parent_path: str | None) -> str:
    r"""Return the path of a product below a parent; variants sort right after their parent.

    >>> sorted([path_of("B", None), path_of("Z", "A"), path_of("A", None), path_of("A-1", None)])
    ['A', 'A\x01Z', 'A-1', 'B']
    """
    return sku if parent_path is None else f"{parent_path}{PATH_SEPARATOR}{sku}"


@lru_cache(maxsize=4_096)
def moment_text(at: int) -> str:
    """Return a moment in microseconds since 1970 as ISO 8601 in UTC.

    >>> moment_text(1_707_831_737_000_500)
    '2024-02-13T13:42:17.000500Z'
    """
    read = _EPOCH + timedelta(microseconds=at)
    return f"{read.isoformat(timespec='microseconds')}Z"


def is_same(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Return whether two documents are the same, the order of scoped values included.

    >>> is_same({"a": "1", "b": "2"}, {"b": "2", "a": "1"})
    True
    >>> is_same({"a": "1", "a@1=2": "2"}, {"a@1=2": "2", "a": "1"})
    False
    """
    if old != new:
        return False
    scoped = {place.partition("@")[0] for place in old if "@" in place}
    return not scoped or _order_of(scoped, old) == _order_of(scoped, new)


def _order_of(keys: Container[str], values: Mapping[str, Any]) -> list[str]:
    return [place for place in values if place.partition("@")[0] in keys]


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Values, Values]:
    """Return the old and the new values of changed slots; None stands for unset.

    >>> differences({"a": "1", "b": "2"}, {"a": "1", "b": "3", "c": "4"})
    ({'b': '2', 'c': None}, {'b': '3', 'c': '4'})
    """
    if not old:
        set_now = dict(new)
        if None in set_now.values():
            set_now = {place: value for place, value in new.items() if value is not None}
        return dict.fromkeys(set_now), set_now
    places = [place for place in new if old.get(place) != new[place]]
    places += [place for place in old if place not in new]
    return {p: old.get(p) for p in places}, {p: new.get(p) for p in places}


def fold(values: Mapping[str, Any], new: Mapping[str, Any]) -> Values:
    """Return the values after applying a history entry.

    >>> fold({"a": "1", "b": "2"}, {"a": None, "c": "3"})
    {'b': '2', 'c': '3'}
    """
    return {place: value for place, value in {**values, **new}.items() if value is not None}


def sku_fault(sku: str) -> Fault | None:
    """Return what keeps a text that is not empty from being a SKU, or None.

    >>> sku_fault("M5 x 20")
    >>> sku_fault("A" * 256).message
    'A SKU has at most 255 characters, this one has 256!'
    """
    if len(sku) > SKU_LENGTH_MAX:
        message = f"A SKU has at most {SKU_LENGTH_MAX} characters, this one has {len(sku)}!"
        return Fault("range", message, SKU, place=SKU)
    if has_control(sku):
        return Fault("type", "A SKU cannot hold control characters!", SKU, place=SKU)
    return None
