"""Who may take something back: whoever may write all of it, in every product.

Source: docs/core.md, Taking back.
"""

from collections.abc import Iterable

from pims_api.domain.access.access import Access
from pims_api.domain.access.policy import Level
from pims_api.domain.attributes.attribute import PRODUCT_TYPE, UNSEEN_ATTRIBUTES
from pims_api.domain.values.scope import split_slot
from pims_api.errors import Forbidden

_SOME_ROWS = "Access denied! A View with rows of its own takes nothing back: some may be hidden."
_NOT_WRITTEN = "Access denied! Your View does not write everything that this would take back."


def require_all_rows(access: Access) -> None:
    """Raise Forbidden when a View hides products."""
    if access.rows is not None:
        raise Forbidden(_SOME_ROWS)


def require_writable(access: Access, slots: Iterable[str]) -> None:
    """Raise Forbidden when one of these slots cannot be written; its name is not told."""
    if access.policy.is_everything:
        return
    for key in {split_slot(slot)[0] for slot in slots}:
        if not _may_write(access, key):
            raise Forbidden(_NOT_WRITTEN)


def _may_write(access: Access, key: str) -> bool:
    if key in UNSEEN_ATTRIBUTES:
        return key == PRODUCT_TYPE
    attribute = access.definition.by_key.get(key)
    if attribute is None or attribute.deleted:
        return True  # it is left
    column = access.by_attribute.get(attribute.id)
    return column is not None and column.level is Level.WRITE
