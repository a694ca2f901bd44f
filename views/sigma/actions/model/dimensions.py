"""Dimensions: listed, added, read, replaced, deleted, and their scopes."""

from typing import Any

from pims_api.domain.definition import LANGUAGE_ID, Definition
from pims_api.domain.values.scope import Dimension
from pims_api.errors import Subject, taken
from pims_api.services import dimension_changes
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.sigma.ids import dimension_id, dimensions_by_id, named
from schemas.sigma.model.dimensions import dimension_object, dimension_write, scope_matrix
from views.running import Body
from views.sigma.caller import Caller


def list_dimensions(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with every dimension, the language first."""
    return [dimension_object(one) for one in dimensions_by_id(seen.definition).values()]


def add_dimension(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Add a dimension and answer with it; the language is taken over.

    Raises Conflict for the alias of the language with another id.
    """
    body, language = asked["body"], work.definition.language
    if body["id"] != dimension_id(language) and body["alias"] != language.code:
        return dimension_object(dimension_changes.add_dimension(work, dimension_write(body)))
    if body["id"] not in (None, dimension_id(language)):
        raise taken(Subject.DIMENSION, language.code)
    wanted = dimension_write(body, language)
    return dimension_object(dimension_changes.adopt_language(work, wanted))


def show_dimension(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with one dimension."""
    return dimension_object(_named(seen.definition, asked))


def put_dimension(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Replace a dimension and answer with it."""
    before = _named(work.definition, asked)
    wanted = dimension_write(asked["body"] | {"id": dimension_id(before)}, before)
    if before.id == LANGUAGE_ID:
        return dimension_object(dimension_changes.adopt_language(work, wanted))
    return dimension_object(dimension_changes.edit_dimension(work, before, wanted))


def delete_dimension(work: UnitOfWork, caller: Caller, asked: Body) -> None:
    """Delete a dimension that no attribute lists."""
    dimension_changes.delete_dimension(work, _named(work.definition, asked))


def list_scopes(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with every combination of the segments of some dimensions."""
    return scope_matrix(seen.definition, asked["body"]["dimensionIds"])


def _named(definition: Definition, asked: Body) -> Dimension:
    one: Dimension = named(dimensions_by_id(definition), asked["path"]["dimension_id"], "Dimension")
    return one
