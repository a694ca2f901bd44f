"""Policies: levels of attributes and a condition on products, made from a View.

Source: docs/core.md, Access.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from pims_api.domain.access.attribute_view import AttributeView, ViewField
from pims_api.domain.attributes.attribute import SKU, Attribute
from pims_api.domain.definition import Definition


class Level(IntEnum):
    """The level of access to an attribute, the least first."""

    HIDDEN = 0
    READ = 1
    WRITE = 2


@dataclass(frozen=True, slots=True)
class Grant:
    """The grant of one attribute. name: the outward one, None for the attribute's own.

    default: filled at creation when nothing is sent, wire form.
    """

    level: Level
    name: str | None = None
    group: str | None = None
    default: Any = None


@dataclass(frozen=True, slots=True)
class Policy:
    """Attributes with their levels, and a condition on products.

    key: tells policies of one tenant apart; what is compiled from one is cached under it.
    name: what the caller calls it. grants: by attribute id. others: the level of attributes
    without a grant. rows: the condition as text, with the internal names of any attributes.
    """

    key: Hashable
    name: str | None = None
    grants: Mapping[int, Grant] = field(default_factory=dict)
    others: Level = Level.HIDDEN
    rows: str = ""

    @property
    def is_everything(self) -> bool:
        """Whether every attribute may be written under its own name, of every product."""
        return not (self.grants or self.rows) and self.others is Level.WRITE

    def grant(self, attribute: Attribute) -> Grant:
        """Return the grant of an attribute."""
        return self.grants.get(attribute.id) or _PLAIN[self.others]


_PLAIN = {level: Grant(level) for level in Level}

EVERYTHING = Policy("everything", others=Level.WRITE)


def view_policy(definition: Definition, view: AttributeView) -> Policy:
    """Return the policy of a View: its attributes and the SKU, of the products it lets through."""
    grants = {one.attribute_id: _grant(one) for one in view.fields}
    grants[definition.sku.id] = Grant(Level.WRITE, SKU)
    return Policy(("view", view.id), view.name, grants, rows=view.condition_query)


def _grant(shown: ViewField) -> Grant:
    level = Level.READ if shown.readonly else Level.WRITE
    return Grant(level, shown.name, shown.group, shown.default)
