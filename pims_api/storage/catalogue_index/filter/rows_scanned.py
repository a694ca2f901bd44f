"""The number of rows that a condition makes the database scan and discard."""

from typing import Any

from sqlalchemy import bindparam, func, select

from pims_api.domain.conditions.condition import Condition, IsNull, Like, predicates
from pims_api.domain.conditions.truth import like_pieces
from pims_api.storage.catalogue_index.bitmaps.term_range import (
    like_prefix,
    range_of,
    sql_pattern,
)
from pims_api.storage.catalogue_index.bitmaps.terms import MARK
from pims_api.storage.catalogue_index.filter.operands import (
    Skus,
    StoredValues,
    Texts,
    values_in,
)
from pims_api.storage.catalogue_index.filter.postings import Postings
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import posting, product

_term = posting.c.term
_TEXTS = select(func.count()).where(
    posting.c.tenant_id == bindparam("of_tenant"),
    posting.c.attribute_id == bindparam("of_attribute"),
    posting.c.scope == bindparam("of_scope"),
    _term >= bindparam("low"),
    _term < bindparam("high"),
    ~_term.like(bindparam("pattern"), escape="\\"),
    ~_term.contains(MARK),
)
_SKUS = select(func.count()).where(
    product.c.tenant_id == bindparam("of_tenant"),
    ~product.c.sku.like(bindparam("pattern"), escape="\\"),
)


def rows_passed(snapshot: Snapshot, condition: Condition, *, visible: int | None = None) -> int:
    """Return how many rows the patterns of a condition are tested on without a match.

    Rows that match are read, and counted there; so are all rows of a scan for several predicates.
    visible: as for `match`.
    """
    postings = Postings(snapshot)
    known: dict[tuple[int, str], StoredValues] = {}
    patterns: list[tuple[StoredValues, Like]] = []
    for one in predicates(condition):
        if isinstance(one, IsNull):
            continue
        for scope in one.operand.scopes:
            place = (one.operand.attribute.id, scope)
            if place not in known:
                known[place] = values_in(postings, one.operand.attribute, scope, visible)
            values = known[place]
            if isinstance(values, Texts):
                values.plan(one)
            if isinstance(one, Like):
                patterns.append((values, one))
    return sum(_passed(values, one) for values, one in patterns)


def _passed(values: StoredValues, predicate: Like) -> int:
    snapshot = values.postings.snapshot
    wanted: dict[str, Any] = {"of_tenant": snapshot.tenant_id}
    pieces = like_pieces(predicate.pattern)
    if isinstance(values, Skus):
        if like_prefix(pieces):
            return 0
        wanted["pattern"] = sql_pattern(pieces)
        return int(snapshot.connection.scalar(_SKUS, wanted) or 0)
    within = range_of(predicate)
    if not isinstance(values, Texts) or within.pattern is None or values.scans_together:
        return 0
    wanted |= {"of_attribute": values.attribute.id, "of_scope": values.scope}
    wanted |= {"low": within.low, "high": within.high, "pattern": within.pattern}
    return int(snapshot.connection.scalar(_TEXTS, wanted) or 0)
