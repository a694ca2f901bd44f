"""Writes to categories: create, rename, move, describe.

Source: docs/core.md, Categories.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pims_api.domain.category import (
    DEFAULT_CATALOG_ID,
    DEPTH_MAX,
    NAME_LENGTH_MAX,
    SEPARATOR,
    UNCATEGORIZED,
    UNCATEGORIZED_ID,
    Category,
    CategoryTree,
    Path,
    join_path,
)
from pims_api.domain.flat.category_slugs import slug_from, slugs_of
from pims_api.domain.values.text import has_control
from pims_api.errors import (
    BadInput,
    Conflict,
    Fault,
    PimsError,
    Subject,
    absent,
    refuse_if_any,
    taken,
)
from pims_api.services.references import Renaming, category_attributes, plan_renaming
from pims_api.storage.unit_of_work import UnitOfWork

UNCATEGORIZED_IS_FIXED = (
    f"{UNCATEGORIZED} cannot be renamed, moved or deleted: products without a category are there!"
)


@dataclass(frozen=True, slots=True)
class CategoryWrite:
    """A write to one category. Only the fields that it holds change.

    path: from the root down; where it is given, parent_id does not count, and a name must be its
    last one. parent_id 0: a root. data: None takes an entry away. labels: name per locale, empty
    text takes one away. pointers: where in the request `path`, `name` and `parent_id` stood.
    faults: what was wrong already. row: which of a batch, from 0.
    """

    path: Path | None = None
    name: str | None = None
    parent_id: int | None = None
    order: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    pointers: Mapping[str, str] = field(default_factory=dict)
    faults: Sequence[Fault] = ()
    row: int | None = None

    def fault(self, code: str, message: str, value: Any = None, *, of: str | None = None) -> Fault:
        """Return a fault of the category's place, or of the key that `of` names."""
        key = of or self._place_key
        return Fault(code, message, pointer=self.pointers.get(key), value=value, row=self.row)

    @property
    def _place_key(self) -> str:
        if self.path is not None:
            return "path"
        return "parent_id" if self.name is None and self.parent_id is not None else "name"

    def placed(self, faults: Sequence[Fault]) -> list[Fault]:
        """Return faults without a place as faults of this category's place."""
        here = self.fault("", "")
        return [replace(one, pointer=one.pointer or here.pointer, row=self.row) for one in faults]


def make_category(work: UnitOfWork, path: Path) -> Category:
    """Return the category at a path; it and its missing ancestors are created.

    Raises BadInput when a name is blank, too long, holds control characters, or the path is too
    deep.
    """
    check_path(path)
    parent_id = 0
    for name in path:
        here = work.definition.categories.child(parent_id, name)
        if here is None:
            here = Category(work.definition.categories.last_id + 1, name, parent_id)
            work.define(here)
        parent_id = here.id
    return work.definition.categories.by_id[parent_id]


def add_categories(work: UnitOfWork, wanted: Sequence[CategoryWrite]) -> list[Category]:
    """Add categories, all or none, and return them in the order asked. Linear in their number.

    Missing ancestors are made; one that is also among the wanted, before or after, is made once.
    Raises Conflict when a sibling has the name, BadInput with every fault of every category.
    """
    added: list[Category] = []
    faults: list[Fault] = []
    implied: set[int] = set()
    for one in wanted:
        try:
            added.append(_add(work, one, implied))
        except PimsError as error:
            faults += one.placed(error.faults)
    refuse_if_any(faults)
    return added


def edit_category(work: UnitOfWork, category_id: int, wanted: CategoryWrite) -> Category:
    """Rename, move or describe a category, with what is below it. Missing ancestors are made.

    Raises NotFound when it is not there, Conflict when a sibling has the name, BadInput when it
    would lie below itself or too deep, or is Uncategorized.
    """
    tree = work.definition.categories
    before = known_category(tree, category_id)
    refuse_if_any(wanted.faults)
    path = _edited_path(tree, before, wanted)
    after = described(before, wanted)
    if path != tree.path(before.id):
        try:
            _check_move(tree, before, path)
        except PimsError as error:
            refuse_if_any(wanted.placed(error.faults))
        after = replace(after, name=path[-1], parent_id=_parent_id(work, path))
    refuse_if_any(wanted.placed(replace_category(work, before, after)))
    return after


def replace_category(work: UnitOfWork, before: Category, after: Category) -> list[Fault]:
    """Put a changed category in its place, and return a fault for each View that cannot follow.

    Views name those of the default catalog by their paths.
    """
    if after == before:
        return []
    if after.catalog_id != DEFAULT_CATALOG_ID:
        work.define(after)
        return []
    paths = _paths_below(work, before.id)
    work.define(_with_slug_of(work, before, after))
    return _let_views_follow(work, paths)


def _with_slug_of(work: UnitOfWork, before: Category, after: Category) -> Category:
    """Return a category that keeps the slug which it has when its name makes another one."""
    if after.name == before.name or before.id == UNCATEGORIZED_ID:
        return after
    slug = slugs_of(work.definition).of[before.id]
    return after if slug_from(after.name) == slug else replace(after, slug=slug)


def name_faults(wanted: CategoryWrite) -> list[Fault]:
    """Return a fault if the name is not that at the end of the path, which may be the parent's."""
    if not wanted.path or wanted.name in (None, wanted.path[-1]):
        return []
    message = (
        f"The name {wanted.name!r} is not the last of the path {join_path(wanted.path)!r}, "
        "which is that of the category itself!"
    )
    return [wanted.fault("type", message, wanted.name, of="name")]


def known_category(tree: CategoryTree, category_id: int) -> Category:
    """Return the category of that id. Raises NotFound when there is none, or it is deleted."""
    known = tree.by_id.get(category_id)
    if known is None or known.deleted:
        raise absent(Subject.CATEGORY, place="category", value=category_id)
    return known


