"""SKUs that products got because nobody chose one: an id of theirs, in any of its forms.

Source: docs/core.md, Products.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from pims_api.domain.tenant_ids import Numbered, TenantIds, claimed_number, uuid_of

_FORMS = ("ent-", "var-")
_FURTHER = "~"  # between an id and a number, where another product has the id as its SKU
_NUMBER = re.compile("[1-9][0-9]{0,17}\\Z")
_PART = re.compile("(?:e?n?t?|v?a?r?)-?[0-9]*(?:~[0-9]*)?|[0-9a-f-]*(?:~[0-9]*)?")
_UUID_LENGTH = 36
_UUID_START = 8  # characters of a UUID that follow from the number alone


def may_be_generated(sku: str) -> bool:
    """Return whether a SKU looks like one that nobody chose, whichever product has it.

    >>> [may_be_generated(sku) for sku in ("ent-12", "0" * 36, "entry", "A-1")]
    [True, True, False, False]
    """
    return sku.startswith(_FORMS) or len(sku) >= _UUID_LENGTH


def may_be_part(text: str) -> bool:
    """Return whether a SKU that nobody chose may have this text in it, in any case.

    >>> [may_be_part(text) for text in ("T-1", "ENT", "-7~2", "b9c8-a8", "", "A-1", "hat", "x-1")]
    [True, True, True, True, True, True, False, False]
    """
    return _PART.fullmatch(text.casefold()) is not None


def is_generated(ids: TenantIds, number: int, sku: str) -> bool:
    """Return whether the SKU of the product with that number is one that nobody chose.

    >>> ids = TenantIds("0b4f9f5e-6c54-4d4b-9a52-3d2a1c7f6e10", "")
    >>> [is_generated(ids, 12, sku) for sku in ("ent-12", "var-12", "ent-12~2", "ent-13", "A")]
    [True, True, True, False, False]
    >>> is_generated(ids, 1, "00000000-0001-8001-b9c8-a81eeaa3ac96")
    True
    """
    if sku.startswith(_FORMS):
        return _id_in(sku)[len(_FORMS[0]) :] == str(number)
    if not sku.startswith(f"{number:012x}"[:_UUID_START]):
        return False
    return _id_in(sku) == ids.of_number(Numbered.PRODUCT, number)


def number_in(ids: TenantIds, sku: str) -> int | None:
    """Return the number of the product whose SKU this is if nobody chose it; else None.

    >>> ids = TenantIds("0b4f9f5e-6c54-4d4b-9a52-3d2a1c7f6e10", "")
    >>> [number_in(ids, sku) for sku in ("ent-12", "var-7~2", "ent-07", "ent-7~b", "A-1")]
    [12, 7, None, None, None]
    >>> number_in(ids, "00000000-0001-8001-b9c8-a81eeaa3ac96")
    1
    """
    if not may_be_generated(sku):
        return None
    number = _claimed_number(_id_in(sku))
    return number if number and is_generated(ids, number, sku) else None


def _id_in(sku: str) -> str:
    """Return a SKU without a further number; "" where something else stands in its place."""
    start, mark, further = sku.partition(_FURTHER)
    return start if not mark or _NUMBER.match(further) else ""


def _claimed_number(text: str) -> int:
    """Return the number that an id of a product holds, which is still to be checked, or 0."""
    if text.startswith(_FORMS):
        digits = text[len(_FORMS[0]) :]
        return int(digits) if _NUMBER.match(digits) else 0
    return claimed_number(text) if uuid_of(text) else 0


@dataclass(frozen=True)
class GeneratedSkus:
    """The SKUs that nobody chose, of the products of a tenant.

    products: the set of those that have one, a bit each. alike: SKUs that look so, but were chosen.
    """

    ids: TenantIds
    products: int
    alike: frozenset[str]

    def __contains__(self, sku: str) -> bool:
        number = number_in(self.ids, sku)
        return number is not None and sku not in self.alike and self._has_one(number)

    def _has_one(self, number: int) -> bool:
        place = number >> 3
        return place < len(self._bits) and bool(self._bits[place] >> (number & 7) & 1)

    @cached_property
    def _bits(self) -> bytes:
        return self.products.to_bytes((self.products.bit_length() + 7) >> 3, "little")
