"""SKUs are found by the unique index of the product table, in their order."""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import bindparam, select

from pims_api.domain.attributes.attribute import SKU, Attribute
from pims_api.domain.conditions.condition import Between, Comparison, In, Like
from pims_api.domain.conditions.truth import Wild, like_pieces
from pims_api.storage.catalogue_index.bitmaps.term_range import like_prefix, sql_pattern
from pims_api.storage.catalogue_index.bitmaps.terms import after_prefix
from pims_api.storage.engine.dialect import looked_up
from pims_api.storage.engine.query_trace import note_rows
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.engine.untyped_column import raw
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import product

_GREATEST = "\U0010ffff"  # no text is above all that begin with it
_AFTER = "\x01"  # what comes next after a SKU begins with it and this; no SKU holds it

_IDS = select(raw(product.c.id)).where(product.c.tenant_id == bindparam("tenant_id"))
# With the tenant beside it rather than in the key, SQLite reads all products of the tenant.
_KEY = (product.c.tenant_id, product.c.sku)
_OF_SKUS = PreparedStatement(
    lambda connection: looked_up(
        connection.dialect.name, select(product.c.sku, raw(product.c.id)), _KEY, "keys"
    )
)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """SKUs from low up to but not including high (None: without an end), LIKE the pattern."""

    low: str = ""
    high: str | None = None
    pattern: str | None = None


def is_sku(attribute: Attribute) -> bool:
    """Return whether this is the attribute whose values are the SKUs."""
    return attribute.system and attribute.name == SKU


def skus_fitting(snapshot: Snapshot, predicate: Comparison | In | Between | Like) -> list[int]:
    """Return the products whose SKU satisfies a predicate, in the order of their SKUs."""
    if isinstance(predicate, In):
        keys = [[snapshot.tenant_id, one] for one in dict.fromkeys(predicate.literals)]
        return [number for _, number in sorted(_OF_SKUS.each(snapshot.connection, {"keys": keys}))]
    stretch = _stretch(predicate)
    values = {"low": stretch.low, "high": stretch.high, "pattern": stretch.pattern}
    given = {name: value for name, value in values.items() if value is not None}
    statement = _within(has_end="high" in given, has_pattern="pattern" in given)
    found = statement.column(snapshot.connection, {"tenant_id": snapshot.tenant_id, **given})
    note_rows(len(found))
    return found


@cache
def _within(*, has_end: bool, has_pattern: bool) -> PreparedStatement:
    sku = product.c.sku
    statement = _IDS.where(sku >= bindparam("low")).order_by(sku)
    if has_end:
        statement = statement.where(sku < bindparam("high"))
    if has_pattern:
        statement = statement.where(sku.like(bindparam("pattern"), escape="\\"))
    return PreparedStatement(statement)


def _stretch(predicate: Comparison | Between | Like) -> _Stretch:
    match predicate:
        case Like(_, pattern):
            return _like(pattern)
        case Between(_, low, high):
            return _Stretch(str(low), f"{high}{_AFTER}")
        case Comparison(_, sign, literal):
            return _compared(sign, str(literal))


def _compared(sign: str, text: str) -> _Stretch:
    match sign:
        case "<":
            return _Stretch(high=text)
        case "<=":
            return _Stretch(high=text + _AFTER)
        case ">":
            return _Stretch(text + _AFTER)
        case ">=":
            return _Stretch(text)
    return _Stretch(text, text + _AFTER)


def _like(pattern: str) -> _Stretch:
    pieces = like_pieces(pattern)
    prefix = like_prefix(pieces)
    high = after_prefix(prefix) if prefix.strip(_GREATEST) else None
    if set(pieces[len(prefix) :]) == {Wild.RUN} and (high is not None or not prefix):
        return _Stretch(prefix, high)
    return _Stretch(prefix, high, sql_pattern(pieces))
