"""Which settings of an attribute go together, and which are fixed.

Source: docs/core.md, Attributes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pims_api.domain.attributes.attribute import (
    CATEGORIES,
    NAME_PATTERN,
    NEVER_INDEXED,
    SKU,
    STATUS,
    THUMBNAIL,
    TITLE,
    VARIATION_ATTRIBUTES,
    VARIATION_OF,
    Attribute,
    ValueType,
)
from pims_api.domain.attributes.pattern import check_mask
from pims_api.domain.values.text import has_control

GROUP_LENGTH_MAX = 100  # characters
LABEL_LENGTH_MAX = 255  # characters
COMMENT_LENGTH_MAX = 4_000  # characters
MAX_LENGTH_MAX = 65_536  # characters

LENGTHY = frozenset(
    {ValueType.STRING, ValueType.TEXT, ValueType.HTML, ValueType.URL, ValueType.MEDIA}
)
MASKED = LENGTHY | {ValueType.NUMBER}
NEVER_UNIQUE = NEVER_INDEXED | {ValueType.BOOLEAN}

_INDEX_FLAGS = ("filterable", "indexable")
_FLAGS = ("unique", "searchable", *_INDEX_FLAGS)
_FREE_OF_SYSTEM = frozenset({"labels", "comments", "group", *_FLAGS})
_FREE_ALSO = {
    TITLE: frozenset({"mask", "max_length", "dimensions"}),
    THUMBNAIL: frozenset({"mask", "max_length", "dimensions", "default"}),
}
_FIXED: dict[tuple[str, str], str] = {
    (SKU, "unique"): "it tells products apart",
    (SKU, "filterable"): "it is how every list finds products",
    (STATUS, "filterable"): "lists leave out deleted products by it",
    (STATUS, "unique"): "many products share a status",
    (CATEGORIES, "filterable"): "lists of a category need it",
    (CATEGORIES, "unique"): "many products share a category",
    (CATEGORIES, "searchable"): "a category is found by its id or by a filter",
    (VARIATION_OF, "filterable"): "lists tell variations from other products by it",
    (VARIATION_OF, "unique"): "a product may have many variations",
    (VARIATION_ATTRIBUTES, "unique"): "many products vary in the same attributes",
    (VARIATION_ATTRIBUTES, "searchable"): "it holds names of attributes",
    (VARIATION_ATTRIBUTES, "filterable"): "it holds names of attributes",
}
_SETTINGS = (
    *("collection", *_FLAGS, "dimensions", "mask", "minimum", "maximum", "max_length"),
    *("default", "group", "labels", "comments"),
)


@dataclass(frozen=True, slots=True)
class Breach:
    """A setting that is not allowed. setting: its name in Attribute; `message` follows the name."""

    setting: str
    message: str
    code: str = "type"


def is_attribute_name(name: str) -> bool:
    """Return whether an attribute may have that name.

    >>> is_attribute_name("rod_diameter"), is_attribute_name("2nd"), is_attribute_name("a b")
    (True, False, False)
    """
    return NAME_PATTERN.match(name) is not None


def breaches(one: Attribute) -> list[Breach]:
    """Return every breach of the rules of an attribute in itself."""
    return [
        *_flag_breaches(one),
        *_range_breaches(one),
        *_text_breaches(one),
        *_default_breaches(one),
        *_word_breaches(one),
    ]


def fixed_breaches(before: Attribute, after: Attribute) -> Iterator[Breach]:
    """Yield a breach for each fixed setting of a system attribute that was changed."""
    if not before.system:
        return
    free = _FREE_OF_SYSTEM | _FREE_ALSO.get(before.name, frozenset())
    for setting in _SETTINGS:
        if getattr(before, setting) == getattr(after, setting):
            continue
        reason = _FIXED.get((before.name, setting))
        if reason is not None:
            state = "stays" if getattr(before, setting) else "cannot be"
            yield Breach(setting, f"{state} {setting}: {reason}!", "read_only")
        elif setting not in free:
            message = (
                "is a system attribute: only its flags, label, comment and group can be changed!"
            )
            yield Breach(setting, message, "read_only")


def _flag_breaches(one: Attribute) -> Iterator[Breach]:
    for flag in _FLAGS:
        reason = _why_not(one, flag) if getattr(one, flag) else None
        if reason is not None:
            yield Breach(flag, f"cannot be {flag}: {reason}!")
    if one.type is ValueType.COMPLETENESS:
        if one.collection:
            yield Breach("collection", "cannot be a collection: completeness is one number!")
        if one.dimensions:
            yield Breach("dimensions", "cannot be localizable: completeness is one number!")


def _why_not(one: Attribute, flag: str) -> str | None:
    """Return why an attribute of this kind cannot have a flag, or None where it can."""
    if one.computed and not (one.type is ValueType.COMPLETENESS and flag in _INDEX_FLAGS):
        return "its values are computed"
    if flag in _INDEX_FLAGS and one.type in NEVER_INDEXED:
        return f"values of type {one.type} are not indexed, choose the type string for short texts"
    if flag == "indexable" and one.collection:
        return "lists cannot be ordered by a collection, to filter by it make it filterable"
    if flag == "unique" and one.type in NEVER_UNIQUE:
        return f"values of type {one.type} are not compared"
    return None


def _range_breaches(one: Attribute) -> Iterator[Breach]:
    for setting in ("minimum", "maximum"):
        if getattr(one, setting) is not None and one.type is not ValueType.NUMBER:
            yield Breach(setting, "cannot have min or max: they are for the type number!")
    low, high = one.minimum, one.maximum
    if low is not None and high is not None and Decimal(low) > Decimal(high):
        yield Breach("minimum", f"cannot have a min of {low} above its max of {high}!", "range")


def _text_breaches(one: Attribute) -> Iterator[Breach]:
    if one.max_length is not None and one.type not in LENGTHY:
        yield Breach("max_length", "cannot have a max_length: it is for texts!")
    elif one.max_length is not None and not 1 <= one.max_length <= MAX_LENGTH_MAX:
        message = f"needs a max_length from 1 to {MAX_LENGTH_MAX}!"
        yield Breach("max_length", message, "range")
    if one.mask and one.type not in MASKED:
        yield Breach("mask", "cannot have a validation: masks are for texts and numbers!")
    elif one.mask:
        yield from _mask_breaches(one.mask)


def _mask_breaches(mask: str) -> Iterator[Breach]:
    try:
        check_mask(mask)
    except ValueError as error:
        yield Breach("mask", f"needs a validation that is a mask: {error}!", "mask")


def _default_breaches(one: Attribute) -> Iterator[Breach]:
    if one.default is None:
        return
    if one.computed:
        yield Breach("default", "cannot have a default value: its values are computed!")
    elif one.unique:
        message = "cannot have a default value: it is unique, and new products would share it!"
        yield Breach("default", message)


def _word_breaches(one: Attribute) -> Iterator[Breach]:
    if len(one.group) > GROUP_LENGTH_MAX or has_control(one.group):
        message = f"needs a group of at most {GROUP_LENGTH_MAX} characters, no control characters!"
        yield Breach("group", message, "range")
    if any(len(text) > LABEL_LENGTH_MAX or has_control(text) for text in one.labels.values()):
        message = f"needs labels of at most {LABEL_LENGTH_MAX} characters, no control characters!"
        yield Breach("labels", message, "range")
    if any(len(text) > COMMENT_LENGTH_MAX for text in one.comments.values()):
        message = f"needs comments of at most {COMMENT_LENGTH_MAX} characters!"
        yield Breach("comments", message, "range")
