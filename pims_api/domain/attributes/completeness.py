"""Completeness: how much of what its product type requires a product has."""

from pims_api.domain.attributes.attribute import DEFAULT_TYPE, PRODUCT_TYPE
from pims_api.domain.definition import Definition
from pims_api.domain.product import Values

COMPLETE = 100  # percent


def completeness(values: Values, definition: Definition) -> int:
    """Return the percentage, 0 to 100, of the required attributes that have a global value.

    Rounded to the nearest whole number, an exact half down; 100 when nothing is required.
    Required attributes that are deleted or computed do not count.

    Source: docs/api/pims.md, Completeness.
    """
    kind = definition.types.get(values.get(PRODUCT_TYPE, DEFAULT_TYPE))
    wanted = [definition.attributes.get(number) for number in kind.required_ids] if kind else []
    required = [one for one in wanted if one is not None and not (one.deleted or one.computed)]
    filled = sum(values.get(one.key) not in (None, []) for one in required)
    return share(filled, len(required))


def share(filled: int, required: int) -> int:
    """Return filled of required as a percentage, by whole numbers only.

    >>> share(2, 3), share(1, 8), share(0, 4), share(0, 0)
    (67, 12, 0, 100)
    """
    if not required:
        return COMPLETE
    return -((required - 2 * COMPLETE * filled) // (2 * required))
