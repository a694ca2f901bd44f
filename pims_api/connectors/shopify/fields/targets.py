"""Fields of a shop's products that attributes can be mapped to.

Source: docs/channels.md, Field mappings.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """What has the field: the product, one of its options, or each of its variants."""

    PRODUCT = "product"
    OPTION = "option"
    VARIANT = "variant"


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    TAGS = "tags"
    STATUS = "status"
    MONEY = "money"
    WEIGHT = "weight"
    FLAG = "flag"
    POLICY = "policy"
    MEDIA = "media"
    METAFIELD = "metafield"


class BadTarget(ValueError):
    """A text that names no field. Its message says which there are."""


@dataclass(frozen=True, slots=True)
class Target:
    """A field. name: as the shop's API has it, without `variants[].`; of an option its place."""

    level: Level
    name: str
    kind: Kind

    @property
    def metafield(self) -> tuple[str, str]:
        """The namespace and the key of a metafield."""
        _, space, key = self.name.split(".", 2)
        return space, key

    def __str__(self) -> str:
        if self.level is Level.OPTION:
            return f"options[{self.name}]"
        return f"variants[].{self.name}" if self.level is Level.VARIANT else self.name


OPTIONS_MAX = 3
ID_METAFIELD = ("pims", "product_id")
"""Holds the id of the record, so that a product is found whoever made it."""

_SAME = {"body_html": "descriptionHtml", "product_type": "productType"}
_PRODUCT = {
    "title": Kind.TEXT,
    "descriptionHtml": Kind.TEXT,
    "vendor": Kind.TEXT,
    "productType": Kind.TEXT,
    "handle": Kind.TEXT,
    "status": Kind.STATUS,
    "tags": Kind.TAGS,
    "seo.title": Kind.TEXT,
    "seo.description": Kind.TEXT,
    "media": Kind.MEDIA,
}
_VARIANT = {
    "sku": Kind.TEXT,
    "price": Kind.MONEY,
    "compareAtPrice": Kind.MONEY,
    "barcode": Kind.TEXT,
    "taxable": Kind.FLAG,
    "inventoryPolicy": Kind.POLICY,
    "inventoryItem.tracked": Kind.FLAG,
    "inventoryItem.requiresShipping": Kind.FLAG,
    "inventoryItem.cost": Kind.MONEY,
    "inventoryItem.measurement.weight": Kind.WEIGHT,
}
_METAFIELD = re.compile(r"metafields\.[A-Za-z0-9_-]{2,255}\.[A-Za-z0-9_-]{2,64}")
_OPTION = re.compile(r"options\[([0-9])\]")
_OF_VARIANT = re.compile(r"variants\[(0?)\]\.(.+)")


def read_target(text: str) -> Target:
    """Return the field that a text names. Raises BadTarget.

    >>> str(read_target("variants[0].price"))
    'variants[].price'
    """
    option, variant = _OPTION.fullmatch(text), _OF_VARIANT.fullmatch(text)
    if option and int(option[1]) < OPTIONS_MAX:
        return Target(Level.OPTION, option[1], Kind.TEXT)
    level, name = (Level.VARIANT, variant[2]) if variant else (Level.PRODUCT, text)
    name = name if variant else _SAME.get(name, name)
    kind = (_VARIANT if variant else _PRODUCT).get(name)
    if _METAFIELD.fullmatch(name):
        kind = Kind.METAFIELD
    if kind is None:
        known = ", ".join([*_PRODUCT, "options[0]", *(f"variants[].{one}" for one in _VARIANT)])
        raise BadTarget(f"There is no field {text!r}. There are {known}, and metafields.")
    target = Target(level, name, kind)
    if kind is Kind.METAFIELD and level is Level.PRODUCT and target.metafield == ID_METAFIELD:
        raise BadTarget(f"{text} holds the id of the record, and is written by itself.")
    return target
