"""Issues: what a catalogue lacks before its products can be sold.

Source: docs/core.md, Issues.
"""

from dataclasses import dataclass
from enum import StrEnum

from pims_api.domain.product import Product


class Cause(StrEnum):
    """What is wrong with a product or a variant."""

    NO_CATEGORY = "no category"
    NO_IMAGE = "no image"
    NOT_COMPLETE = "not complete"
    BAD_SKU = "bad SKU"


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong. It is there exactly as long as its cause.

    product: the product whose it is, or whose variant's. about: that product or the variant.
    missing: names of attributes that have no value.
    """

    cause: Cause
    product: Product
    about: Product
    missing: tuple[str, ...] = ()

    @property
    def is_of_variant(self) -> bool:
        """Whether it is a variant that has it."""
        return self.about.id != self.product.id
