"""Criteria as conditions for a caller: which scopes are asked, and which products show what.

Source: docs/core.md, Criteria.
"""

from collections.abc import Iterable, Sequence

from pims_api.domain.access.scopes import searched_scopes
from pims_api.domain.access.sight import Sight
from pims_api.domain.attributes.attribute import Attribute
from pims_api.domain.conditions.condition import (
    And,
    Condition,
    In,
    Like,
    Not,
    Operand,
    Or,
    Test,
)
from pims_api.domain.conditions.criterion import Criterion, criterion_condition
from pims_api.domain.values.scope import GLOBAL
from pims_api.services.products.lifecycle.stages import seen_where
from pims_api.storage.catalogue_index.filter.postings import Postings
from pims_api.storage.catalogue_index.filter.skus import chosen_skus, is_sku
from pims_api.storage.snapshot import Snapshot


def criteria_condition(
    snapshot: Snapshot,
    sight: Sight,
    criteria: Iterable[Criterion],
    *,
    any_of: bool,
    made_sku: str = "",
) -> Condition:
    """Return the condition of products that fulfil all criteria, or any of them.

    Without criteria every product is in. made_sku: followed by the id of its product it is a SKU
    that nobody chose, which counts as unset; "": every SKU was chosen.
    """
    found = tuple(
        criterion_condition(one, _operands(snapshot, one), _shown(snapshot, sight, one, made_sku))
        for one in criteria
    )
    return Or(found) if any_of and found else And(found)


def _shown(snapshot: Snapshot, sight: Sight, one: Criterion, made_sku: str) -> Condition:
    shown = seen_where(sight, one.attribute)
    if not (made_sku and is_sku(one.attribute) and _may_mean(one.test, made_sku)):
        return shown
    sku = Operand(one.attribute)
    chosen = In(sku, tuple(chosen_skus(snapshot, made_sku)))
    return And((shown, Or((Not(Like(sku, f"{made_sku}%")), chosen))))


def _may_mean(test: Test | None, made_sku: str) -> bool:
    """Return whether SKUs that nobody chose may pass a test."""
    if not isinstance(test, In):
        return True
    return any(str(literal).startswith(made_sku) for literal in test.literals)


def scopes_in_use(snapshot: Snapshot, attribute: Attribute) -> Sequence[str]:
    """Return the scopes in which products have values of an attribute, the global one among them.

    In one statement, and none for an attribute without dimensions.
    """
    if not attribute.dimensions:
        return (GLOBAL,)
    return sorted({GLOBAL, *Postings(snapshot).scopes(attribute.id)})


def _operands(snapshot: Snapshot, criterion: Criterion) -> list[Operand]:
    attribute = criterion.attribute
    if criterion.scope is None:
        return [Operand(attribute, (one,)) for one in scopes_in_use(snapshot, attribute)]
    scopes = searched_scopes(snapshot.definition, attribute, criterion.scope)
    return [Operand(attribute, scopes)]
