"""The definitions of a tenant: attributes, option lists, Views, types, catalogs, dimensions."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from pims_api.domain.access.attribute_view import AttributeView
from pims_api.domain.attributes.attribute import SKU, SYSTEM_ATTRIBUTES, Attribute
from pims_api.domain.attributes.option_list import Option, OptionList
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.category import DEFAULT_CATALOG_ID, Category, CategoryTree
from pims_api.domain.values.scope import Dimension

T = TypeVar("T")

_ABSENT = object()

LANGUAGE = "language"
LANGUAGE_ID = 1


class Definition:
    """The definitions of a tenant at one version.

    Shared by every request of a process, so it is never changed in place: a loader or a unit of
    work makes a `copy`, and only its owner calls `put_…`. `derived` is the cache of `derive`:
    values computed from this version, empty on every copy. `rendered` is a cache of single things
    that later versions begin with: each entry holds the objects that it was made from, and is used
    only while these are the same. Two marks serve there for many things at once: each is
    replaced by another object when one of its things changes.

    weight: about how many bytes of rows it was made from; replaced rows count until it is loaded
    anew. attributes_mark: of attributes, Views, dimensions, roles and workflows. options_mark: of
    the option lists. categories: the tree of the default catalog.
    """

    def __init__(self, tenant_id: int, version: int = 0) -> None:
        self.tenant_id = tenant_id
        self.version = version
        self.weight = 0
        self.attributes: dict[int, Attribute] = {}
        self.by_name: dict[str, Attribute] = {}
        self.by_key: dict[str, Attribute] = {}
        self.option_lists: dict[int, OptionList] = {}
        self.views: dict[str, AttributeView] = {}
        self.view_ids: dict[int, AttributeView] = {}
        self.types: dict[str, ProductType] = {}
        self.type_ids: dict[int, ProductType] = {}
        self.categories = CategoryTree()
        self.dimensions: dict[int, Dimension] = {}
        self._things: dict[type, dict[int, Any]] = {
            Attribute: self.attributes,
            OptionList: self.option_lists,
            AttributeView: self.view_ids,
            ProductType: self.type_ids,
            Dimension: self.dimensions,
        }
        self.derived: dict[Hashable, Any] = {}
        self.rendered: dict[Hashable, Any] = {}
        self.attributes_mark = object()
        self.options_mark = object()
        self._owned_lists: set[int] = set()
        self._other_trees: dict[int, CategoryTree] = {}
        self._owned_trees = {DEFAULT_CATALOG_ID}

    def copy(self) -> "Definition":
        """Return a definition that may be changed without changing this one. Linear in its size."""
        duplicate = Definition(self.tenant_id, self.version)
        for kind, by_id in list(self._things.items()):  # other threads may add a kind
            duplicate.things(kind).update(by_id)
        duplicate.by_name.update(self.by_name)
        duplicate.by_key.update(self.by_key)
        duplicate.views.update(self.views)
        duplicate.types.update(self.types)
        duplicate.weight = self.weight
        duplicate.categories = self.categories
        duplicate.rendered = self._still_rendered()
        duplicate.attributes_mark = self.attributes_mark
        duplicate.options_mark = self.options_mark
        duplicate._other_trees.update(self._other_trees)
        duplicate._owned_trees = set()
        return duplicate

    def _still_rendered(self) -> dict[Hashable, Any]:
        """Return what is rendered, without what has the mark of attributes as they were before.

        Else what was made for a View would stay for good after that is deleted.
        """
        mark = self.attributes_mark
        every = list(self.rendered.items())  # other threads may add one
        return {place: one for place, one in every if getattr(one, "attributes_mark", mark) is mark}

    def derive(self, make: Callable[["Definition"], T]) -> T:
        """Return the value that a function computes from this definition; cached by the function.

        make: a function of a module, which is the same at each call. It may return an empty dict
        for its module to fill.
        """
        known = self.derived.get(make, _ABSENT)
        if known is _ABSENT:
            known = self.derived.setdefault(make, make(self))
        return cast(T, known)

    def things(self, kind: type[T]) -> dict[int, T]:
        """Return every definition of a kind by id; not for categories and options."""
        return self._things.setdefault(kind, {})

    def put(self, thing: Any) -> None:
        """Add, replace or, if it is marked deleted, drop a definition that has no further index."""
        self.derived.clear()
        if thing.deleted:
            self.things(type(thing)).pop(thing.id, None)
        else:
            self.things(type(thing))[thing.id] = thing

    def put_attribute(self, attribute: Attribute) -> None:
        """Add or replace an attribute; a deleted one is found by id and key only."""
        self._attributes_change()
        self.attributes[attribute.id] = attribute
        self.by_key[attribute.key] = attribute
        if not attribute.deleted:
            self.by_name[attribute.name] = attribute
        elif self.by_name.get(attribute.name, attribute).id == attribute.id:
            self.by_name.pop(attribute.name, None)

    def put_option_list(self, option_list: OptionList) -> None:
        """Add an option list, or replace its settings; the options of the old one carry over.

        One that is marked deleted is dropped.
        """
        self._options_change()
        if option_list.deleted:
            self.option_lists.pop(option_list.id, None)
            return
        before = self.option_lists.get(option_list.id)
        if before is not None:
            for option in before.options.values():
                option_list.put(option)
        self.option_lists[option_list.id] = option_list
        self._owned_lists.add(option_list.id)

    def put_option(self, list_id: int, option: Option) -> None:
        """Add or replace an option of a list; those of a list that was deleted are gone with it."""
        if list_id in self.option_lists:
            self._own_list(list_id).put(option)

    def drop_option(self, list_id: int, option: Option) -> None:
        """Undo the last `put_option`, of a new option."""
        self._own_list(list_id).drop(option)

    def _own_list(self, list_id: int) -> OptionList:
        """Return an option list that may be changed: copied on the first write."""
        self._options_change()
        if list_id not in self._owned_lists:
            self.option_lists[list_id] = self.option_lists[list_id].copy()
            self._owned_lists.add(list_id)
        return self.option_lists[list_id]

    def put_view(self, view: AttributeView) -> None:
        """Add, replace or, if it is marked deleted, drop a View."""
        self._attributes_change()
        before = self.view_ids.pop(view.id, None)
        if before is not None and self.views.get(before.name) is before:
            del self.views[before.name]
        if not view.deleted:
            self.views[view.name] = self.view_ids[view.id] = view

    def put_type(self, product_type: ProductType) -> None:
        """Add, replace or, if it is marked deleted, drop a product type."""
        before = self.type_ids.get(product_type.id)
        if before is not None and self.types.get(before.name) is before:
            del self.types[before.name]
        self.put(product_type)
        if not product_type.deleted:
            self.types[product_type.name] = product_type

    def put_rule(self, rule: Any) -> None:
        """Add, replace or, if it is marked deleted, drop a role or a workflow: accesses follow."""
        self._attributes_change()
        self.put(rule)

    def put_category(self, category: Category) -> None:
        """Add or replace a category of any catalog."""
        self._own_tree(category.catalog_id).put(category)
        if category.id > self.categories.last_id:
            self._own_tree(DEFAULT_CATALOG_ID).last_id = category.id

    def drop_category(self, category: Category) -> None:
        """Undo the last `put_category`, of a new category."""
        self._own_tree(category.catalog_id).drop(category)
        self._own_tree(DEFAULT_CATALOG_ID).last_id = category.id - 1

    def tree(self, catalog_id: int) -> CategoryTree:
        """Return the tree of a catalog."""
        if catalog_id == DEFAULT_CATALOG_ID:
            return self.categories
        return self._other_trees.get(catalog_id) or CategoryTree()

    def _own_tree(self, catalog_id: int) -> CategoryTree:
        """Return a tree that may be changed: copied on the first write."""
        self.derived.clear()
        tree = self.tree(catalog_id)
        if catalog_id not in self._owned_trees:
            self._owned_trees.add(catalog_id)
            tree = tree.copy()
            if catalog_id == DEFAULT_CATALOG_ID:
                self.categories = tree
            else:
                self._other_trees[catalog_id] = tree
        return tree

    def put_dimension(self, dimension: Dimension) -> None:
        """Add, replace or, if it is marked deleted, drop a dimension with its segments."""
        self._attributes_change()
        self.put(dimension)

    def present_attributes(self) -> list[Attribute]:
        """Return the attributes that are not deleted: system ones first, then by age."""
        return [one for _, one in sorted(self.attributes.items()) if not one.deleted]

    def options_of(self, attribute: Attribute) -> OptionList:
        """Return the option list of an attribute of type option."""
        return self.option_lists[attribute.option_list_id or 0]

    def _attributes_change(self) -> None:
        self.derived.clear()
        self.attributes_mark = object()

    def _options_change(self) -> None:
        self.derived.clear()
        self.options_mark = object()

    @property
    def language(self) -> Dimension:
        """The dimension of the locales; every tenant has it."""
        return self.dimensions[LANGUAGE_ID]

    @property
    def default_locale(self) -> str:
        language = self.language
        return next(s.code for s in language.segments if s.id == language.default_segment_id)

    @property
    def sku(self) -> Attribute:
        return self.by_name.get(SKU, SYSTEM_ATTRIBUTES[0])
