"""Slugs of categories: one word of each for addresses, unique in the tenant.

Source: docs/core.md, Category slugs.
"""

import re
import unicodedata
from functools import lru_cache

from pims_api.domain.category import UNCATEGORIZED_ID, Category, CategoryTree
from pims_api.domain.definition import Definition

SLUG_LENGTH_MAX = 128  # characters
SLUG_PATTERN = re.compile(rf"[a-z0-9_-]{{1,{SLUG_LENGTH_MAX}}}\Z")

_WORD = re.compile(r"[a-z0-9]+")
_ROOM_FOR_NUMBER = 8  # characters
_CACHED = "category slugs"


class CategorySlugs:
    """The slugs of the categories of the default catalog, without Uncategorized.

    of: the slug of each by its id. made_of: the mark of the tree that they were found for.
    """

    def __init__(self, tree: CategoryTree) -> None:
        self.made_of = tree.mark
        self.by_slug: dict[str, Category] = {}
        shown = (one for one in tree if one.id != UNCATEGORIZED_ID)
        for one in sorted(shown, key=lambda one: (not one.slug, one.id)):
            self.by_slug[self._free(one)] = one
        self.of: dict[int, str] = {one.id: slug for slug, one in self.by_slug.items()}

    def _free(self, one: Category) -> str:
        made = one.slug or slug_from(one.name) or f"category-{one.id}"
        slug, count = made, 1
        while slug in self.by_slug:
            count += 1
            slug = f"{made}-{count}"
        return slug


def slugs_of(definition: Definition) -> CategorySlugs:
    """Return the slugs of a tenant's categories; cached until a category changes."""
    known: CategorySlugs | None = definition.rendered.get(_CACHED)
    if known is None or known.made_of is not definition.categories.mark:
        known = definition.rendered[_CACHED] = CategorySlugs(definition.categories)
    return known


@lru_cache(maxsize=65_536)
def slug_from(name: str) -> str:
    """Return the slug that a name makes; "" for a name without a letter of the Latin alphabet.

    >>> slug_from("Wool Hats"), slug_from("Café & Küche"), slug_from("帽子")
    ('wool-hats', 'cafe-kuche', '')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join(_WORD.findall(plain))[: SLUG_LENGTH_MAX - _ROOM_FOR_NUMBER]
