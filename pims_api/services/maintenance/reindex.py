"""Reindexing: rebuild catalogue index, full text, unique values and links from documents.

Block by block, so that each step is a short transaction beside other writers. These keep the
index of what they write up to date, so after the last block nothing is missing.

Source: docs/core.md, What is derived.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pims_api.domain.attributes.attribute import Attribute
from pims_api.errors import Conflict, Fault, NotFound, Subject
from pims_api.storage.catalogue_index.bitmaps.blocks import BLOCK_BITS
from pims_api.storage.catalogue_index.long_terms import drop_long_texts
from pims_api.storage.catalogue_index.rebuild import block_count, rebuild_block
from pims_api.storage.derived.category_links import repair_links
from pims_api.storage.derived.unique_values import rebuild_unique
from pims_api.storage.history.changes import EntityChange
from pims_api.storage.search.index import optimize_search, rebuild_search_block
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork

ENTITY = "reindexing"
_SEARCH_FLAG = "searchable"


@dataclass(frozen=True, slots=True)
class Plan:
    """The scope of a reindexing. attributes: all, or the one that was named."""

    attributes: tuple[Attribute, ...]
    blocks: int
    is_whole: bool

    @property
    def with_search(self) -> bool:
        """Whether full text is rebuilt too."""
        return self.is_whole or any(one.searchable for one in self.attributes)

    @property
    def unique(self) -> Iterator[Attribute]:
        """The unique attributes."""
        return (one for one in self.attributes if one.unique)


def plan_reindexing(seen: Snapshot, attribute_name: str | None = None) -> Plan:
    """Return the plan for one attribute, or for everything. Raises NotFound."""
    blocks = block_count(seen)
    if attribute_name is None:
        return Plan(tuple(seen.definition.present_attributes()), blocks, is_whole=True)
    attribute = seen.definition.by_name.get(attribute_name)
    if attribute is None:
        message = f"There is no attribute {attribute_name[:64]!r}!"
        raise NotFound(faults=[Fault("not_found", message, subject=Subject.ATTRIBUTE)])
    return Plan((attribute,), blocks, is_whole=False)


def reindex_block(work: UnitOfWork, plan: Plan, block: int) -> None:
    """Rebuild one block."""
    numbers = None if plan.is_whole else {one.id for one in plan.attributes}
    rebuild_block(work, block, numbers)
    if plan.with_search:
        first_id = block * BLOCK_BITS
        rebuild_search_block(work, first_id, first_id + BLOCK_BITS - 1)
    _note(work, block)


def reindex_unique(work: UnitOfWork, attribute: Attribute) -> None:
    """Enter the values of a unique attribute anew. Raises Conflict when products share one."""
    clashes = rebuild_unique(work, attribute)
    if clashes:
        shared = [f"{', '.join(one.skus)} share a value" for one in clashes]
        message = f"{attribute.name} should be unique, but {'; '.join(shared)}!"
        raise Conflict(faults=[Fault("not_unique", message, attribute.name)])
    _note(work, 0)


def finish_reindexing(work: UnitOfWork, plan: Plan) -> None:
    """Clear the pending flags, so that reads use the index; flags that changed meanwhile stay."""
    for planned in plan.attributes:
        if planned.pending and work.definition.attributes[planned.id] == planned:
            work.define(replace(planned, pending=frozenset()))
    if plan.is_whole:
        repair_links(work)
        drop_long_texts(work)
    if plan.with_search:
        optimize_search(work.connection)
    _note(work, 0)


def _note(work: UnitOfWork, block: int) -> None:
    """Give the transaction its entry: what a unit of work does not record it does not keep."""
    work.record(EntityChange(ENTITY, block, {}, {"block": block}))
