"""Flat products: a product as a few fields of text, whatever else it has.

Each field is an attribute of a fixed name. Those that are no system attributes are made when they
are first written.

Source: docs/core.md, Flat products.
"""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pims_api.domain.access.access import Access, Column
from pims_api.domain.attributes.attribute import (
    ARCHIVED,
    CATEGORIES,
    STATUS,
    TITLE,
    ValueType,
)
from pims_api.domain.attributes.option_list import Option
from pims_api.domain.category import UNCATEGORIZED_ID
from pims_api.domain.product import Values
from pims_api.domain.values.currency import CURRENCIES
from pims_api.domain.values.value import read_number

DESCRIPTION, BRAND, BARCODE = "description", "brand", "barcode"
CURRENCY, PRICE = "currency", "price"

FIRST_USE: Mapping[str, tuple[ValueType, str]] = {
    DESCRIPTION: (ValueType.TEXT, "Description"),
    BRAND: (ValueType.OPTION, "Brand"),
    BARCODE: (ValueType.STRING, "Barcode"),
    CURRENCY: (ValueType.STRING, "Currency"),
    PRICE: (ValueType.NUMBER, "Price"),
}
"""The fields whose attributes are made at first use: type and label."""

FIELD_ATTRIBUTES = frozenset({TITLE, STATUS, CATEGORIES, *FIRST_USE})
"""The attributes behind the fields, by name."""


class Lifecycle(StrEnum):
    """Where a flat product is in its life."""

    ACTIVE = "ACTIVE"
    DRAFT = "DRAFT"
    ARCHIVED = "ARCHIVED"


class FlatReader:
    """Reads the fields of products as one caller sees them."""

    def __init__(self, access: Access) -> None:
        self._definition = access.definition
        self._columns = {name: access.of(name) for name in FIELD_ATTRIBUTES}

    def column(self, name: str) -> Column | None:
        """Return the column behind a field, if the caller sees one."""
        return self._columns[name]

    def text(self, name: str, values: Values) -> str | None:
        """Return the text of a field, or None where it is unset or hidden."""
        held = self._held(name, values)
        column = self._columns[name]
        if held is None or column is None:
            return None
        if column.attribute.type is ValueType.OPTION:
            return self._definition.options_of(column.attribute).alias(held)
        return held if isinstance(held, str) else str(held)

    def brand(self, values: Values) -> Option | None:
        """Return the brand of a product, where brands are options."""
        held, column = self._held(BRAND, values), self._columns[BRAND]
        if held is None or column is None or column.attribute.type is not ValueType.OPTION:
            return None
        return self._definition.options_of(column.attribute).options.get(held)

    def category(self, values: Values) -> int | None:
        """Return the id of the first category of a product; None for Uncategorized."""
        first = self._held(CATEGORIES, values)
        return None if first in (None, UNCATEGORIZED_ID) else first

    def lifecycle(self, values: Values) -> Lifecycle | None:
        """Return where a product that is not deleted is in its life; None where that is hidden."""
        status = self._held(STATUS, values)
        if status is None:
            return None
        if status != "inactive":
            return Lifecycle.ACTIVE
        return Lifecycle.ARCHIVED if values.get(ARCHIVED) else Lifecycle.DRAFT

    def _held(self, name: str, values: Values) -> Any:
        """Return the stored value of a field; of a collection, its first element."""
        column = self._columns[name]
        held = None if column is None else column.stored(values)
        if isinstance(held, list):
            return held[0] if held else None
        return held


def reader_of(access: Access) -> FlatReader:
    """Return the reader for an access; cached."""
    return access.derive(FlatReader)


def read_price(raw: object) -> str:
    """Return a price as the decimal text that it came as.

    Raises ValueError, whose message says what a price looks like.

    >>> read_price("19.90")
    '19.90'
    """
    text = read_number(raw)
    if Decimal(text) < 0:
        raise ValueError("a number that is not negative")
    return text


def read_currency(raw: object) -> str:
    """Return the code of a currency that is in use. Raises ValueError, saying how codes look."""
    if not isinstance(raw, str) or raw not in CURRENCIES:
        raise ValueError("the code of a currency in use (ISO 4217), such as USD, in upper case")
    return raw
