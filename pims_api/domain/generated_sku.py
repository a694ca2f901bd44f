"""SKUs that products got because nobody chose one: an id of theirs, in any of its forms.

Source: docs/core.md, Products.
"""

import re

from pims_api.domain.tenant_ids import Numbered, TenantIds, uuid_of

_FORMS = ("ent-", "var-")
_FURTHER = "~"  # between an id and a number, where another product has the id as its SKU
_NUMBER = re.compile("[1-9][0-9]{0,17}\\Z")
_UUID_LENGTH = 36
_UUID_START = 8  # characters of a UUID that follow from the number alone


def may_be_generated(sku: str) -> bool:
    """Return whether a SKU looks like one that nobody chose, whichever product has it.

    >>> [may_be_generated(sku) for sku in ("ent-12", "0" * 36, "entry", "A-1")]
    [True, True, False, False]
    """
    return sku.startswith(_FORMS) or len(sku) >= _UUID_LENGTH


def is_generated(ids: TenantIds, number: int, sku: str) -> bool:
    """Return whether the SKU of the product with that number is one that nobody chose.

    >>> ids = TenantIds("0b4f9f5e-6c54-4d4b-9a52-3d2a1c7f6e10", "")
    >>> [is_generated(ids, 12, sku) for sku in ("ent-12", "var-12", "ent-12~2", "ent-13", "A")]
    [True, True, True, False, False]
    >>> is_generated(ids, 1, "00000000-0001-8001-b9c8-a81eeaa3ac96")
    True
    """
    if sku.startswith(_FORMS):
        return sku.partition(_FURTHER)[0][len(_FORMS[0]) :] == str(number)
    if not sku.startswith(f"{number:012x}"[:_UUID_START]):
        return False
    return sku.partition(_FURTHER)[0] == ids.of_number(Numbered.PRODUCT, number)


def number_in(ids: TenantIds, sku: str) -> int | None:
    """Return the number of the product whose SKU this is if nobody chose it; else None.

    >>> ids = TenantIds("0b4f9f5e-6c54-4d4b-9a52-3d2a1c7f6e10", "")
    >>> [number_in(ids, sku) for sku in ("ent-12", "var-7~2", "ent-07", "ent-x", "A-1")]
    [12, 7, None, None, None]
    >>> number_in(ids, "00000000-0001-8001-b9c8-a81eeaa3ac96")
    1
    """
    if not may_be_generated(sku):
        return None
    head = sku.partition(_FURTHER)[0]
    if sku.startswith(_FORMS):
        digits = head[len(_FORMS[0]) :]
        return int(digits) if _NUMBER.match(digits) else None
    return ids.number(Numbered.PRODUCT, head) if uuid_of(head) == head else None
