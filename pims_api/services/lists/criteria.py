"""Criteria as conditions for a caller: which scopes are asked, and which products show what.

Source: docs/core.md, Criteria.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pims_api.domain.access.scopes import searched_scopes
from pims_api.domain.access.sight import Sight
from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.domain.conditions.condition import (
    And,
    Condition,
    Contains,
    In,
    Operand,
    Or,
    Test,
)
from pims_api.domain.conditions.criterion import Criterion, criterion_condition
from pims_api.domain.generated_sku import GeneratedSkus, may_be_generated, may_be_part
from pims_api.domain.values.scope import GLOBAL
from pims_api.services.products.lifecycle.stages import seen_where
from pims_api.storage.catalogue_index.filter.postings import Postings
from pims_api.storage.catalogue_index.filter.skus import CHOSEN, is_sku
from pims_api.storage.identity.tenants import tenant_ids
from pims_api.storage.products.odd_skus import OddSkus, odd_skus
from pims_api.storage.snapshot import Snapshot


def criteria_condition(
    snapshot: Snapshot, sight: Sight, criteria: Iterable[Criterion], *, any_of: bool
) -> Condition:
    """Return the condition of products that fulfil all criteria, or any of them.

    Without criteria every product is in. An SKU that nobody chose counts as unset, and so a link to
    a product with such a one has no text.
    """
    found = tuple(
        criterion_condition(
            _of_chosen_skus(snapshot, one),
            _operands(snapshot, one),
            seen_where(sight, one.attribute),
        )
        for one in criteria
    )
    return Or(found) if any_of and found else And(found)


def scopes_in_use(snapshot: Snapshot, attribute: Attribute) -> Sequence[str]:
    """Return the scopes in which products have values of an attribute, the global one among them.

    In one statement, and none for an attribute without dimensions.
    """
    if not attribute.dimensions:
        return (GLOBAL,)
    return sorted({GLOBAL, *Postings(snapshot).scopes(attribute.id)})


def _operands(snapshot: Snapshot, criterion: Criterion) -> list[Operand]:
    attribute = criterion.attribute
    if is_sku(attribute):
        return [Operand(attribute, (CHOSEN if _may_mean_made(criterion.test) else GLOBAL,))]
    if criterion.scope is None:
        return [Operand(attribute, (one,)) for one in scopes_in_use(snapshot, attribute)]
    scopes = searched_scopes(snapshot.definition, attribute, criterion.scope)
    return [Operand(attribute, scopes)]


def _of_chosen_skus(snapshot: Snapshot, criterion: Criterion) -> Criterion:
    """Return a criterion by which the text of a link is only an SKU that somebody chose."""
    test = criterion.test
    if not isinstance(test, Contains) or criterion.attribute.type is not ValueType.RELATION:
        return criterion
    odd = odd_skus(snapshot) if may_be_part(test.text) else OddSkus()
    if not odd.made:
        return criterion
    unset = GeneratedSkus(tenant_ids(snapshot), odd.made, odd.alike)
    return replace(criterion, test=replace(test, unset=unset))


def _may_mean_made(test: Test | None) -> bool:
    """Return whether SKUs that nobody chose may pass a test, or what it is about."""
    if not isinstance(test, In):
        return True
    return any(may_be_generated(str(literal)) for literal in test.literals)
