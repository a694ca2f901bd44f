"""Lists by conditions on SKUs: the pages are those of the whole list in every order."""

import pytest

from tests.pims.tool_shop import WITH_VARIATIONS, WITHOUT_VARIATIONS

CONDITIONS = (
    ("[[sku]] LIKE 'H%'", lambda sku: sku.startswith("H")),
    ("[[sku]] LIKE 'H%1'", lambda sku: sku.startswith("H") and sku.endswith("1")),
    ("[[sku]] LIKE '%'", lambda _: True),
    ("[[sku]] LIKE '%1'", lambda sku: sku.endswith("1")),
    ("[[sku]] > 'H1'", lambda sku: sku > "H1"),
    ("[[sku]] >= 'H1'", lambda sku: sku >= "H1"),
    ("[[sku]] < 'S1'", lambda sku: sku < "S1"),
    ("[[sku]] <= 'S1'", lambda sku: sku <= "S1"),
    ("[[sku]] = 'S1'", lambda sku: sku == "S1"),
    ("[[sku]] <> 'S1'", lambda sku: sku != "S1"),
    ("[[sku]] BETWEEN 'G1' AND 'S1'", lambda sku: "G1" <= sku <= "S1"),
    ("[[sku]] BETWEEN 'S1' AND 'G1'", lambda _: False),
    ("[[sku]] IN ('S2', 'H2', 'S2', 'X')", lambda sku: sku in ("S2", "H2")),
    ("[[sku]] LIKE 'S%' OR [[sku]] LIKE 'H%'", lambda sku: sku[0] in "SH"),
    ("[[sku]] LIKE 'S%' AND [[sku]] > 'S1'", lambda sku: sku[0] == "S" and sku > "S1"),
    ("[[sku]] > 'G' AND [[sku]] NOT LIKE 'H%'", lambda sku: sku > "G" and sku[0] != "H"),
)
ORDERS = {
    "none": ([], lambda skus: skus),
    "sku": ([{"attribute": "sku"}], sorted),
    "sku downwards": (
        [{"attribute": "sku", "direction": "DESC"}],
        lambda skus: sorted(skus, reverse=True),
    ),
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("variants", [False, True])
@pytest.mark.parametrize(("condition", "fits"), CONDITIONS, ids=[one for one, _ in CONDITIONS])
def test_pages_of_what_a_condition_on_skus_finds(tool_shop, condition, fits, variants, order):
    sent, arranged = ORDERS[order]
    every = WITH_VARIATIONS if variants else WITHOUT_VARIATIONS
    wanted = arranged([sku for sku in every if fits(sku)])
    params = {"condition_query": condition, "order": sent, "includeVariants": variants}
    shown = []
    for number in range(1, len(wanted) // 2 + 2):
        page = {"pageSize": 2, "pageNum": number}
        reply = tool_shop("getList", params=params | {"pagination": page}, status=200)
        assert reply["sku_count"] == len(wanted)
        shown += [one["sku"] for one in reply["products"]]
    assert shown == wanted


def test_the_first_page_of_a_prefix_reads_its_skus_once(pims, given_product, queries):
    given_product("H1")
    with queries() as sent:
        pims("getList", params={"condition_query": "[[sku]] LIKE 'H%'"})
    assert sum("ORDER BY product.sku" in one for one in sent) == 1
    assert not any("ORDER BY product.path" in one for one in sent)


def test_deleted_products_are_left_out_of_a_prefix(pims, given_product, edit):
    for sku in ("H2", "H1", "G1"):
        given_product(sku)
    edit("H1", status="deleted")
    params = {"condition_query": "[[sku]] LIKE 'H%'"}
    assert [one["sku"] for one in pims("getList", params=params)["products"]] == ["H2"]
    everything = pims("getList", params=params | {"includeDeleted": True})
    assert [one["sku"] for one in everything["products"]] == ["H1", "H2"]
