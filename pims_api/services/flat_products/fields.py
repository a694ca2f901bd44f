"""The attributes behind the fields of flat products: made at first use, and written.

Source: docs/core.md, Flat products.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pims_api.domain.access.access import Access, Column, global_column
from pims_api.domain.attributes.attribute import (
    ARCHIVED_ATTRIBUTE,
    CATEGORIES,
    STATUS,
    TITLE,
    Attribute,
    ValueType,
)
from pims_api.domain.category import UNCATEGORIZED_ID
from pims_api.domain.definition import Definition
from pims_api.domain.flat.flat_product import BRAND, FIRST_USE, Lifecycle
from pims_api.domain.product import Product
from pims_api.domain.values.value import read_value
from pims_api.errors import Conflict, Fault, Forbidden
from pims_api.services.attributes.requests import AttributeWrite, OptionListWrite
from pims_api.services.attributes.write import add_attributes
from pims_api.services.products.value_rules import Assignment
from pims_api.storage.unit_of_work import UnitOfWork

_HOLDS_TEXT = frozenset({ValueType.STRING, ValueType.TEXT, ValueType.HTML, ValueType.MEDIA})
_ARCHIVED = global_column(ARCHIVED_ATTRIBUTE)


@dataclass(frozen=True, slots=True)
class FlatWrite:
    """What a caller wants of a flat product. Only what it holds changes.

    texts: values by field, none of them empty: title, and those of FIRST_USE. category: the id of
    the first one. sku: "": of a new product, its UUID.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    category: int | None = None
    lifecycle: Lifecycle | None = None
    sku: str = ""


def make_fields(work: UnitOfWork, names: Iterable[str]) -> None:
    """Make the attributes behind these fields that are not there yet."""
    known = work.definition.by_name
    wanted = [_new(work.definition, one) for one in names if one in FIRST_USE and one not in known]
    if wanted:
        add_attributes(work, wanted, inline_max=0)  # without flags, so nothing is to be indexed


def assignments(access: Access, wanted: FlatWrite, product: Product | None) -> list[Assignment]:
    """Return the values of a write.

    product: what they are for; None: a new one. Raises Forbidden for a field that the caller may
    not write, Conflict for one whose attribute cannot hold the value.
    """
    found = [_of_text(access, name, text) for name, text in wanted.texts.items()]
    if wanted.category is not None:
        found.append(_of_category(access, wanted.category, product))
    if wanted.lifecycle is not None:
        found += _of_lifecycle(access, wanted.lifecycle)
    return found


def writable_column(access: Access, name: str) -> Column:
    """Return the column behind a field. Raises Forbidden: the caller may not write it."""
    column = access.of(name)
    if column is None or not column.writable:
        shown = "category" if name == CATEGORIES else name
        raise Forbidden(f"Access denied! You may not write {shown}.")
    return column


def _new(definition: Definition, name: str) -> AttributeWrite:
    kind, label = FIRST_USE[name]
    options = OptionListWrite(static=False) if kind is ValueType.OPTION else None
    labels = {definition.default_locale: label}
    return AttributeWrite(name, {"type": kind}, labels=labels, options=options)


def _of_text(access: Access, name: str, text: str) -> Assignment:
    column = writable_column(access, name)
    if name != TITLE and not _holds(access.definition, name, column.attribute, text):
        message = f"The attribute {name} of this catalogue cannot hold this value!"
        raise Conflict(faults=[Fault("exists", message)])
    return Assignment(column, read_value(column.attribute, text), "", column.slot)


def _holds(definition: Definition, name: str, attribute: Attribute, text: str) -> bool:
    if attribute.computed:
        return False
    if attribute.type is ValueType.NUMBER:
        try:
            return bool(read_value(attribute, text))
        except ValueError:
            return False
    if attribute.type is ValueType.OPTION:
        options = definition.options_of(attribute)
        known = options.find(text)
        grows = not options.static if name == BRAND else options.static is False
        return grows or (known is not None and not known.removed)
    return attribute.type in _HOLDS_TEXT


def _of_category(access: Access, number: int, product: Product | None) -> Assignment:
    """Return the value that puts a category in the place of the first and keeps the others."""
    column, tree = writable_column(access, CATEGORIES), access.definition.categories
    others = product.values[CATEGORIES][1:] if product is not None else []
    kept = [one for one in others if one not in (number, UNCATEGORIZED_ID)]
    paths = [tree.path_text(one) for one in (number, *kept)]
    return Assignment(column, paths, "", column.slot)


def _of_lifecycle(access: Access, wanted: Lifecycle) -> Iterator[Assignment]:
    column = writable_column(access, STATUS)
    status = "active" if wanted is Lifecycle.ACTIVE else "inactive"
    yield Assignment(column, status, "", column.slot)
    archived = True if wanted is Lifecycle.ARCHIVED else None
    yield Assignment(_ARCHIVED, archived, "", _ARCHIVED.slot)
