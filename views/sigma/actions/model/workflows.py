"""Workflows: listed, added, read, replaced, deleted."""

from typing import Any

from pims_api.domain.definition import Definition
from pims_api.domain.workflow import Workflow
from pims_api.services import workflows
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.sigma.ids import named, workflows_by_id
from schemas.sigma.model.workflows import workflow_object, workflow_write
from views.running import Body
from views.sigma.actions.model.sight import seen_in_states
from views.sigma.caller import Caller


def list_workflows(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with every workflow, oldest first."""
    found = workflows_by_id(seen.definition).values()
    return [_shown(seen.definition, caller, one) for one in found]


def add_workflow(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Add a workflow and answer with it."""
    wanted = workflow_write(work.definition, asked["body"])
    return _shown(work.definition, caller, workflows.add_workflow(work, wanted))


def show_workflow(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with one workflow."""
    return _shown(seen.definition, caller, _named(seen.definition, asked))


def put_workflow(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Replace a workflow and answer with it."""
    before = _named(work.definition, asked)
    wanted = workflow_write(work.definition, asked["body"])
    return _shown(work.definition, caller, workflows.edit_workflow(work, before, wanted))


def delete_workflow(work: UnitOfWork, caller: Caller, asked: Body) -> None:
    """Delete a workflow that no schema uses."""
    workflows.delete_workflow(work, _named(work.definition, asked))


def _shown(definition: Definition, caller: Caller, one: Workflow) -> Any:
    return workflow_object(definition, one, seen_in_states(caller, definition))


def _named(definition: Definition, asked: Body) -> Workflow:
    number = asked["path"]["workflow_id"]
    one: Workflow = named(workflows_by_id(definition), number, "Workflow")
    return one
