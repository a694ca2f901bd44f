"""Products in the replies of the PIMS API.

Source: docs/api/pims.md, Values.
"""

from collections.abc import Container, Mapping
from hashlib import blake2b
from typing import Any

import orjson

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import (
    CREATED_ATTRIBUTE,
    DEFAULT_TYPE,
    PRODUCT_TYPE,
    UPDATED_ATTRIBUTE,
)
from pims_api.domain.attributes.completeness import missing_ids, typed_values
from pims_api.domain.product import Product, Values, moment_text
from pims_api.services.products.projection import product_writer
from pims_api.storage.history.moments import Applied

__all__ = ["product_writer", "without_empty"]


def system_values(product: Product) -> dict[str, str]:
    """Return the system fields of a product by name.

    Source: docs/api/pims.md, System fields and missing values.
    """
    return {
        PRODUCT_TYPE: product.values.get(PRODUCT_TYPE, DEFAULT_TYPE),
        CREATED_ATTRIBUTE.name: moment_text(product.created_at),
        UPDATED_ATTRIBUTE.name: moment_text(product.updated_at),
    }


def as_of_object(applied: Applied) -> dict[str, int | None]:
    """Return the transaction that products are shown after, with its time in seconds.

    >>> as_of_object(Applied(7, 2_500_000)), as_of_object(Applied(0, None))
    ({'transaction': 7, 'date': 2}, {'transaction': 0, 'date': None})
    """
    date = None if applied.at is None else applied.at // 1_000_000
    return {"transaction": applied.sequence, "date": date}


def missing_names(access: Access, product: Product) -> list[str]:
    """Return the outward names of the required attributes without a value, in their order."""
    missing = missing_ids(typed_values(product), access.definition)
    if not missing:
        return []
    return [one.name for one in access.by_name.values() if one.attribute.id in missing]


def inherited_names(
    access: Access, inherited: Container[str], shown: Mapping[str, Any]
) -> list[str]:
    """Return the outward names of the attributes that show a value of an ancestor, in their order.

    inherited: the keys of those that come from above. shown: outward name to value. A link that is
    not shown is not told either.
    """
    held = (c.name for c in access.columns if c.attribute.key in inherited)
    return [name for name in held if shown.get(name) not in (None, [])]


def with_type_change(
    sides: dict[str, Any], access: Access, before: Values, after: Values
) -> dict[str, Any]:
    """Return the old and new values of a change with the product type, if that is another one.

    An attribute that shows under this name comes first.
    """
    old, new = (one.get(PRODUCT_TYPE, DEFAULT_TYPE) for one in (before, after))
    if old == new or access.column(PRODUCT_TYPE) is not None:
        return sides
    return {
        "old": sides["old"] | {PRODUCT_TYPE: old},
        "new": sides["new"] | {PRODUCT_TYPE: new},
    }


def checksum(attributes: Mapping[str, Any]) -> str:
    """Return the checksum of what a caller sees of a product: 32 hexadecimal digits.

    Source: docs/api/pims.md, Checksums.

    >>> checksum({"sku": "A", "price": "1"}) == checksum({"price": "1", "sku": "A"})
    True
    >>> checksum({})
    '2afb9b83f9314e5d029766197f539792'
    """
    text = orjson.dumps(attributes, option=orjson.OPT_SORT_KEYS)
    return blake2b(text, digest_size=16).hexdigest()


def without_empty(shown: dict[str, Any]) -> dict[str, Any]:
    """Return only what has a value."""
    return {name: value for name, value in shown.items() if value not in (None, [], {})}
