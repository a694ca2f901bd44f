"""Catalogs: trees of categories side by side, and what products hold of them.

Source: docs/core.md, Catalogs.
"""

from collections.abc import Container
from dataclasses import dataclass

from pims_api.domain.attributes.attribute import CATEGORIES, OTHER_CATEGORIES
from pims_api.domain.category import DEFAULT_CATALOG_ID, UNCATEGORIZED_ID, Category
from pims_api.domain.definition import Definition
from pims_api.domain.product import Values


@dataclass(frozen=True, slots=True)
class Catalog:
    """A tree of categories. client_id: the id that an integrator chose."""

    id: int
    alias: str
    name: str
    description: str = ""
    client_id: str = ""
    deleted: bool = False


DEFAULT_CATALOG_CODE = "cat-default"
"""The id by which callers name the default catalog."""

DEFAULT_CATALOG = Catalog(DEFAULT_CATALOG_ID, "default", "Default")
"""What every tenant has, also before anything of it is stored."""


def catalogs_of(definition: Definition) -> dict[int, Catalog]:
    """Return the catalogs of a tenant by id, the default one first."""
    return {DEFAULT_CATALOG_ID: DEFAULT_CATALOG} | dict(sorted(definition.things(Catalog).items()))


def with_category(values: Values, category: Category) -> Values:
    """Return a document that holds a category as its last one.

    The first one in the default catalog takes the place of Uncategorized.
    """
    if category.catalog_id != DEFAULT_CATALOG_ID:
        held, added = values.get(OTHER_CATEGORIES, []), str(category.id)
        return values if added in held else values | {OTHER_CATEGORIES: [*held, added]}
    held = values[CATEGORIES]
    if category.id in held:
        return values
    others = [] if held == [UNCATEGORIZED_ID] else held
    return values | {CATEGORIES: [*others, category.id]}


def without_categories(values: Values, gone: Container[int]) -> Values:
    """Return a document without some categories; Uncategorized stays for one that has no other.

    >>> without_categories({"categories": [2, 3], "~categories": ["4"]}, {3, 4})
    {'categories': [2]}
    >>> without_categories({"categories": [2]}, {2})
    {'categories': [1]}
    """
    kept = [number for number in values[CATEGORIES] if number not in gone]
    left = values | {CATEGORIES: kept or [UNCATEGORIZED_ID]}
    others = [number for number in left.pop(OTHER_CATEGORIES, ()) if int(number) not in gone]
    return left | {OTHER_CATEGORIES: others} if others else left
