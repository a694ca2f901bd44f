"""Which products left their parents: the only thing about relatives that documents do not tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import ColumnElement, Text, bindparam, select, type_coerce

from pims_api.domain.attributes.attribute import VARIATION_OF
from pims_api.settings import Settings
from pims_api.storage.engine.dialect import in_turn
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.engine.versioned_cache import VersionedCache
from pims_api.storage.history.changes import PRODUCT_ENTITY
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import change

_CHANGES = select(change.c.sequence, change.c.entity, change.c.entity_id, change.c.old).where(
    change.c.tenant_id == bindparam("tenant_id")
)


def _are_leavings(rows: Any) -> list[ColumnElement[bool]]:
    # Quotes within values are escaped, so no value looks like this.
    had_parent = type_coerce(rows.old, Text).contains(f'"{VARIATION_OF}":', autoescape=True)
    return [rows.entity == PRODUCT_ENTITY, had_parent]


_BETWEEN = PreparedStatement(
    lambda connection: in_turn(connection.dialect.name, _CHANGES, ("first", "last"), _are_leavings)
)


class Leaving(NamedTuple):
    """A product left a parent, named by its SKU."""

    sequence: int
    product_id: int
    parent: str


@dataclass(frozen=True, slots=True)
class _Leavings:
    """All of them after one write, up to and with another."""

    after: int
    upto: int
    found: Sequence[Leaving]


class LeavingsCache:
    """The leavings of tenants, as far as they were asked for. What happened stays so."""

    unit: ClassVar[str] = "changes"

    def __init__(self, weight_max: int) -> None:
        self.known: VersionedCache[int, _Leavings] = VersionedCache(
            lambda one: len(one.found) + 1, weight_max
        )

    @classmethod
    def sized(cls, settings: Settings) -> "LeavingsCache":
        """Return an empty cache, as large as the settings say."""
        return cls(settings.past_moves_max)

    @property
    def size(self) -> int:
        """The number of cached changes."""
        return self.known.weight


def leavings_since(now: Snapshot, sequence: int) -> list[Leaving]:
    """Return which products left their parents since a write, in the order of the changes."""
    cache = now.caches.of(LeavingsCache).known
    known = cache.last(now.tenant_id) or _Leavings(now.sequence, now.sequence, ())
    missing = known.after > sequence or known.upto < now.sequence
    if missing:
        known = _extended(now, known, sequence)
        if not now.is_writing:
            cache.put(now.tenant_id, known.upto, known)
    return [one for one in known.found if sequence < one.sequence <= now.sequence]


def _extended(now: Snapshot, known: _Leavings, sequence: int) -> _Leavings:
    earlier = _read(now, sequence, known.after) if sequence < known.after else []
    later = _read(now, known.upto, now.sequence)
    after, upto = min(sequence, known.after), max(known.upto, now.sequence)
    return _Leavings(after, upto, [*earlier, *known.found, *later])


def _read(now: Snapshot, first: int, last: int) -> list[Leaving]:
    if first >= last:
        return []
    wanted = {"tenant_id": now.tenant_id, "first": first + 1, "last": last}
    rows = _BETWEEN.all(now.connection, wanted)
    return [Leaving(at, number, old[VARIATION_OF]) for at, _, number, old in rows]
