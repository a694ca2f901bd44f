"""The actions of /pim/manage/views: Views are listed, made, changed and deleted."""

from typing import Any

from pims_api.domain.access.attribute_view import AttributeView
from pims_api.domain.definition import Definition
from pims_api.services.attribute_views import write as attribute_views
from pims_api.services.attribute_views.usage import view_change_usage
from pims_api.services.references import absent_values
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.pims.body import READING, Request, read_request
from schemas.pims.definitions.attribute_view import (
    WantedView,
    read_added_attributes,
    read_removed_attributes,
    read_view,
    read_view_name,
    view_object,
)
from views.pims.caller import Caller
from views.pims.dry_run import as_dry_run, with_warnings
from views.running import Body, Reply


def list_pim_views(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with every View, by name."""
    caller.hear(read_request(READING, body))
    views = sorted(seen.definition.views.values(), key=lambda view: view.name)
    shown = [view_object(seen.definition, view) for view in views]
    return with_warnings({"status": "OK", "data": shown}, caller.warnings)


def add_pim_view(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Make a View and answer with it."""
    name, wanted, request = read_view(body, is_new=True)
    caller.hear(request)
    before = work.definition
    made = attribute_views.add_view(work, name, wanted)
    caller.warnings += absent_values(before, wanted.condition_query or "")
    return _reply(work, caller, request, before, made)


def edit_pim_view(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Change what was sent of a View and answer with all of it."""
    return _edit(work, caller, read_view(body, is_new=False))


def add_view_attributes(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Add attributes to a View and answer with all of it."""
    return _edit(work, caller, read_added_attributes(body))


def remove_view_attributes(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Take attributes out of a View and answer with the rest of it."""
    return _edit(work, caller, read_removed_attributes(body))


def delete_pim_view(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Delete a View that no key is bound to."""
    request, before = caller.hear(read_view_name(body)), work.definition
    name = request.values["name"]
    attribute_views.delete_view(work, name)
    return _told(work, caller, request, {"status": "OK", "name": name}, before, name)


def _edit(work: UnitOfWork, caller: Caller, wanted: WantedView) -> Reply:
    name, write, request = wanted
    caller.hear(request)
    before, old = work.definition, work.definition.views.get(name)
    new = attribute_views.edit_view(work, name, write)
    caller.warnings += absent_values(before, write.condition_query or "")
    reply = _reply(work, caller, request, before, new)
    if request.dry_run and old is not None:
        usage = view_change_usage(work, old, new)
        reply |= {"products": usage.products, "removed": usage.removed}
    return reply


def _reply(
    work: UnitOfWork, caller: Caller, request: Request, before: Definition, view: AttributeView
) -> Reply:
    shown = view_object(work.definition, view)
    reply: Reply = {"status": "OK", "name": view.name, "data": shown}
    return _told(work, caller, request, reply, before, view.name)


def _told(
    work: UnitOfWork, caller: Caller, request: Request, reply: Reply, before: Definition, name: str
) -> Reply:
    work.dry_run = request.dry_run
    if work.dry_run:
        reply = as_dry_run(reply, _shown(before, name), _shown(work.definition, name))
    return with_warnings(reply, caller.warnings)


def _shown(definition: Definition, name: str) -> dict[str, Any]:
    view = definition.views.get(name)
    return {} if view is None else {name: view_object(definition, view)}
