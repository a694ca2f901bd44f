"""Media: images and other files of products, kept as the addresses where they are.

Source: docs/core.md, Media.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Media:
    """One image or other file of a product, of a variant, or of both. It never changes.

    product_id, variant_id: ids of products; None: it is none of theirs. sort_order: lower ones come
    first, of equal ones the older. created_at: microseconds since 1970.
    """

    id: int
    url: str
    product_id: int | None = None
    variant_id: int | None = None
    alt_text: str | None = None
    sort_order: int = 0
    created_at: int = 0
