"""Random documents, conditions and orders, all about the same one or two attributes.

Values and literals come from small pools of troublesome ones, so that they often meet. What is
drawn from is made once: making a strategy anew takes longer than what is tested with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from hypothesis import strategies as st

from pims_api.domain.attributes.attribute import (
    CATEGORIES,
    PRODUCT_TYPE,
    SKU,
    STATUS,
    SYSTEM_FIELDS,
    UPDATED_ATTRIBUTE,
    Attribute,
    ValueType,
)
from pims_api.domain.attributes.attribute import MOMENTS as MOMENTS_OF_SERVER
from pims_api.domain.conditions.condition import (
    And,
    Between,
    Comparison,
    Condition,
    Contains,
    In,
    IsNull,
    Like,
    Literal,
    Not,
    Operand,
    Or,
)
from pims_api.domain.product import Values, moment_text
from pims_api.domain.values.scope import GLOBAL, slot
from pims_api.domain.values.value import comparable, point_in_time
from pims_api.storage.catalogue_index.bitmaps.terms import unique_form
from pims_api.storage.catalogue_index.order.keys import OrderKey
from tests.storage.catalogue_index.catalogue import CATEGORIES as TREE
from tests.storage.catalogue_index.catalogue import GERMAN, OPTIONS, SWISS, definition, moment_of

DEFINITION = definition()
PRODUCTS_MAX = 10

T = TypeVar("T")

_X = "x" * 60  # what comes before the mark of a long text
SHORT_TEXTS = [
    "a",
    "aB",
    "b",
    "Straße",
    "\u212a",
    "ﬁt",
    "%",
    "a%b",
    "a_b",
    "a\\",
    "\\b",
    "é",
    "\uffff",
    "\U0001f600",
]
MARKED_TEXTS = ["a\x01", "a\x02", "a\x02b", "a\x02\x01", "b\x02", "\x02"]
LONG_TEXTS = [
    *(_X[:-1], _X, _X + "\x01", _X + "\x02", _X + "\x03", _X + "y", _X + "\x02y", _X + _X),
    *(_X + "a" * 61, _X + "b" * 61, _X + "\x01" * 61, "y" * 121, "y" * 122),
    unique_form(_X + _X + "x"),  # not to be taken for the text whose digest it is
    _X + _X + "x",
]
TEXTS = [*SHORT_TEXTS, *MARKED_TEXTS, *LONG_TEXTS]
NUMBERS = [
    *("0", "-0.0", "1.5", "+1.50", "1.50001", "1.49999", "1.4999", "1.5001", "2", "10", ".5"),
    *("-1.5", "-1.50001", "-1.49999", "-1.4999", "-2", "-10", "0.00001", "-0.00001"),
    *("922337203685477.5807", "922337203685477.5808", "-922337203685477.5807"),
    *("9" * 40, "9" * 39, "-" + "9" * 40, "-" + "9" * 39),
]
DAYS = ["0001-01-01", "2024-02-28", "2024-02-29", "2024-03-01", "9999-12-31"]
MOMENTS = [
    *("2024-02-29", "2024-02-29T00:00Z", "2024-02-28T19:00:00-05:00", "2024-02-29T10:00"),
    *(
        "2024-02-29T10:00:00Z",
        "2024-02-29T10:00:00.50Z",
        "2024-02-29T10:00:00.500000",
        "2024-03-01",
    ),
]
NOTED = [
    comparable(UPDATED_ATTRIBUTE, moment_text(moment_of(number) + more), DEFINITION)
    for number in range(6)
    for more in (0, 1, -1)
]
SKUS = [f"S{number}" for number in range(1, PRODUCTS_MAX + 1)]
PATHS = [DEFINITION.categories.path_text(one.id) for one in TREE]
TYPES = ["bare", "default", "unknown"]

_ELEMENTS: dict[ValueType, list[Any]] = {
    ValueType.STRING: TEXTS,
    ValueType.URL: TEXTS,
    ValueType.OPTION: sorted(OPTIONS),
    ValueType.NUMBER: NUMBERS,
    ValueType.DATE: DAYS,
    ValueType.DATETIME: MOMENTS,
    ValueType.BOOLEAN: [False, True],
    ValueType.RELATION: SKUS,
    ValueType.TEXT: TEXTS,
    ValueType.MEDIA: TEXTS,
}
_LITERALS: dict[ValueType, list[Any]] = _ELEMENTS | {
    ValueType.OPTION: [*OPTIONS.values(), "blue"],
    ValueType.NUMBER: [Decimal(number) for number in NUMBERS],
    ValueType.DATETIME: sorted(map(point_in_time, MOMENTS)),
    ValueType.COMPLETENESS: [Decimal(number) for number in ("0", "33", "66.5", "67", "100")],
}
_NEVER_LIKE = frozenset(_LITERALS) - {
    ValueType.STRING, ValueType.URL, ValueType.OPTION, ValueType.RELATION
}  # fmt: skip
FILTERABLE = [
    *(one for one in DEFINITION.attributes.values() if one.filterable),
    *SYSTEM_FIELDS,
]
_NAMED = {one.name: one for one in [*DEFINITION.attributes.values(), *SYSTEM_FIELDS]}
UNINDEXED = [one for one in DEFINITION.attributes.values() if one.id >= 200]
"""The index knows of these only whether they have a value; the rest is read from documents."""
_FEEDS_COMPLETENESS = [DEFINITION.by_name[name] for name in ("title", "name", "price")]
_SCOPES = st.sampled_from([(GLOBAL,), (GERMAN, GLOBAL), (SWISS, GERMAN, GLOBAL), (GERMAN,)])
_OFTEN = st.integers(0, 3)  # three times of four not 0
_FLAGS = st.booleans()
_SIGNS = st.sampled_from(["=", "<", "<=", ">", ">="])
_TYPES = st.sampled_from(TYPES)
_CHANGES = st.sampled_from([str, str.upper, str.lower, str.casefold, str.swapcase])
_FIRST_IDS = st.sampled_from([1, 4_090, 12_284])
_JOINED = ("test", "test", "not", "and", "or")
_DEEPEST = 2  # of conditions within conditions
_PLAIN_KINDS = ("compare", "compare", "in", "between", "null")


@cache
def _up_to(number: int) -> st.SearchStrategy[int]:
    return st.integers(0, number)


def _pick(draw: st.DrawFn, choices: Sequence[T]) -> T:
    return choices[draw(_up_to(len(choices) - 1))]


@dataclass(frozen=True)
class Case:
    """Products, and what is asked of them. first_id: 1, or so that a block ends among them."""

    documents: list[Values]
    first_id: int
    conditions: list[Condition]
    order: list[OrderKey]


def _elements(attribute: Attribute) -> list[Any]:
    if attribute.name == CATEGORIES:
        return [one.id for one in TREE]
    return ["active", "deleted"] if attribute.name == STATUS else _ELEMENTS[attribute.type]


def _literals(attribute: Attribute) -> list[Any]:
    if attribute.name == CATEGORIES:
        return [*PATHS, "Nowhere"]
    if attribute.name == STATUS:
        return ["active", "deleted", "other"]
    if attribute.computed and attribute.type is ValueType.DATETIME:
        return NOTED
    if attribute.name == PRODUCT_TYPE:
        return TYPES
    return SKUS if attribute.name == SKU else _LITERALS[attribute.type]


@st.composite
def _documents(draw: st.DrawFn, focus: list[Attribute]) -> Values:
    values: Values = {PRODUCT_TYPE: draw(_TYPES)} if draw(_FLAGS) else {}
    for attribute in focus:
        if attribute.name == SKU:
            continue
        for scope in [GLOBAL, GERMAN, SWISS] if attribute.dimensions else [GLOBAL]:
            if attribute.system or draw(_OFTEN):
                values[slot(attribute.key, scope)] = draw(_stored(attribute.name))
    return values


@cache
def _stored(name: str) -> st.SearchStrategy[Any]:
    attribute = _NAMED[name]
    one = st.sampled_from(_elements(attribute))
    least = int(attribute.name == CATEGORIES)
    return st.lists(one, min_size=least, max_size=3) if attribute.collection else one


@cache
def _wanted(name: str) -> st.SearchStrategy[Any]:
    return st.sampled_from(_literals(_NAMED[name]))


@cache
def _some_wanted(name: str) -> st.SearchStrategy[list[Any]]:
    return st.lists(_wanted(name), min_size=1, max_size=4)


def _operand(draw: st.DrawFn, focus: list[Attribute]) -> Operand:
    attribute = _pick(draw, focus)
    return Operand(attribute, draw(_SCOPES) if attribute.dimensions else (GLOBAL,))


def _predicate(draw: st.DrawFn, focus: list[Attribute]) -> Condition:
    operand = _operand(draw, focus)
    wanted = _wanted(operand.attribute.name)
    match _pick(draw, _kinds(operand.attribute)):
        case "compare":
            return Comparison(operand, draw(_SIGNS), draw(wanted))
        case "in":
            return In(operand, tuple(draw(_some_wanted(operand.attribute.name))))
        case "between":
            return Between(operand, draw(wanted), draw(wanted))
        case "text":
            return _text_test(draw, operand, draw(wanted))
    return IsNull(operand)


def _kinds(attribute: Attribute) -> tuple[str, ...]:
    kinds = _PLAIN_KINDS
    if attribute not in MOMENTS_OF_SERVER:
        kinds += ("text",)
    return kinds if attribute.type in _NEVER_LIKE else (*kinds, "text", "text")


def _text_test(draw: st.DrawFn, operand: Operand, literal: Literal) -> Condition:
    if operand.attribute.type in _NEVER_LIKE or not draw(_up_to(2)):
        return Contains(operand, _part(draw, str(literal)))
    return Like(operand, _pattern(draw, str(literal)))


def _pattern(draw: st.DrawFn, text: str) -> str:
    """Return a pattern made from a text, as it is or with its wildcards escaped."""
    if draw(_FLAGS):
        text = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    start, end = (_pick(draw, [0, 1, len(text) // 2, len(text)]) for _ in range(2))
    return _pick(draw, [text, text[:start] + "%", "%" + text[start:], "%",
                        text[:start] + "_" + text[start + 1:], text + "\\",
                        text[:start] + "%" + text[end:]])  # fmt: skip


def _part(draw: st.DrawFn, text: str) -> str:
    """Return a part of a text, perhaps in another case."""
    start, end = sorted(draw(_up_to(len(text))) for _ in range(2))
    return draw(_CHANGES)(text[start:end])


@st.composite
def _conditions(draw: st.DrawFn, focus: list[Attribute]) -> Condition:
    return _condition(draw, focus, _DEEPEST)


def _condition(draw: st.DrawFn, focus: list[Attribute], levels: int) -> Condition:
    """Return a test, or conditions of fewer levels, joined or turned into their opposite."""
    match _pick(draw, _JOINED) if levels else "test":
        case "not":
            return Not(_condition(draw, focus, levels - 1))
        case "and":
            return And(_parts(draw, focus, levels - 1))
        case "or":
            return Or(_parts(draw, focus, levels - 1))
    return _predicate(draw, focus)


def _parts(draw: st.DrawFn, focus: list[Attribute], levels: int) -> tuple[Condition, ...]:
    return tuple(_condition(draw, focus, levels) for _ in range(draw(_up_to(3))))


@st.composite
def _order_keys(draw: st.DrawFn, sortable: list[Attribute]) -> OrderKey:
    return OrderKey(_operand(draw, sortable), draw(_FLAGS))


@st.composite
def cases(draw: st.DrawFn, among: list[Attribute]) -> Case:
    """Return products and questions about one or two of these attributes."""
    focus = draw(_focuses(tuple(one.name for one in among)))
    told = [one for one in focus if not (one.computed or one in SYSTEM_FIELDS)]
    if any(one.type is ValueType.COMPLETENESS for one in focus):
        told = [*told, *(one for one in _FEEDS_COMPLETENESS if one not in told)]
    sortable = [one for one in focus if one.indexed and not one.collection]
    return Case(
        documents=draw(st.lists(_documents(told), min_size=2, max_size=PRODUCTS_MAX)),
        first_id=draw(_FIRST_IDS),
        conditions=draw(st.lists(_conditions(focus), min_size=1, max_size=4)),
        order=draw(st.lists(_order_keys(sortable), min_size=1, max_size=2)) if sortable else [],
    )


@cache
def _focuses(names: tuple[str, ...]) -> st.SearchStrategy[list[Attribute]]:
    among = st.sampled_from([_NAMED[one] for one in names])
    return st.lists(among, min_size=1, max_size=2, unique_by=id)
