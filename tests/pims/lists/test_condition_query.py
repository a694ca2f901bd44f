"""condition_query of getList. Thousands of random conditions are in tests/storage."""

import pytest

from tests.pims.tool_shop import WITHOUT_VARIATIONS

POINTER = "/params/condition_query"


def found(tool_shop, condition, **params):
    reply = tool_shop("getList", params={"condition_query": condition} | params, status=200)
    skus = [one["sku"] for one in reply["products"]]
    assert reply["sku_count"] == len(skus)
    return skus


@pytest.mark.parametrize(
    ("condition", "skus"),
    [
        ("", WITHOUT_VARIATIONS),
        ("   ", WITHOUT_VARIATIONS),
        ("[[sku]] not LIKE 'H%'", ["G1", "S1", "S2", "U1", "a1"]),
        ("[[sku]] LIKE 'H%'", ["H1", "H2"]),
        ("[[sku]] LIKE '_1'", ["G1", "H1", "S1", "U1", "a1"]),
        ("[[sku]] LIKE 'h%'", []),
        ("[[sku]] LIKE '\U0010ffff%'", []),
        ("[[sku]] NOT LIKE '\U0010ffff\U0010ffff%' AND [[sku]] LIKE 'H%\U0010ffff%'", []),
        ("[[sku]] LIKE 'H\U0010ffff%'", []),
        ("[[sku]] LIKE '%1'", ["G1", "H1", "S1", "U1", "a1"]),
        ("[[title]] LIKE '%hammer%'", ["H1", "H2"]),
        ("[[title]] like 'Claw ham_er'", ["H1"]),
        ("[[title]] LIKE '%Hammer%'", []),
        ("[[title]] NOT LIKE '%hammer%'", ["G1", "S1", "S2", "a1"]),
        (r"[[title]] LIKE '\%%'", []),
        ("[[price]] = 10.5", ["H1"]),
        ("[[price]] = '10.500'", ["H1"]),
        ("[[price]] > 9", ["H1", "S1", "a1"]),
        ("[[price]] >= 9", ["H1", "H2", "S1", "a1"]),
        ("[[price]] < 9", ["S2"]),
        ("[[price]] <= 9", ["H2", "S2"]),
        ("[[price]] <> 9", ["H1", "S1", "S2", "a1"]),
        ("[[price]] != 9", ["H1", "S1", "S2", "a1"]),
        ("[[price]] = -1", ["S2"]),
        ("NOT [[price]] = 9", ["H1", "S1", "S2", "a1"]),
        ("not not [[price]] = 9", ["H2"]),
        ("[[price]] IS NULL", ["G1", "U1"]),
        ("[[price]] is not null", ["H1", "H2", "S1", "S2", "a1"]),
        ("NOT [[price]] IS NULL", ["H1", "H2", "S1", "S2", "a1"]),
        ("[[price]] BETWEEN 9 AND 20", ["H1", "H2", "a1"]),
        ("[[price]] BETWEEN 20 AND 9", []),
        ("[[price]] NOT BETWEEN 9 AND 20", ["S1", "S2"]),
        ("[[price]] IN (9, '100.0', 7)", ["H2", "S1"]),
        ("[[price]] NOT IN (9, 100)", ["H1", "S2", "a1"]),
        ("[[color]] = 'red'", ["H1", "S1"]),
        ("[[color]] <> 'red'", ["H2"]),
        ("[[color]] IN ('red', 'green')", ["H1", "H2", "S1"]),
        ("[[brand]] = 'makita'", ["G1"]),
        ("[[brand]] = 'O''Neill'", []),
        ("[[brand]] = ''", []),
        ("[[in_stock]] = TRUE", ["H1", "S2"]),
        ("[[in_stock]] = false", ["H2"]),
        ("[[in_stock]] <> true", ["H2"]),
        ("[[released]] >= '2024-01-15'", ["H1", "S1"]),
        ("[[released]] BETWEEN '2023-01-01' AND '2023-12-31'", ["H2"]),
        ("[[tags]] = 'sale'", ["G1", "H1"]),
        ("[[tags]] <> 'sale'", ["H2"]),
        ("[[tags]] LIKE 's%'", ["G1", "H1"]),
        ("[[tags]] NOT LIKE 's%'", ["H2"]),
        ("[[tags]] NOT IN ('sale')", ["H2"]),
        ("[[tags]] IS NULL", ["S1", "S2", "U1", "a1"]),
        ("[[sizes]] > 16", ["H1"]),
        ("[[sizes]] NOT BETWEEN 4 AND 6", ["H1"]),
        ("[[categories]] = 'Tools > Hammers'", ["H1", "H2"]),
        ("[[categories]] LIKE 'Tools%'", ["H1", "H2", "S1", "S2"]),
        ("[[categories]] NOT LIKE 'Tools%'", ["G1", "U1", "a1"]),
        ("[[status]] = 'inactive'", ["a1"]),
        ("[[variation_of]] IS NULL", WITHOUT_VARIATIONS),
        ("[[price]] > 9 AND [[color]] = 'red'", ["H1", "S1"]),
        ("[[price]] > 50 OR [[color]] = 'green'", ["H2", "S1"]),
        ("[[color]] = 'green' OR [[color]] = 'red' AND [[price]] > 50", ["H2", "S1"]),
        ("([[color]] = 'green' OR [[color]] = 'red') AND [[price]] > 50", ["S1"]),
        ("NOT ([[price]] > 9 OR [[color]] = 'green')", []),
        ("NOT ([[price]] > 9 AND [[color]] = 'red')", ["H2", "S2"]),
        ("[[price]] > 9 OR [[price]] IS NULL", ["G1", "H1", "S1", "U1", "a1"]),
        ("  [[price]]>9\n\tand\r\n[[color]]='red'  ", ["H1", "S1"]),
    ],
)
def test_finds(tool_shop, condition, skus) -> None:
    assert found(tool_shop, condition) == skus


