"""Attribute views: the attributes that a key sees, their names, and of which products."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Label = str | Mapping[str, str]
"""A text, or a text per locale."""


@dataclass(frozen=True, slots=True)
class ViewField:
    """One attribute in a View. default: filled at creation when nothing is sent, wire form."""

    attribute_id: int
    name: str
    readonly: bool = False
    group: str | None = None
    default: Any = None


@dataclass(frozen=True, slots=True)
class AttributeView:
    """A named selection of attributes and products.

    condition_query: restricts the products; written with internal names, hidden ones allowed.

    Source: docs/core.md, Access.
    """

    id: int
    name: str
    fields: tuple[ViewField, ...] = ()
    comment: str = ""
    label: Label = ""
    condition_query: str = ""
    deleted: bool = False
