"""explain and explain_sku of getList."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pims_api.services.dimensions import add_locale
from pims_api.storage.history.changes import Actor
from pims_api.storage.unit_of_work import unit_of_work
from schemas.pims.products import explanation
from tests.pims.tool_shop import WITH_VARIATIONS

QUERIES = [
    {},
    {"includeVariants": True, "includeDeleted": True},
    {"filter_values": {"color": "red|green", "price": "5;;50"}},
    {"filter_values": {"tags": ["sale"]}, "search": "claw"},
    {"condition_query": "[[price]] > 10 OR NOT [[brand]] LIKE '%osch'"},
    {"condition_query": "NOT ([[in_stock]] = TRUE AND [[price]] < 0) AND [[brand]] IS NULL"},
    {"condition_query": "[[released]] BETWEEN '2024-01-01' AND '2024-02-01'"},
    {"condition_query": "[[sku]] IN ('H1', 'D1', 'S1-A')", "includeDeleted": True},
    {"condition_query": "[[variation_of]] = 'S1'", "includeVariants": True},
    {"cat_id": 2, "includeChildren": True, "order": [{"attribute": "price"}]},
    {"cat_id": 2, "search": "saw steel"},
    {"search": "h1"},
    {"search": "forged"},
]


@pytest.fixture
def explained(tool_shop):
    """`explained(search="saw")`: what getList explains."""

    def ask(**params):
        return tool_shop("getList", params=params | {"explain": True}, status=200)["explain"]

    return ask


@pytest.fixture
def because(tool_shop):
    """`because("H1", search="saw")`: why the product is in the list or not."""

    def ask(sku, **params):
        asked = params | {"explain_sku": sku}
        return tool_shop("getList", params=asked, status=200)["explain_sku"]

    return ask


def without_figures(explained):
    steps = [{key: one[key] for key in ("step", "products")} for one in explained["steps"]]
    return explained | {"steps": steps}


def test_tells_the_condition_the_steps_and_the_order(explained) -> None:
    told = explained(
        filter_values={"color": "red|green", "price": "5;;50"},
        condition_query="[[brand]] LIKE 'B%' OR NOT [[in_stock]] = TRUE",
        order=[{"attribute": "price", "direction": "DESC"}],
    )

    assert list(told) == ["condition", "steps", "order", "hints"]
    assert told["condition"] == {
        "and": [
            {"attribute": "color", "operator": "IN", "values": ["red", "green"]},
            {"attribute": "price", "operator": "BETWEEN", "values": ["5", "50"]},
            {
                "or": [
                    {"attribute": "brand", "operator": "LIKE", "value": "B%"},
                    {"not": {"attribute": "in_stock", "operator": "=", "value": True}},
                ]
            },
            {"includeDeleted": False},
            {"includeVariants": False},
        ]
    }
    assert without_figures(told)["steps"] == [
        {"step": "[[color]] IN ('red', 'green')", "products": 4},
        {"step": "[[price]] BETWEEN 5 AND 50", "products": 4},
        {"step": "[[brand]] LIKE 'B%' OR NOT [[in_stock]] = TRUE", "products": 4},
        {"step": "includeDeleted: false", "products": 9},
        {"step": "includeVariants: false", "products": 8},
        {"step": "page", "products": 2},
    ]
    assert told["order"] == {"by": ["price DESC"], "found": ["products fetched and sorted"]}
    assert told["hints"] == []


def test_every_step_tells_what_it_read_and_how_long_it_took(explained) -> None:
    for step in explained(search="saw", condition_query="[[price]] > 5")["steps"]:
        assert list(step) == ["step", "products", "rows_read", "ms"]
        assert isinstance(step["rows_read"], int)
        assert step["rows_read"] >= 0
        assert 0 <= step["ms"] < 60_000


def test_one_term_stands_alone_and_none_is_an_empty_and(explained) -> None:
    everything = {"includeVariants": True, "includeDeleted": True}

    assert explained(**everything)["condition"] == {"and": []}
    told = explained(**everything, condition_query="[[price]] IS NULL")
    assert told["condition"] == {"attribute": "price", "operator": "IS NULL"}


def test_words_and_categories_are_terms(explained) -> None:
    told = explained(search="Claw ham", cat_id=2, includeChildren=True, includeVariants=True)

    assert told["condition"] == {
        "and": [
            {"includeDeleted": False},
            {"cat_id": 2, "includeChildren": True},
            {"search": "claw", "beginning": False},
            {"search": "ham", "beginning": True},
        ]
    }
    assert [one["step"] for one in told["steps"]] == [
        "includeDeleted: false", "cat_id: 2", "search: Claw ham", "page",
    ]  # fmt: skip
    assert told["order"]["by"] == ["every word in the title first", "sku ASC"]


@pytest.mark.parametrize("params", QUERIES)
def test_the_list_is_the_same_with_its_explanation(tool_shop, params) -> None:
    plain = tool_shop("getList", params=params, status=200)
    told = tool_shop("getList", params=params | {"explain": True}, status=200)

    assert told.pop("explain")["steps"][-1]["products"] == len(plain["products"])
    assert told == plain


def test_explanations_stand_after_next_and_before_warnings(tool_shop) -> None:
    params = {"after": "", "pagination": {"pageSize": 1}, "explain": "Y", "explain_sku": "H1"}
    reply = tool_shop("getList", params=params | {"colour": 1}, status=200)

    assert list(reply)[3:] == ["sku_count", "next", "explain", "explain_sku", "warnings"]


@pytest.mark.parametrize("params", QUERIES)
@pytest.mark.parametrize("sku", [*WITH_VARIATIONS, "D1"])
def test_a_product_is_included_exactly_when_the_list_has_it(tool_shop, params, sku) -> None:
    reply = tool_shop("getList", params=params | {"explain_sku": sku}, status=200)
    told = reply["explain_sku"]

    listed = sku in [one["sku"] for one in reply["products"]]
    assert (told["sku"], told["included"]) == (sku, listed)
    assert all(one["holds"] is True for one in told["because"]) == listed


def test_tells_which_term_excludes(because) -> None:
    told = because("H2", condition_query="[[price]] < 10 AND [[released]] > '2024-01-01'")

    assert told["because"] == [
        {"term": {"attribute": "price", "operator": "<", "value": "10"}, "holds": True},
        {
            "term": {"attribute": "released", "operator": ">", "value": "2024-01-01"},
            "holds": False,
        },
        {"term": {"includeDeleted": False}, "holds": True},
        {"term": {"includeVariants": False}, "holds": True},
    ]
    assert told["included"] is False


def test_what_is_unset_is_unknown_and_groups_tell_of_their_parts(because) -> None:
    told = because("U1", condition_query="[[price]] < 10 OR [[brand]] IS NULL")
    [group, *_] = told["because"]

    assert group["holds"] is True
    assert [one["holds"] for one in group["parts"]] == ["unknown", True]
    assert because("U1", condition_query="NOT [[price]] < 10")["because"][0]["holds"] == "unknown"
    [negated, *_] = because("U1", condition_query="NOT ([[price]] < 10 OR [[sku]] = 'U1')")[
        "because"
    ]
    assert [one["holds"] for one in negated["parts"][0]["parts"]] == ["unknown", True]


@pytest.mark.parametrize(
    ("sku", "params", "hint"),
    [
        ("S1-A", {}, "It is a variation: set includeVariants."),
        ("D1", {}, "It is deleted: set includeDeleted."),
        ("H1", {"cat_id": 2},
         "It is not in the category itself: includeChildren adds those below it."),
        ("a1", {"search": "hidden"}, "A missing word stands in `code`: make `code` searchable."),
    ],
)  # fmt: skip
def test_hints_tell_what_would_bring_the_product_in(because, sku, params, hint) -> None:
    told = because(sku, **params)

    assert told["included"] is False
    assert told["hints"] == [hint]


def test_a_sku_that_is_not_there(because) -> None:
    assert because("NOPE") == {
        "sku": "NOPE",
        "included": False,
        "because": [{"term": {"exists": True}, "holds": False}],
        "hints": [],
    }


def test_a_search_that_is_too_long_is_refused_as_ever(tool_shop) -> None:
    words = " ".join(f"w{number}" for number in range(40))
    for more in ({}, {"explain": True}, {"explain_sku": "H1"}, {"after": "abc"}):
        reply = tool_shop("getList", params={"search": words} | more, status=400)
        assert reply["errors"][0]["code"] in ("limit", "range", "syntax")


class TestHints:
    @pytest.fixture(autouse=True)
    def everything_is_much(self, monkeypatch) -> None:
        monkeypatch.setattr(explanation, "MANY_ROWS", 1)
        monkeypatch.setattr(explanation, "DEEP", 2)

    @pytest.mark.parametrize(
        ("text", "hints"),
        [
            ("[[brand]] LIKE 'B%'", []),
            ("[[brand]] LIKE '%o''x'",
             ["LIKE '%o''x' reads every value of `brand`: begin the pattern with letters, or "
              "params.search finds its words."]),
            ("NOT ([[color]] = 'red' OR [[variation_of]] LIKE '_1')",
             ["LIKE '_1' reads every value of `variation_of`: begin the pattern with letters, or "
              "make `variation_of` searchable, so that params.search finds its words."]),
        ],
    )  # fmt: skip
    def test_a_pattern_that_begins_with_anything(self, explained, text, hints) -> None:
        assert explained(condition_query=text)["hints"] == hints

    def test_a_deep_page(self, explained) -> None:
        [hint] = explained(pagination={"pageSize": 2, "pageNum": 3})["hints"]
        assert hint.startswith("Page 3 passes 4 products: go on from page to page with after")
        assert explained(after="", pagination={"pageSize": 2})["hints"] == []

    def test_an_order_that_reads_much(self, explained) -> None:
        [hint] = explained(order=[{"attribute": "brand"}])["hints"]
        assert hint.startswith("The order read ")


def test_a_label_is_cut_where_it_is_long(explained) -> None:
    many = [f"brand {number}" for number in range(100)]
    [step, *_] = explained(filter_values={"brand": many})["steps"]

    assert len(step["step"]) == 200
    assert step["step"].startswith("[[brand]] IN ('brand 0', ")
    assert step["step"].endswith("…")


@pytest.mark.parametrize("wrong", [5, [], {}])
def test_refuses_a_sku_that_is_no_text(tool_shop, wrong) -> None:
    [error] = tool_shop("getList", params={"explain_sku": wrong}, status=400)["errors"]
    assert (error["code"], error["pointer"]) == ("type", "/params/explain_sku")


def test_words_are_those_of_the_locale(pims, given_attribute, given_product, database) -> None:
    """A German value hides the one that other locales see."""
    with unit_of_work(database, 1, Actor("tests")) as work:
        add_locale(work, "de")
    given_attribute("note", isSearchable="y", isLocalizable="y")
    given_product("A", note="red rod")
    german = {"attributes": {"note": "rote Stange"}}
    pims("editProduct", sku="A", data=german, locale="de", status=200)
    for locale, word, listed in (("de", "rod", False), ("de", "stang", True), (None, "rod", True)):
        params = {"search": word, "explain_sku": "A"}
        reply = pims("getList", params=params, locale=locale, status=200)
        assert (reply["sku_count"] == 1) is listed
        assert reply["explain_sku"]["included"] is listed


_PREDICATES = st.sampled_from(
    ["[[price]] > 10", "[[price]] IS NULL", "[[color]] = 'red'", "[[brand]] LIKE '%a%'",
     "[[tags]] IN ('sale', 'heavy')", "[[sku]] < 'S1'", "[[in_stock]] = FALSE",
     "[[variation_of]] = 'S1'", "[[categories]] LIKE 'Tools%'", "[[status]] <> 'inactive'"]
)  # fmt: skip
_TEXTS = st.recursive(
    _PREDICATES,
    lambda part: st.one_of(
        part.map(lambda one: f"NOT ({one})"),
        st.lists(part, min_size=2, max_size=3).map(lambda some: f"({' AND '.join(some)})"),
        st.lists(part, min_size=2, max_size=3).map(lambda some: f"({' OR '.join(some)})"),
    ),
    max_leaves=5,
)


@settings(max_examples=25)
@given(text=_TEXTS, sku=st.sampled_from([*WITH_VARIATIONS, "D1"]), variants=st.booleans())
def test_the_reasons_and_the_index_agree(tool_shop, text, sku, variants) -> None:
    params = {"condition_query": text, "includeVariants": variants}
    more = {"explain": True, "explain_sku": sku, "definition": False, "attributes": []}
    reply = tool_shop("getList", params=params | more, status=200)

    listed = [one["sku"] for one in reply["products"]]
    assert reply["explain_sku"]["included"] == (sku in listed)
    steps = reply["explain"]["steps"]
    again = " AND ".join(f"({one['step']})" for one in steps if "[[" in one["step"])
    if "…" not in again:
        told = tool_shop("getList", params=params | {"condition_query": again}, status=200)
        assert [one["sku"] for one in told["products"]] == listed
    assert json.dumps(reply["explain"]["condition"])
