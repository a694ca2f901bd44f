"""Products by conditions on SKUs, in SKU order, by the unique index of the product table."""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import bindparam, select

from pims_api.domain.attributes.attribute import SKU, Attribute
from pims_api.domain.conditions.condition import Between, Comparison, Contains, In, Like, Test
from pims_api.domain.conditions.truth import Wild, contains_test, like_pieces
from pims_api.storage.catalogue_index.bitmaps.term_range import like_prefix, sql_pattern
from pims_api.storage.catalogue_index.bitmaps.terms import after_prefix
from pims_api.storage.engine.dialect import looked_up, may_hold
from pims_api.storage.engine.query_trace import note_rows
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.engine.untyped_column import raw
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import product

CHOSEN = "chosen"
"""The scope of an operand in which an SKU is a value only if somebody chose it."""

_GREATEST = "\U0010ffff"  # there is no text above all texts that begin with it
_AFTER = "\x01"  # a SKU and this is the least text above the SKU; no SKU holds it

_IDS = select(raw(product.c.id)).where(product.c.tenant_id == bindparam("tenant_id"))
# With the tenant beside it rather than in the key, SQLite reads all products of the tenant.
_KEY = (product.c.tenant_id, product.c.sku)
_OF_SKUS = PreparedStatement(
    lambda connection: looked_up(
        connection.dialect.name, select(product.c.sku, raw(product.c.id)), _KEY, "keys"
    )
)

_HOLDING = PreparedStatement(
    lambda connection: (
        _IDS.add_columns(product.c.sku)
        .where(may_hold(connection, product.c.sku))
        .order_by(product.c.sku)
    )
)


@dataclass(frozen=True, slots=True)
class _Range:
    """SKUs from low up to but not including high (None: without an end), LIKE the pattern."""

    low: str = ""
    high: str | None = None
    pattern: str | None = None


def is_sku(attribute: Attribute) -> bool:
    """Return whether this is the attribute whose values are the SKUs."""
    return attribute.system and attribute.name == SKU


def skus_fitting(snapshot: Snapshot, predicate: Test) -> list[int]:
    """Return the products whose SKU satisfies a predicate, in the order of their SKUs."""
    if isinstance(predicate, In):
        keys = [[snapshot.tenant_id, one] for one in dict.fromkeys(predicate.literals)]
        return [number for _, number in sorted(_OF_SKUS.each(snapshot.connection, {"keys": keys}))]
    if isinstance(predicate, Contains):
        return _holding(snapshot, predicate.text)
    wanted = _range(predicate)
    values = {"low": wanted.low, "high": wanted.high, "pattern": wanted.pattern}
    given = {name: value for name, value in values.items() if value is not None}
    statement = _within(has_end="high" in given, has_pattern="pattern" in given)
    found = statement.column(snapshot.connection, {"tenant_id": snapshot.tenant_id, **given})
    note_rows(len(found))
    return found


def _holding(snapshot: Snapshot, text: str) -> list[int]:
    holds, wanted = contains_test(text), {"folded": text.casefold()}
    found = _HOLDING.all(snapshot.connection, {"tenant_id": snapshot.tenant_id, **wanted})
    note_rows(len(found))
    return [number for number, sku in found if holds(sku)]


@cache
def _within(*, has_end: bool, has_pattern: bool) -> PreparedStatement:
    sku = product.c.sku
    statement = _IDS.where(sku >= bindparam("low")).order_by(sku)
    if has_end:
        statement = statement.where(sku < bindparam("high"))
    if has_pattern:
        statement = statement.where(sku.like(bindparam("pattern"), escape="\\"))
    return PreparedStatement(statement)


def _range(predicate: Comparison | Between | Like) -> _Range:
    match predicate:
        case Like(_, pattern):
            return _like(pattern)
        case Between(_, low, high):
            return _Range(str(low), f"{high}{_AFTER}")
        case Comparison(_, sign, literal):
            return _compared(sign, str(literal))


def _compared(sign: str, text: str) -> _Range:
    match sign:
        case "<":
            return _Range(high=text)
        case "<=":
            return _Range(high=text + _AFTER)
        case ">":
            return _Range(text + _AFTER)
        case ">=":
            return _Range(text)
    return _Range(text, text + _AFTER)


def _like(pattern: str) -> _Range:
    pieces = like_pieces(pattern)
    prefix = like_prefix(pieces)
    high = after_prefix(prefix) if prefix.strip(_GREATEST) else None
    if set(pieces[len(prefix) :]) == {Wild.RUN} and (high is not None or not prefix):
        return _Range(prefix, high)
    return _Range(prefix, high, sql_pattern(pieces))
