"""From condition texts to conditions, and everything that is refused on the way."""

import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
from pims_api.domain.conditions.language.parser import parse_condition
from pims_api.domain.conditions.language.syntax import raw_tree
from pims_api.errors import BadInput, Fault


@pytest.fixture
def parse(full_access):
    def parsed(text, access=full_access):
        return parse_condition(text, access)

    return parsed


@pytest.fixture
def refused(full_access):
    """Return the faults of a text."""

    def faults(text: str, **more) -> tuple[Fault, ...]:
        with pytest.raises(BadInput) as caught:
            parse_condition(text, full_access, **more)
        return caught.value.faults

    return faults


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("[[sku]] = 'A'", "sku", lambda it: Comparison(it, "=", "A")),
        ("[[price]]>=58", "price", lambda it: Comparison(it, ">=", Decimal(58))),
        ("[[price]] < '58.0'", "price", lambda it: Comparison(it, "<", Decimal(58))),
        ("[[price]] > -.5", "price", lambda it: Comparison(it, ">", Decimal("-0.5"))),
        ("[[sku]] <> 'A'", "sku", lambda it: Not(Comparison(it, "=", "A"))),
        ("[[sku]] != 'A'", "sku", lambda it: Not(Comparison(it, "=", "A"))),
        ("[[sku]] = 0058.0", "sku", lambda it: Comparison(it, "=", "0058.0")),
        ("[[sku]] = 'it''s'", "sku", lambda it: Comparison(it, "=", "it's")),
        ("[[sku]] = ''", "sku", lambda it: Comparison(it, "=", "")),
        ("[[sku]] = ''''", "sku", lambda it: Comparison(it, "=", "'")),
        ("[[in_stock]] = TRUE", "in_stock", lambda it: Comparison(it, "=", True)),
        ("[[in_stock]] = 'Y'", "in_stock", lambda it: Comparison(it, "=", True)),
        ("[[in_stock]] = 0", "in_stock", lambda it: Comparison(it, "=", False)),
        ("[[released]] <= '2024-02-29'", "released", lambda it: Comparison(it, "<=", "2024-02-29")),
        ("[[color]] = 'no option'", "color", lambda it: Comparison(it, "=", "no option")),
        ("[[categories]] = 'A>B'", "categories", lambda it: Comparison(it, "=", "A > B")),
        ("[[filled]] = 100", "filled", lambda it: Comparison(it, "=", Decimal(100))),
        ("[[sku]] LIKE 'IMP%'", "sku", lambda it: Like(it, "IMP%")),
        ("[[sku]] not LIKE 'IMP%'", "sku", lambda it: Not(Like(it, "IMP%"))),
        ("[[price]] IN (1,'2', -3)", "price", lambda it: In(it, tuple(map(Decimal, (1, 2, -3))))),
        ("[[sku]] NOT IN ('a')", "sku", lambda it: Not(In(it, ("a",)))),
        ("[[price]] BETWEEN 5 AND 1", "price", lambda it: Between(it, Decimal(5), Decimal(1))),
        (
            "[[price]] nOt bEtWeEn 1 aNd 5",
            "price",
            lambda it: Not(Between(it, Decimal(1), Decimal(5))),
        ),
        ("[[sku]] IS NULL", "sku", IsNull),
        ("[[sku]] is not null", "sku", lambda it: Not(IsNull(it))),
        ("not not [[sku]] IS NULL", "sku", lambda it: Not(Not(IsNull(it)))),
        ("(([[sku]] IS NULL))", "sku", IsNull),
        ("\n[[sku]]\tIS\u00a0NULL ", "sku", IsNull),
    ],
)
def test_reads_a_predicate(parse, full_access, text, name, expected):
    assert parse(text) == expected(full_access.by_name[name].operand)


def test_and_binds_tighter_than_or_and_not_tightest(parse, full_access):
    a, b, c = (IsNull(full_access.by_name[name].operand) for name in ("sku", "price", "color"))
    text = "[[sku]] IS NULL OR NOT [[price]] IS NULL AND [[color]] IS NULL"
    assert parse(text) == Or((a, And((Not(b), c))))


def test_long_chains_stay_flat_and_parentheses_stay(parse, full_access):
    null = IsNull(full_access.by_name["sku"].operand)
    text = "[[sku]] IS NULL AND [[sku]] IS NULL AND ([[sku]] IS NULL AND [[sku]] IS NULL)"
    assert parse(text) == And((null, null, And((null, null))))


