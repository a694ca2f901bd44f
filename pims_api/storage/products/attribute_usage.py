"""The values of one attribute in all documents."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Text, func, or_, select, type_coerce

from pims_api.domain.attributes.attribute import Attribute
from pims_api.domain.values.scope import parse_scope, split_slot
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import document

_ROWS_AT_ONCE = 250

# Documents are JSON text, in which a slot is quoted. A value may look like one, so documents that
# match are parsed. Not LIKE, because a key may contain its wildcards.
_TEXT = type_coerce(document.c["values"], Text)
_GLOBAL_SLOT, _SCOPED_SLOT = '":', "@"
_POSITION = {"sqlite": func.instr, "postgresql": func.strpos}


def has_values(snapshot: Snapshot, attribute: Attribute) -> bool:
    """Return whether any product, deleted ones too, has a value of the attribute in any scope.

    Reads every document of the tenant unless one is found.
    """
    return any(True for _ in _scopes(snapshot, attribute, _GLOBAL_SLOT, _SCOPED_SLOT))


def has_scoped_values(
    snapshot: Snapshot, attribute: Attribute, dimension_ids: frozenset[int]
) -> bool:
    """Return whether any product, deleted ones too, has a value scoped by one of the dimensions.

    Reads every document of the tenant unless one is found.
    """
    scopes = _scopes(snapshot, attribute, _SCOPED_SLOT)
    return any(dimension_ids.intersection(parse_scope(one)) for one in scopes)


def segments_in_use(snapshot: Snapshot, attribute: Attribute, dimension_id: int) -> set[int]:
    """Return the segments of a dimension in which products, deleted ones too, have values.

    Reads every document of the tenant that has a scoped value of the attribute.
    """
    scopes = map(parse_scope, set(_scopes(snapshot, attribute, _SCOPED_SLOT)))
    return {scope[dimension_id] for scope in scopes if dimension_id in scope}


def stored_values(
    snapshot: Snapshot, attribute: Attribute, *endings: str
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the id of each product with values of the attribute, and these by scope.

    endings: what may follow the key in a document; by default any scope. Reads every document.
    """
    position = _POSITION[snapshot.connection.dialect.name]
    looked_for = endings or (_GLOBAL_SLOT, _SCOPED_SLOT)
    looking_like = or_(*(position(_TEXT, f'"{attribute.key}{end}') > 0 for end in looked_for))
    found = snapshot.connection.execute(
        select(document.c.product_id, document.c["values"]).where(
            document.c.tenant_id == snapshot.tenant_id, looking_like
        ),
        execution_options={"yield_per": _ROWS_AT_ONCE},
    )
    with found:
        for product_id, values in found:
            slots = ((split_slot(place), value) for place, value in values.items())
            by_scope = {scope: value for (key, scope), value in slots if key == attribute.key}
            if by_scope:
                yield product_id, by_scope


def _scopes(snapshot: Snapshot, attribute: Attribute, *endings: str) -> Iterator[str]:
    """Yield the scopes of the attribute's values in documents. endings: see `stored_values`."""
    for _, by_scope in stored_values(snapshot, attribute, *endings):
        yield from by_scope
