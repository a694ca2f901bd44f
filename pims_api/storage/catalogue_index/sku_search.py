"""SKUs are found by the unique index of the product table."""

import operator
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, select

from pims_api.domain.attribute import SKU, Attribute
from pims_api.domain.condition import Between, Comparison, In, Like
from pims_api.domain.condition_truth import like_pieces
from pims_api.storage.catalogue_index.codec import from_ids
from pims_api.storage.catalogue_index.lookup import raw
from pims_api.storage.catalogue_index.terms import after_prefix
from pims_api.storage.catalogue_index.text_range import like_prefix, sql_pattern
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import product
from pims_api.storage.trace import note_rows

_sku = product.c.sku
_IDS = select(raw(product.c.id)).where(product.c.tenant_id == bindparam("of_tenant"))
_GREATEST = "\U0010ffff"  # no text is above all that begin with it
_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def is_sku(attribute: Attribute) -> bool:
    """Return whether this is the attribute whose values are the SKUs."""
    return attribute.system and attribute.name == SKU


def skus_fitting(snapshot: Snapshot, predicate: Comparison | In | Between | Like) -> int:
    """Return the products whose SKU satisfies a predicate."""
    statement = _IDS.where(_sku_condition(predicate))
    found = snapshot.connection.scalars(statement, {"of_tenant": snapshot.tenant_id}).all()
    note_rows(len(found))
    return from_ids(found)


def _sku_condition(predicate: Comparison | In | Between | Like) -> ColumnElement[bool]:
    match predicate:
        case Comparison(_, sign, literal):
            condition: ColumnElement[bool] = _SIGNS[sign](_sku, literal)
            return condition
        case In(_, literals):
            return _sku.in_(literals)
        case Between(_, low, high):
            return and_(_sku >= low, _sku <= high)  # BETWEEN takes no collation on PostgreSQL
        case Like(_, pattern):
            return _like(pattern)


def _like(pattern: str) -> ColumnElement[bool]:
    pieces = like_pieces(pattern)
    fits = _sku.like(sql_pattern(pieces), escape="\\")
    prefix = like_prefix(pieces)
    if not prefix:
        return fits
    if not prefix.strip(_GREATEST):
        return and_(_sku >= prefix, fits)
    return and_(_sku >= prefix, _sku < after_prefix(prefix), fits)
