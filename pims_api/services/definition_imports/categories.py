"""The import of categories: missing ones are created, differing ones changed.

Source: docs/core.md, Categories.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pims_api.domain.category import Category, Path
from pims_api.services.categories.write import check_path, described, make_category
from pims_api.services.definition_imports.category_placement import (
    Placed,
    Rejected,
    place_categories,
)
from pims_api.services.definition_imports.category_rows import CategoryEntry
from pims_api.services.definition_imports.totals import ImportCounts
from pims_api.storage.unit_of_work import UnitOfWork


@dataclass(slots=True)
class CategoryImport(ImportCounts):
    """The outcome of an import. ancestors: created because paths of entries name them."""

    ancestors: int = 0
    rejected: list[Rejected] = field(default_factory=list)


def import_categories(
    work: UnitOfWork,
    entries: Sequence[CategoryEntry],
    *,
    below: Path = (),
    skip_rejected: bool = False,
    unit: str = "line",
) -> CategoryImport:
    """Store categories, found by their paths, in whatever order they come. Linear in their number.

    When an entry cannot be stored, none is; with skip_rejected, all the others are. What is below
    a rejected one is rejected too. below: the path under which the roots of the source hang; it is
    made where it is missing. unit: what the numbers of entries count. Raises BadInput when below
    cannot be a path.
    """
    if below:
        check_path(below)
    distinct = without_identical(entries)
    placed, rejected = place_categories(distinct, below, unit)
    done = CategoryImport(rejected=rejected, unchanged=len(entries) - len(distinct))
    if not rejected or skip_rejected:
        for one in placed:
            _store(work, one, done)
    return done


def without_identical(entries: Sequence[CategoryEntry]) -> Sequence[CategoryEntry]:
    """Return the entries of a table without those that say just what an earlier one says.

    Entries that stand inside others are all left, for they name each other by their numbers.
    """
    if any(one.parent is not None for one in entries):
        return entries
    kept: dict[tuple[object, ...], list[CategoryEntry]] = {}
    for one in entries:
        alike = kept.setdefault((one.id, one.parent_id, one.wanted.path, one.wanted.name), [])
        if one.wanted.faults or all(other.wanted != one.wanted for other in alike):
            alike.append(one)
    return sorted((one for alike in kept.values() for one in alike), key=lambda one: one.line)


def _store(work: UnitOfWork, placed: Placed, done: CategoryImport) -> None:
    known = work.definition.categories.find(placed.path)
    before = known or _new(work, placed.path, done)
    after = described(before, placed.entry.wanted)
    done.count(is_new=known is None, is_changed=after != known)
    if after != known:
        work.define(after)


def _new(work: UnitOfWork, path: Path, done: CategoryImport) -> Category:
    last_id = work.definition.categories.last_id
    parent_id = make_category(work, path[:-1]).id if len(path) > 1 else 0
    tree = work.definition.categories
    done.ancestors += tree.last_id - last_id
    return Category(tree.last_id + 1, path[-1], parent_id)
