"""Access: the one answer to "what may this caller see and change".

A View, compiled once per definition version and locale, becomes a small value: the columns with
their outward names, and a condition on the rows. Every name that comes in is resolved here, and
every value that goes out is projected through here. Hidden means unknown.

Source: docs/api/pims.md, Views.
"""

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from typing import Any

from pims_api.domain.access.attribute_view import AttributeView, ViewField
from pims_api.domain.attributes.attribute import (
    CATEGORIES,
    SKU,
    STATUS,
    SYSTEM_ATTRIBUTES,
    THUMBNAIL,
    TITLE,
    Attribute,
)
from pims_api.domain.conditions.condition import Condition, Operand
from pims_api.domain.definition import LANGUAGE_ID, Definition
from pims_api.domain.values.scope import GLOBAL, scope_text, slot

_SHOWN_FIRST = (SKU, CATEGORIES, STATUS, TITLE, THUMBNAIL)
_SHOWN_LAST = tuple(one.name for one in SYSTEM_ATTRIBUTES if one.name not in _SHOWN_FIRST)

RowParser = Callable[["Access", str], Condition]


@dataclass(frozen=True, slots=True)
class Column:
    """An attribute as one caller sees it.

    name: the outward name. writable: whether writes reach it; computed attributes never are.
    scopes: where to look for its value, best first. slots: the same as places in a document; the
    first one is where writes go.
    """

    attribute: Attribute
    name: str
    writable: bool
    scopes: tuple[str, ...]
    slots: tuple[str, ...]
    group: str | None = None
    default: Any = None

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


class Columns:
    """The columns of a View in one scope, found by outward name and by attribute.

    past: those of deleted attributes, which only history still shows, and no View.
    """

    def __init__(self, definition: Definition, view: AttributeView | None, scope: str) -> None:
        self.made_of = definition.attributes_mark
        present = [_column(definition, one, scope) for one in _fields(definition, view)]
        self.present = tuple(sorted(present, key=_place))
        self.past = tuple(_column(definition, one, scope) for one in _past_fields(definition, view))
        self.by_name = {column.name: column for column in self.present}
        self.by_attribute = {column.attribute.id: column for column in self.present}


def _columns(definition: Definition, view: AttributeView | None, scope: str) -> Columns:
    """Return the columns, made once for as long as attributes, Views and dimensions stay."""
    place = ("columns", view.id if view else None, scope)
    known: Columns | None = definition.rendered.get(place)
    if known is None or known.made_of is not definition.attributes_mark:
        known = definition.rendered[place] = Columns(definition, view, scope)
    return known


class Access:
    """What a caller sees: columns by outward name and by attribute, and which rows.

    past: the columns of deleted attributes, which only history still shows, and no View.
    """

    def __init__(
        self, definition: Definition, view: AttributeView | None, locale: str, scope: str
    ) -> None:
        self.definition = definition
        self.view = view
        self.locale = locale
        self.scope = scope
        columns = _columns(definition, view, scope)
        self.columns = columns.present
        self.past = columns.past
        self.by_name = columns.by_name
        self.by_attribute = columns.by_attribute
        self._shown: Container[int] = columns.by_attribute
        self.rows: Condition | None = None
        self.derived: dict[str, Any] = {}  # what others computed from this access, once

    def column(self, name: str) -> Column | None:
        """Return the column of that outward name, if this caller sees one."""
        return self.by_name.get(name)

    def of(self, attribute_name: str) -> Column | None:
        """Return the column of the attribute of that internal name, if this caller sees it."""
        attribute = self.definition.by_name.get(attribute_name)
        return None if attribute is None else self.by_attribute.get(attribute.id)

    def narrowed(self, names: Iterable[str]) -> "Access":
        """Return the same access, showing only these outward names; unknown ones are passed over.

        The caller still knows every name, so what is shown may speak of what is not.
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


def compile_access(
    definition: Definition, view_name: str | None, locale: str, parse_rows: RowParser
) -> Access:
    """Return the access of a View (None: everything) in a locale; computed once per version.

    parse_rows: reads the View's condition, with the names of full access.
    """
    key = ("access", view_name, locale.lower())
    known: Access | None = definition.derived.get(key)
    if known is None:
        view = definition.views[view_name] if view_name else None
        known = Access(definition, view, locale, locale_scope(definition, locale))
        if view is not None and view.condition_query:
            everything = compile_access(definition, None, definition.default_locale, parse_rows)
            known.rows = parse_rows(everything, view.condition_query)
        definition.derived[key] = known
    return known


def locale_scope(definition: Definition, locale: str) -> str:
    """Return the scope text of a locale: global for the default one."""
    segment = definition.language.segment(locale)
    if segment is None or segment.id == definition.language.default_segment_id:
        return GLOBAL
    return scope_text({LANGUAGE_ID: segment.id})


def _fields(definition: Definition, view: AttributeView | None) -> Iterable[ViewField]:
    if view is None:
        return [ViewField(one.id, one.name) for one in definition.present_attributes()]
    chosen = {one.attribute_id: one for one in view.fields}
    chosen[definition.sku.id] = ViewField(definition.sku.id, SKU)
    present = (definition.attributes.get(number) for number in chosen)
    return [chosen[one.id] for one in present if one is not None and not one.deleted]


def _past_fields(definition: Definition, view: AttributeView | None) -> Iterable[ViewField]:
    if view is not None:
        return []
    return [ViewField(one.id, one.name) for one in definition.attributes.values() if one.deleted]


def _column(definition: Definition, chosen: ViewField, scope: str) -> Column:
    attribute = definition.attributes[chosen.attribute_id]
    scoped = scope and LANGUAGE_ID in attribute.dimensions
    scopes = (scope, GLOBAL) if scoped else (GLOBAL,)
    return Column(
        attribute=attribute,
        name=chosen.name,
        writable=not (chosen.readonly or attribute.computed),
        scopes=scopes,
        slots=tuple(slot(attribute.key, one) for one in scopes),
        group=chosen.group,
        default=chosen.default,
    )


def _place(column: Column) -> tuple[int, int]:
    name = column.attribute.name
    if name in _SHOWN_FIRST:
        return (0, _SHOWN_FIRST.index(name))
    if name in _SHOWN_LAST:
        return (2, _SHOWN_LAST.index(name))
    return (1, column.attribute.id)
