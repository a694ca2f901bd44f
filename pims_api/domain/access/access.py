"""Access: the attributes and products that a caller may see and change.

A policy is compiled once per definition version and scope to the columns with their outward names
and a condition on the products, its rows. Every name that comes in is resolved here, and every
value that goes out is looked up by a column. A hidden attribute is treated as an unknown one.

Source: docs/core.md, Access.
"""

from collections.abc import Callable, Container, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from pims_api.domain.access.policy import Level, Policy
from pims_api.domain.access.scopes import own_scope, searched_scopes
from pims_api.domain.attributes.attribute import (
    CATEGORIES,
    SKU,
    STATUS,
    SYSTEM_ATTRIBUTES,
    SYSTEM_FIELDS,
    THUMBNAIL,
    TITLE,
    Attribute,
    ValueType,
)
from pims_api.domain.conditions.condition import Condition, Operand
from pims_api.domain.definition import LANGUAGE_ID, Definition
from pims_api.domain.values.scope import GLOBAL, Scope, slot

T = TypeVar("T")

_ABSENT = object()
_SHOWN_FIRST = (SKU, CATEGORIES, STATUS, TITLE, THUMBNAIL)
_SHOWN_LAST = tuple(one.name for one in SYSTEM_ATTRIBUTES if one.name not in _SHOWN_FIRST)


@dataclass(frozen=True, slots=True)
class Column:
    """An attribute as one caller sees it.

    name: the outward name. level: whether it may be written; a computed attribute never may.
    scopes: where its value is looked for, best first. slots: the keys of these in a document.
    slot: the key that a write sets unless it names a scope of its own. covering: the slots whose
    values are shown instead of that one's; where a product has such a value, a write replaces it.
    """

    attribute: Attribute
    name: str
    level: Level
    scopes: tuple[str, ...]
    slots: tuple[str, ...]
    slot: str
    group: str | None = None
    default: Any = None
    covering: tuple[str, ...] = ()

    @property
    def writable(self) -> bool:
        """Whether the caller may write it as a plain value, which nothing complex is."""
        return self.level is Level.WRITE and self.attribute.type is not ValueType.COMPLEX

    @property
    def operand(self) -> Operand:
        return Operand(self.attribute, self.scopes)

    def stored(self, values: dict[str, Any]) -> Any:
        """Return the stored value that this caller sees in a document, or None."""
        for place in self.slots:
            value = values.get(place)
            if value is not None:
                return value
        return None


def global_column(attribute: Attribute) -> Column:
    """Return the column of an attribute's global value, under its own name."""
    key = attribute.key
    return Column(attribute, attribute.name, Level.WRITE, (GLOBAL,), (key,), key)


FIELD_COLUMNS = {one.name: global_column(one) for one in SYSTEM_FIELDS}
"""The columns of the system fields, by name; every caller may ask for them."""


class Columns:
    """The columns of a policy in one scope, found by outward name and by attribute.

    past: those of deleted attributes, which only history shows, and only under a policy that shows
    attributes without a grant.
    """

    def __init__(self, definition: Definition, policy: Policy, scope: Scope) -> None:
        self.attributes_mark = definition.attributes_mark
        present: list[Column] = []
        past: list[Column] = []
        for one in _named(definition, policy):
            column = _column(definition, policy, one, scope)
            if column.level is not Level.HIDDEN:
                (past if one.deleted else present).append(column)
        self.present = tuple(sorted(present, key=_place))
        self.past = tuple(past)
        self.by_name = {column.name: column for column in self.present}
        self.by_attribute = {column.attribute.id: column for column in self.present}


def _columns(definition: Definition, policy: Policy, scope: Scope) -> Columns:
    """Return the columns, cached until attributes, Views or dimensions change."""
    place = ("columns", policy.key, scope.text)
    known: Columns | None = definition.rendered.get(place)
    if known is None or known.attributes_mark is not definition.attributes_mark:
        known = definition.rendered[place] = Columns(definition, policy, scope)
    return known