def described(category: Category, wanted: CategoryWrite) -> Category:
    """Return the category with the order, data and labels of a write."""
    data = {**category.data, **wanted.data}
    labels = {**category.labels, **wanted.labels}
    return replace(
        category,
        order=category.order if wanted.order is None else wanted.order,
        data={name: value for name, value in data.items() if value is not None},
        labels={locale: text for locale, text in labels.items() if text},
    )


def check_path(path: Path) -> None:
    """Raise BadInput when the path is no valid path of a category."""
    if not path or len(path) > DEPTH_MAX:
        raise BadInput(
            faults=[Fault("limit", f"A category path has 1 to {DEPTH_MAX} names, joined by >!")]
        )
    for name in path:
        check_name(name)


def check_name(name: str) -> None:
    """Raise BadInput when the name is no valid name of a category."""
    if not name or name != name.strip():
        message = "A category name cannot be empty or start or end with a space!"
        raise BadInput(faults=[Fault("required", message, value=name)])
    if len(name) > NAME_LENGTH_MAX or has_control(name):
        limit = f"A category name has at most {NAME_LENGTH_MAX} characters, no control characters!"
        raise BadInput(faults=[Fault("limit", limit)])
    if SEPARATOR in name:
        message = f"A category name cannot hold {SEPARATOR}: send path to say where it belongs!"
        raise BadInput(faults=[Fault("type", message, value=name)])


def _add(work: UnitOfWork, wanted: CategoryWrite, implied: set[int]) -> Category:
    """Add one category. implied: ids of ancestors that were made for others of the batch."""
    refuse_if_any(wanted.faults)
    tree = work.definition.categories
    path = _new_path(tree, wanted)
    check_path(path)
    known = tree.find(path)
    if known is None:
        last_id = tree.last_id
        parent_id = _parent_id(work, path)
        tree = work.definition.categories  # the first change of a transaction makes a copy
        implied.update(range(last_id + 1, tree.last_id + 1))
        known = Category(tree.last_id + 1, path[-1], parent_id)
    elif known.id in implied:
        implied.remove(known.id)
    else:
        same = taken(Subject.CATEGORY, path[-1], value=path[-1])
        raise Conflict(faults=wanted.placed(same.faults))
    category = described(known, wanted)
    work.define(category)
    return category


def _parent_id(work: UnitOfWork, path: Path) -> int:
    return make_category(work, path[:-1]).id if len(path) > 1 else 0


def _new_path(tree: CategoryTree, wanted: CategoryWrite) -> Path:
    if wanted.path is not None:
        refuse_if_any(name_faults(wanted))
        return wanted.path
    if wanted.name is None:
        message = "A category needs its path, or its name and the id of its parent!"
        fault = Fault("required", message, row=wanted.row, subject=Subject.CATEGORY_PATH)
        raise BadInput(faults=[fault])
    return (*_parent_path(tree, wanted, wanted.parent_id or 0), wanted.name)


def _edited_path(tree: CategoryTree, before: Category, wanted: CategoryWrite) -> Path:
    if wanted.path is not None:
        refuse_if_any(name_faults(wanted))
        return wanted.path
    name = before.name if wanted.name is None else wanted.name
    parent_id = before.parent_id if wanted.parent_id is None else wanted.parent_id
    return (*_parent_path(tree, wanted, parent_id), name)


def _parent_path(tree: CategoryTree, wanted: CategoryWrite, parent_id: int) -> Path:
    if not parent_id:
        return ()
    parent = tree.by_id.get(parent_id)
    if parent is None or parent.deleted:
        message = f"There is no category {parent_id}!"
        fault = wanted.fault("unknown_category", message, parent_id, of="parent_id")
        raise BadInput(faults=[fault])
    return tree.path(parent_id)


def _check_move(tree: CategoryTree, before: Category, path: Path) -> None:
    """Raise Conflict or BadInput when a category cannot move to that path."""
    if before.id == UNCATEGORIZED_ID:
        raise BadInput(faults=[Fault("read_only", UNCATEGORIZED_IS_FIXED)])
    check_path(path)
    here = 0
    for name in path[:-1]:
        found = tree.child(here, name)
        if found is None:
            break
        here = found.id
        if here == before.id:
            message = "A category cannot be moved below itself!"
            raise BadInput(faults=[Fault("cycle", message)])
    there = tree.find(path)
    if there is not None and there.id != before.id:
        raise taken(Subject.CATEGORY, path[-1], value=path[-1])
    if len(path) + levels_below(tree, before.id) > DEPTH_MAX:
        message = f"Categories have at most {DEPTH_MAX} levels, with what is below them!"
        raise BadInput(faults=[Fault("limit", message)])


def _paths_below(work: UnitOfWork, category_id: int) -> dict[int, str]:
    """Return the paths of a category and of what is below it, by id."""
    tree = work.definition.categories
    return {number: tree.path_text(number) for number in tree.subtree(category_id)}


def _let_views_follow(work: UnitOfWork, before: Mapping[int, str]) -> list[Fault]:
    """Have Views name categories by their present paths. before: the paths by which they do."""
    tree = work.definition.categories
    moved = {path: tree.path_text(number) for number, path in before.items()}
    if all(old == new for old, new in moved.items()):
        return []
    attributes = category_attributes(work.definition)
    things, faults = plan_renaming(work.definition, Renaming(attributes, moved))
    for thing in things:
        work.define(thing)
    return faults


def levels_below(tree: CategoryTree, category_id: int) -> int:
    """Return how many levels there are below a category."""
    own = len(tree.path(category_id))
    return max(len(tree.path(number)) for number in tree.subtree(category_id)) - own