def test_names_are_those_of_the_view_even_with_spaces(parse, shop_access, definition):
    condition = parse("[[Net Amount]] > 1", shop_access)
    assert condition.operand.attribute is definition.by_name["price"]


def test_the_locale_decides_where_values_are_looked_for(parse, german_access):
    assert parse("[[slogan]] = 'x'", german_access).operand.scopes == ("1=2", "")
    assert parse("[[sku]] = 'x'", german_access).operand.scopes == ("",)


@pytest.mark.parametrize(
    ("case", "text", "message"),
    [
        ("empty", "", "The condition is empty! Write one such as [[sku]] LIKE 'A%'."),
        ("blank", " \n ", "The condition is empty! Write one such as [[sku]] LIKE 'A%'."),
        (
            "no name",
            "sku = 1",
            "The condition is wrong at character 1: expected [[attribute]], NOT or (, found sku!",
        ),
        (
            "no operator",
            "[[sku]] 'A'",
            "The condition is wrong at character 9: expected = <> < <= > >=, NOT, LIKE, IN, "
            "BETWEEN or IS, found 'A'!",
        ),
        (
            "no value",
            "[[sku]] = ",
            "The condition is wrong at character 11: expected 'text', a number, TRUE or FALSE, "
            "found the end!",
        ),
        (
            "null as a value",
            "[[sku]] = null",
            "The condition is wrong at character 11: expected 'text', a number, TRUE or FALSE, "
            "found null! Write IS NULL or IS NOT NULL to look for unset values.",
        ),
        (
            "double quotes",
            '[[sku]] = "A"',
            "The condition is wrong at character 11: expected 'text', a number, TRUE or FALSE, "
            "found \"A\"! Texts stand in single quotes: 'text'.",
        ),
        (
            "LIKE without quotes",
            "[[sku]] LIKE 5",
            "The condition is wrong at character 14: expected 'text', found 5!",
        ),
        (
            "empty IN",
            "[[sku]] IN ()",
            "The condition is wrong at character 13: expected 'text', a number, TRUE or FALSE, "
            "found )!",
        ),
        (
            "nothing joins",
            "[[sku]] = 1 [[sku]] = 2",
            "The condition is wrong at character 13: expected AND, OR or the end, found [[sku]]!",
        ),
        (
            "open parenthesis",
            "([[sku]] = 1",
            "The condition is wrong at character 13: expected AND, OR or ), found the end!",
        ),
        (
            "parenthesis too many",
            "[[sku]] = 1)",
            "The condition is wrong at character 12: expected AND, OR or the end, found )!",
        ),
        (
            "open text",
            "[[sku]] = 'it''s",
            "The condition is wrong at character 11: this text has no closing ' "
            "(a quote inside a text is written twice)!",
        ),
        (
            "open name",
            "[[sku] = 1",
            "The condition is wrong at character 1: this name has no closing ]] "
            "(a name is written [[name]])!",
        ),
        (
            "exponent",
            "[[price]] = 1e5",
            "The condition is wrong at character 13: this is no number, which has digits, "
            "at most one point, no exponent, and a space before the next word!",
        ),
        (
            "position counts characters, not bytes",
            "[[sku]] = '😀é' ?",
            "The condition is wrong at character 16: expected AND, OR or the end, found ?!",
        ),
        (
            "SQL",
            "[[sku]] = 'a'; DROP TABLE product",
            "The condition is wrong at character 14: expected AND, OR or the end, found ;!",
        ),
    ],
)
def test_a_syntax_fault_says_where_and_what_was_expected(refused, case, text, message):
    assert refused(text) == (Fault("syntax", message, place="filter/condition"),)


