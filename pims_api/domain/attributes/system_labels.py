"""The first labels, comments and groups of a new tenant's system attributes; editable later."""

from dataclasses import replace

from pims_api.domain.attributes.attribute import Attribute

GROUP = "Basic"

_LABELS = {
    "sku": ("SKU", "Unique code or number of the product."),
    "title": ("Title", "Short name of the product."),
    "status": ("Status", "active, inactive or deleted. Deleted products can be restored."),
    "categories": ("Categories", "Paths of the categories that the product is in."),
    "variation_of": ("Variation of", "SKU of the product that this one is a variation of."),
    "variation_attributes": (
        "Variation attributes",
        "Names of the attributes in which the variations differ.",
    ),
    "variation_skus": ("Variation SKUs", "SKUs of the variations. Kept by the system."),
    "variation_matrix": ("Variation matrix", "Values of the variations. Kept by the system."),
    "thumbnail": ("Thumbnail", "Address of an image."),
}


def with_labels(attribute: Attribute, locale: str) -> Attribute:
    """Return the system attribute with its first label, comment and group."""
    label, comment = _LABELS[attribute.name]
    return replace(attribute, labels={locale: label}, comments={locale: comment}, group=GROUP)
