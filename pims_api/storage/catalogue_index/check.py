"""Check of the catalogue index against the documents."""

import struct
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Select, bindparam, select

from pims_api.domain.attributes.attribute import (
    SYSTEM_FIELDS,
    UNSEEN_ATTRIBUTES,
    UPDATED_ATTRIBUTE,
    Attribute,
)
from pims_api.domain.definition import Definition
from pims_api.storage.catalogue_index.bitmaps.blocks import (
    BLOCK_BITS,
    decode,
    from_ids,
    members,
    without,
)
from pims_api.storage.catalogue_index.bitmaps.document_terms import Entry, is_kept
from pims_api.storage.catalogue_index.bitmaps.number_blocks import (
    PART_BITS,
    numbers_of,
    parts_of,
)
from pims_api.storage.catalogue_index.bitmaps.terms import HAS_VALUE
from pims_api.storage.catalogue_index.long_terms import stored_long_texts
from pims_api.storage.catalogue_index.parents import HAS_VARIANTS
from pims_api.storage.catalogue_index.rebuild import block_count, block_entries
from pims_api.storage.catalogue_index.rows import PartKey
from pims_api.storage.catalogue_index.waiting_updates import waiting_updates
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import number_part, posting

BLOCKS_AT_ONCE = 8  # compared in one pass over the index
ROWS_READ = 2_000
IDS_SHOWN = 5

_OF_SYSTEM = {one.id: one for one in (*SYSTEM_FIELDS, *UNSEEN_ATTRIBUTES.values())}

_columns = posting.c
_BLOCKS = select(
    _columns.attribute_id, _columns.scope, _columns.term, _columns.block, _columns.bits
).where(
    _columns.tenant_id == bindparam("tenant_id"),
    _columns.block.between(bindparam("first"), bindparam("last")),
)

_parts = number_part.c
_PARTS = select(_parts.attribute_id, _parts.scope, _parts.part, _parts.bits).where(
    _parts.tenant_id == bindparam("tenant_id"),
    _parts.part.between(bindparam("first"), bindparam("last")),
)


def compare_index(snapshot: Snapshot) -> Iterator[str]:
    """Yield a sentence for each difference between the index and the documents.

    Attributes whose index is not built yet, or no longer wanted, are left out.
    """
    blocks = block_count(snapshot)
    waiting = waiting_updates(snapshot)
    for first in range(0, blocks, BLOCKS_AT_ONCE):
        yield from _compare(snapshot, range(first, min(first + BLOCKS_AT_ONCE, blocks)), waiting)


def _compare(snapshot: Snapshot, blocks: range, waiting: Mapping[int, int]) -> Iterator[str]:
    wanted: dict[tuple[Entry, int], int] = {}
    numbers: dict[PartKey, dict[int, int]] = {}
    for block in blocks:
        found = block_entries(snapshot, block)
        wanted.update(((entry, block), from_ids(ids)) for entry, ids in found.offsets.items())
        numbers.update(found.numbers)
        yield from _compare_long(snapshot, found.long)
    yield from _compare_postings(snapshot, blocks, wanted)
    yield from _compare_numbers(snapshot, blocks, numbers, waiting)


def _compare_postings(
    snapshot: Snapshot, blocks: range, wanted: dict[tuple[Entry, int], int]
) -> Iterator[str]:
    for entry, block, stored in _stored(snapshot, blocks):
        expected = wanted.pop((entry, block), 0)
        try:
            bits = decode(stored)
        except struct.error:
            yield f"Index: block {block} of attribute id {entry[0]}, {entry[2]!r}, is damaged."
        else:
            yield from _posting_differences(snapshot.definition, entry, block, expected, bits)
    for (entry, block), bits in wanted.items():
        yield from _posting_differences(snapshot.definition, entry, block, bits, 0)


