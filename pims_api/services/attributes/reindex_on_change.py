"""Indexing of existing products when the flags of an attribute change."""

from collections.abc import Sequence
from dataclasses import replace

from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.domain.search.document_tokens import marks_global, may_be_searched
from pims_api.errors import Conflict, Fault
from pims_api.services.attributes.requests import AttributeWrite
from pims_api.storage.catalogue_index.bitmaps.blocks import place
from pims_api.storage.catalogue_index.bitmaps.document_terms import is_indexed
from pims_api.storage.catalogue_index.rebuild import forget_values, rebuild_block
from pims_api.storage.derived.unique_values import UniqueClash, rebuild_unique
from pims_api.storage.products.documents import BLOCK_IDS
from pims_api.storage.search.index import rebuild_search_block
from pims_api.storage.unit_of_work import UnitOfWork

_INDEX_FLAGS = frozenset({"filterable", "indexable"})
_SEARCH_FLAG = "searchable"


class Unbuilt:
    """The indexes to build from stored products, for many attributes in one pass."""

    def __init__(self) -> None:
        self._indexed: list[Attribute] = []
        self._is_searched = False

    def add(self, attribute: Attribute, flags: frozenset[str]) -> None:
        """Note the flags of an attribute whose index lacks its values."""
        if flags & _INDEX_FLAGS:
            self._indexed.append(attribute)
        self._is_searched |= _SEARCH_FLAG in flags

    def add_search(self) -> None:
        """Note that the full text has to be rebuilt, since words have to leave it."""
        self._is_searched = True

    def build(self, work: UnitOfWork) -> None:
        """Build what was noted."""
        if self._indexed:
            _rebuild(work, self._indexed)
        if self._is_searched:
            _rebuild_search(work)


def settle(
    work: UnitOfWork,
    before: Attribute | None,
    after: Attribute,
    wanted: AttributeWrite,
    inline_max: int,
    later: Unbuilt | None = None,
) -> list[Fault]:
    """Store the attribute, and have its index, full text and unique values follow its flags.

    inline_max: with more products than that, what has to be built waits for `pims reindex`; the
    attribute's `pending` says so, and a warning is returned. later: takes what is to be built,
    which its owner then does; None: it is built at once. Raises Conflict, with the first clashes,
    when it is to be unique and products share a value.
    """
    building = later or Unbuilt()
    is_large = work.last_product_id > inline_max
    unbuilt = _unbuilt(work, before, after)
    after = replace(after, pending=unbuilt if is_large else frozenset())
    if after != before:
        work.define(after, deleted=after.deleted)
    if not is_large:
        building.add(after, unbuilt)
    warnings = _let_go(work, before, after, None if is_large else building)
    if later is None:
        building.build(work)
    if before is not None and before.unique != (after.unique and not after.deleted):
        _raise_clashes(work, after, wanted)
    if after.pending - (before.pending if before else frozenset()):
        warnings.append(_waiting(after, wanted))
    return warnings


def follow_completeness(work: UnitOfWork, inline_max: int) -> list[Fault]:
    """Have the index follow when what products have to have changed. Returns warnings.

    inline_max: with more products than that, filters on completeness wait for `pims reindex`.
    """
    kind = ValueType.COMPLETENESS
    present = work.definition.present_attributes()
    indexed = [one for one in present if one.type is kind and is_indexed(one)]
    if not indexed or not work.last_product_id:
        return []
    if work.last_product_id <= inline_max:
        _rebuild(work, indexed)
        return []
    for one in indexed:
        flags = {flag for flag in _INDEX_FLAGS if getattr(one, flag)}
        work.define(replace(one, pending=one.pending | flags))
    names = ", ".join(one.name for one in indexed)
    return [Fault("limit", f"{names} can be filtered by again after: pims reindex")]


