"""Pending definitions: what a unit of work has defined and not written yet, with undo.

The cached definition of a process is shared by its requests. So the first change copies it, and the
copy takes every change until the transaction is committed.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from pims_api.domain.definition import Definition
from pims_api.domain.product import Values
from pims_api.storage.definitions.kinds import KIND_OF, Defined, Kind, find_defined
from pims_api.storage.engine.bulk_write import Upserts
from pims_api.storage.history.changes import EntityChange
from pims_api.storage.history.defined.definition_changes import (
    definition_changes,
    history_values,
    present_history_values,
)
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import definition as definition_table

Place = tuple[str, str]
"""The kind and the id of something defined."""

_STORE = Upserts(
    definition_table, same=("tenant_id", "changed"), updated=("body", "deleted", "changed")
)
_NAMING = ("name", "alias", "parent_id")  # what names and places a thing, in its history


class _Redefined(NamedTuple):
    """One definition of a step, for undo. before, entry: what the definition and `_defined` had."""

    place: Place
    thing: Any
    before: Any
    entry: tuple[Any, Any] | None

    @property
    def kind(self) -> Kind:
        return KIND_OF[type(self.thing)]

    def undo(self, definition: Definition) -> None:
        if self.before is not None:
            self.kind.put(definition, self.before)
        elif self.kind.drop is not None:
            self.kind.drop(definition, self.thing)


class SavedDefinitions(NamedTuple):
    """A saved state of pending definitions, for `restore`."""

    current: Definition
    defined: dict[Place, tuple[Any, Any]]
    redefined: list[_Redefined]


class PendingDefinitions:
    """The definitions of a transaction. current: the tenant's definition including them."""

    def __init__(self, shared: Definition) -> None:
        self.current = shared
        self._shared = shared
        self._defined: dict[Place, tuple[Any, Any]] = {}
        self._redefined: list[_Redefined] = []

    def __bool__(self) -> bool:
        """Whether anything was defined."""
        return bool(self._defined)

    def define(self, thing: Defined, *, deleted: bool = False) -> None:
        """Add or replace a thing."""
        kind = KIND_OF[type(thing)]
        self._own()
        place = (kind.name, kind.id_of(thing))
        before, entry = find_defined(self.current, thing), self._defined.get(place)
        self._redefined.append(_Redefined(place, thing, before, entry))
        first = entry[0] if entry else present_history_values(before)
        self._defined[place] = (first, (thing, deleted))
        kind.put(self.current, thing)

    def made(self) -> Iterator[Defined]:
        """Yield the things that are new."""
        return (thing for first, (thing, _) in self._defined.values() if first is None)

    def named(self) -> Iterator[Defined]:
        """Yield the things that are new, or have another name or place than before."""
        for first, (thing, deleted) in self._defined.values():
            if not deleted and (first is None or _is_renamed(first, thing)):
                yield thing

    def begin_step(self) -> None:
        """Start a step, to which `undo_step` goes back."""
        self._redefined = []

    def undo_step(self) -> None:
        """Undo what was defined since the step began."""
        is_simple = all(one.before is not None or one.kind.drop for one in self._redefined)
        for one in reversed(self._redefined):
            if one.entry is None:
                del self._defined[one.place]
            else:
                self._defined[one.place] = one.entry
            if is_simple:
                one.undo(self.current)
        if not self._defined:
            self.current = self._shared
        elif not is_simple and self._redefined:
            self._define_anew()

    def save(self) -> SavedDefinitions:
        """Return a copy of the present state."""
        state = SavedDefinitions(self.current, dict(self._defined), list(self._redefined))
        if self.current is not self._shared:
            self.current = self.current.copy()
        return state

    def restore(self, state: SavedDefinitions) -> None:
        """Go back to a saved state."""
        self.current, self._defined, self._redefined = state

    def changes(self) -> list[EntityChange]:
        """Return the history rows of what was defined."""
        return definition_changes((before, *last) for before, last in self._defined.values())

    def write(self, snapshot: Snapshot) -> None:
        """Store what was defined, in one statement."""
        cells: dict[str, list[Any]] = {"kind": [], "id": [], "body": [], "deleted": []}
        for (kind_name, row_id), (_, (thing, deleted)) in self._defined.items():
            cells["kind"].append(kind_name)
            cells["id"].append(row_id)
            cells["body"].append(KIND_OF[type(thing)].write(thing))
            cells["deleted"].append(deleted)
        same = {"tenant_id": snapshot.tenant_id, "changed": snapshot.sequence}
        _STORE.run(snapshot.connection, cells, same)

    def _own(self) -> None:
        if self.current is self._shared:
            self.current = self._shared.copy()

    def _define_anew(self) -> None:
        self.current = self._shared.copy()
        for thing, _ in (last for _, last in self._defined.values()):
            KIND_OF[type(thing)].put(self.current, thing)


def _is_renamed(before: Values, thing: Defined) -> bool:
    after = history_values(thing, deleted=False)
    return any(before.get(one) != after.get(one) for one in _NAMING)
