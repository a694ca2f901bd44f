"""Field mappings of a channel: from attributes to fields of a shop's products, and back.

Source: docs/channels.md, Field mappings.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pims_api.connectors.shopify.fields.targets import Kind, Level, Target, read_target
from pims_api.connectors.shopify.fields.transforms import (
    BadTransform,
    apply_transforms,
    can_undo,
    read_transforms,
    undo_transforms,
)

SKU = "sku"
STATUSES = ("ACTIVE", "DRAFT", "ARCHIVED", "UNLISTED")
_STATUS_WORDS = {"inactive": "DRAFT", "deleted": "ARCHIVED", "true": "ACTIVE", "false": "DRAFT"}
_YES, _NO = ("true", "y", "yes", "1"), ("false", "n", "no", "0")
_POLICIES = ("DENY", "CONTINUE")
# The pairs that hold without any mapping; of several the first that the schema has.
_DEFAULTS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("title", "product-name", "name"), "title"),
    (("description",), "descriptionHtml"),
    (("vendor", "brand"), "vendor"),
    (("product-type",), "productType"),
    (("handle",), "handle"),
    (("tags",), "tags"),
    (("price",), "variants[].price"),
    (("barcode",), "variants[].barcode"),
)


class BadValue(ValueError):
    """A value that a field cannot hold. Its message names the field."""


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """An attribute, by its alias, and the field that shows it."""

    source: str
    target: Target
    transforms: tuple[str, ...] = ()

    @property
    def comes_back(self) -> bool:
        """Whether a pull writes the attribute."""
        return can_undo(self.transforms)

    def sent(self, value: Any) -> Any:
        """Return what the field gets for a value; None clears it. Raises BadValue."""
        if value is None or value == []:
            return None
        try:
            return _READERS[self.target.kind](apply_transforms(self.transforms, value))
        except (BadTransform, BadValue) as error:
            raise BadValue(f"{self.source} does not fit {self.target}: {error}") from None

    def received(self, value: Any) -> Any:
        """Return the value of the attribute for what the field holds; None unsets it."""
        if value in (None, "", []):
            return None
        return undo_transforms(self.transforms, value)


def read_mapping(source: str, target: str, transform: str | None) -> FieldMapping:
    """Return a mapping as a channel keeps it. Raises BadTarget, BadTransform."""
    return FieldMapping(source, read_target(target), read_transforms(transform))


def effective_mappings(
    mapped: Iterable[FieldMapping], aliases: Collection[str]
) -> tuple[FieldMapping, ...]:
    """Return the mappings that a run uses. aliases: those that the schema has.

    Without any the default pairs hold; the SKU goes to the variants unless another attribute does.
    """
    found = list(mapped) or list(_default_mappings(aliases))
    if all(str(one.target) != "variants[].sku" for one in found):
        found.append(read_mapping(SKU, "variants[].sku", None))
    return tuple(found)


def at_level(mappings: Iterable[FieldMapping], level: Level) -> list[FieldMapping]:
    """Return the mappings to fields of one level, options by their place."""
    found = [one for one in mappings if one.target.level is level]
    return sorted(found, key=lambda one: one.target.name) if level is Level.OPTION else found


def sent_values(mappings: Iterable[FieldMapping], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the fields get, by their names. Raises BadValue."""
    return {one.target.name: one.sent(values.get(one.source)) for one in mappings}


def _default_mappings(aliases: Collection[str]) -> Iterable[FieldMapping]:
    for names, target in _DEFAULTS:
        source = next((name for name in names if name in aliases), None)
        if source is not None:
            yield read_mapping(source, target, None)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value)
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _tags(value: Any) -> list[str] | None:
    words = value if isinstance(value, list) else _text(value).split(",")
    return [one.strip() for one in map(_text, words) if one.strip()] or None


def _status(value: Any) -> str:
    word = _text(value).strip()
    found = word.upper() if word.upper() in STATUSES else _STATUS_WORDS.get(word.lower())
    if found is None:
        raise BadValue(f"{word[:100]!r} is none of {', '.join(STATUSES)}")
    return found


def _money(value: Any) -> str:
    text = apply_transforms(("number",), value)
    if text.startswith("-"):
        raise BadValue(f"{text} is negative")
    return str(text)


def _flag(value: Any) -> bool:
    word = _text(value).strip().lower()
    if word not in _YES + _NO:
        raise BadValue(f"{word[:100]!r} is neither true nor false")
    return word in _YES


def _policy(value: Any) -> str:
    word = _text(value).strip().upper()
    if word not in _POLICIES:
        raise BadValue(f"{word[:100]!r} is none of {', '.join(_POLICIES)}")
    return word


def _urls(value: Any) -> list[str]:
    found = [_text(one) for one in value] if isinstance(value, list) else [_text(value)]
    return list(dict.fromkeys(found))


_READERS = {
    Kind.TEXT: _text,
    Kind.METAFIELD: _text,
    Kind.TAGS: _tags,
    Kind.STATUS: _status,
    Kind.MONEY: _money,
    Kind.WEIGHT: _money,
    Kind.FLAG: _flag,
    Kind.POLICY: _policy,
    Kind.MEDIA: _urls,
}
