"""Values of attributes: what each type takes and shows."""

import pytest

from tests.databases.fresh import on_one_engine
from tests.pims.one_value import refused, stored

LONG = "x" * 65_536  # bytes, the most that a text may have


@pytest.fixture(autouse=True)
def product(given_product):
    given_product("A")


TAKEN = [
    ("number", "100.00", "100.00"),
    ("number", 5, "5"),
    ("number", -1, "-1"),
    ("number", 110.50, "110.5"),
    ("number", "-0.50", "-0.50"),
    ("number", "+3", "+3"),
    ("number", ".5", ".5"),
    ("number", "5.", "5."),
    ("number", "007", "007"),
    ("number", "1" * 40, "1" * 40),
    ("number", "0." + "3" * 39, "0." + "3" * 39),
    ("number", 10**39, str(10**39)),
    ("number", 0, "0"),
    ("boolean", True, True),
    ("boolean", False, False),
    ("boolean", "true", True),
    ("boolean", "FALSE", False),
    ("boolean", "Y", True),
    ("boolean", "n", False),
    ("boolean", "1", True),
    ("boolean", "0", False),
    ("date", "2024-02-29", "2024-02-29"),
    ("date", "0001-01-01", "0001-01-01"),
    ("date", "9999-12-31", "9999-12-31"),
    ("string", "Steel rod", "Steel rod"),
    ("string", "  spaces kept \t", "  spaces kept \t"),
    ("string", "two\nlines", "two\nlines"),
    ("string", "\U0001f600 \u0301 \u202e \ufeff", "\U0001f600 \u0301 \u202e \ufeff"),
    ("string", "5", "5"),
    ("string", "null", "null"),
    ("string", LONG, LONG),
    ("text", "  <b>as it came</b>\r\n", "  <b>as it came</b>\r\n"),
    ("html", "<script>alert(1)</script>", "<script>alert(1)</script>"),
    ("html", "<p>not closed", "<p>not closed"),
    ("media", "C:\\a b\\c.png", "C:\\a b\\c.png"),
    ("media", "https://example.com/a?b=c&d=%20", "https://example.com/a?b=c&d=%20"),
    ("media", "javascript:alert(1)", "javascript:alert(1)"),
    ("url", "https://example.com/", "https://example.com/"),
    ("relation", "A", "A"),
]


TAKEN_KINDS = sorted({row[0] for row in TAKEN})


@pytest.mark.parametrize("kind", TAKEN_KINDS)
def test_takes(pims, given_attribute, kind) -> None:
    given_attribute("a", kind)

    for sent, expected in [row[1:] for row in TAKEN if row[0] == kind]:
        assert (sent, stored(pims, sent)) == (sent, expected)
        assert stored(pims, None) is None


@pytest.mark.parametrize("kind", TAKEN_KINDS)
def test_takes_collections(pims, given_attribute, kind) -> None:
    given_attribute("a", kind, collection="y")

    for sent, expected in [row[1:] for row in TAKEN if row[0] == kind and row[1] != LONG]:
        assert (sent, stored(pims, [sent])) == (sent, [expected])
        assert (sent, stored(pims, sent)) == (sent, [expected])  # a bare value is a list of one
        assert stored(pims, []) == []


NOT_TAKEN = [
    ("number", "1" * 41),
    ("number", "1e5"),
    ("number", "1E5"),
    ("number", 1e30),  # JSON: 1e+30
    ("number", "cheap"),
    ("number", "1,5"),
    ("number", "1.2.3"),
    ("number", "--1"),
    ("number", "1-"),
    ("number", "."),
    ("number", "+"),
    ("number", " 5"),
    ("number", "5 "),
    ("number", "1_000"),
    ("number", "0x10"),
    ("number", "\u0661\u0662"),  # Arabic digits
    ("number", "\uff15"),  # a wide 5
    ("number", "\u22125"),  # a typographic minus
    ("number", "NaN"),
    ("number", "Infinity"),
    ("number", True),
    ("number", {}),
    ("number", {"value": 5}),
    ("boolean", "yes"),
    ("boolean", "on"),
    ("boolean", 2),
    ("boolean", "true "),
    ("boolean", {}),
    ("date", "2023-02-29"),
    ("date", "2024-13-01"),
    ("date", "2024-2-9"),
    ("date", "20240229"),
    ("date", "29.02.2024"),
    ("date", "2024-02-29T00:00:00"),
    ("date", "2024-02-29 "),
    ("date", "0000-01-01"),
    ("date", "\u0662\u0660\u0662\u0664-02-29"),
    ("date", 20240229),
    ("date", True),
    ("string", 5),
    ("string", True),
    ("string", {}),
    ("text", 5),
    ("html", {}),
    ("media", False),
    ("url", 1.5),
    ("relation", 7),
]


