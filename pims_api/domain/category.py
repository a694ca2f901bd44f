"""Categories: trees of names in catalogs. A product holds category ids and shows their paths."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SEPARATOR = ">"
UNCATEGORIZED = "Uncategorized"
UNCATEGORIZED_ID = 1
DEFAULT_CATALOG_ID = 1
NAME_LENGTH_MAX = 255  # characters
DEPTH_MAX = 32  # levels
ORDER_MAX = 2**31 - 1  # at least its negative
DATA_BYTES_MAX = 64 * 1024  # of `data`, as JSON

Path = tuple[str, ...]


def split_path(text: str) -> Path:
    """Return the names of a path; spaces around each name are dropped.

    >>> split_path("Rods >Steel > Thin")
    ('Rods', 'Steel', 'Thin')
    """
    return tuple([name.strip() for name in text.split(SEPARATOR)])


def join_path(names: Sequence[str]) -> str:
    """Return the path as faces show it.

    >>> join_path(("Rods", "Steel"))
    'Rods > Steel'
    """
    return f" {SEPARATOR} ".join(names)


@dataclass(frozen=True, slots=True)
class Category:
    """One node of the tree of a catalog. parent_id 0: a root.

    data: what callers keep with it. labels: name per locale. alias: what it is called in addresses;
    "": one made from its name. client_id: the id that an integrator chose. slug: a word for it that
    no other one has; "": the one that `pims_api.domain.flat.category_slugs` finds.
    """

    id: int
    name: str
    parent_id: int = 0
    catalog_id: int = DEFAULT_CATALOG_ID
    order: int = 0
    data: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    deleted: bool = False
    alias: str = ""
    description: str = ""
    client_id: str = ""
    slug: str = ""


def alias_of(category: Category) -> str:
    """Return what a category is called in addresses: its alias, or one made from its name.

    >>> alias_of(Category(7, "Wool Hats")), alias_of(Category(8, "Café & Küche"))
    ('wool-hats', 'cafe-kuche')
    >>> alias_of(Category(9, "帽子"))
    'category-9'
    """
    plain = unicodedata.normalize("NFKD", category.name).encode("ascii", "ignore").decode()
    made = category.alias or "-".join(_WORD.findall(plain.lower()))
    return made or f"category-{category.id}"


_WORD = re.compile(r"[a-z0-9]+")


class CategoryTree:
    """All categories of a catalog, found by id, by path, by parent.

    Changed by `put` only, on a copy that its owner made. last_id: of the default catalog's tree,
    the highest id in any catalog. mark: another object after every change.
    """

    def __init__(self) -> None:
        self.by_id: dict[int, Category] = {}
        self.last_id = 0
        self.mark = object()
        self._children: dict[int, dict[str, int]] = {}
        self._owned: set[int] = set()  # parents whose list of children no copy shares
        self._paths: dict[int, Path] = {}

    def copy(self) -> "CategoryTree":
        """Return a tree that may be changed without changing this one."""
        duplicate = CategoryTree()
        duplicate.by_id = dict(self.by_id)
        duplicate.last_id = self.last_id
        duplicate.mark = self.mark
        duplicate._children = dict(self._children)
        duplicate._paths = dict(self._paths)
        self._owned = set()
        return duplicate

    def put(self, category: Category) -> None:
        """Add the category, or replace the one of that id."""
        before = self.by_id.get(category.id)
        self.mark = object()
        if before is not None:
            siblings = self._own_children(before.parent_id)
            if siblings.get(before.name) == before.id:
                del siblings[before.name]
            if (before.name, before.parent_id) != (category.name, category.parent_id):
                self._paths.clear()
        self.by_id[category.id] = category
        self.last_id = max(self.last_id, category.id)
        if not category.deleted:
            self._own_children(category.parent_id)[category.name] = category.id

    def drop(self, category: Category) -> None:
        """Undo the last `put`, of a category with a new id and path."""
        self.mark = object()
        del self.by_id[category.id]
        del self._own_children(category.parent_id)[category.name]
        self._children.pop(category.id, None)
        self._owned.discard(category.id)
        self._paths.pop(category.id, None)
        self.last_id = category.id - 1

    def _own_children(self, parent_id: int) -> dict[str, int]:
        """Return the children of a parent, to be changed; copied when other trees share them."""
        if parent_id not in self._owned:
            self._owned.add(parent_id)
            self._children[parent_id] = dict(self._children.get(parent_id, {}))
        return self._children[parent_id]

    def find(self, path: Path) -> Category | None:
        """Return the category at that path, if there is one."""
        here = 0
        for name in path:
            child = self._children.get(here, {}).get(name)
            if child is None:
                return None
            here = child
        return self.by_id[here] if path else None

    def find_deleted(self, path: Path) -> Category | None:
        """Return a deleted category whose last path it was, if there is one."""
        deleted = (one for one in self.by_id.values() if one.deleted)
        return next((one for one in deleted if self.path(one.id) == path), None)

    def child(self, parent_id: int, name: str) -> Category | None:
        """Return the child of that name, if there is one. parent_id 0: among the roots."""
        number = self._children.get(parent_id, {}).get(name)
        return None if number is None else self.by_id[number]

    def path(self, category_id: int) -> Path:
        """Return the names from the root down; of a deleted category, its last path."""
        known = self._paths.get(category_id)
        if known is None:
            category = self.by_id[category_id]
            above = self.path(category.parent_id) if category.parent_id in self.by_id else ()
            known = self._paths[category_id] = (*above, category.name)
        return known

    def path_text(self, category_id: int) -> str:
        return join_path(self.path(category_id))

    def ids_above(self, category_id: int) -> list[int]:
        """Return the ids from the root down to this category, itself included."""
        ids: list[int] = []
        here = category_id
        while here in self.by_id:
            ids.append(here)
            here = self.by_id[here].parent_id
        return ids[::-1]

    def children(self, category_id: int) -> list[Category]:
        """Return the children by their order, then name. 0: the roots."""
        found = [self.by_id[number] for number in self._children.get(category_id, {}).values()]
        return sorted(found, key=lambda one: (one.order, one.name))

    def subtree(self, category_id: int) -> list[int]:
        """Return the ids of the category and everything below it."""
        found = [category_id]
        for number in found:
            found.extend(self._children.get(number, {}).values())
        return found

    def __iter__(self) -> Iterator[Category]:
        """Yield the categories that are not deleted, parents before children."""
        waiting = self.children(0)[::-1]
        while waiting:
            category = waiting.pop()
            yield category
            waiting += reversed(self.children(category.id))
