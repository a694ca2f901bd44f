"""A cache of the bit slices of numeric attributes, refreshed block by block.

Another process may change a block at any time. A reader notices it by the block's version, which it
reads in its own snapshot. Only readers fill the cache: what a writer reads may never be committed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import Connection, bindparam, literal, select

from pims_api.settings import Settings
from pims_api.storage.catalogue_index.bitmaps.bit_slices import NumberSlices, number_slices
from pims_api.storage.catalogue_index.bitmaps.blocks import BLOCK_BITS, ids_of
from pims_api.storage.catalogue_index.bitmaps.number_blocks import PartRow, parts_of
from pims_api.storage.catalogue_index.bitmaps.terms import INEXACT, INEXACT_END
from pims_api.storage.catalogue_index.block_versions import block_versions
from pims_api.storage.engine.dialect import looked_up
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.engine.untyped_column import raw
from pims_api.storage.engine.versioned_cache import VersionedCache
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import number_part, posting

_ENTRY_WEIGHT = 1_000  # bytes in memory, about: of an attribute without numbers, …
_INEXACT_WEIGHT = 300  # … and of a number that is kept by its text
_OWNER = "catalogue index: owner of cached numbers"
_BLOCK_VERSIONS = "catalogue index: block versions"

_parts = number_part.c
_of_attribute = (
    _parts.tenant_id == bindparam("tenant_id"),
    _parts.attribute_id == bindparam("attribute_id"),
    _parts.scope == bindparam("scope"),
)
_SELECT_PARTS = select(literal("").label("term"), raw(_parts.part), raw(_parts.bits))
_columns = posting.c
_SELECT_INEXACT = select(raw(_columns.term), raw(_columns.block), raw(_columns.bits)).where(
    _columns.tenant_id == bindparam("tenant_id"),
    _columns.attribute_id == bindparam("attribute_id"),
    _columns.scope == bindparam("scope"),
    _columns.term >= INEXACT,
    _columns.term < INEXACT_END,
)
_ALL = PreparedStatement(_SELECT_PARTS.where(*_of_attribute).union_all(_SELECT_INEXACT))


def _some(connection: Connection) -> Any:
    mine = _SELECT_PARTS.where(*_of_attribute)
    found = looked_up(connection.dialect.name, mine, [_parts.part], "parts")
    return found.union_all(_SELECT_INEXACT)


_SOME = PreparedStatement(_some)


@dataclass(frozen=True, slots=True)
class _Cached:
    """The numbers of an attribute at a sequence of the tenant and these block versions."""

    sequence: int
    versions: Mapping[int, int]
    numbers: NumberSlices

    @property
    def weight(self) -> int:
        """The size of the numbers in memory in bytes, about."""
        found = self.numbers
        sets = 2 + len(found.slices)
        inexact = sum(map(len, found.inexact.values()))
        exact = sets * (found.has.bit_length() >> 3)
        return _ENTRY_WEIGHT + exact + _INEXACT_WEIGHT * inexact


Key = tuple[object, int, str]
"""Owner (one object per cached definition), attribute id and scope."""


class NumberCache:
    """An LRU cache of numbers by key, bounded by bytes."""

    unit: ClassVar[str] = "bytes"

    def __init__(self, weight_max: int) -> None:
        self._cached: VersionedCache[Key, _Cached] = VersionedCache(
            lambda one: one.weight, weight_max
        )

    @classmethod
    def sized(cls, settings: Settings) -> "NumberCache":
        """Return an empty cache."""
        return cls(settings.number_cache_bytes)

    @property
    def size(self) -> int:
        """The number of bytes cached, about."""
        return self._cached.weight

    def get(self, key: Key) -> _Cached | None:
        """Return the cached numbers of a key, of whatever version."""
        return self._cached.last(key)

    def put(self, key: Key, cached: _Cached) -> None:
        """Cache numbers, unless newer ones are there."""
        self._cached.put(key, cached.sequence, cached)


def stored_numbers(snapshot: Snapshot, attribute_id: int, scope: str) -> NumberSlices:
    """Return the stored numbers of an attribute, without those of unindexed products.

    Cached numbers are used as they are when nothing was written since; else the block versions say
    which blocks to read again.
    """
    if snapshot.is_writing:
        return _all_numbers(snapshot, attribute_id, scope)
    cached = snapshot.caches.of(NumberCache)
    owner = snapshot.definition.derived.setdefault(_OWNER, object())
    key = (owner, attribute_id, scope)
    known = cached.get(key)
    if known is not None and known.sequence == snapshot.sequence:
        return known.numbers
    versions = _versions(snapshot)
    now = _Cached(
        snapshot.sequence, versions, _numbers(snapshot, attribute_id, scope, known, versions)
    )
    cached.put(key, now)
    return now.numbers


def _numbers(
    snapshot: Snapshot,
    attribute_id: int,
    scope: str,
    known: _Cached | None,
    versions: Mapping[int, int],
) -> NumberSlices:
    """Return the numbers of a snapshot. known: those of this or another snapshot."""
    if known is None:
        return _all_numbers(snapshot, attribute_id, scope)
    blocks = versions.keys() | known.versions.keys()
    stale = [one for one in blocks if versions.get(one) != known.versions.get(one)]
    if not stale:
        return known.numbers
    if len(stale) * 2 > len(blocks):
        return _all_numbers(snapshot, attribute_id, scope)
    wanted = {"tenant_id": snapshot.tenant_id, "attribute_id": attribute_id, "scope": scope}
    parts = [[part] for block in stale for part in parts_of(block)]
    there = _assembled(_SOME.each(snapshot.connection, wanted | {"parts": parts}))
    return known.numbers.replaced(_bits_of(stale), there)


def _all_numbers(snapshot: Snapshot, attribute_id: int, scope: str) -> NumberSlices:
    wanted = {"tenant_id": snapshot.tenant_id, "attribute_id": attribute_id, "scope": scope}
    return _assembled(_ALL.each(snapshot.connection, wanted))


def _assembled(rows: Iterable[Any]) -> NumberSlices:
    """Return the slices of rows of number parts, which have no term, and of inexact numbers."""
    parts: list[PartRow] = []
    inexact: dict[str, list[int]] = {}
    for term, number, stored in rows:
        if term:
            inexact.setdefault(term[len(INEXACT) :], []).extend(ids_of([(number, stored)]))
        else:
            parts.append((number, stored))
    return number_slices(parts, inexact)


def _bits_of(blocks: Sequence[int]) -> int:
    """Return all products of some blocks."""
    block = (1 << BLOCK_BITS) - 1
    found = 0
    for one in blocks:
        found |= block << one * BLOCK_BITS
    return found


def _versions(snapshot: Snapshot) -> Mapping[int, int]:
    """Return the versions of all blocks, read once per sequence of the tenant."""
    known: tuple[int, Mapping[int, int]] | None = snapshot.definition.derived.get(_BLOCK_VERSIONS)
    if known is None or known[0] != snapshot.sequence:
        known = (snapshot.sequence, block_versions(snapshot))
        snapshot.definition.derived[_BLOCK_VERSIONS] = known
    return known[1]
