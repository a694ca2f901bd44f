"""Categories that were renamed, moved or deleted: they change the products below them.

Source: docs/core.md, Changes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pims_api.domain.category import Category
from pims_api.domain.definition import Definition
from pims_api.domain.product import Values
from pims_api.storage.derived.category_links import products_in
from pims_api.storage.history.feed import ThingChange, changes_of_kind
from pims_api.storage.snapshot import Snapshot

_ENTITY = "category"
_OF_PATH = ("name", "parent_id")
_CACHE = "changes: paths of categories"


def changed_paths(snapshot: Snapshot) -> Mapping[int, list[int]]:
    """Return the categories whose path changed last with a write, by the number of that.

    What was deleted holds no products any more.
    """
    known: dict[int, list[int]] | None = snapshot.definition.derived.get(_CACHE)
    if known is None:
        known = _changed_paths(snapshot)
        if not snapshot.is_writing:
            snapshot.definition.derived[_CACHE] = known
    return known


def _changed_paths(snapshot: Snapshot) -> dict[int, list[int]]:
    tree = snapshot.definition.categories
    made: set[int] = set()
    own: dict[int, int] = {}
    for one in changes_of_kind(snapshot, _ENTITY, 0):
        if one.id in made and any(name in one.new for name in _OF_PATH):
            own[one.id] = one.sequence
        made.add(one.id)
    found: defaultdict[int, list[int]] = defaultdict(list)
    for category in tree if own else ():
        last = max(own.get(number, 0) for number in tree.ids_above(category.id))
        if last:
            found[last].append(category.id)
    return dict(found)


def products_by_path_change(snapshot: Snapshot, sequence: int) -> dict[int, int]:
    """Return the products below categories whose path changed with a write or later, by id.

    With each the last such write.
    """
    found: dict[int, int] = {}
    for at, ids in sorted(changed_paths(snapshot).items()):
        if at >= sequence:
            found |= dict.fromkeys(products_in(snapshot, ids), at)
    return found


def category_writes(snapshot: Snapshot, sequence: int) -> list[int]:
    """Return the writes after one that changed categories."""
    if sequence >= snapshot.definition.version:
        return []
    found = changes_of_kind(snapshot, _ENTITY, sequence)
    return list(dict.fromkeys(one.sequence for one in found))


def definition_at(snapshot: Snapshot, sequence: int) -> Definition:
    """Return the definition of now with the tree of categories after a write."""
    if sequence >= snapshot.definition.version:
        return snapshot.definition
    changes = changes_of_kind(snapshot, _ENTITY, sequence)
    if not changes:
        return snapshot.definition
    then = snapshot.definition.copy()
    for number, (old, is_new) in _before(changes).items():
        category = snapshot.definition.categories.by_id.get(number)
        if category is not None:
            then.put_category(_category_of_then(category, old, is_new=is_new))
    return then


def _before(changes: Iterable[ThingChange]) -> dict[int, tuple[Values, bool]]:
    """Return what categories were before the first change of each field, and which are new."""
    found: dict[int, tuple[Values, bool]] = {}
    for one in changes:
        is_new = one.old.get("name") is None and "name" in one.new
        old, was_new = found.setdefault(one.id, ({}, is_new))
        for name, value in one.old.items():
            old.setdefault(name, value)
        found[one.id] = old, was_new
    return found


def _category_of_then(category: Category, old: Mapping[str, Any], *, is_new: bool) -> Category:
    if is_new:
        return replace(category, deleted=True)
    return replace(
        category,
        name=old.get("name", category.name),
        parent_id=old.get("parent_id", category.parent_id),
        deleted=bool(old.get("deleted", category.deleted)),
    )
