"""What somebody may see and change, whatever says so: a View, and what comes beside it.

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
    """What may be done with an attribute, the least first."""

    HIDDEN = 0
    READ = 1
    WRITE = 2


@dataclass(frozen=True, slots=True)
class Grant:
    """What a policy says of one attribute. name: the outward one, None for the attribute's own.

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
        """Whether nothing is hidden, renamed or kept from being changed."""
        return not (self.grants or self.rows) and self.others is Level.WRITE

    def grant(self, attribute: Attribute) -> Grant:
        """Return what holds for an attribute."""
        return self.grants.get(attribute.id) or _PLAIN[self.others]


_PLAIN = {level: Grant(level) for level in Level}

EVERYTHING = Policy("everything", others=Level.WRITE)


def view_policy(definition: Definition, view: AttributeView) -> Policy:
    """Return what a View allows: its attributes and the SKU, of the products it lets through."""
    grants = {one.attribute_id: _grant(one) for one in view.fields}
    grants[definition.sku.id] = Grant(Level.WRITE, SKU)
    return Policy(("view", view.id), view.name, grants, rows=view.condition_query)


def _grant(shown: ViewField) -> Grant:
    level = Level.READ if shown.readonly else Level.WRITE
    return Grant(level, shown.name, shown.group, shown.default)
