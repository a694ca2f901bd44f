"""Workflows: added, replaced, deleted. Source: docs/core.md, Workflows."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pims_api.domain.attributes.attribute import STATUS, VARIATION_OF
from pims_api.domain.conditions.condition import And, In, IsNull, Not, Operand
from pims_api.domain.definition import Definition
from pims_api.domain.workflow import Workflow
from pims_api.errors import Conflict, Fault, Subject, refuse_if_any, taken
from pims_api.services.products.lifecycle.stages import in_stage
from pims_api.storage.catalogue_index.filter.evaluate import match
from pims_api.storage.defined_ids import next_defined_id
from pims_api.storage.unit_of_work import UnitOfWork

STAGES_MAX = 100
TRANSITIONS_MAX = 1_000

_NAMES_SHOWN = 10


def add_workflow(work: UnitOfWork, wanted: Workflow) -> Workflow:
    """Add a workflow; its number is chosen here. Raises Conflict for a name or id, BadInput."""
    _check(work.definition, wanted)
    present = max(work.definition.things(Workflow), default=0)
    made = replace(wanted, id=next_defined_id(work, Workflow, present))
    work.define(made)
    return made


def edit_workflow(work: UnitOfWork, before: Workflow, wanted: Workflow) -> Workflow:
    """Replace a workflow. Products that keep no stage of it stay in that in which they are.

    Raises Conflict for a stage that goes while products are in it, and as `add_workflow` does.
    """
    after = replace(wanted, id=before.id, client_id=before.client_id)
    _check(work.definition, after)
    _refuse_lost_stages(work, before, after)
    after = replace(after, older_id=_older_id(work.definition, before, after))
    if after != before:
        work.define(after)
    return after


def delete_workflow(work: UnitOfWork, one: Workflow) -> None:
    """Delete a workflow. Raises Conflict while product types use it."""
    using = [kind.name for kind in work.definition.types.values() if kind.workflow_id == one.id]
    if using:
        names = ", ".join(using[:_NAMES_SHOWN])
        raise Conflict(f"The workflow is used by {names}: take it from there first!")
    work.define(replace(one, deleted=True), deleted=True)


def _older_id(definition: Definition, before: Workflow, after: Workflow) -> str:
    """Return the stage in which products without a stored one stay; "" for the default one."""
    older = before.unkept_id
    is_used = any(kind.workflow_id == before.id for kind in definition.types.values())
    is_there = any(one.id == older for one in after.stages)
    return older if is_used and is_there and older != after.default_id else ""


def _check(definition: Definition, wanted: Workflow) -> None:
    for one in definition.things(Workflow).values():
        same_id = wanted.client_id and one.client_id == wanted.client_id
        if one.id != wanted.id and (one.code == wanted.code or same_id):
            raise taken(Subject.WORKFLOW, wanted.client_id if same_id else wanted.code)
    refuse_if_any(list(_faults(wanted)))


def _faults(wanted: Workflow) -> Iterator[Fault]:
    known = {one.id for one in wanted.stages}
    if not 1 <= len(wanted.stages) <= STAGES_MAX or len(wanted.transitions) > TRANSITIONS_MAX:
        message = f"A workflow has 1 to {STAGES_MAX} states, at most {TRANSITIONS_MAX} transitions!"
        yield Fault("limit", message)
    yield from _twins("states", (one.id for one in wanted.stages))
    yield from _twins("states", (one.alias for one in wanted.stages if one.alias))
    yield from _twins("transitions", (one.id for one in wanted.transitions))
    ends = (end for one in wanted.transitions for end in (one.from_id, one.to_id))
    for end in dict.fromkeys([wanted.default_id, *ends]):
        if end not in known:
            yield Fault("range", f"The workflow has no state {end!r}!", value=end)


def _twins(what: str, names: Iterable[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield Fault("range", f"Two {what} of the workflow are called {name!r}!", value=name)
        seen.add(name)


def _refuse_lost_stages(work: UnitOfWork, before: Workflow, after: Workflow) -> None:
    lost = {one.id for one in before.stages} - {one.id for one in after.stages}
    held = [one for one in sorted(lost) if match(work, _present_in(work, before, one))]
    if held:
        names = ", ".join(held[:_NAMES_SHOWN])
        raise Conflict(f"Products are in the states {names}: move them to others first!")


def _present_in(work: UnitOfWork, workflow: Workflow, stage_id: str) -> And:
    by_name = work.definition.by_name
    is_deleted = In(Operand(by_name[STATUS]), ("deleted",))
    is_root = IsNull(Operand(by_name[VARIATION_OF]))
    return And((in_stage(work.definition, workflow, stage_id), Not(is_deleted), is_root))