@pytest.mark.parametrize(
    ("case", "text", "part"),
    [
        ("text for a number", "[[price]] = 'much'", 'character 13 does not fit "price", which'),
        ("flag for a number", "[[price]] = TRUE", "takes a number"),
        ("41 digits", f"[[price]] = {'1' * 41}", "at most 40 digits"),
        ("41 digits on text", f"[[sku]] = {'1' * 41}", "at most 40 digits"),
        ("flag for text", "[[sku]] = TRUE", "takes text, in quotes; found TRUE!"),
        ("word for a flag", "[[in_stock]] = 'perhaps'", "true or false"),
        ("number for a flag", "[[in_stock]] = 2", "true or false"),
        ("number for a date", "[[released]] = 2024", "YYYY-MM-DD"),
        ("other date form", "[[released]] = '29.02.2024'", "YYYY-MM-DD"),
        ("no such day", "[[released]] = '2023-02-29'", "YYYY-MM-DD"),
        ("no moment", "[[stamped]] = 'noon'", "ISO 8601"),
        ("one of several", "[[price]] IN (1, 'x', 2)", "character 18"),
        ("upper end", "[[price]] BETWEEN 1 AND 'x'", "character 25"),
        ("LIKE on a number", "[[price]] LIKE '1%'", "Use a comparison or BETWEEN."),
        ("LIKE on a flag", "[[in_stock]] LIKE 'Y'", "Use a comparison or BETWEEN."),
        ("LIKE on a date", "[[released]] NOT LIKE '2024%'", "Use a comparison or BETWEEN."),
        ("LIKE on a moment", "[[stamped]] LIKE '2024%'", "Use a comparison or BETWEEN."),
        ("LIKE on completeness", "[[filled]] LIKE '1%'", "Use a comparison or BETWEEN."),
    ],
)
def test_refuses_a_value_that_is_not_of_the_type(refused, case, text, part):
    (fault,) = refused(text)
    assert (fault.code, fault.place) == ("type", "filter/condition")
    assert text.startswith(f"[[{fault.attribute}]]")
    assert part in fault.message


@pytest.mark.parametrize("name", ["sku", "status", "link", "variation_of", "categories", "color"])
def test_like_works_on_everything_that_is_text(parse, name):
    assert parse(f"[[{name}]] LIKE 'a%'").pattern == "a%"


@pytest.mark.parametrize(
    ("case", "name"),
    [
        ("unknown", "nobody"),
        ("hidden by the View", "tags"),
        ("renamed by the View", "price"),
        ("not filterable", "notes"),
        ("empty", ""),
    ],
)
def test_what_cannot_be_named_is_told_alike(shop_access, case, name):
    with pytest.raises(BadInput) as caught:
        parse_condition(f"[[{name}]] = TRUE", shop_access)
    (fault,) = caught.value.faults
    assert fault == Fault(
        "unknown_attribute",
        f'Attribute "{name}" at character 1 is unknown or not filterable!',
        attribute=name,
        place="filter/condition",
    )


def test_an_attribute_whose_index_is_not_built_is_not_filterable_yet(refused):
    assert [fault.code for fault in refused("[[weight]] = 1")] == ["unknown_attribute"]


@pytest.mark.parametrize(
    ("case", "name", "nearest"),
    [
        ("one letter more", "colour", "color"),
        ("other case", "COLOR", "color"),
        ("near a hidden one", "cost", None),
        ("near its own View name", "NetAmount", "Net Amount"),
        ("near one that is not filterable", "note", None),
        ("endless", "color" * 100, None),
    ],
)
def test_suggests_only_what_the_caller_may_filter_by(shop_access, case, name, nearest):
    with pytest.raises(BadInput) as caught:
        parse_condition(f"[[{name}]] = 1", shop_access)
    (fault,) = caught.value.faults
    assert fault.nearest == nearest
    assert fault.message.endswith(f'Did you mean "{nearest}"?' if nearest else "!")


def test_collects_every_fault_of_names_and_values(refused):
    text = "[[nobody]] = 1 OR NOT ([[price]] = 'x' AND [[released]] IN ('y', 'z')) OR [[notes]] = 1"
    faults = refused(text, place="elsewhere")
    assert [(fault.code, fault.attribute) for fault in faults] == [
        ("unknown_attribute", "nobody"),
        ("type", "price"),
        ("type", "released"),
        ("type", "released"),
        ("unknown_attribute", "notes"),
    ]
    assert {fault.place for fault in faults} == {"elsewhere"}


def test_the_author_of_a_row_filter_learns_which_attribute_is_not_filterable(refused):
    (fault,) = refused("[[notes]] = 'x'", any_attribute=True)
    assert fault.code == "unknown_attribute"
    assert fault.message == (
        'Attribute "notes" at character 1 is not filterable! Make it filterable first.'
    )
    (fault,) = refused("[[nobody]] = 'x'", any_attribute=True)
    assert fault.message == 'Attribute "nobody" at character 1 is unknown or not filterable!'


NULL = "[[sku]] IS NULL"