class Access:
    """The columns that a caller sees, by outward name and by attribute, and which products.

    rows: the condition of a product that the caller sees; None: every product is seen. past: the
    columns of deleted attributes, which only history shows, and no View.
    """

    def __init__(self, definition: Definition, policy: Policy, scope: Scope) -> None:
        self.definition = definition
        self.policy = policy
        self.scope = scope
        columns = _columns(definition, policy, scope)
        self.columns = columns.present
        self.past = columns.past
        self.by_name = columns.by_name
        self.by_attribute = columns.by_attribute
        self._shown: Container[int] = columns.by_attribute
        self.rows: Condition | None = None
        self.derived: dict[Hashable, Any] = {}  # the cache of `derive`

    def derive(self, make: Callable[["Access"], T]) -> T:
        """Return the value that a function computes from this access, cached as in Definition."""
        known = self.derived.get(make, _ABSENT)
        if known is _ABSENT:
            known = self.derived.setdefault(make, make(self))
        return cast(T, known)

    @property
    def locale(self) -> str:
        """The code of the locale in the scope."""
        language = self.definition.language
        wanted = self.scope.get(LANGUAGE_ID, language.default_segment_id)
        return next(one.code for one in language.segments if one.id == wanted)

    def column(self, name: str) -> Column | None:
        """Return the column of that outward name, if this caller sees one."""
        return self.by_name.get(name)

    def asked(self, name: str) -> Column | None:
        """Return the column that conditions and orders mean by a name.

        A system field is known by its name where no attribute shows under it.
        """
        return self.by_name.get(name) or FIELD_COLUMNS.get(name)

    def of(self, attribute_name: str) -> Column | None:
        """Return the column of the attribute of that internal name, if this caller sees it."""
        attribute = self.definition.by_name.get(attribute_name)
        return None if attribute is None else self.by_attribute.get(attribute.id)

    def narrowed(self, names: Iterable[str]) -> "Access":
        """Return the same access, showing only these outward names; unknown ones are ignored.

        The caller may still name every column, so warnings may name one that is not shown.
        """
        duplicate: Access = object.__new__(Access)
        duplicate.__dict__ |= self.__dict__ | {"derived": {}}
        wanted = {SKU, *names}
        duplicate.columns = tuple(column for column in self.columns if column.name in wanted)
        duplicate.past = tuple(column for column in self.past if column.name in wanted)
        duplicate._shown = {column.attribute.id for column in duplicate.columns}
        return duplicate

    def shows(self, attribute_name: str) -> bool:
        """Return whether the attribute of that internal name is among those shown."""
        column = self.of(attribute_name)
        return column is not None and column.attribute.id in self._shown


def _named(definition: Definition, policy: Policy) -> Iterable[Attribute]:
    """Return the attributes that a policy may show, deleted ones by age."""
    if policy.others is not Level.HIDDEN:
        return definition.attributes.values()
    found = (definition.attributes.get(number) for number in policy.grants)
    return [one for one in found if one is not None and not one.deleted]


def _column(definition: Definition, policy: Policy, attribute: Attribute, scope: Scope) -> Column:
    grant = policy.grant(attribute)
    scopes, own = (
        searched_scopes(definition, attribute, scope),
        own_scope(definition, attribute, scope),
    )
    slots = tuple(slot(attribute.key, one) for one in scopes)
    return Column(
        attribute=attribute,
        name=attribute.name if grant.name is None else grant.name,
        level=min(grant.level, Level.READ) if attribute.computed else grant.level,
        scopes=scopes,
        slots=slots,
        slot=slot(attribute.key, own),
        group=grant.group,
        default=grant.default,
        covering=slots[: scopes.index(own)] if own in scopes else (),
    )


def _place(column: Column) -> tuple[int, int]:
    name = column.attribute.name
    if name in _SHOWN_FIRST:
        return (0, _SHOWN_FIRST.index(name))
    if name in _SHOWN_LAST:
        return (2, _SHOWN_LAST.index(name))
    return (1, column.attribute.id)
