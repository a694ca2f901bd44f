"""Rules of values that become stricter, and the stored values that would break them.

Source: docs/core.md, Attributes.
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

from pims_api.domain.attributes.attribute import Attribute
from pims_api.domain.attributes.pattern import fits_mask
from pims_api.domain.values.scope import SCOPE_MARK, parse_scope
from pims_api.domain.values.value import elements
from pims_api.storage.products.attribute_usage import stored_values
from pims_api.storage.snapshot import Snapshot

_RULES = ("minimum", "maximum", "max_length", "mask")


def breaking_products(
    snapshot: Snapshot, before: Attribute, after: Attribute, most: int
) -> list[int]:
    """Return the first products with a value that the changed rules would refuse, by id.

    Reads every document with a value of the attribute, but nothing when no rule changes.
    """
    if all(getattr(before, rule) == getattr(after, rule) for rule in _RULES):
        return []
    return list(islice(_breaking(snapshot, after), most))


def products_in_scopes(
    snapshot: Snapshot, before: Attribute, lost: frozenset[int], most: int
) -> list[int]:
    """Return the first products with a value whose scope names one of some dimensions, by id.

    lost: the ids of the dimensions. Reads every document with a scoped value of the attribute.
    """
    if not lost:
        return []
    held = stored_values(snapshot, before, SCOPE_MARK)
    named = (n for n, scopes in held if any(lost.intersection(parse_scope(s)) for s in scopes))
    return list(islice(named, most))


def _breaking(snapshot: Snapshot, after: Attribute) -> Iterator[int]:
    for number, by_scope in stored_values(snapshot, after):
        held = (one for value in by_scope.values() for one in elements(after, value))
        if any(_breaks(after, str(one)) for one in held):
            yield number


def _breaks(one: Attribute, text: str) -> bool:
    if one.max_length is not None and len(text) > one.max_length:
        return True
    if one.minimum is not None and Decimal(text) < Decimal(one.minimum):
        return True
    if one.maximum is not None and Decimal(text) > Decimal(one.maximum):
        return True
    return bool(one.mask) and not fits_mask(one.mask, text)
