"""Parents: the products that have variants, as one term of the index.

The term is that `variation_skus` has a value. A product is in it as long as an indexed product is a
variant of it. So a reader of few parents, such as those that are deleted, looks for the variants of
these alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, Select, bindparam, select

from pims_api.domain.attributes.attribute import SYSTEM_ATTRIBUTES, VARIATION_SKUS
from pims_api.domain.product import ProductChange
from pims_api.domain.values.scope import GLOBAL
from pims_api.storage.catalogue_index.bitmaps.blocks import BLOCK_BITS, changed, place
from pims_api.storage.catalogue_index.bitmaps.document_terms import Entry
from pims_api.storage.catalogue_index.bitmaps.terms import HAS_VALUE
from pims_api.storage.catalogue_index.rows import BlockKey
from pims_api.storage.engine.dialect import looked_up
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import product

Pair = tuple[int, int]
"""The ids of a parent and of one of its direct variants."""

HAS_VARIANTS: Entry = (
    next(one.id for one in SYSTEM_ATTRIBUTES if one.name == VARIATION_SKUS),
    GLOBAL,
    HAS_VALUE,
)
"""The term that the parents have."""

_columns = product.c
_BETWEEN = PreparedStatement(
    select(_columns.parent_id)
    .distinct()
    .where(
        _columns.tenant_id == bindparam("tenant_id"),
        _columns.parent_id.is_not(None),
        _columns.parent_id.between(bindparam("first"), bindparam("last")),
        _columns.id <= bindparam("indexed"),
    )
)


def _below(connection: Connection) -> Select[tuple[int, int]]:
    pairs = select(_columns.parent_id, _columns.id).where(_columns.parent_id.is_not(None))
    keys = [_columns.tenant_id, _columns.parent_id]
    return looked_up(connection.dialect.name, pairs, keys, "keys")


_BELOW = PreparedStatement(_below)


class ParentsDelta:
    """The changes of the term: per block, the products that join and leave."""

    def __init__(self, work: Snapshot, changes: Sequence[ProductChange]) -> None:
        moved = [one for one in changes if _parent_before(one) != one.after.parent_id]
        self.joining = _by_block(filter(None, (one.after.parent_id for one in moved)))
        self.leaving = _by_block(_left(work, changes, set(map(_parent_before, moved)) - {None}))

    @property
    def keys(self) -> set[BlockKey]:
        """The keys of the rows that may change."""
        return {(*HAS_VARIANTS, block) for block in self.joining.keys() | self.leaving.keys()}

    def rows(self, stored: Mapping[BlockKey, bytes]) -> dict[BlockKey, bytes]:
        """Return the rows that change, from how they are stored."""
        after = {key: self._after(key[-1], stored.get(key, b"")) for key in self.keys}
        return {key: bits for key, bits in after.items() if bits != stored.get(key, b"")}

    def _after(self, block: int, stored: bytes) -> bytes:
        return changed(stored, self.joining.get(block, ()), self.leaving.get(block, ()))


def parents_in(snapshot: Snapshot, block: int) -> list[int]:
    """Return the ids of the parents of a block, ascending, from the product table."""
    first = block * BLOCK_BITS
    wanted = {"first": first, "last": first + BLOCK_BITS - 1, "indexed": snapshot.indexed_id}
    rows = _BETWEEN.each(snapshot.connection, {"tenant_id": snapshot.tenant_id} | wanted)
    return sorted(number for (number,) in rows)


def pairs_below(snapshot: Snapshot, parents: Iterable[int]) -> list[Pair]:
    """Return these parents with their direct variants, in one statement."""
    keys = [[snapshot.tenant_id, one] for one in dict.fromkeys(parents)]
    rows = _BELOW.all(snapshot.connection, {"keys": keys}) if keys else ()
    return [(parent, child) for parent, child in rows]


def _parent_before(change: ProductChange) -> int | None:
    return None if change.before is None else change.before.parent_id


def _left(
    work: Snapshot, changes: Iterable[ProductChange], parents: set[int | None]
) -> Iterable[int]:
    """Return those of the former parents that have no variant after the changes."""
    if not parents:
        return ()
    after = {one.after.id: one.after.parent_id for one in changes}
    stored = pairs_below(work, (one for one in parents if one is not None))
    kept = {up for up, down in stored if down not in after and down <= work.indexed_id}
    return (one for one in parents - kept - set(after.values()) if one is not None)


def _by_block(numbers: Iterable[int]) -> defaultdict[int, list[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    for block, offset in map(place, sorted(set(numbers))):
        found[block].append(offset)
    return found