@pytest.mark.parametrize(
    ("case", "params", "skus"),
    [
        ("filters", {"filter_values": {"brand": "Bosch"}}, ["H1", "S1"]),
        ("a search", {"search": "hammer"}, ["H1"]),
        ("variations", {"includeVariants": True}, ["H1", "S1", "S1-A", "S1-B", "a1"]),
        ("deleted ones", {"includeDeleted": True}, ["D1", "H1", "S1", "a1"]),
        ("an order", {"order": [{"attribute": "price", "direction": "DESC"}]}, ["S1", "a1", "H1"]),
    ],
)
def test_holds_together_with(tool_shop, case, params, skus) -> None:
    assert found(tool_shop, "[[price]] > 9", **params) == skus


@pytest.mark.parametrize(
    ("case", "condition", "code"),
    [
        ("not filterable", "[[weight]] = 1", "unknown_attribute"),
        ("long text", "[[story]] LIKE '%wood%'", "unknown_attribute"),
        ("nobody knows it", "[[nobody]] = 1", "unknown_attribute"),
        ("other case", "[[Price]] = 1", "unknown_attribute"),
        ("no number", "[[price]] = 'cheap'", "type"),
        ("flag for a number", "[[price]] = TRUE", "type"),
        ("no date", "[[released]] = '2024-02-30'", "type"),
        ("no flag", "[[in_stock]] = 'maybe'", "type"),
        ("LIKE without quotes", "[[sku]] LIKE 5", "syntax"),
        ("bare name", "price = 1", "syntax"),
        ("one bracket", "[price] = 1", "syntax"),
        ("no operator", "[[price]]", "syntax"),
        ("no literal", "[[price]] =", "syntax"),
        ("unknown operator", "[[price]] ~ 1", "syntax"),
        ("two operators", "[[price]] = = 1", "syntax"),
        ("attribute on the right", "1 = [[price]]", "syntax"),
        ("two attributes", "[[price]] = [[sizes]]", "syntax"),
        ("open parenthesis", "([[price]] = 1", "syntax"),
        ("open quote", "[[brand]] = 'x", "syntax"),
        ("double quotes", '[[brand]] = "x"', "syntax"),
        ("empty IN", "[[price]] IN ()", "syntax"),
        ("trailing AND", "[[price]] = 1 AND", "syntax"),
        ("half a BETWEEN", "[[price]] BETWEEN 1", "syntax"),
        ("= NULL", "[[price]] = NULL", "syntax"),
        ("too long", "[[sku]] = '" + "x" * 9_000 + "'", "limit"),
        ("too deep", "(" * 40 + "[[price]] = 1" + ")" * 40, "limit"),
        ("too many parts", " OR ".join(["[[price]] = 1"] * 201), "limit"),
        ("too long a pattern", "[[sku]] LIKE '" + "a" * 201 + "'", "limit"),
        ("too many wildcards", "[[sku]] LIKE '%a%a%a%a%a%a%a%a%a'", "limit"),
        ("too many items", f"[[sizes]] IN ({','.join(['1'] * 1001)})", "limit"),
    ],
)
def test_refuses(tool_shop, case, condition, code) -> None:
    reply = tool_shop("getList", params={"condition_query": condition}, status=400)

    [error] = reply["errors"]
    assert (error["code"], error["pointer"]) == (code, POINTER)


