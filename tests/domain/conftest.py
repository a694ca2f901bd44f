"""A small tenant with attributes of every filterable type, and random things to say about it."""

from decimal import Decimal

import pytest
from hypothesis import strategies as st

from pims_api.domain.access.access import Access
from pims_api.domain.access.attribute_view import AttributeView, ViewField
from pims_api.domain.access.compile import compile_access
from pims_api.domain.access.policy import EVERYTHING, view_policy
from pims_api.domain.attributes.attribute import (
    STATUS_LIST_ID,
    SYSTEM_ATTRIBUTES,
    Attribute,
    ValueType,
)
from pims_api.domain.attributes.option_list import Option, OptionList
from pims_api.domain.category import Category
from pims_api.domain.conditions.condition import (
    And,
    Between,
    Comparison,
    In,
    IsNull,
    Like,
    Not,
    Or,
)
from pims_api.domain.definition import Definition
from pims_api.domain.values.scope import Dimension, Scope, Segment

COLOR_LIST_ID = 2
ENGLISH, GERMAN = Segment(1, "en-us", "English"), Segment(2, "de-de", "Deutsch")

TEXTS = st.text(alphabet="abAB%_\\' é>😀1", max_size=6)
NUMBERS = st.decimals(-20, 20, places=1)
DATES = st.dates().map(str)
LITERALS = {
    "sku": TEXTS,
    "status": st.sampled_from(["active", "inactive", "deleted", "nobody has this"]),
    "categories": st.sampled_from(["Rods", "Rods > Steel", "Rods > Copper", "Pipes"]),
    "price": NUMBERS,
    "in_stock": st.booleans(),
    "released": DATES,
    "stamped": DATES.map(lambda day: f"{day}T10:30:00"),
    "color": st.sampled_from(["red", "green", "mauve", "nobody has this"]),
    "tags": TEXTS,
    "sizes": NUMBERS,
    "colors": st.sampled_from(["red", "green", "mauve"]),
}
TEXT_LIKE = ("sku", "status", "categories", "color", "tags", "colors")
STORED = {
    "sku": TEXTS,
    "status": st.sampled_from(["active", "inactive", "deleted"]),
    "categories": st.lists(st.sampled_from([2, 3, 4]), max_size=2),
    "price": NUMBERS.map(str),
    "in_stock": st.booleans(),
    "released": DATES,
    "stamped": LITERALS["stamped"],
    "color": st.sampled_from(["red", "id-9", "mauve"]),
    "tags": st.lists(TEXTS, max_size=2),
    "sizes": st.lists(NUMBERS.map(str), max_size=2),
    "colors": st.lists(st.sampled_from(["red", "id-9"]), max_size=2),
}


def _attributes() -> list[Attribute]:
    def filterable(number: int, name: str, kind: ValueType, **more) -> Attribute:
        return Attribute(id=number, name=name, key=name, type=kind, filterable=True, **more)

    return [
        filterable(100, "price", ValueType.NUMBER),
        filterable(101, "color", ValueType.OPTION, option_list_id=COLOR_LIST_ID),
        filterable(102, "tags", ValueType.STRING, collection=True, dimensions=(1,)),
        filterable(103, "sizes", ValueType.NUMBER, collection=True),
        filterable(104, "released", ValueType.DATE),
        filterable(105, "stamped", ValueType.DATETIME),
        filterable(106, "in_stock", ValueType.BOOLEAN),
        filterable(107, "link", ValueType.URL),
        filterable(108, "slogan", ValueType.STRING, dimensions=(1,)),
        filterable(109, "filled", ValueType.COMPLETENESS, computed=True),
        Attribute(110, "notes", "notes", ValueType.STRING),
        filterable(111, "weight", ValueType.NUMBER, pending=frozenset({"filterable"})),
        filterable(112, "cost", ValueType.NUMBER),
        filterable(113, "colors", ValueType.OPTION, collection=True, option_list_id=COLOR_LIST_ID),
    ]


def _option_lists() -> list[OptionList]:
    statuses = OptionList(STATUS_LIST_ID)
    for position, word in enumerate(("active", "inactive", "deleted")):
        statuses.put(Option(word, word, position))
    colors = OptionList(COLOR_LIST_ID)
    colors.put(Option("red", "red", 0))
    colors.put(Option("id-9", "green", 1))
    colors.put(Option("mauve", "mauve", 2, removed=True))
    return [statuses, colors]


def _categories() -> list[Category]:
    return [
        Category(1, "Uncategorized"),
        Category(2, "Rods"),
        Category(3, "Steel", parent_id=2),
        Category(4, "Pipes"),
    ]


