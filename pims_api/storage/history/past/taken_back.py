"""What products had after an earlier write, of the slots that changed since.

It is read from the changes since then alone, so its cost grows with these and not with the
catalogue.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import orjson
from sqlalchemy import bindparam, func, select

from pims_api.domain.product import Values
from pims_api.settings import Settings
from pims_api.storage.engine.dialect import in_turn
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.engine.versioned_cache import VersionedCache
from pims_api.storage.history.changes import PRODUCT_ENTITY, whole_old
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import change

_CHANGES = select(
    change.c.sequence, change.c.entity, change.c.entity_id, change.c.old, change.c.new
).where(change.c.tenant_id == bindparam("tenant_id"))
_SINCE = PreparedStatement(
    lambda connection: in_turn(
        connection.dialect.name,
        _CHANGES,
        ("first", "last"),
        lambda rows: [rows.entity == PRODUCT_ENTITY, rows.entity_id <= bindparam("last_id")],
    )
)
_MADE = PreparedStatement(
    select(func.min(change.c.sequence)).where(
        change.c.tenant_id == bindparam("tenant_id"),
        change.c.entity == PRODUCT_ENTITY,
        change.c.entity_id == bindparam("entity_id"),
    )
)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The values of then of changed slots: slot → product id → stored value, None for unset.

    products: the ids of those that changed. upto: the last write whose changes are in it.
    """

    upto: int
    slots: dict[str, dict[int, Any]] = field(default_factory=dict)
    products: set[int] = field(default_factory=set)

    def with_changes(self, upto: int, changes: Iterable[tuple[int, Values]]) -> "TakenBack":
        """Return it with later changes, the oldest first: product id and the values before."""
        found = TakenBack(upto, {s: dict(of) for s, of in self.slots.items()}, {*self.products})
        for number, old in changes:
            found.products.add(number)
            for slot, value in old.items():
                found.slots.setdefault(slot, {}).setdefault(number, value)
        return found

    @property
    def cells(self) -> int:
        """How many values there are."""
        return sum(map(len, self.slots.values())) + len(self.products)


class TakenBackCache:
    """What was taken back lately, by tenant and write. It stays right whatever is written."""

    unit: ClassVar[str] = "values"

    def __init__(self, weight_max: int) -> None:
        self.known: VersionedCache[tuple[int, int], TakenBack] = VersionedCache(
            lambda one: one.cells + 1, weight_max
        )

    @classmethod
    def sized(cls, settings: Settings) -> "TakenBackCache":
        """Return an empty cache, as large as the settings say."""
        return cls(settings.past_values_max)

    @property
    def size(self) -> int:
        """The number of cached values."""
        return self.known.weight


def taken_back(now: Snapshot, sequence: int, last_id: int) -> TakenBack:
    """Return what all products up to an id had after a write, of what changed since.

    What an earlier call has found is kept, and only later changes are read.
    """
    cache, key = now.caches.of(TakenBackCache).known, (now.tenant_id, sequence)
    known = cache.last(key) or TakenBack(sequence)
    if known.upto >= now.sequence:
        return known
    wanted = {"tenant_id": now.tenant_id, "first": known.upto + 1, "last": now.sequence}
    rows = _SINCE.each(now.connection, wanted | {"last_id": last_id})
    found = known.with_changes(
        now.sequence,
        ((n, whole_old(orjson.loads(old), orjson.loads(new))) for _, _, n, old, new in rows),
    )
    if not now.is_writing:
        cache.put(key, found.upto, found)
    return found


def taken_back_of(sequence: int, later: Mapping[int, Iterable[tuple[int, Values]]]) -> TakenBack:
    """Return what some products had after a write. later: as `later_changes` returns them."""
    changes = ((number, old) for number, some in later.items() for _, old in sorted(some, key=_at))
    return TakenBack(sequence).with_changes(sequence, changes)


def _at(one: tuple[int, Values]) -> int:
    return one[0]


def last_id_at(now: Snapshot, sequence: int) -> int:
    """Return the highest id of a product that there was after a write; ids grow with time."""
    low, high = 0, now.last_product_id
    middle = high  # most likely no product was made since
    while low < high:
        wanted = {"tenant_id": now.tenant_id, "entity_id": middle}
        made = _MADE.first(now.connection, wanted)[0]
        if made is not None and made <= sequence:
            low = middle
        else:
            high = middle - 1
        middle = (low + high + 1) // 2
    return low