@on_one_engine
@pytest.mark.parametrize("kind", sorted({row[0] for row in NOT_TAKEN}))
def test_refuses_what_is_not_of_its_type(pims, given_attribute, unchanged, kind) -> None:
    given_attribute("a", kind)
    given_attribute("b", kind, collection="y")

    for sent in [row[1] for row in NOT_TAKEN if row[0] == kind]:
        assert (sent, refused(pims, unchanged, sent)) == (sent, "type")
        with unchanged():
            reply = pims("editProduct", sku="A", data={"attributes": {"b": [sent]}}, status=400)
        assert [(sent, error["code"]) for error in reply["errors"]] == [(sent, "type")]


@pytest.mark.parametrize("kind", ["string", "number", "boolean", "date", "text", "relation"])
def test_refuses_a_list_where_there_is_one_value(pims, given_attribute, unchanged, kind) -> None:
    given_attribute("a", kind)

    for sent in ([], ["A"], ["A", "B"], [None], [[]]):
        assert (sent, refused(pims, unchanged, sent)) == (sent, "type")


@pytest.mark.parametrize("sent", [[["x"]], [None], [""], ["x", None], [{}], {"0": "x"}])
def test_refuses_lists_of_anything_but_values(pims, given_attribute, unchanged, sent) -> None:
    given_attribute("a", collection="y")

    assert refused(pims, unchanged, sent) == "type"


def test_a_collection_keeps_its_order(pims, given_attribute) -> None:
    given_attribute("a", collection="y")

    for values in (["b", "a", "c"], ["c", "b", "a"], [" b", "B", "b"]):
        assert stored(pims, values) == values


def test_another_text_of_an_equal_number_is_a_change(pims, given_attribute, history) -> None:
    given_attribute("a", "number")

    for text in ("100.0", "100.00", "100"):
        assert stored(pims, text) == text

    assert history("A")[1:] == [
        ({"a": None}, {"a": "100.0"}),
        ({"a": "100.0"}, {"a": "100.00"}),
        ({"a": "100.00"}, {"a": "100"}),
    ]


def test_a_number_keeps_every_digit_of_its_json_text(client, key, pims, given_attribute) -> None:
    given_attribute("a", "number")
    text = "12345678901234567890.12345678901234567800"
    body = f'{{"action": "editProduct", "sku": "A", "data": {{"attributes": {{"a": {text}}}}}}}'

    client.post("/pim/manage/products", data=body,
                headers={"ApiKey": key, "Content-Type": "application/json"})  # fmt: skip

    assert pims("listProduct", sku="A")["data"]["attributes"]["a"] == text


@pytest.mark.parametrize(
    ("case", "text"),
    [("one byte too long", "x" * 65_537), ("two bytes each", "é" * 32_769)],
)
@pytest.mark.parametrize("kind", ["string", "text", "html"])
def test_refuses_a_text_above_64_kb(pims, given_attribute, unchanged, kind, case, text) -> None:
    given_attribute("a", kind)

    assert refused(pims, unchanged, text) == "limit"


@pytest.mark.parametrize(
    ("case", "definition", "taken", "not_taken", "code"),
    [
        ("min", {"type": "number", "min": "0"}, ["0", "-0", "1"], ["-0.01", "-1"], "range"),
        ("max", {"type": "number", "max": "9.5"}, ["9.5", "9.50"], ["9.51", "10"], "range"),
        ("length", {"maxLength": "3"}, ["abc", "äöü"], ["abcd"], "range"),
        ("mask", {"validation": "[A-Z]{2}-[0-9]+"}, ["AB-1"],
         ["xAB-1", "AB-1x", "AB-1\n", "ab-1"], "mask"),
        ("mask with choices", {"validation": "a|bc"}, ["a", "bc"], ["ac", "abc", "b"], "mask"),
        ("mask on a number", {"type": "number", "validation": "[0-9]+"}, ["5"], ["5.0"], "mask"),
        ("mask on each element", {"collection": "y", "validation": "a+"}, [["a", "aa"]],
         [["a", "b"]], "mask"),
    ],
)  # fmt: skip
def test_holds_to_the_rules_of_an_attribute(
    pims, given_attribute, unchanged, case, definition, taken, not_taken, code
) -> None:
    given_attribute("a", **definition)

    for value in taken:
        assert stored(pims, value) == value
    for value in not_taken:
        assert refused(pims, unchanged, value) == code


def test_a_mask_that_could_explode_does_not(pims, given_attribute, unchanged) -> None:
    given_attribute("a", validation="(a+)+$")

    assert refused(pims, unchanged, "a" * 5_000 + "b") == "mask"
