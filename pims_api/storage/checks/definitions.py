"""Check of the history of definitions, API keys and media.

Folded from its creation, the history of each thing gives what its row holds.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import bindparam, select

from pims_api.domain.product import Values, fold
from pims_api.storage.api_keys import KEY_ENTITY, key_settings, keys_of_tenant
from pims_api.storage.checks.history import named
from pims_api.storage.definitions.kinds import KIND_OF, KINDS, OptionEntry
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.history.defined.definition_changes import DELETED
from pims_api.storage.media import MEDIA_ENTITY, all_media, media_values
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import change, definition

_ENTRIES = PreparedStatement(
    select(change.c.entity_id, change.c.sequence, change.c.old, change.c.new)
    .where(
        change.c.tenant_id == bindparam("tenant_id"),
        change.c.entity == bindparam("entity"),
    )
    .order_by(change.c.entity_id, change.c.sequence)
)
_ROWS = PreparedStatement(
    select(definition.c.id, definition.c.body, definition.c.deleted, definition.c.changed).where(
        definition.c.tenant_id == bindparam("tenant_id"), definition.c.kind == bindparam("kind")
    )
)
_OPTION = KIND_OF[OptionEntry].name


@dataclass(slots=True)
class _Folded:
    """The folded history of one kind, by id of the row. last: sequence of the last entry."""

    values: dict[str, Values] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)
    wrong: list[tuple[str, int, list[str]]] = field(default_factory=list)

    def add(self, row_id: str, sequence: int, old: Values, new: Values) -> None:
        """Apply an entry to a thing."""
        state = self.values.get(row_id, {})
        wrong = [place for place in new if state.get(place) != old.get(place)]
        if wrong:
            self.wrong.append((row_id, sequence, wrong))
        self.values[row_id], self.last[row_id] = fold(state, new), sequence


def compare_definitions(snapshot: Snapshot) -> Iterator[str]:
    """Yield a sentence for each defined thing that differs from its folded history."""
    for kind in KINDS:
        wanted = {"tenant_id": snapshot.tenant_id, "kind": kind.name}
        found = _ROWS.all(snapshot.connection, wanted)
        rows = {one.id: one.body | ({DELETED: True} if one.deleted else {}) for one in found}
        folded = _fold(snapshot, kind.name)
        yield from _differences(kind.name, folded, rows)
        for one in found:
            if not folded.last.get(one.id, 0) <= one.changed <= snapshot.definition.version:
                name = _called(kind.name, one.id, one.body)
                yield f"{name}: its row is of version {one.changed}, so servers may not see it."


def compare_keys(snapshot: Snapshot) -> Iterator[str]:
    """Yield a sentence for each API key that differs from its folded history."""
    rows = {
        str(key.id): {"public_id": key.public_id} | key_settings(key)
        for key in keys_of_tenant(snapshot)
    }
    yield from _differences(KEY_ENTITY, _fold(snapshot, KEY_ENTITY), rows)


def compare_media(snapshot: Snapshot) -> Iterator[str]:
    """Yield a sentence for each image or file of a product that differs from its history."""
    rows = {str(one.id): media_values(one) for one in all_media(snapshot)}
    yield from _differences(MEDIA_ENTITY, _fold(snapshot, MEDIA_ENTITY), rows)


def _fold(snapshot: Snapshot, entity: str) -> _Folded:
    folded = _Folded()
    wanted = {"tenant_id": snapshot.tenant_id, "entity": entity}
    for number, sequence, old, new in _ENTRIES.all(snapshot.connection, wanted):
        if entity != _OPTION:
            folded.add(str(number), sequence, old, new)
            continue
        for option_id, body in new.items():  # the options of a list share an entry
            folded.add(f"{number}/{option_id}", sequence, old.get(option_id) or {}, body)
    return folded


def _differences(entity: str, folded: _Folded, rows: Mapping[str, Values]) -> Iterator[str]:
    for row_id, sequence, places in folded.wrong:
        name = _called(entity, row_id, rows.get(row_id, {}))
        yield f"{name}: entry {sequence} starts from other values of {named(places)}."
    for row_id, row in rows.items():
        name = _called(entity, row_id, row)
        state = folded.values.pop(row_id, None)
        values = fold({}, row)
        if state is None:
            yield f"{name}: it has no entry."
        elif state != values:
            places = sorted(one for one in state | values if state.get(one) != values.get(one))
            yield f"{name}: it leads to other values of {named(places)} than are kept."
    for row_id in folded.values:
        yield f"{_called(entity, row_id, {})}: there is no such thing."


def _called(entity: str, row_id: str, row: Values) -> str:
    name = row.get("name") or row.get("alias")
    return f"History of {entity.replace('_', ' ')} {row_id if name is None else repr(name)}"
