"""Records in their workflows: brought to other states, and how complete they are."""

from typing import Any

from pims_api.domain.access.permission import Permission
from pims_api.domain.attributes.completeness import completeness
from pims_api.domain.workflow import stage_of, type_of, workflow_of
from pims_api.errors import BadInput, Fault
from pims_api.services.products.lifecycle.transitions import Move, completeness_in, move, usable
from pims_api.services.products.live_links import with_live_links
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.sigma.model.workflows import transition_object
from schemas.sigma.records.lifecycle import completeness_object
from views.running import Body
from views.sigma.actions.records.records import shown
from views.sigma.actions.records.showing import find_record
from views.sigma.caller import Caller


def transition_record(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Bring a record to another state and answer with it."""
    body = asked["body"]
    wanted = Move(body["toStateId"], body["transitionId"])
    if wanted == Move():
        message = "toStateId or transitionId is required!"
        raise BadInput(faults=[Fault("required", message, pointer="/toStateId")])
    record = find_record(work, caller.sight(work.definition), asked["path"]["record_id"])
    return shown(work, caller, move(work, record, wanted, caller.role))


def list_transitions(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with the transitions that the caller may take now."""
    record = find_record(seen, caller.sight(seen.definition), asked["path"]["record_id"])
    if not caller.may(Permission.EDIT_PRODUCTS):
        return []
    return [transition_object(one) for one in usable(seen, record, caller.role)]


def show_completeness(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with what a record has of what each state requires."""
    definition, sight = seen.definition, caller.sight(seen.definition)
    record = find_record(seen, sight, asked["path"]["record_id"])
    kind, current = type_of(definition, record.values), stage_of(definition, record.values)
    workflow = workflow_of(definition, kind)
    stages = () if workflow is None else workflow.stages
    held = with_live_links(seen, record.values)
    found = [completeness_in(definition, kind, one, held) for one in stages]
    scores = {one.stage.id: one.score for one in found}
    seen_in = [(one, sight.of(kind, one.stage).by_attribute) for one in found]
    if current is None:
        return completeness_object(record, None, completeness(held, definition), ())
    return completeness_object(record, current.id, scores[current.id], seen_in)
