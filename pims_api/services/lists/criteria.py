"""Criteria as conditions for a caller: which scopes are asked, and which products show what.

Source: docs/core.md, Criteria.
"""

from collections.abc import Iterable, Sequence

from pims_api.domain.access.access import Access
from pims_api.domain.access.scopes import searched_scopes
from pims_api.domain.attributes.attribute import PRODUCT_TYPE_ATTRIBUTE, Attribute
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
from pims_api.storage.catalogue_index.filter.postings import Postings
from pims_api.storage.catalogue_index.filter.skus import chosen_skus, is_sku
from pims_api.storage.snapshot import Snapshot

EVERY_PRODUCT = And(())


def criteria_condition(
    snapshot: Snapshot,
    access: Access,
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
        criterion_condition(one, _operands(snapshot, one), _shown(snapshot, access, one, made_sku))
        for one in criteria
    )
    return Or(found) if any_of and found else And(found)


def _shown(snapshot: Snapshot, access: Access, one: Criterion, made_sku: str) -> Condition:
    shown = shown_where(access, one.attribute)
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


def shown_where(access: Access, attribute: Attribute) -> Condition:
    """Return the condition of products that show an attribute to a caller who sees it at all.

    Products of a type without the attribute may keep values of it, which are not shown.
    """
    kinds = access.definition.types.values()
    without = [k for k in kinds if not (k.attribute_ids is None or attribute.id in k.attribute_ids)]
    if not without:
        return EVERY_PRODUCT
    names = sorted({one.name for one in kinds} - {one.name for one in without})
    return In(Operand(PRODUCT_TYPE_ATTRIBUTE), tuple(names))


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
