"""Values that no caller writes as such: stages, categories of other catalogs, names of attributes.

Documents keep them by ids and keys, and a revert puts these back.
"""

from collections.abc import Callable
from typing import Any

from pims_api.domain.attributes.attribute import OTHER_CATEGORIES, STAGE, VARIATION_ATTRIBUTES
from pims_api.domain.catalog import catalogs_of
from pims_api.domain.definition import Definition
from pims_api.domain.product import Values
from pims_api.domain.workflow import type_of, workflow_of
from pims_api.errors import Fault


def is_raw(slot: str) -> bool:
    """Return whether the value of a slot is put back as it was stored."""
    return slot in _FITTING


def fitting(definition: Definition, slot: str, value: Any, values: Values) -> tuple[Any, bool]:
    """Return what of a raw value still is there, and whether that is all of it.

    values: the document that it goes into.
    """
    return _FITTING[slot](definition, value, values)


def unfit(slot: str) -> Fault:
    """Return the fault of a value that names what is not there any more."""
    return Fault("not_found", f"{_NAMES[slot]} cannot be put back: it is not there any more!", slot)


def _stage(definition: Definition, value: Any, values: Values) -> tuple[Any, bool]:
    workflow = workflow_of(definition, type_of(definition, values))
    known = workflow is not None and any(one.id == value for one in workflow.stages)
    return (value, True) if known or value is None else (None, False)


def _categories(definition: Definition, value: Any, _: Values) -> tuple[Any, bool]:
    trees = [definition.tree(number) for number in catalogs_of(definition)]
    there = [
        one
        for one in value or ()
        if any(int(one) in tree.by_id and not tree.by_id[int(one)].deleted for tree in trees)
    ]
    return there or None, len(there) == len(value or ())


def _attribute_keys(definition: Definition, value: Any, _: Values) -> tuple[Any, bool]:
    known = definition.by_key
    there = [key for key in value or () if key in known and not known[key].deleted]
    return there or None, True  # deleted attributes are left out, as everywhere


_FITTING: dict[str, Callable[[Definition, Any, Values], tuple[Any, bool]]] = {
    STAGE: _stage,
    OTHER_CATEGORIES: _categories,
    VARIATION_ATTRIBUTES: _attribute_keys,
}
_NAMES = {STAGE: "The stage", OTHER_CATEGORIES: "A category in another catalog"}