def rebuild_words(
    work: UnitOfWork, attribute: Attribute, ids: Sequence[int], inline_max: int
) -> list[Fault]:
    """Have the full text follow when what these products show of an attribute changed.

    inline_max: with more products than that, searches leave the attribute out until
    `pims reindex`. Returns warnings.
    """
    if not _is_searched(attribute) or not ids:
        return []
    if len(ids) > inline_max:
        waiting = replace(attribute, pending=attribute.pending | {_SEARCH_FLAG})
        work.define(waiting)
        return [_waiting(waiting, AttributeWrite(attribute.name))]
    for block in dict.fromkeys(one // BLOCK_IDS for one in ids):
        rebuild_search_block(work, block * BLOCK_IDS, (block + 1) * BLOCK_IDS - 1)
    return []


def _unbuilt(work: UnitOfWork, before: Attribute | None, after: Attribute) -> frozenset[str]:
    """Return the flags that are on and whose index lacks the stored values."""
    is_new = before is None and after.type is not ValueType.COMPLETENESS
    if is_new or not work.last_product_id:
        return frozenset()
    unbuilt: set[str] = set()
    if is_indexed(after) and not (
        before and is_indexed(before) and not before.pending & _INDEX_FLAGS
    ):
        unbuilt |= {flag for flag in _INDEX_FLAGS if getattr(after, flag)}
    if _is_searched(after) and not (before and _has_words(before, after)):
        unbuilt.add(_SEARCH_FLAG)
    return frozenset(unbuilt)


def _rebuild(work: UnitOfWork, attributes: list[Attribute]) -> None:
    numbers = frozenset(one.id for one in attributes)
    last_block, _ = place(work.last_product_id)
    for block in range(last_block + 1):
        rebuild_block(work, block, numbers)


def _rebuild_search(work: UnitOfWork) -> None:
    for first_id in range(1, work.last_product_id + 1, BLOCK_IDS):
        rebuild_search_block(work, first_id, first_id + BLOCK_IDS - 1)


def _let_go(
    work: UnitOfWork, before: Attribute | None, after: Attribute, building: Unbuilt | None
) -> list[Fault]:
    """Drop the indexes of flags that are off. building: None with too many products for that."""
    if before is None:
        return []
    if after.deleted or (is_indexed(before) and not is_indexed(after)):
        forget_values(work, after)
    if not _is_searched(before) or _is_searched(after) or not work.last_product_id:
        return []
    if building is not None:
        building.add_search()
        return []
    message = f"The words of {after.name} stay in the full-text index, unused, until: pims reindex"
    return [Fault("limit", message, after.name)]


def _is_searched(attribute: Attribute) -> bool:
    return attribute.searchable and not attribute.deleted and may_be_searched(attribute)


def _has_words(before: Attribute, after: Attribute) -> bool:
    """Return whether the full text holds the words of the attribute as they are to be."""
    is_built = _is_searched(before) and _SEARCH_FLAG not in before.pending
    return is_built and marks_global(before) == marks_global(after)


class NotUnique(Conflict):
    """Products share values of an attribute that is to be unique. skus: of some of them."""

    def __init__(self, faults: Sequence[Fault], skus: Sequence[str]) -> None:
        self.skus = skus
        super().__init__(faults=faults)


def _raise_clashes(work: UnitOfWork, attribute: Attribute, wanted: AttributeWrite) -> None:
    clashes = rebuild_unique(work, attribute)
    if clashes:
        faults = [_clash(work, attribute, wanted, one) for one in clashes]
        raise NotUnique(faults, list(dict.fromkeys(sku for one in clashes for sku in one.skus)))


def _clash(
    work: UnitOfWork, attribute: Attribute, wanted: AttributeWrite, clash: UniqueClash
) -> Fault:
    value = clash.value
    if attribute.type is ValueType.OPTION:
        value = work.definition.options_of(attribute).alias(value)
    message = f"cannot be unique: {', '.join(clash.skus)} share the value {value}!"
    return wanted.fault("not_unique", "unique", message, value=value)


def _waiting(attribute: Attribute, wanted: AttributeWrite) -> Fault:
    flags = " and ".join(sorted(attribute.pending))
    message = f"will be {flags} once its values are indexed. Run: pims reindex"
    return wanted.fault("limit", sorted(attribute.pending)[0], message)