@pytest.mark.parametrize("wrong", [5, True, ["[[price]] = 1"], {"price": 1}])
def test_refuses_what_is_no_text(tool_shop, wrong) -> None:
    reply = tool_shop("getList", params={"condition_query": wrong}, status=400)

    assert [error["code"] for error in reply["errors"]] == ["type"]


def test_says_where_and_what_was_expected(tool_shop) -> None:
    reply = tool_shop("getList", params={"condition_query": "[[price]] ? 1"}, status=400)

    assert "11" in reply["status_message"]
    assert "LIKE" in reply["status_message"]


@pytest.mark.parametrize(
    "attack",
    [
        "1=1",
        "[[sku]] = 'x' OR 1=1",
        "[[sku]] = 'x'; DROP TABLE product",
        "[[sku]] = 'x'; DROP TABLE product --",
        "[[sku]] = 'x' -- comment",
        "[[sku]] = 'x' /* comment */ OR TRUE",
        "[[sku]] = 'x' UNION SELECT digest FROM api_key",
        "[[sku]] IN (SELECT sku FROM product)",
        "[[sku]] = pg_sleep(5)",
        "[[sku]] = (SELECT 1)",
        "[[sku]]; --",
        '[[sku"]] = 1',
        "[[sku' OR '1'='1]] = 1",
        "[[sku]] || '' = 'x'",
        "[[sku]] = 'x' COLLATE NOCASE",
        "[[sku]] LIKE '%' ESCAPE '%'",
        "[[sku]] REGEXP '.*'",
        "[[sku]] GLOB '*'",
        "[[sku]] = $1",
        "[[sku]] = :sku",
        "[[sku]] = ?",
        "[[sku]] = 0x41",
        "[[sku]]::text = 'x'",
        "CAST([[sku]] AS int) = 1",
        "[[sku]] = 'a' 'b'",
        "[[sku]] = 1e3",
        "[[tenant_id]] = 1",
        "[[product.sku]] = 'H1'",
        "[[sku]] = \u2019H1\u2019",
        "\uff3b\uff3bsku\uff3d\uff3d = 'H1'",
        "TRUE",
        "EXISTS (SELECT 1)",
    ],
)
def test_runs_nothing_that_is_not_its_grammar(tool_shop, attack) -> None:
    reply = tool_shop("getList", params={"condition_query": attack}, status=400)

    assert {error["code"] for error in reply["errors"]} <= {"syntax", "unknown_attribute", "type"}


@pytest.mark.parametrize(
    "text",
    ["' OR '1'='1", "'; DROP TABLE product; --", "\\' OR 1=1 --", "%' OR '%'='", "\u2019 OR 1=1"],
)
def test_a_quoted_text_is_only_a_text(tool_shop, text) -> None:
    quoted = text.replace("'", "''")

    assert found(tool_shop, f"[[brand]] = '{quoted}'") == []
    assert found(tool_shop, f"[[brand]] <> '{quoted}'") == ["G1", "H1", "H2", "S1", "S2"]