@pytest.mark.parametrize(
    ("case", "text"),
    [
        ("8 kB", f"[[sku]] = '{'é' * 4090}'"),
        ("200 comparisons", " OR ".join([NULL] * 200)),
        ("1,000 values", f"[[sku]] IN ({'1,' * 599}1) OR [[sku]] IN ({'1,' * 399}1)"),
        ("depth 32 by parentheses", "(" * 32 + NULL + ")" * 32),
        ("depth 32 by NOT", "NOT " * 32 + NULL),
        ("depth 32 by both", "NOT (" * 16 + NULL + ")" * 16),
        ("depth 32 many times", " AND ".join(["(" * 32 + NULL + ")" * 32] * 20)),
        (
            "depth 32 and negative predicates inside",
            "NOT (" * 16 + "[[sku]] NOT IN (1) AND [[sku]] IS NOT NULL" + ")" * 16,
        ),
        ("pattern of 200", f"[[sku]] LIKE '{'x' * 200}'"),
        ("pattern of 200 with doubled quotes", f"[[sku]] LIKE '{chr(39) * 400}'"),
        ("8 wildcards and many escaped", rf"[[sku]] LIKE '%_%_%_%_{chr(92)}%{chr(92)}_'"),
        ("wildcards outside LIKE", f"[[sku]] = '{'%' * 300}'"),
        ("signs inside a text", f"[[sku]] = '{'(' * 300}'"),
    ],
)
def test_accepts_what_is_within_the_limits(parse, case, text):
    assert parse(text)


@pytest.mark.parametrize(
    ("case", "text", "part"),
    [
        ("over 8 kB", f"[[sku]] = '{'é' * 4091}'", "8192 bytes"),
        ("201 comparisons", " OR ".join([NULL] * 201), "200 comparisons"),
        ("2,001 tokens", f"[[sku]] = 1{' )' * 1998}", "2000 words and signs; character 4007"),
        ("1,001 values", f"[[sku]] IN ({'1,' * 1000}1)", "1000 values in its IN lists"),
        ("33 parentheses", "(" * 33 + NULL + ")" * 33, "32 parentheses and NOTs"),
        ("33 NOTs", "NOT " * 33 + NULL, "character 129"),
        ("33 of both", "NOT (" * 16 + "(" + NULL + ")" * 17, "32 parentheses and NOTs"),
        ("10,000 parentheses", "(" * 10_000, "8192 bytes"),
        ("8,000 parentheses", "(" * 8_000, "character 33"),
        ("10,000 NOTs", "NOT " * 10_000, "8192 bytes"),
        ("pattern of 201", f"[[sku]] LIKE '{'x' * 201}'", "character 14 may have at most 200"),
        ("9 wildcards", "[[sku]] LIKE '%a_a%a_a%a_a%a_a%'", "character 14 may have at most 8"),
        ("9 wildcards, NOT LIKE", "[[sku]] NOT like '%%%%%%%%%'", "at most 8 wildcards"),
    ],
)
def test_refuses_what_exceeds_a_limit(refused, case, text, part):
    (fault,) = refused(text)
    assert (fault.code, fault.place) == ("limit", "filter/condition")
    assert part in fault.message


def test_a_limit_is_found_before_any_parsing(refused):
    refused("NOT (" * 1_500)  # the grammar is built by now
    started = time.perf_counter()
    refused("(" * 8_000)
    assert time.perf_counter() - started < 0.1


def test_a_text_is_parsed_once(parse):
    parse("[[sku]] = 'parsed once'")
    before = raw_tree.cache_info().hits
    parse("[[sku]] = 'parsed once'")
    assert raw_tree.cache_info().hits == before + 1


def test_one_text_means_other_attributes_to_other_callers(parse, shop_access):
    text = "[[price]] = 1"
    assert parse(text)
    with pytest.raises(BadInput):
        parse_condition(text, shop_access)


@settings(max_examples=200, deadline=None)
@given(data=st.data(), random=st.randoms(use_true_random=False))
def test_a_written_condition_parses_back_to_itself(conditions, write, full_access, data, random):
    condition = data.draw(conditions)
    text = write(condition, random.choice)
    assert parse_condition(text, full_access) == condition


VOCABULARY = (
    "[[sku]] [[price]] [[x]] [[ = <> >= ( ) , ' 'a' 'b''' '%_' 1 -2.5 1e9 TRUE NULL AND OR NOT "
    "LIKE IN BETWEEN IS \\ \ud800 \x00 ; -- [[released]] '2024-01-01'"
)
WORDS = st.sampled_from(VOCABULARY.split(" "))


@settings(max_examples=500, deadline=None)
@given(text=st.one_of(st.text(), st.lists(WORDS).map(" ".join), st.lists(WORDS).map("".join)))
def test_garbage_is_refused_and_never_crashes(full_access, text):
    try:
        parse_condition(text, full_access)
    except BadInput as refused:
        codes = {fault.code for fault in refused.faults}
        assert codes <= {"syntax", "limit", "type", "unknown_attribute"}
