"""Keeps the catalogue index up with changes of products, in their transaction."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, select

from pims_api.domain.product import ProductChange, Values
from pims_api.storage.catalogue_index.block_clock import clock_keys
from pims_api.storage.catalogue_index.codec import changed, place
from pims_api.storage.catalogue_index.entries import indexed_slot, with_computed
from pims_api.storage.catalogue_index.terms import MARK, is_long, long_texts, terms_of
from pims_api.storage.dialect import is_sqlite, looked_up, upsert, upsert_of_arrays
from pims_api.storage.prepared import Prepared
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import long_term, posting

BlockKey = tuple[int, str, str, int]
"""Attribute id, scope, term and block: a row of the index."""

_columns = posting.c
_KEY = (_columns.attribute_id, _columns.scope, _columns.term, _columns.block)
_DELETE = Prepared(
    delete(posting).where(
        _columns.tenant_id == bindparam("of_tenant"),
        _columns.attribute_id == bindparam("of_attribute"),
        _columns.scope == bindparam("of_scope"),
        _columns.term == bindparam("of_term"),
        _columns.block == bindparam("of_block"),
    )
)
_VARIED = ("attribute_id", "scope", "term", "block", "bits")
_OF_ALL = ("tenant_id", "changed")
_UPDATED = ("bits", "changed")
_STORE = Prepared(lambda connection: upsert(connection, posting, *_UPDATED))
_STORE_ALL = Prepared(upsert_of_arrays(posting, _OF_ALL, *_UPDATED))
_KEEP_LONG = Prepared(lambda connection: upsert(connection, long_term))
# EXCEPT, because neither engine does both NOT IN and NOT EXISTS well over many rows.
_UNUSED_LONG = (
    select(long_term.c.term)
    .where(long_term.c.tenant_id == bindparam("of_tenant"))
    .except_(
        select(_columns.term).where(
            _columns.tenant_id == bindparam("of_tenant"), _columns.term.contains(MARK)
        )
    )
)
_DROP_LONG = Prepared(
    delete(long_term).where(
        long_term.c.tenant_id == bindparam("of_tenant"), long_term.c.term.in_(_UNUSED_LONG)
    )
)


class IndexDelta:
    """What changes do to the index: per row of it, which products join and which leave."""

    def __init__(self) -> None:
        self.joining: defaultdict[BlockKey, list[int]] = defaultdict(list)
        self.leaving: defaultdict[BlockKey, list[int]] = defaultdict(list)
        self.long: dict[str, str] = {}

    def add(self, change: ProductChange, work: Snapshot) -> None:
        """Take in what a change does: the slots whose value differs, no others."""
        old = _seen(change.old, work) if change.before is not None else {}
        new = _seen(change.new, work)
        for slot, value in new.items():
            if old.get(slot) != value:
                self._add_slot(change, work, slot, old.get(slot), value)
        for slot in old.keys() - new.keys():
            self._add_slot(change, work, slot, old[slot], None)

    def _add_slot(
        self, change: ProductChange, work: Snapshot, slot: str, old: Any, new: Any
    ) -> None:
        kept = indexed_slot(work.definition, slot)
        if kept is None:
            return
        attribute, scope = kept
        block, offset = place(change.after.id)
        before, after = terms_of(attribute, old), terms_of(attribute, new)
        for term in after - before if before else after:
            self.joining[attribute.id, scope, term, block].append(offset)
        for term in before - after:
            self.leaving[attribute.id, scope, term, block].append(offset)
        if any(map(is_long, after)):
            self.long.update(long_texts(attribute, new))

    def apply(self, key: BlockKey, stored: bytes) -> bytes:
        """Return a row's bits after the change; empty when nothing is left."""
        return changed(stored, self.joining.get(key, ()), self.leaving.get(key, ()))

    @property
    def keys(self) -> list[BlockKey]:
        """The rows of the index that this touches, in their order."""
        return sorted(self.joining.keys() | self.leaving.keys())


def maintain_index(work: Snapshot, changes: Sequence[ProductChange]) -> None:
    """Bring the index up to date with these changes; a product comes at most once among them.

    One statement reads the touched rows, one writes them, one deletes those left empty, however
    many changes there are; none when nothing that is indexed changed.
    """
    delta = IndexDelta()
    for change in changes:
        delta.add(change, work)
    keys = delta.keys
    if not keys:
        return
    keys = sorted(clock_keys(block for *_, block in keys).union(keys))
    stored = _stored(work, keys)
    after = {key: delta.apply(key, stored.get(key, b"")) for key in keys}
    keep_long_texts(work, delta.long)
    store_blocks(work, ((key, bits) for key, bits in after.items() if bits))
    _delete(work, [key for key, bits in after.items() if not bits])


def store_blocks(work: Snapshot, blocks: Iterable[tuple[BlockKey, bytes]]) -> None:
    """Write rows of the index, new ones and those that are there."""
    same = {"tenant_id": work.tenant_id, "changed": work.sequence}
    rows = [dict(zip(_VARIED, (*key, bits), strict=True)) for key, bits in blocks]
    if is_sqlite(work.connection):
        _STORE.run_many(work.connection, [{**same, **row} for row in rows])
    elif rows:
        _STORE_ALL.run(work.connection, same | {n: [row[n] for row in rows] for n in _VARIED})


def keep_long_texts(work: Snapshot, texts: dict[str, str]) -> None:
    """Remember which texts long terms stand for."""
    if texts:
        rows = [{"tenant_id": work.tenant_id, "term": t, "value": v} for t, v in texts.items()]
        _KEEP_LONG.run_many(work.connection, rows)


def drop_long_texts(work: Snapshot) -> None:
    """Forget the texts of long terms that no product has any more."""
    _DROP_LONG.run(work.connection, {"of_tenant": work.tenant_id})


def _seen(values: Values, work: Snapshot) -> Values:
    return with_computed(values, work.definition)


def _stored(work: Snapshot, keys: list[BlockKey]) -> dict[BlockKey, bytes]:
    found = _BLOCKS.all(work.connection, {"tenant_id": work.tenant_id, "keys": keys})
    return {(row[0], row[1], row[2], row[3]): row[4] for row in found}


def _delete(work: Snapshot, keys: list[BlockKey]) -> None:
    rows = [
        {
            "of_tenant": work.tenant_id,
            "of_attribute": attribute_id,
            "of_scope": scope,
            "of_term": term,
            "of_block": block,
        }
        for attribute_id, scope, term, block in keys
    ]
    _DELETE.run_many(work.connection, rows)


def _read_blocks(connection: Connection) -> Select[Any]:
    mine = select(*_KEY, _columns.bits).where(_columns.tenant_id == bindparam("tenant_id"))
    return looked_up(connection.dialect.name, mine, _KEY, "keys")


_BLOCKS = Prepared(_read_blocks)
