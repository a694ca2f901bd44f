"""Entries of bulk changes: what each of them says, read field by field.

Source: docs/core.md, Bulk changes.
"""

from collections.abc import Callable, Mapping
from typing import Any

from pims_api.domain.attributes.attribute import TITLE
from pims_api.domain.definition import Definition
from pims_api.domain.flat.category_slugs import slugs_of
from pims_api.domain.flat.flat_product import (
    BARCODE,
    BRAND,
    CURRENCY,
    DESCRIPTION,
    PRICE,
    Lifecycle,
    read_currency,
    read_price,
)
from pims_api.domain.tenant_ids import Numbered, TenantIds, uuid_of
from pims_api.domain.values.value import JsonNumber
from pims_api.errors import BadInput, Fault
from pims_api.services.flat_products.brands import brand_list
from pims_api.services.flat_products.fields import FlatWrite

Entry = Mapping[str, Any]
"""A JSON object as it was sent, numbers as JsonNumber. Null and "" say nothing."""

_TEXTS = (TITLE, DESCRIPTION, BRAND, BARCODE)
_READ: Mapping[str, Callable[[object], str]] = {PRICE: read_price, CURRENCY: read_currency}
_CAMEL_CASE = {f"{noun}_id": f"{noun}Id" for noun in ("category", BRAND)}


class EntryReader:
    """Reads the entries of a tenant by its definition."""

    def __init__(self, definition: Definition, ids: TenantIds) -> None:
        self._definition = definition
        self._ids = ids

    def write_of(self, entry: Entry) -> FlatWrite:
        """Return what an entry wants of a product. Raises BadInput."""
        texts = {name: text for name in _TEXTS if (text := text_in(entry, name))}
        if TITLE in texts and not texts[TITLE].strip():
            raise BadInput(faults=[Fault("required", f"{TITLE} cannot be empty!")])
        brand = self._brand(entry)
        if brand is not None:
            texts[BRAND] = brand
        texts |= {name: text for name in _READ if (text := _read(entry, name))}
        return FlatWrite(texts, self._category(entry), _lifecycle(entry))

    def number_in(self, entry: Entry) -> int | None:
        """Return the number of the product whose UUID an entry names, 0 for that of none here.

        None: it names no UUID. Raises BadInput.
        """
        uuid = uuid_in(entry, "id")
        return None if uuid is None else self._ids.number(Numbered.PRODUCT, uuid) or 0

    def _category(self, entry: Entry) -> int | None:
        slugs = slugs_of(self._definition)
        slug, uuid = text_in(entry, "category"), uuid_in(entry, "category_id")
        number = None if uuid is None else self._ids.number(Numbered.CATEGORY, uuid)
        if uuid is not None and number not in slugs.of:
            raise _absent("category_id names no category!")
        if slug is None:
            return number
        by_slug = slugs.by_slug.get(slug)
        if by_slug is None:
            raise _absent(f"There is no category with the slug {slug[:128]!r}!")
        if number not in (None, by_slug.id):
            raise _wrong("category and category_id name two categories!")
        return by_slug.id

    def _brand(self, entry: Entry) -> str | None:
        """Return the name of the brand whose UUID an entry names, if it names one."""
        uuid, name = uuid_in(entry, "brand_id"), text_in(entry, BRAND)
        if uuid is None:
            return None
        found = self._brands().get(uuid)
        if found is None:
            raise _absent("brand_id names no brand!")
        if name not in (None, found):
            raise _wrong("brand and brand_id name two brands!")
        return found

    def _brands(self) -> dict[str, str]:
        """Return the names of the brands by their UUIDs."""
        known, brands = self._definition.derive(_names_by_uuid), brand_list(self._definition)
        if brands is not None and not known:
            for one in brands.in_order():
                known[self._ids.of_name(Numbered.OPTION, f"{brands.id}/{one.id}")] = one.alias
        return known


def text_in(entry: Entry, name: str) -> str | None:
    """Return the text of a field; None where nothing is said. Raises BadInput: it is no text."""
    value = _value(entry, name)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or isinstance(value, JsonNumber):
        raise _wrong(f"{name} must be text!")
    return value


def _value(entry: Entry, name: str) -> Any:
    """Return the value of a field, whose name is read in snake and in camel case."""
    value, camel = entry.get(name), _CAMEL_CASE.get(name)
    if camel is None or camel not in entry:
        return value
    if name in entry and value != entry[camel]:
        raise _wrong(f"{name} and {camel} are one key and have two values: send one of them!")
    return entry[camel]


def uuid_in(entry: Entry, name: str) -> str | None:
    """Return the UUID of a field in lower case; None where nothing is said. Raises BadInput."""
    text = text_in(entry, name)
    found = None if text is None else uuid_of(text)
    if text is not None and found is None:
        raise _wrong(f"{name} must be a UUID!")
    return found


def _names_by_uuid(_: Definition) -> dict[str, str]:
    """Return the names of the brands of a definition by their UUIDs, empty."""
    return {}


def _read(entry: Entry, name: str) -> str | None:
    value = entry.get(name)
    if value is None or value == "":
        return None
    try:
        return _READ[name](value)
    except ValueError as error:
        raise _wrong(f"{name} must be {error}!") from None


def _lifecycle(entry: Entry) -> Lifecycle | None:
    word = text_in(entry, "status")
    if word is None:
        return None
    if word not in list(Lifecycle):
        raise _wrong(f"status must be one of {', '.join(Lifecycle)}!")
    return Lifecycle(word)


def _wrong(message: str) -> BadInput:
    return BadInput(faults=[Fault("type", message)])


def _absent(message: str) -> BadInput:
    return BadInput(faults=[Fault("not_found", message)])
