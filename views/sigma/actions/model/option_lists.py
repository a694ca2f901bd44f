"""Option lists and their values: listed, added, read, replaced, deleted."""

from typing import Any

from pims_api.domain.attributes.option_list import OptionList
from pims_api.domain.definition import Definition
from pims_api.services import option_list_changes as changes
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.sigma.ids import absent, named
from schemas.sigma.model.option_lists import (
    accepted_option,
    list_name,
    list_object,
    lists_by_id,
    option_ids,
    option_object,
    option_write,
    option_writes,
)
from views.running import Body
from views.sigma.actions.model.sight import sees_list
from views.sigma.caller import Caller

OPTION_LIST = "Option list"


def list_option_lists(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with every option list that the caller sees, oldest first."""
    definition = seen.definition
    found = (one for one in lists_by_id(definition).values() if sees_list(caller, definition, one))
    return [list_object(definition, one) for one in found]


def add_option_list(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Add an option list, with values or without, and answer with it."""
    body = asked["body"]
    made = changes.add_list(work, list_name(body), option_writes(body, None) or ())
    return list_object(work.definition, made)


def show_option_list(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with one option list."""
    one = _named(seen.definition, asked)
    if not sees_list(caller, seen.definition, one):
        raise absent(OPTION_LIST, asked["path"]["list_id"])
    return list_object(seen.definition, one)


def put_option_list(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Replace an option list and answer with it."""
    before, body = _named(work.definition, asked), asked["body"]
    wanted = list_name(body | {"id": before.named.client_id})
    after = changes.edit_list(work, before, wanted, option_writes(body, before))
    return list_object(work.definition, after)


def delete_option_list(work: UnitOfWork, caller: Caller, asked: Body) -> None:
    """Delete an option list that no attribute uses."""
    changes.delete_list(work, _named(work.definition, asked))


def add_option_value(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Add a value to a list and answer with it."""
    one = _named(work.definition, asked)
    made = changes.add_option(work, one, option_write(asked["body"], option_ids(one)))
    return _shown(work.definition, one, made)


def put_option_value(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Replace a value of a list and answer with it."""
    one = _named(work.definition, asked)
    before = accepted_option(one, asked["path"]["value_id"])
    wanted = option_write(asked["body"] | {"id": before.client_id}, option_ids(one))
    return _shown(work.definition, one, changes.edit_option(work, one, before, wanted))


def delete_option_value(work: UnitOfWork, caller: Caller, asked: Body) -> None:
    """Accept a value no longer; records keep it."""
    one = _named(work.definition, asked)
    changes.remove_option(work, one, accepted_option(one, asked["path"]["value_id"]))


def _named(definition: Definition, asked: Body) -> OptionList:
    one: OptionList = named(lists_by_id(definition), asked["path"]["list_id"], OPTION_LIST)
    return one


def _shown(definition: Definition, one: OptionList, option: Any) -> Any:
    return option_object(definition, definition.option_lists[one.id], option)
