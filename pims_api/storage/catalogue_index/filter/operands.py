"""The values of one attribute in one scope as sets of products, one class per storage form."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Iterator
from decimal import Decimal
from functools import cached_property
from itertools import islice
from typing import Any

from pims_api.deadline import check_deadline, expect_s
from pims_api.domain.attributes.attribute import NUMERIC, STATUS, Attribute, ValueType
from pims_api.domain.conditions.condition import (
    Comparison,
    Contains,
    In,
    Like,
    Literal,
    Test,
)
from pims_api.domain.conditions.truth import value_test
from pims_api.domain.definition import Definition
from pims_api.domain.values.value import comparable, is_categories
from pims_api.storage.catalogue_index.bitmaps.bit_slices import NumberSlices, fitting_numbers
from pims_api.storage.catalogue_index.bitmaps.blocks import BlockRow, assemble, from_ids, without
from pims_api.storage.catalogue_index.bitmaps.decimal_text import plain_decimal
from pims_api.storage.catalogue_index.bitmaps.document_terms import Entry
from pims_api.storage.catalogue_index.bitmaps.term_range import EVERY_TEXT, TextRange, range_of
from pims_api.storage.catalogue_index.bitmaps.terms import (
    HAS_VALUE,
    element_text,
    is_sliced,
    text_term,
)
from pims_api.storage.catalogue_index.filter.postings import Postings
from pims_api.storage.catalogue_index.filter.skus import CHOSEN, is_sku, skus_fitting
from pims_api.storage.catalogue_index.filter.visible_relations import texts_of_visible
from pims_api.storage.products.odd_skus import odd_skus

_CHOICES = "catalogue index: choices"
SCANNED_TOGETHER_MIN = 4  # predicates; fewer are quicker where the database tests the pattern
TEXTS_AT_ONCE = 2_000
TESTS_PER_S = 1_200_000  # of a text of some eighty characters, about


class StoredValues(ABC):
    """The values of one attribute in one scope."""

    def __init__(self, postings: Postings, attribute: Attribute, scope: str) -> None:
        self.postings = postings
        self.attribute = attribute
        self.scope = scope

    @abstractmethod
    def fitting(self, predicate: Test) -> int:
        """Return the products with a value that satisfies the predicate."""

    def terms(self, predicate: Test) -> list[Entry] | None:
        """Return the terms whose products satisfy the predicate; None when that takes a search."""
        return None

    def has(self) -> int:
        """Return the products that have a value."""
        return self.postings.any_of(self.presence())

    def presence(self) -> list[Entry]:
        """Return the terms whose products have a value."""
        return self.entries([HAS_VALUE])

    def entries(self, terms: Iterable[str]) -> list[Entry]:
        return [(self.attribute.id, self.scope, term) for term in terms]


class Skus(StoredValues):
    """SKUs: found in the product table, and every product has one."""

    def __init__(self, postings: Postings, attribute: Attribute, scope: str) -> None:
        super().__init__(postings, attribute, scope)
        self._found: dict[Hashable, list[int]] = {}

    def fitting(self, predicate: Test) -> int:
        return from_ids(self.in_order(predicate))

    def in_order(self, predicate: Test) -> list[int]:
        """Return the products with a fitting SKU in SKU order; queried once."""
        key = key_of(predicate)
        if key not in self._found:
            self._found[key] = skus_fitting(self.postings.snapshot, predicate)
        return self._found[key]

    def has(self) -> int:
        return self.postings.everything

    def presence(self) -> list[Entry]:
        return []


class ChosenSkus(Skus):
    """SKUs that somebody chose: products with another one have no value."""

    def fitting(self, predicate: Test) -> int:
        return without(super().fitting(predicate), self._made)

    def has(self) -> int:
        return without(super().has(), self._made)

    @property
    def _made(self) -> int:
        return odd_skus(self.postings.snapshot).made


class Choices(StoredValues):
    """Options, categories and booleans: a predicate is tested on each possible value."""

    def fitting(self, predicate: Test) -> int:
        return self.postings.any_of(self.terms(predicate))

    def has(self) -> int:
        if self._has_every_product:
            return self.postings.everything
        return super().has()

    def presence(self) -> list[Entry]:
        return [] if self._has_every_product else super().presence()

    @property
    def _has_every_product(self) -> bool:
        return self.attribute.system and self.attribute.name == STATUS

    def terms(self, predicate: Test) -> list[Entry]:
        choices = choices_of(self.attribute, self.postings.snapshot.definition)
        match predicate:
            case Comparison(_, "=", literal):
                return self.entries(choices.get(literal, ()))
            case In(_, literals):
                return self.entries({t for one in literals for t in choices.get(one, ())})
        holds = value_test(predicate)
        return self.entries(t for shown, terms in choices.items() if holds(shown) for t in terms)


class Texts(StoredValues):
    """Texts, and the elements of collections of numbers and dates.

    A predicate that must be tested on every text is a scan; several of them share one.
    """

    def __init__(self, postings: Postings, attribute: Attribute, scope: str) -> None:
        super().__init__(postings, attribute, scope)
        self._planned: dict[Hashable, Test] = {}
        self._scanned: dict[Hashable, int] = {}

    def plan(self, predicate: Test) -> None:
        """Take note that `fitting` will be asked for this predicate, and perhaps for others."""
        if self.terms(predicate) is None and self._range(predicate).is_whole:
            self._planned[key_of(predicate)] = predicate

    @property
    def scans_together(self) -> bool:
        """Whether one scan is to test all planned predicates."""
        return len(self._planned) >= SCANNED_TOGETHER_MIN

    def fitting(self, predicate: Test) -> int:
        terms = self.terms(predicate)
        if terms is not None:
            return self.postings.any_of(terms)
        key = key_of(predicate)
        if key in self._planned and self.scans_together:
            self._scan()
        return self._scanned[key] if key in self._scanned else self._search(predicate)

    def terms(self, predicate: Test) -> list[Entry] | None:
        match predicate:
            case Comparison(_, "=", literal):
                return self.entries([_literal_term(literal)])
            case In(_, literals):
                return self.entries({_literal_term(one) for one in literals})
        return None

    def _range(self, predicate: Test) -> TextRange:
        if isinstance(predicate, In) or self.attribute.type in NUMERIC:
            return EVERY_TEXT
        return range_of(predicate)

    def _scan(self) -> None:
        """Test all planned predicates on every text, in one reading."""
        place = (self.attribute.id, self.scope)
        expect_s(self.postings.row_count(*place) * len(self._planned) / TESTS_PER_S)
        tests = {key: text_test(self.attribute, one) for key, one in self._planned.items()}
        self._planned.clear()
        found = dict.fromkeys(tests, 0)
        for texts in _in_chunks(self.postings.texts(*place)):
            for key, holds in tests.items():
                check_deadline()
                found[key] |= assemble(row for text, rows in texts if holds(text) for row in rows)
        self._scanned = found

    def _search(self, predicate: Test) -> int:
        wanted = self._range(predicate)
        if wanted.exact:
            return self.postings.in_range(self.attribute.id, self.scope, wanted)
        holds = text_test(self.attribute, predicate)
        return self.postings.holding(self.attribute.id, self.scope, wanted, holds)


class VisibleRelations(StoredValues):
    """Relations to products that are visible; others count as unset."""

    def __init__(self, postings: Postings, attribute: Attribute, scope: str, visible: int) -> None:
        super().__init__(postings, attribute, scope)
        self.visible = visible

    @cached_property
    def texts(self) -> dict[str, list[BlockRow]]:
        return texts_of_visible(self.postings, self.attribute.id, self.scope, self.visible)

    def has(self) -> int:
        return assemble(row for rows in self.texts.values() for row in rows)

    def presence(self) -> list[Entry]:
        return []

    def fitting(self, predicate: Test) -> int:
        holds = value_test(predicate)
        return assemble(row for text, rows in self.texts.items() if holds(text) for row in rows)


class Numbers(StoredValues):
    """Single numbers and dates."""

    @cached_property
    def slices(self) -> NumberSlices:
        return self.postings.numbers(self.attribute.id, self.scope)

    def has(self) -> int:
        return self.slices.has

    def presence(self) -> list[Entry]:
        return []

    def fitting(self, predicate: Test) -> int:
        if isinstance(predicate, Like | Contains):
            raise TypeError("A number or date is not like a text.")
        holds = text_test(self.attribute, predicate)
        return fitting_numbers(self.slices, self.attribute, predicate, holds)


class Presence(StoredValues):
    """An attribute whose values are not in the index, or not all of them: who has one is known."""

    def has(self) -> int:
        return self.postings.everything if self._is_computed else super().has()

    def presence(self) -> list[Entry]:
        return [] if self._is_computed else super().presence()

    @property
    def _is_computed(self) -> bool:
        return self.attribute.type is ValueType.COMPLETENESS

    def fitting(self, predicate: Test) -> int:
        raise TypeError("Values that are not in the index are read from the documents.")


def values_in(
    postings: Postings, attribute: Attribute, scope: str, visible: int | None
) -> StoredValues:
    """Return the values of an attribute in a scope.

    visible: the products that relations may lead to; None: all.
    """
    if is_sku(attribute):
        return (ChosenSkus if scope == CHOSEN else Skus)(postings, attribute, scope)
    narrowed = visible not in (None, postings.everything)
    if attribute.is_built and attribute.type is ValueType.RELATION and narrowed:
        return VisibleRelations(postings, attribute, scope, visible or 0)
    return _form_of(attribute)(postings, attribute, scope)


def _form_of(attribute: Attribute) -> type[StoredValues]:
    """Return the class of the values of an attribute that is no SKU."""
    if not attribute.is_built:
        return Presence
    if is_sliced(attribute):
        return Numbers
    if attribute.type in (ValueType.OPTION, ValueType.BOOLEAN) or is_categories(attribute):
        return Choices
    return Texts


def choices_of(attribute: Attribute, definition: Definition) -> dict[Any, list[str]]:
    """Return the terms of every possible value of an attribute, by its comparable form."""
    key = (_CHOICES, attribute.id)
    known: dict[Any, list[str]] | None = definition.derived.get(key)
    if known is None:
        known = {}
        for stored in _possible(attribute, definition):
            term = text_term(element_text(attribute, stored))
            known.setdefault(comparable(attribute, stored, definition), []).append(term)
        definition.derived[key] = known
    return known


def key_of(predicate: Test) -> Hashable:
    """Return a key that is the same for two predicates exactly when they are equal."""
    operand = predicate.operand
    asked = (getattr(predicate, name) for name in predicate.__slots__ if name != "operand")
    return (type(predicate), operand.attribute.id, operand.scopes, *asked)


def text_test(attribute: Attribute, predicate: Test) -> Callable[[str], bool]:
    """Return a test of index texts: whether the value of a text satisfies a predicate."""
    holds = value_test(predicate)
    if attribute.type in NUMERIC:
        return lambda text: holds(Decimal(text))
    return holds


def _possible(attribute: Attribute, definition: Definition) -> Iterable[Any]:
    if attribute.type is ValueType.OPTION:
        return definition.options_of(attribute).options
    if attribute.type is ValueType.BOOLEAN:
        return (False, True)
    return definition.categories.by_id


def _in_chunks(
    texts: Iterator[tuple[str, list[BlockRow]]],
) -> Iterator[list[tuple[str, list[BlockRow]]]]:
    while chunk := list(islice(texts, TEXTS_AT_ONCE)):
        yield chunk


def _literal_term(literal: Literal) -> str:
    return text_term(plain_decimal(literal) if isinstance(literal, Decimal) else str(literal))
