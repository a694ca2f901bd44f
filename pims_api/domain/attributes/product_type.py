"""Product types: what a kind of product has and needs, and whether its variants are to inherit."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProductType:
    """A named kind of product.

    attribute_ids: None for the default type, which holds every attribute, later ones too.
    required_ids: what completeness counts. inherits: whether variants show their parent's values
    where they have none of their own.

    Source: docs/core.md, Product types.
    """

    id: int
    name: str
    attribute_ids: frozenset[int] | None = None
    required_ids: frozenset[int] = frozenset()
    inherits: bool = False
    deleted: bool = False
