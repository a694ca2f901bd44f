"""Random documents, conditions and orders, all about the same one or two attributes.

Values and literals come from small pools of troublesome ones, so that they often meet.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

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
UNINDEXED = [one for one in DEFINITION.attributes.values() if one.id >= 200]
"""The index knows of these only whether they have a value; the rest is read from documents."""
_FEEDS_COMPLETENESS = [DEFINITION.by_name[name] for name in ("title", "name", "price")]
_SCOPES = [(GLOBAL,), (GERMAN, GLOBAL), (SWISS, GERMAN, GLOBAL), (GERMAN,)]


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
    values: Values = {PRODUCT_TYPE: draw(st.sampled_from(TYPES))} if draw(st.booleans()) else {}
    for attribute in focus:
        if attribute.name == SKU:
            continue
        for scope in [GLOBAL, GERMAN, SWISS] if attribute.dimensions else [GLOBAL]:
            if attribute.system or draw(st.integers(0, 3)):
                values[slot(attribute.key, scope)] = draw(_stored(attribute))
    return values


def _stored(attribute: Attribute) -> st.SearchStrategy[Any]:
    one = st.sampled_from(_elements(attribute))
    least = int(attribute.name == CATEGORIES)
    return st.lists(one, min_size=least, max_size=3) if attribute.collection else one


@st.composite
def _operands(draw: st.DrawFn, focus: list[Attribute]) -> Operand:
    attribute = draw(st.sampled_from(focus))
    return Operand(attribute, draw(st.sampled_from(_SCOPES)) if attribute.dimensions else (GLOBAL,))


@st.composite
def _predicates(draw: st.DrawFn, focus: list[Attribute]) -> Condition:
    return draw(_tests(draw(_operands(focus))))


@st.composite
def _tests(draw: st.DrawFn, operand: Operand) -> Condition:
    value = st.sampled_from(_literals(operand.attribute))
    kinds = ["compare", "compare", "in", "between", "null"]
    if operand.attribute not in MOMENTS_OF_SERVER:
        kinds += ["text"]
    if operand.attribute.type not in _NEVER_LIKE:
        kinds += ["text", "text"]
    match draw(st.sampled_from(kinds)):
        case "compare":
            sign = draw(st.sampled_from(["=", "<", "<=", ">", ">="]))
            return Comparison(operand, sign, draw(value))
        case "in":
            return In(operand, tuple(draw(st.lists(value, min_size=1, max_size=4))))
        case "between":
            return Between(operand, draw(value), draw(value))
        case "text":
            return draw(_text_tests(operand, draw(value)))
    return IsNull(operand)


@st.composite
def _text_tests(draw: st.DrawFn, operand: Operand, literal: Literal) -> Condition:
    if operand.attribute.type in _NEVER_LIKE or not draw(st.integers(0, 2)):
        return Contains(operand, draw(_parts(str(literal))))
    return Like(operand, draw(_patterns(str(literal))))


@st.composite
def _patterns(draw: st.DrawFn, text: str) -> str:
    """Return a pattern made from a text, as it is or with its wildcards escaped."""
    if draw(st.booleans()):
        text = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    start, end = (draw(st.sampled_from([0, 1, len(text) // 2, len(text)])) for _ in range(2))
    return draw(st.sampled_from([text, text[:start] + "%", "%" + text[start:], "%",
                                 text[:start] + "_" + text[start + 1:], text + "\\",
                                 text[:start] + "%" + text[end:]]))  # fmt: skip


@st.composite
def _parts(draw: st.DrawFn, text: str) -> str:
    """Return a part of a text, perhaps in another case."""
    start, end = sorted(draw(st.integers(0, len(text))) for _ in range(2))
    change = draw(st.sampled_from([str, str.upper, str.lower, str.casefold, str.swapcase]))
    return change(text[start:end])


def _conditions(focus: list[Attribute]) -> st.SearchStrategy[Condition]:
    return st.recursive(
        _predicates(focus),
        lambda part: st.one_of(
            st.builds(Not, part),
            st.builds(And, st.lists(part, max_size=3).map(tuple)),
            st.builds(Or, st.lists(part, max_size=3).map(tuple)),
        ),
        max_leaves=3,
    )


@st.composite
def _order_keys(draw: st.DrawFn, sortable: list[Attribute]) -> OrderKey:
    return OrderKey(draw(_operands(sortable)), draw(st.booleans()))


@st.composite
def cases(draw: st.DrawFn, among: list[Attribute]) -> Case:
    """Return products and questions about one or two of these attributes."""
    focus = draw(st.lists(st.sampled_from(among), min_size=1, max_size=2, unique_by=id))
    told = [one for one in focus if not (one.computed or one in SYSTEM_FIELDS)]
    if any(one.type is ValueType.COMPLETENESS for one in focus):
        told = [*told, *(one for one in _FEEDS_COMPLETENESS if one not in told)]
    sortable = [one for one in focus if one.indexed and not one.collection]
    return Case(
        documents=draw(st.lists(_documents(told), min_size=2, max_size=PRODUCTS_MAX)),
        first_id=draw(st.sampled_from([1, 4_090, 12_284])),
        conditions=draw(st.lists(_conditions(focus), min_size=1, max_size=4)),
        order=draw(st.lists(_order_keys(sortable), min_size=1, max_size=2)) if sortable else [],
    )