@pytest.fixture(scope="session")
def definition() -> Definition:
    made = Definition(tenant_id=1, version=1)
    made.put_dimension(Dimension(1, "language", "Language", 1, (ENGLISH, GERMAN)))
    for attribute in (*SYSTEM_ATTRIBUTES, *_attributes()):
        made.put_attribute(attribute)
    for option_list in _option_lists():
        made.put_option_list(option_list)
    for category in _categories():
        made.categories.put(category)
    shown = {"price": "Net Amount", "color": "color", "notes": "notes"}
    fields = tuple(ViewField(made.by_name[name].id, word) for name, word in shown.items())
    made.put_view(AttributeView(1, "shop", fields))
    return made


@pytest.fixture(scope="session")
def full_access(definition: Definition) -> Access:
    return compile_access(definition, EVERYTHING, Scope())


@pytest.fixture(scope="session")
def german_access(definition: Definition) -> Access:
    return compile_access(definition, EVERYTHING, Scope({1: GERMAN.id}))


@pytest.fixture(scope="session")
def shop_access(definition: Definition) -> Access:
    """Return the View `shop`: price is called `Net Amount`, cost and most others are hidden."""
    return compile_access(definition, view_policy(definition, definition.views["shop"]), Scope())


@pytest.fixture(scope="session")
def documents():
    """Random documents in which anything may be unset."""
    return st.fixed_dictionaries({}, optional=STORED)


@pytest.fixture(scope="session")
def predicates(full_access: Access):
    """Random predicates on the attributes of the random documents."""
    return st.sampled_from(sorted(LITERALS)).flatmap(
        lambda name: _predicates(full_access.by_name[name].operand, LITERALS[name])
    )


@pytest.fixture(scope="session")
def conditions(predicates):
    """Random conditions on the attributes of the random documents."""
    return st.recursive(predicates, _combined, max_leaves=8)


def _predicates(operand, literals):
    kinds = [
        st.builds(
            Comparison, st.just(operand), st.sampled_from(["=", "<", "<=", ">", ">="]), literals
        ),
        st.builds(In, st.just(operand), st.lists(literals, min_size=1, max_size=3).map(tuple)),
        st.builds(Between, st.just(operand), literals, literals),
        st.just(IsNull(operand)),
    ]
    if operand.attribute.name in TEXT_LIKE:
        kinds.append(st.builds(Like, st.just(operand), TEXTS))
    return st.one_of(kinds)


def _combined(parts):
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(Not, parts), st.builds(And, several), st.builds(Or, several))


@pytest.fixture(scope="session")
def write():
    """Return the function that writes a condition as text; choice: picks one of several."""
    return lambda condition, choice: _Writer(choice).write(condition)


class _Writer:
    """Writes a condition as a text that should parse to it, in one of its many spellings."""

    def __init__(self, choice):
        self.choice = choice

    def write(self, node, inside=False):
        if isinstance(node, And | Or):
            word = self.word("AND" if isinstance(node, And) else "OR")
            text = word.join(self.write(part, True) for part in node.parts)
            return f"({text})" if inside else text
        if isinstance(node, Not):
            negative = self.predicate(node.part, "NOT") if self.choice((True, False)) else None
            return negative or f"{self.word('NOT')}{self.write(node.part, True)}"
        return self.choice(("{}", "( {})")).format(self.predicate(node, ""))

    def predicate(self, node, no):
        """Return the predicate, negated or not; None when it cannot be written so."""
        if isinstance(node, And | Or | Not):
            return None
        said = self.said(node, self.word(no))
        return said and f"[[{node.operand.attribute.name}]]{said}"

    def said(self, node, no):
        match node:
            case Comparison(_, sign, literal):
                sign = self.sign(sign, bool(no.strip()))
                return sign and f"{sign}{self.literal(literal)}"
            case Like(_, pattern):
                return f"{no}{self.word('LIKE')}{self.quoted(pattern)}"
            case In(_, literals):
                return f"{no}{self.word('IN')}( {' ,'.join(map(self.literal, literals))})"
            case Between(_, low, high):
                ends = self.word("AND").join((self.literal(low), self.literal(high)))
                return f"{no}{self.word('BETWEEN')}{ends}"
        return f"{self.word('IS')}{no}{self.word('NULL')}"

    def sign(self, sign, negative):
        """Return the sign, negated or not; only `=` has a negative one."""
        if not negative:
            return sign
        return self.choice(("<>", "!=")) if sign == "=" else None

    def literal(self, literal):
        if isinstance(literal, bool):
            words = ("TRUE", "'Y'", "1", "'true'") if literal else ("false", "'n'", "0", "'FALSE'")
            return self.choice(words)
        if isinstance(literal, Decimal):
            return self.choice((f"{literal:f}", f"'{literal:f}'", f"{literal:f}0"))
        return self.quoted(literal)

    def word(self, word):
        blank = self.choice((" ", "\n", "  "))
        return blank + self.choice((word, word.lower(), word.capitalize())) + blank

    @staticmethod
    def quoted(text):
        doubled = text.replace("'", "''")
        return f"'{doubled}'"
