"""Criteria as conditions for a caller: which scopes are asked, and which products show what.

Source: docs/core.md, Criteria.
"""

from collections.abc import Iterable, Sequence

from pims_api.domain.access.access import Access
from pims_api.domain.access.scopes import searched_scopes
from pims_api.domain.attributes.attribute import PRODUCT_TYPE_ATTRIBUTE, Attribute
from pims_api.domain.conditions.condition import And, Condition, In, Operand, Or
from pims_api.domain.conditions.criterion import Criterion, criterion_condition
from pims_api.domain.values.scope import GLOBAL
from pims_api.storage.catalogue_index.filter.postings import Postings
from pims_api.storage.snapshot import Snapshot

EVERY_PRODUCT = And(())


def criteria_condition(
    snapshot: Snapshot, access: Access, criteria: Iterable[Criterion], *, any_of: bool
) -> Condition:
    """Return the condition of products that fulfil all criteria, or any of them.

    Without criteria every product is in.
    """
    found = tuple(
        criterion_condition(one, _operands(snapshot, one), shown_where(access, one.attribute))
        for one in criteria
    )
    return Or(found) if any_of and found else And(found)


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
