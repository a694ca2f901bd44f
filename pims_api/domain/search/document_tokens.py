"""The tokens of a product in the full-text index, and the prefixes that a caller's search uses.

A stored token is `tenant_attribute_token` for a global value and `tenant_attributeSCOPE_token` for
a scoped one: `1_2_rod`, `1_2s1e3_stange` where dimension 1 has segment 3. A scoped value also
stores its bare prefix, `1_2s1e3_`: it says that there is a value, which hides the global one. So
does the global value of an attribute where it may hide that of the default segments: wherever there
is a dimension besides language, else in documents that have a value of the default locale besides.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pims_api.domain.access.access import Access, Column
from pims_api.domain.access.scopes import default_locale_scope
from pims_api.domain.attributes.attribute import (
    CATEGORIES,
    SKU,
    VARIATION_ATTRIBUTES,
    Attribute,
    ValueType,
)
from pims_api.domain.definition import LANGUAGE_ID, Definition
from pims_api.domain.product import Values
from pims_api.domain.search.tokenizer import html_text, sku_tokens, text_within_bytes, tokens
from pims_api.domain.values.scope import slot as slot_of
from pims_api.domain.values.scope import split_slot
from pims_api.domain.values.value import elements

_SCOPE_SIGNS = str.maketrans("=,", "ec")  # characters that a database takes as part of a word


@dataclass(frozen=True, slots=True)
class SearchedSlot:
    """A slot whose value is searched. prefix: what its stored tokens begin with.

    marked: whether the prefix is stored as well. marked_beside: the slot beside whose value it is.
    """

    attribute: Attribute
    scope: str
    prefix: str
    marked: bool
    marked_beside: str = ""


@dataclass(frozen=True, slots=True)
class SearchedPlace:
    """A prefix under which a word is looked up. unless: prefixes of values that hide this one."""

    prefix: str
    unless: tuple[str, ...] = ()


def may_be_searched(attribute: Attribute) -> bool:
    """Return whether the attribute can be searchable at all.

    Not what is computed, and not what changes on a product without a change of the product:
    category paths and what variants show of their parent's variation attributes.

    Source: docs/core.md, Search.
    """
    elsewhere = attribute.system and attribute.name in (CATEGORIES, VARIATION_ATTRIBUTES)
    return not (attribute.computed or elsewhere)


def marks_global(attribute: Attribute) -> bool:
    """Return whether a global value may hide another: there is a dimension besides language.

    A global value comes before those of the default segments.

    Source: docs/core.md, Scopes.
    """
    return any(one != LANGUAGE_ID for one in attribute.dimensions)


def searched_slot(definition: Definition, slot: str) -> SearchedSlot | None:
    """Return how a slot of a document is searched, or None when it is not."""
    known = definition.derive(_searched_slots)
    if slot not in known:
        found = _searched_slot(definition, slot)
        if found is not None:  # before it counts as known, for other threads
            ordered = found.attribute.id, found.scope, slot, found
            definition.derive(_ordered_slots)[slot] = ordered
        known[slot] = found
    return known[slot]


def document_tokens(values: Values, definition: Definition) -> list[str]:
    """Return the tokens of a document, see `token_text`."""
    text = token_text(values, definition)
    return text.split(" ") if text else []


def token_text(values: Values, definition: Definition) -> str:
    """Return the tokens of a document, joined by spaces, in an order that depends on nothing else.

    They are distinct. At most 1,000,000 bytes; what is beyond, of the attributes defined last, is
    not searched.
    """
    found = _searched_values(values, definition)
    marks = [
        slot.prefix
        for slot, _ in found
        if slot.marked or (slot.marked_beside and values.get(slot.marked_beside) is not None)
    ]
    words = [_words(slot, value, definition) for slot, value in found]
    return text_within_bytes(_joined([*marks, *words]))


def _searched_values(values: Values, definition: Definition) -> list[tuple[SearchedSlot, Any]]:
    """Return the values of a document that are searched, by attribute and scope."""
    known, searched = definition.derive(_searched_slots), definition.derive(_ordered_slots)
    if not values.keys() <= known.keys():
        for place in values:
            searched_slot(definition, place)
    found = sorted(map(searched.__getitem__, values.keys() & searched.keys()))
    return [(slot, values[place]) for _, _, place, slot in found if values[place] is not None]


def slot_text(slot: SearchedSlot, value: Any, definition: Definition) -> str:
    """Return the tokens of one value, any mark included, joined; empty where it is unset."""
    if value is None:
        return ""
    mark = slot.prefix if slot.marked or slot.marked_beside else ""
    return _joined([mark, _words(slot, value, definition)])


def searched_columns(access: Access) -> list[Column]:
    """Return the columns that a caller's search looks in.

    Links are left out where the caller sees some products only: the SKU of a product that is
    hidden from the caller would be found through them.

    Source: docs/core.md, Search.
    """
    return [
        column
        for column in access.columns
        if column.attribute.can_search
        and may_be_searched(column.attribute)
        and not (access.rows is not None and column.attribute.type is ValueType.RELATION)
    ]


def searched_places(column: Column, tenant_id: int) -> Iterator[SearchedPlace]:
    """Yield a place for each scope of a column: it counts unless a better scope has a value."""
    better: tuple[str, ...] = ()
    for scope in column.scopes:
        prefix = _prefix(tenant_id, column.attribute, scope)
        yield SearchedPlace(prefix, better)
        better = (*better, prefix)


def place_in(tenant_id: int, attribute: Attribute, scope: str) -> SearchedPlace:
    """Return the place of the values of an attribute in one scope, whatever hides them."""
    return SearchedPlace(_prefix(tenant_id, attribute, scope))


def _searched_slots(_: Definition) -> dict[str, SearchedSlot | None]:
    """Return the cache of how slots are searched, empty."""
    return {}


def _ordered_slots(_: Definition) -> dict[str, tuple[int, str, str, SearchedSlot]]:
    """Return the cache of slots that are searched with what they are ordered by, empty."""
    return {}


def _searched_slot(definition: Definition, slot: str) -> SearchedSlot | None:
    key, scope = split_slot(slot)
    attribute = definition.by_key.get(key)
    if attribute is None or attribute.deleted or not attribute.searchable:
        return None
    if not may_be_searched(attribute):
        return None
    prefix = _prefix(definition.tenant_id, attribute, scope)
    marked = bool(scope) or marks_global(attribute)
    default = default_locale_scope(definition, attribute)
    beside = slot_of(key, default) if default and not marked else ""
    return SearchedSlot(attribute, scope, prefix, marked, beside)


def _prefix(tenant_id: int, attribute: Attribute, scope: str) -> str:
    suffix = f"s{scope.translate(_SCOPE_SIGNS)}" if scope else ""
    return f"{tenant_id}_{attribute.id}{suffix}_"


def element_words(attribute: Attribute, value: Any, definition: Definition) -> Iterator[str]:
    """Yield the words of a stored value, None included."""
    for element in elements(attribute, value):
        yield from _element_tokens(attribute, element, definition)


def _words(slot: SearchedSlot, value: Any, definition: Definition) -> str:
    """Return the tokens of a value with their prefix, distinct, joined by spaces.

    No token has an underscore, so those of two slots are never the same.
    """
    prefix, attribute = slot.prefix, slot.attribute
    found: Collection[str]
    if attribute.collection:
        found = dict.fromkeys(element_words(attribute, value, definition))
    else:
        found = _element_tokens(attribute, value, definition)
    return prefix + f" {prefix}".join(found) if found else ""


def _joined(texts: Iterable[str]) -> str:
    """Return tokens, joined by spaces, of texts that may be empty."""
    return " ".join(filter(None, texts))


def _element_tokens(attribute: Attribute, element: Any, definition: Definition) -> list[str]:
    if attribute.type is ValueType.OPTION:
        return tokens(definition.options_of(attribute).alias(element))
    if attribute.system and attribute.name == SKU:
        return sku_tokens(element)
    read = _TOKENS_OF_TYPE.get(attribute.type)
    return tokens(str(element)) if read is None else read(element)


_TOKENS_OF_TYPE: dict[ValueType, Callable[[Any], list[str]]] = {
    ValueType.RELATION: lambda sku: sku_tokens(str(sku)),
    ValueType.HTML: lambda markup: tokens(html_text(str(markup))),
    ValueType.BOOLEAN: lambda flag: ["true" if flag else "false"],
}
