"""Product types: what a kind of product has and needs, and whether its variants inherit."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AttributeGroup:
    """Some of the attributes of a product type, shown together. id: unique within the type."""

    id: str
    name: str
    order: int = 0
    attribute_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ProductType:
    """A named kind of product.

    attribute_ids: None for the default type, which holds every attribute, later ones too.
    required_ids: what completeness counts. inherits: whether variants show their parent's values
    where they have none of their own. groups: the attributes in the order in which they are shown,
    where somebody arranged them. has_variants: whether products of the type may have variants.
    workflow_id: of the workflow that they go through. client_id: the id that an integrator chose.

    Source: docs/core.md, Product types.
    """

    id: int
    name: str
    attribute_ids: frozenset[int] | None = None
    required_ids: frozenset[int] = frozenset()
    inherits: bool = False
    deleted: bool = False
    label: str = ""
    description: str = ""
    icon: str = ""
    groups: tuple[AttributeGroup, ...] = ()
    has_variants: bool = True
    workflow_id: int | None = None
    client_id: str = ""
