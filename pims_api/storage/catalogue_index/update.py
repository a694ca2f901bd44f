"""Update of the catalogue index with changes of products, in their transaction."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pims_api.domain.attributes.attribute import (
    CREATED_ATTRIBUTE,
    PRODUCT_TYPE,
    UPDATED_ATTRIBUTE,
    Attribute,
)
from pims_api.domain.definition import Definition
from pims_api.domain.product import Product, ProductChange, Values
from pims_api.domain.values.scope import GLOBAL
from pims_api.storage.catalogue_index.bitmaps.blocks import BLOCK_BITS, changed, place
from pims_api.storage.catalogue_index.bitmaps.document_terms import (
    Holders,
    completeness_keys,
    indexed_slot,
    shared_entries,
    with_computed,
)
from pims_api.storage.catalogue_index.bitmaps.number_blocks import (
    PARTS_PER_BLOCK,
    changed_numbers,
    part_of,
)
from pims_api.storage.catalogue_index.bitmaps.terms import (
    HAS_VALUE,
    MARK,
    index_number,
    is_sliced,
    long_texts,
    own_terms,
    terms_of,
)
from pims_api.storage.catalogue_index.block_versions import version_keys
from pims_api.storage.catalogue_index.long_terms import keep_long_texts
from pims_api.storage.catalogue_index.parents import ParentsDelta
from pims_api.storage.catalogue_index.rows import (
    NUMBER_PARTS,
    POSTINGS,
    BlockKey,
    PartKey,
    read_rows,
)
from pims_api.storage.catalogue_index.waiting_updates import updates_due
from pims_api.storage.snapshot import Snapshot


class IndexDelta:
    """The changes of index rows: per row, the products that join and leave, or their numbers."""

    def __init__(self) -> None:
        self.joining: defaultdict[BlockKey, list[int]] = defaultdict(list)
        self.leaving: defaultdict[BlockKey, list[int]] = defaultdict(list)
        self.numbers: defaultdict[PartKey, dict[int, int | None]] = defaultdict(dict)
        self.long: dict[str, str] = {}

    def add(self, changes: Sequence[ProductChange], definition: Definition) -> None:
        """Add the slots of products whose value changed."""
        new: defaultdict[int, list[tuple[int, Values]]] = defaultdict(list)
        for change in changes:
            if change.before is None:
                block, offset = place(change.after.id)
                new[block].append((offset, change.after.values))
            else:
                self._add_change(change, definition)
        for block, documents in new.items():
            self._add_new(block, documents, definition)
        self._add_moments([change.after for change in changes if change.before is None])

    def add_updates(self, updates: Mapping[int, int]) -> None:
        """Add times of last changes, in microseconds, by product."""
        self._add_numbers(UPDATED_ATTRIBUTE, GLOBAL, updates.items())

    def _add_moments(self, new: Sequence[Product]) -> None:
        self._add_numbers(CREATED_ATTRIBUTE, GLOBAL, ((one.id, one.created_at) for one in new))
        self._add_numbers(UPDATED_ATTRIBUTE, GLOBAL, ((one.id, one.updated_at) for one in new))

    def _add_change(self, change: ProductChange, definition: Definition) -> None:
        old, new, slots = change.old, change.new, change.touched
        if PRODUCT_TYPE in slots or completeness_keys(definition):
            old, new = (with_computed(one, definition) for one in (old, new))
            slots = [slot for slot in {**old, **new} if old.get(slot) != new.get(slot)]
        for slot in slots:
            indexed = indexed_slot(definition, slot)
            if indexed is not None:
                self._add_value(*indexed, change.after.id, old.get(slot), new.get(slot))

    def _add_new(
        self, block: int, documents: Iterable[tuple[int, Values]], definition: Definition
    ) -> None:
        """Add the documents of new products of a block, by their offsets there."""
        for attribute, scope, holders in shared_entries(documents, definition):
            if is_sliced(attribute):
                numbers = _numbers_of(attribute, block * BLOCK_BITS, holders)
                self._add_numbers(attribute, scope, numbers)
            self._add_holders(attribute, scope, block, holders)

    def _add_holders(self, attribute: Attribute, scope: str, block: int, holders: Holders) -> None:
        """Add the terms of an attribute of new products of a block, by their offsets there."""
        terms_of_value, present = own_terms(attribute), []
        for key, offsets in holders.items():
            value = list(key) if type(key) is tuple else key
            if value is None or value == []:
                continue
            present += offsets
            for term in terms_of_value(value):
                self.joining[attribute.id, scope, term, block] += offsets
                self._keep_long_text(attribute, value, term)
        if present:
            self.joining[attribute.id, scope, HAS_VALUE, block] += present

    def _add_value(
        self, attribute: Attribute, scope: str, product_id: int, old: Any, new: Any
    ) -> None:
        if is_sliced(attribute):
            number = index_number(attribute, new)
            self._add_numbers(attribute, scope, [(product_id, number)])
        block, offset = place(product_id)
        before, after = terms_of(attribute, old), terms_of(attribute, new)
        for term in before - after:
            self.leaving[attribute.id, scope, term, block].append(offset)
        for term in after - before:
            self.joining[attribute.id, scope, term, block].append(offset)
            self._keep_long_text(attribute, new, term)

    def _keep_long_text(self, attribute: Attribute, value: Any, term: str) -> None:
        """Keep the texts of a value if a term of it that joins is long."""
        if MARK in term:
            self.long.update(long_texts(attribute, value))

    def _add_numbers(
        self, attribute: Attribute, scope: str, numbers: Iterable[tuple[int, int | None]]
    ) -> None:
        """Add numbers of products, None where there is none any more."""
        parts: defaultdict[int, dict[int, int | None]] = defaultdict(dict)
        for product_id, number in numbers:
            part, offset = part_of(product_id)
            parts[part][offset] = number
        for part, changed_there in parts.items():
            self.numbers[attribute.id, scope, part] |= changed_there

    def apply(self, key: BlockKey, stored: bytes) -> bytes:
        """Return a row's bits after the changes; empty when no product is left."""
        return changed(stored, self.joining.get(key, ()), self.leaving.get(key, ()))

    @property
    def keys(self) -> list[BlockKey]:
        """The keys of all changed postings, block versions included, sorted."""
        touched = self.joining.keys() | self.leaving.keys()
        blocks = {block for *_, block in touched}
        blocks |= {part // PARTS_PER_BLOCK for *_, part in self.numbers}
        return sorted(version_keys(blocks) | touched)


def _numbers_of(
    attribute: Attribute, first_id: int, holders: Holders
) -> Iterator[tuple[int, int | None]]:
    """Yield the products that have each number, each with it. first_id: that of offset 0."""
    for value, offsets in holders.items():
        if value is not None:
            number = index_number(attribute, value)
            for offset in offsets:
                yield first_id + offset, number


def maintain_index(work: Snapshot, changes: Sequence[ProductChange]) -> None:
    """Update the index; a product comes at most once among the changes.

    When a product was changed enters the index later, unless it is new, see `waiting_updates`. For
    any number of changes, one statement reads the changed rows, one per table writes them and one
    per table deletes those left empty; none is sent when no indexed value changed.
    """
    delta = IndexDelta()
    delta.add_updates(updates_due(work, len(changes)))
    delta.add(changes, work.definition)
    keys, part_keys = delta.keys, sorted(delta.numbers)
    parents = ParentsDelta(work, changes)
    if not (keys or parents.keys):
        return
    blocks, parts = read_rows(work, [*keys, *parents.keys], part_keys)
    keep_long_texts(work, delta.long)
    after = {key: delta.apply(key, blocks.get(key, b"")) for key in keys}
    POSTINGS.replace(work, after | parents.rows(blocks))
    NUMBER_PARTS.replace(
        work,
        {key: changed_numbers(parts.get(key, b""), delta.numbers[key]) for key in part_keys},
    )
