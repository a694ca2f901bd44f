"""The actions of /pim/manage/views: Views are listed, made, changed and deleted."""

from pims_api.domain.access.attribute_view import AttributeView
from pims_api.services.attribute_views import write as attribute_views
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.pims.definitions.attribute_view import read_view, read_view_name, view_object
from views.pims.caller import Caller
from views.running import Body, Reply


def list_pim_views(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with every View, by name."""
    views = sorted(seen.definition.views.values(), key=lambda view: view.name)
    return {"status": "OK", "data": [view_object(seen.definition, view) for view in views]}


def add_pim_view(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Make a View and answer with it."""
    name, wanted = read_view(body, is_new=True)
    return _reply(work, attribute_views.add_view(work, name, wanted))


def edit_pim_view(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Change what was sent of a View and answer with all of it."""
    name, wanted = read_view(body, is_new=False)
    return _reply(work, attribute_views.edit_view(work, name, wanted))


def delete_pim_view(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Delete a View that no key is bound to."""
    name = read_view_name(body)
    attribute_views.delete_view(work, name)
    return {"status": "OK", "name": name}


def _reply(work: UnitOfWork, view: AttributeView) -> Reply:
    return {"status": "OK", "name": view.name, "data": view_object(work.definition, view)}
