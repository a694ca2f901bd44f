"""Attributes of products, their types and their rules."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pims_api.domain.attributes.guard import Guard

NAME_PATTERN = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}\Z")
FIRST_CUSTOM_ID = 100  # ids below are reserved for system attributes


class ValueType(StrEnum):
    """The core's own words for types; each face maps its words to these."""

    STRING = "string"
    TEXT = "text"
    HTML = "html"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    OPTION = "option"
    MEDIA = "media"
    URL = "url"
    RELATION = "relation"
    COMPLEX = "complex"
    COMPLETENESS = "completeness"


NEVER_INDEXED = frozenset({ValueType.TEXT, ValueType.HTML, ValueType.MEDIA, ValueType.COMPLEX})
NUMERIC = frozenset({ValueType.NUMBER, ValueType.COMPLETENESS})


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a tenant.

    name: what callers without a View call it; immutable. key: what documents, history and index
    call it: the name, followed by ~2, ~3 … when a deleted attribute had that name before, so that
    its values never come back. dimensions: ids of the dimensions that scope its values; among
    values that fit a scope equally well the dimension listed earlier decides. scoped_by: which
    sets of these the scopes of its values name, as far as that is kept, see
    `pims_api.domain.access.scopes`.
    pending: flags that were switched on but whose index is not built yet; writes keep that index
    up to date already, reads wait for it. minimum, maximum: decimal text. client_id: the id that an
    integrator chose for it; "": faces that show ids make one from its name. target_type_id: of the
    product type that its links lead to; None: any. parts: what an integrator says that its
    complex values are made of, as JSON, kept as it is.

    Source: docs/core.md, Attributes.
    """

    id: int
    name: str
    key: str
    type: ValueType
    collection: bool = False
    unique: bool = False
    searchable: bool = False
    indexable: bool = False
    filterable: bool = False
    dimensions: tuple[int, ...] = ()
    scoped_by: tuple[tuple[int, ...], ...] = ()
    mask: str = ""
    minimum: str | None = None
    maximum: str | None = None
    max_length: int | None = None
    default: Any = None
    group: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    option_list_id: int | None = None
    inheritable: bool = True
    guards: tuple[Guard, ...] = ()
    system: bool = False
    computed: bool = False
    pending: frozenset[str] = frozenset()
    deleted: bool = False
    client_id: str = ""
    target_type_id: int | None = None
    parts: str = ""

    @property
    def indexed(self) -> bool:
        """Whether the catalogue index keeps its values."""
        return (self.filterable or self.indexable) and not self.deleted

    @property
    def is_built(self) -> bool:
        """Whether the catalogue index has all of its values, for filters or for orders."""
        flags = {name for name in ("filterable", "indexable") if getattr(self, name)}
        return self.indexed and not flags <= self.pending

    @property
    def can_filter(self) -> bool:
        return self.filterable and "filterable" not in self.pending

    @property
    def can_tell_presence(self) -> bool:
        """Whether conditions may ask if it has a value, whatever its flags.

        They may not where what is shown comes from other products.

        Source: docs/core.md, Conditions.
        """
        if self.type is ValueType.COMPLETENESS:
            return True
        return not (self.computed or (self.system and self.name == VARIATION_ATTRIBUTES))

    @property
    def can_sort(self) -> bool:
        """Whether lists may be ordered by it.

        Source: docs/core.md, Order.
        """
        built = self.can_filter or (self.indexable and "indexable" not in self.pending)
        return built and not self.collection

    @property
    def can_search(self) -> bool:
        return self.searchable and "searchable" not in self.pending


SKU = "sku"
TITLE = "title"
STATUS = "status"
CATEGORIES = "categories"
VARIATION_OF = "variation_of"
VARIATION_ATTRIBUTES = "variation_attributes"
VARIATION_SKUS = "variation_skus"
VARIATION_MATRIX = "variation_matrix"
THUMBNAIL = "thumbnail"
PRODUCT_TYPE = "product_type"
STAGE = "~stage"  # a key that no attribute of a tenant can have
ARCHIVED = "~archived"  # another one

STATUS_LIST_ID = 1
DEFAULT_TYPE = "default"


def _system(number: int, name: str, kind: ValueType, **flags: Any) -> Attribute:
    return Attribute(id=number, name=name, key=name, type=kind, system=True, **flags)


SYSTEM_ATTRIBUTES: tuple[Attribute, ...] = (
    _system(
        1, SKU, ValueType.STRING, unique=True, searchable=True, filterable=True, indexable=True
    ),
    _system(2, TITLE, ValueType.STRING, searchable=True, filterable=True, indexable=True),
    _system(
        3, STATUS, ValueType.OPTION, filterable=True, indexable=True, option_list_id=STATUS_LIST_ID
    ),
    _system(4, CATEGORIES, ValueType.STRING, collection=True, filterable=True),
    _system(5, VARIATION_OF, ValueType.RELATION, filterable=True),
    _system(6, VARIATION_ATTRIBUTES, ValueType.STRING, collection=True),
    _system(7, VARIATION_SKUS, ValueType.STRING, collection=True, computed=True),
    _system(8, VARIATION_MATRIX, ValueType.TEXT, computed=True),
    _system(9, THUMBNAIL, ValueType.MEDIA),
)
"""What every tenant starts with. Source: docs/core.md, System attributes."""

PRODUCT_TYPE_ATTRIBUTE = _system(10, PRODUCT_TYPE, ValueType.STRING, filterable=True)
"""Indexed and kept in history like an attribute, but shown by no face as one."""


def _moment(number: int, name: str) -> Attribute:
    """Return the attribute of a moment that products keep beside their documents.

    Its key is none that an attribute of a tenant can have.
    """
    flags: dict[str, Any] = {"filterable": True, "computed": True, "system": True}
    return Attribute(number, name, f"~{name}", ValueType.DATETIME, **flags)


CREATED_ATTRIBUTE = _moment(11, "created")
UPDATED_ATTRIBUTE = _moment(12, "updated")

MOMENTS = (CREATED_ATTRIBUTE, UPDATED_ATTRIBUTE)
SYSTEM_FIELDS = (PRODUCT_TYPE_ATTRIBUTE, *MOMENTS)
"""What conditions and orders know of every product besides attributes.

Source: docs/core.md, System fields.
"""

OTHER_CATEGORIES = "~categories"
OTHER_CATEGORIES_ATTRIBUTE = Attribute(
    13,
    "categories in other catalogs",
    OTHER_CATEGORIES,
    ValueType.STRING,
    collection=True,
    filterable=True,
    system=True,
)
"""Holds the ids, as text, of a product's categories in other catalogs than the default one.

Its key is none that an attribute of a tenant can have.
"""

STAGE_ATTRIBUTE = Attribute(14, "stage", STAGE, ValueType.STRING, filterable=True, system=True)
"""The stage of a product in its workflow."""

ARCHIVED_ATTRIBUTE = Attribute(
    15, "archived", ARCHIVED, ValueType.BOOLEAN, filterable=True, system=True
)
"""Marks an inactive product as one that is put away; goes with the next change of its status."""

UNSEEN_ATTRIBUTES = {
    one.key: one
    for one in (
        PRODUCT_TYPE_ATTRIBUTE,
        OTHER_CATEGORIES_ATTRIBUTE,
        STAGE_ATTRIBUTE,
        ARCHIVED_ATTRIBUTE,
    )
}
"""What documents hold besides attributes, by key: indexed and kept in history like these."""
