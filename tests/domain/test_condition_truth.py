"""Whether a condition holds for a document."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pims_api.domain.conditions.condition import And, Between, Comparison, In, IsNull, Not, Or
from pims_api.domain.conditions.language.parser import parse_condition
from pims_api.domain.conditions.truth import like_test, matches, truth

DOCUMENT = {
    "sku": "IMP-1",
    "status": "active",
    "categories": [3, 4],
    "price": "100.00",
    "in_stock": False,
    "released": "2024-02-29",
    "color": "id-9",
    "tags": ["new", "Sale"],
    "sizes": ["1", "10"],
    "slogan": "steel",
    "slogan@1=2": "Stahl",
    "filled": 80,
    "colors": [],
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[[sku]] = 'IMP-1'", True),
        ("[[sku]] = 'imp-1'", False),
        ("[[sku]] <> 'IMP-1'", False),
        ("[[sku]] not LIKE 'IMP%'", False),
        ("[[sku]] < 'a'", True),
        ("[[price]] = 100", True),
        ("[[price]] IN (1, '100.000')", True),
        ("[[price]] > 99.99 AND [[price]] < 1000", True),
        ("[[price]] BETWEEN 100 AND 100", True),
        ("[[price]] BETWEEN 101 AND 99", False),
        ("[[price]] NOT BETWEEN 101 AND 99", True),
        ("[[in_stock]] = 'n'", True),
        ("[[in_stock]] < TRUE", True),
        ("[[released]] >= '2024-02-29'", True),
        ("[[released]] > '2024-02-29'", False),
        ("[[color]] = 'green'", True),
        ("[[color]] = 'id-9'", False),
        ("[[color]] LIKE 'gr%'", True),
        ("[[color]] < 'red'", True),
        ("[[categories]] = 'Rods>Steel'", True),
        ("[[categories]] = 'Rods'", False),
        ("[[categories]] LIKE 'Rods > %'", True),
        ("[[filled]] >= 80", True),
        ("[[tags]] = 'new' AND [[tags]] = 'Sale'", True),
        ("[[tags]] <> 'new'", False),
        ("[[tags]] <> 'old'", True),
        ("[[tags]] NOT IN ('x', 'Sale')", False),
        ("[[tags]] LIKE 'S%'", True),
        ("[[tags]] NOT LIKE 'x%'", True),
        ("[[sizes]] BETWEEN 2 AND 9", False),
        ("[[sizes]] > 9", True),
        ("[[title]] = 'x'", None),
        ("[[title]] <> 'x'", None),
        ("[[title]] LIKE '%'", None),
        ("[[title]] NOT IN ('x')", None),
        ("[[title]] IS NULL", True),
        ("[[title]] IS NOT NULL", False),
        ("[[sku]] IS NULL", False),
        ("[[colors]] = 'red'", None),
        ("[[colors]] <> 'red'", None),
        ("[[colors]] IS NULL", True),
        ("[[title]] = 'x' OR [[price]] = 100", True),
        ("[[title]] = 'x' AND [[price]] = 100", None),
        ("[[title]] = 'x' AND [[price]] = 1", False),
        ("NOT ([[title]] = 'x' OR [[price]] = 1)", None),
    ],
)
def test_truth_of_a_condition(full_access, definition, text, expected):
    condition = parse_condition(text, full_access)
    assert truth(condition, DOCUMENT, definition) is expected
    assert matches(condition, DOCUMENT, definition) is (expected is True)


@pytest.mark.parametrize(
    ("case", "document", "english", "german"),
    [
        ("both", {"slogan": "steel", "slogan@1=2": "Stahl"}, "steel", "Stahl"),
        ("global only", {"slogan": "steel"}, "steel", "steel"),
        ("emptied there", {"slogan": "steel", "slogan@1=2": None}, "steel", "steel"),
        ("German only", {"slogan@1=2": "Stahl"}, None, "Stahl"),
    ],
)
def test_a_locale_sees_its_value_or_the_global_one(
    full_access, german_access, definition, case, document, english, german
):
    for access, seen in ((full_access, english), (german_access, german)):
        operand = access.by_name["slogan"].operand
        assert truth(IsNull(operand), document, definition) is (seen is None)
        expected = None if seen is None else True
        assert truth(Comparison(operand, "=", seen or ""), document, definition) is expected


def test_an_empty_collection_gives_way_to_the_global_one(german_access, definition):
    condition = parse_condition("[[tags]] = 'new'", german_access)
    assert truth(condition, {"tags": ["new"], "tags@1=2": []}, definition) is True


def test_all_of_nothing_is_true_and_any_of_nothing_is_false(definition):
    assert truth(And(()), {}, definition) is True
    assert truth(Or(()), {}, definition) is False


@pytest.mark.parametrize(
    ("case", "pattern", "text", "expected"),
    [
        ("nothing", "", "", True),
        ("nothing against something", "", "a", False),
        ("plain", "abc", "abc", True),
        ("plain, longer text", "abc", "abcd", False),
        ("case matters", "abc", "ABC", False),
        ("any", "%", "", True),
        ("prefix", "ab%", "abc", True),
        ("suffix", "%bc", "abc", True),
        ("infix", "%b%", "abc", True),
        ("ends may not overlap", "ab%bc", "abc", False),
        ("ends may touch", "ab%bc", "abbc", True),
        ("middles in order", "%a%b%", "ba", False),
        ("middle may not overlap the end", "a%b%b", "ab", False),
        ("one", "_", "a", True),
        ("one is not none", "_", "", False),
        ("one is not two", "_", "ab", False),
        ("one character beyond 16 bits", "_", "😀", True),
        ("one line end", "a_b%", "a\nb\nc", True),
        ("one and any", "_%_", "ab", True),
        ("one and any, too short", "_%_", "a", False),
        ("escaped any", r"a\%", "a%", True),
        ("escaped any is no wildcard", r"a\%", "abc", False),
        ("escaped one is no wildcard", r"\_", "a", False),
        ("escaped backslash", r"\\%", r"\x", True),
        ("escaped letter", r"\a", "a", True),
        ("trailing backslash", "a\\", "a\\", True),
        ("trailing backslash and one", "_\\", "a\\", True),
        ("signs of regular expressions", "a.c[%", "a.c[]", True),
    ],
)
def test_like(case, pattern, text, expected):
    assert like_test(pattern)(text) is expected


@pytest.mark.parametrize("pattern", ["%a_a%a_a%a_b", "%" + "a" * 190 + "%b%", "_%_%_%_%b"])
def test_like_takes_no_longer_for_a_hard_text(pattern):
    assert like_test(pattern)("a" * 100_000) is False


PATTERNS = st.text(alphabet="ab%_\\", max_size=8)


@settings(max_examples=500, deadline=None)
@given(pattern=PATTERNS, text=st.text(alphabet="ab\\%", max_size=8))
def test_like_agrees_with_regular_expressions(pattern, text):
    signs = {"%": ".*", "_": "."}
    pieces = re.findall(r"\\?.", pattern)
    expression = "".join(signs.get(piece) or re.escape(piece[-1]) for piece in pieces)
    assert like_test(pattern)(text) is bool(re.fullmatch(expression, text))


def laws(a, b, c):
    """Pairs of conditions that are equally true, whatever is unset."""
    return {
        "double negation": (Not(Not(a)), a),
        "De Morgan, and": (Not(And((a, b))), Or((Not(a), Not(b)))),
        "De Morgan, or": (Not(Or((a, b))), And((Not(a), Not(b)))),
        "and commutes": (And((a, b)), And((b, a))),
        "or commutes": (Or((a, b)), Or((b, a))),
        "and associates": (And((a, And((b, c)))), And((a, b, c))),
        "or associates": (Or((Or((a, b)), c)), Or((a, b, c))),
        "distribution": (And((a, Or((b, c)))), Or((And((a, b)), And((a, c))))),
        "absorption": (Or((a, And((a, b)))), a),
        "true is neutral": (And((a, And(()))), a),
        "false is neutral": (Or((a, Or(()))), a),
        "false wins": (And((a, Or(()))), Or(())),
        "true wins": (Or((a, And(()))), And(())),
    }


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_three_valued_logic_keeps_its_laws(conditions, documents, definition, data):
    a, b, c, document = (data.draw(one) for one in (conditions, conditions, conditions, documents))
    for law, (left, right) in laws(a, b, c).items():
        assert truth(left, document, definition) is truth(right, document, definition), law
    assert truth(And((a, Not(a))), document, definition) is not True
    assert truth(Or((a, Not(a))), document, definition) is not False


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_predicates_agree_with_each_other(predicates, documents, definition, data):
    predicate = data.draw(predicates.filter(lambda one: isinstance(one, Between | In)))
    document, it = data.draw(documents), predicate.operand
    known = truth(predicate, document, definition)
    assert (known is None) is truth(IsNull(it), document, definition)
    if isinstance(predicate, In):
        parts = Or(tuple(Comparison(it, "=", literal) for literal in predicate.literals))
        assert truth(parts, document, definition) is known
    elif not it.attribute.collection:
        both = And((Comparison(it, ">=", predicate.low), Comparison(it, "<=", predicate.high)))
        assert truth(both, document, definition) is known
