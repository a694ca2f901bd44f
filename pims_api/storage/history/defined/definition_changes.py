"""History of defined things: changes of their bodies, field by field, like those of products."""

from collections.abc import Iterable
from typing import Any

from pims_api.domain.product import Values, differences
from pims_api.storage.definitions.kinds import KIND_OF, Defined, OptionEntry
from pims_api.storage.history.changes import EntityChange

DELETED = "deleted"

Redefinition = tuple[Values | None, Defined, bool]
"""The body of a thing before (None: it is new), the thing after, and whether it is deleted."""


def history_values(thing: Any, *, deleted: bool) -> Values:
    """Return what the history of a thing folds to: its body, and whether it is deleted."""
    body = KIND_OF[type(thing)].write(thing)
    return body | {DELETED: True} if deleted else body


def definition_changes(redefined: Iterable[Redefinition]) -> list[EntityChange]:
    """Return the history rows of things that were defined; the options of a list share one."""
    rows: dict[tuple[str, int], tuple[Values, Values]] = {}
    for before, thing, deleted in redefined:
        after = history_values(thing, deleted=deleted)
        if isinstance(thing, OptionEntry):
            number, key = thing.list_id, thing.option.id
            old, new = ({key: before}, {key: after}) if before != after else ({}, {})
        else:
            number = thing.id
            old, new = differences(before or {}, after)
        if new:
            known = rows.setdefault((KIND_OF[type(thing)].name, number), ({}, {}))
            known[0].update(old)
            known[1].update(new)
    return [EntityChange(*place, *sides) for place, sides in rows.items()]


def present_history_values(thing: Any) -> Values | None:
    """Return what the history of a thing folds to now; None for None."""
    return (
        None if thing is None else history_values(thing, deleted=getattr(thing, "deleted", False))
    )
