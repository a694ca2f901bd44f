"""Conditions on the stage of products, and of the products of which an attribute is seen.

Source: docs/core.md, Workflows.
"""

from collections.abc import Iterable

from pims_api.domain.access.sight import Sight
from pims_api.domain.attributes.attribute import PRODUCT_TYPE_ATTRIBUTE, STAGE_ATTRIBUTE, Attribute
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.conditions.condition import And, Condition, In, IsNull, Not, Operand, Or
from pims_api.domain.conditions.guards import guard_condition
from pims_api.domain.definition import Definition
from pims_api.domain.workflow import Stage, Workflow, workflow_of

EVERYWHERE = And(())

_TYPE = Operand(PRODUCT_TYPE_ATTRIBUTE)
_STAGE = Operand(STAGE_ATTRIBUTE)


def of_type(kind: ProductType) -> Condition:
    """Return the condition of being of a type."""
    return In(_TYPE, (kind.name,))


def in_stage(definition: Definition, workflow: Workflow, stage_id: str) -> Condition:
    """Return the condition of products that go through a workflow and are in a stage of it."""
    kinds = [one for one in definition.types.values() if one.workflow_id == workflow.id]
    return And((In(_TYPE, tuple(one.name for one in kinds)), at_stage(workflow, stage_id)))


def in_stage_of_any(definition: Definition, stage_id: str) -> Condition:
    """Return the condition of being in a stage of that id, of whatever workflow."""
    found = definition.things(Workflow).values()
    having = [one for one in found if any(stage.id == stage_id for stage in one.stages)]
    return Or(tuple(in_stage(definition, one, stage_id) for one in having))


def seen_where(sight: Sight, attribute: Attribute) -> Condition:
    """Return the condition of the products of which a caller sees an attribute.

    Of products without parents, for it speaks of their own stages. A criterion on the attribute
    may find no other product. It may hold predicates on attributes that the catalogue index does
    not know: the guards of the attribute.
    """
    kinds = sight.definition.types.values()
    found = [one for one in (_where_of(sight, kind, attribute) for kind in kinds) if one]
    if len(found) == len(kinds) and all(EVERYWHERE in one.parts for one in found):
        seen: Condition = EVERYWHERE
    else:
        seen = Or(tuple(found))
    guarded = guard_condition(sight.definition, attribute)
    return seen if guarded is None else And((seen, guarded))


def is_ever_seen(sight: Sight, kinds: Iterable[ProductType], attribute: Attribute) -> bool:
    """Return whether a caller sees an attribute of some products of these types."""
    return any(_where_of(sight, kind, attribute) for kind in kinds)


def is_hidden_anywhere(sight: Sight, name: str) -> bool:
    """Return whether a caller does not see an attribute of products of some type and stage."""
    kinds = sight.definition.types.values()
    places = ((kind, stage) for kind in kinds for stage in _stages(sight.definition, kind))
    return any(sight.of(kind, stage).of(name) is None for kind, stage in places)


def _stages(definition: Definition, kind: ProductType) -> tuple[Stage | None, ...]:
    """Return the stages that products of a type go through; None: without a workflow."""
    workflow = workflow_of(definition, kind)
    return (None,) if workflow is None else workflow.stages


def _where_of(sight: Sight, kind: ProductType, attribute: Attribute) -> And | None:
    """Return the condition of being of a type and seen with the attribute; None: never."""
    if kind.attribute_ids is not None and attribute.id not in kind.attribute_ids:
        return None
    workflow, stages = workflow_of(sight.definition, kind), _stages(sight.definition, kind)
    seen = [one for one in stages if attribute.id in sight.of(kind, one).by_attribute]
    if not seen:
        return None
    if len(seen) == len(stages) or workflow is None:
        return And((of_type(kind), EVERYWHERE))
    return And((of_type(kind), Or(tuple(at_stage(workflow, one.id) for one in seen if one))))


def at_stage(workflow: Workflow, stage_id: str) -> Condition:
    """Return the condition of being in a stage; a product may keep none of the workflow."""
    if stage_id != workflow.unkept_id:
        return In(_STAGE, (stage_id,))
    others = tuple(one.id for one in workflow.stages if one.id != stage_id)
    return Or((IsNull(_STAGE), Not(In(_STAGE, others))))