def _compare_numbers(
    snapshot: Snapshot,
    blocks: range,
    wanted: dict[PartKey, dict[int, int]],
    waiting: Mapping[int, int],
) -> Iterator[str]:
    """Yield the differences of numbers. waiting: times that the index need not have yet."""
    definition = snapshot.definition
    limits = {"first": parts_of(blocks[0])[0], "last": parts_of(blocks[-1])[-1]}
    for attribute_id, scope, part, stored in _rows(snapshot, _PARTS, limits):
        expected = wanted.pop((attribute_id, scope, part), {})
        try:
            numbers = numbers_of(stored)
        except ValueError:
            yield f"Index: part {part} of the numbers of attribute id {attribute_id} is damaged."
        else:
            key = (attribute_id, scope, part)
            yield from _number_differences(
                definition, key, expected.items() ^ numbers.items(), waiting
            )
    for key, expected in wanted.items():
        yield from _number_differences(definition, key, expected.items(), waiting)


def _number_differences(
    definition: Definition,
    key: PartKey,
    differing: Iterable[tuple[int, int]],
    waiting: Mapping[int, int],
) -> Iterator[str]:
    attribute_id, scope, part = key
    attribute = _built(definition, attribute_id)
    ids = {part * PART_BITS + offset for offset, _ in differing}
    if attribute_id == UPDATED_ATTRIBUTE.id:
        ids -= waiting.keys()
    if attribute is not None and ids:
        where = _where(attribute, scope)
        yield f"{where}: the numbers of {_shown(sorted(ids))} are not those of their documents."


def _compare_long(snapshot: Snapshot, texts: dict[str, str]) -> Iterator[str]:
    known = stored_long_texts(snapshot, list(texts))
    for term, text in texts.items():
        if known.get(term) != text:
            yield f"Index: the whole text of {term!r} is not kept."


def _stored(snapshot: Snapshot, blocks: range) -> Iterator[tuple[Entry, int, bytes]]:
    limits = {"first": blocks[0], "last": blocks[-1]}
    for attribute_id, scope, term, block, bits in _rows(snapshot, _BLOCKS, limits):
        yield (attribute_id, scope, term), block, bits


def _rows(snapshot: Snapshot, statement: Select[Any], limits: dict[str, int]) -> Any:
    wanted = {"tenant_id": snapshot.tenant_id, **limits}
    options = {"yield_per": ROWS_READ}
    return snapshot.connection.execute(statement, wanted, execution_options=options)


def _posting_differences(
    definition: Definition, entry: Entry, block: int, wanted: int, stored: int
) -> Iterator[str]:
    attribute = _known(definition, entry)
    if attribute is None or wanted == stored:
        return
    where = _where(attribute, entry[1])
    if missing := without(wanted, stored):
        yield f"{where}: {entry[2]!r} lacks {_products(missing, block)}."
    if surplus := without(stored, wanted):
        yield f"{where}: {entry[2]!r} has {_products(surplus, block)}, whose documents differ."


def _known(definition: Definition, entry: Entry) -> Attribute | None:
    """Return the attribute of an entry that the index has to have; None if it need not."""
    attribute = definition.attributes.get(entry[0])
    is_presence = entry[2] == HAS_VALUE and attribute is not None and is_kept(attribute)
    if is_presence or entry == HAS_VARIANTS:
        return attribute
    return _built(definition, entry[0])


def _built(definition: Definition, attribute_id: int) -> Attribute | None:
    attribute = definition.attributes.get(attribute_id) or _OF_SYSTEM.get(attribute_id)
    return attribute if attribute is not None and attribute.is_built else None


def _where(attribute: Attribute, scope: str) -> str:
    return f"Index of {attribute.name}{f' in scope {scope}' if scope else ''}"


def _products(bits: int, block: int) -> str:
    return _shown([block * BLOCK_BITS + offset for offset in members(bits)])


def _shown(ids: list[int]) -> str:
    shown = ", ".join(map(str, ids[:IDS_SHOWN]))
    more = f" and {len(ids) - IDS_SHOWN} more" if len(ids) > IDS_SHOWN else ""
    return f"product id {shown}{more}"
