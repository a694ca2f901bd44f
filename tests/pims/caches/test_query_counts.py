"""How many statements an action sends: never one per product."""

import pytest

READS = [
    ("default order", "getList", {}),
    ("a filter", "getList", {"filter_values": {"color": "red"}}),
    ("a condition", "getList", {"condition_query": "[[price]] > 0 AND [[color]] = 'red'"}),
    ("a range and an order", "getList", {"filter_values": {"price": "0;;"},
                                         "order": [{"attribute": "price"}]}),
    ("a search", "getList", {"search": "rod"}),
    ("variations too", "getList", {"includeVariants": True, "pagination": {"pageSize": 500}}),
    ("a history", "historyProduct", {}),
]  # fmt: skip


@pytest.fixture(autouse=True)
def attributes(given_attribute):
    given_attribute("price", "number", isFilterable="y")
    given_attribute("color", isFilterable="y")
    given_attribute("related", "relation", collection="y")


def add_products(given_product, first: int, last: int) -> None:
    """Make products, each a parent with two variations and a link to another product."""
    for number in range(first, last):
        sku = f"P{number:02}"
        given_product(
            sku,
            title="Rod",
            price=f"{number + 1}",
            color="red",
            variation_attributes=["color"],
            related=["P00"] if number else [],
        )
        for color in ("blue", "green"):
            given_product(f"{sku}-{color}", variation_of=sku, color=color, price="1")


@pytest.fixture
def count(pims, queries):
    """`count("getList", params=...)`: how many statements it sends, the second time."""

    def statements(action, **body):
        pims(action, status=200, **body)
        with queries() as sent:
            pims(action, status=200, **body)
        assert sent
        return len(sent)

    return statements


@pytest.mark.parametrize(("case", "action", "params"), READS)
def test_a_list_of_24_sends_as_many_statements_as_a_list_of_2(
    count, edit, given_product, case, action, params
) -> None:
    add_products(given_product, 0, 2)
    few = count(action, params=params, sku="P01")

    add_products(given_product, 2, 24)
    for number in range(10):
        edit("P01", price=f"{number}.5")

    assert count(action, params=params, sku="P01") == few <= 20


def test_asked_skus_send_as_many_statements_for_24_as_for_2(count, given_product) -> None:
    add_products(given_product, 0, 24)
    skus = [f"P{number:02}" for number in range(24)]

    assert count("listProductsBySku", skus=skus) == count("listProductsBySku", skus=skus[:2]) <= 10


def test_a_view_with_a_row_filter_sends_no_more_for_24(
    pims, make_key, count, given_product
) -> None:
    fields = {name: {} for name in ("price", "color", "related", "variation_of", "variation_skus",
                                    "variation_matrix", "variation_attributes")}  # fmt: skip
    pims("addPimView", path="/pim/manage/views", name="shop", attributes=fields,
         condition_query="[[price]] > 0", status=200)  # fmt: skip
    key = make_key("pim_user", views=("shop",))
    add_products(given_product, 0, 2)
    few = count("getList", key=key)

    add_products(given_product, 2, 24)

    assert count("getList", key=key) == few <= 20


def test_a_parent_of_20_variations_is_read_as_quickly_as_one_of_2(count, given_product) -> None:
    for parent, variations in (("F", 2), ("M", 20)):
        given_product(parent, variation_attributes=["color"])
        for number in range(variations):
            given_product(f"{parent}{number:02}", variation_of=parent, color=f"c{number}")

    assert count("listProduct", sku="M") == count("listProduct", sku="F") <= 10


def test_a_long_chain_of_variations_is_read_as_quickly_as_a_short_one(count, given_product) -> None:
    for chain, depth in (("F", 2), ("M", 9)):
        given_product(f"{chain}0", variation_attributes=["color"])
        for number in range(1, depth):
            given_product(f"{chain}{number}", variation_of=f"{chain}{number - 1}")

    assert count("listProduct", sku="M8") == count("listProduct", sku="F1") <= 10


def test_the_skus_of_variations_cost_no_documents(pims, given_product, queries) -> None:
    add_products(given_product, 0, 2)
    documents = []
    for names in (["title"], ["variation_skus"], ["variation_matrix"]):
        params = {"attributes": names}
        with queries() as sent:
            pims("listProduct", sku="P01", params=params, status=200)
        documents.append(sum("document" in one for one in sent))

    assert documents == [1, 1, 2]


@pytest.mark.parametrize(
    ("case", "values"),
    [
        ("a value of its own", [{"title": "x"}, {"title": "y"}]),
        ("its place in the family", [{"color": "pink"}, {"color": "grey"}]),
        ("its status", [{"status": "inactive"}, {"status": "active"}]),
    ],
)
def test_editing_a_variation_does_not_read_its_siblings_one_by_one(
    given_product, edit, queries, case, values
) -> None:
    for parent, variations in (("F", 2), ("M", 20)):
        given_product(parent, variation_attributes=["color"])
        for number in range(variations):
            given_product(f"{parent}{number:02}", variation_of=parent, color=f"c{number}")

    counts = []
    for sku in ("F00", "M00"):
        edit(sku, **values[0])
        with queries() as sent:
            edit(sku, **values[1])
        counts.append(len(sent))

    assert counts[0] == counts[1] <= 40


def test_moving_a_family_does_not_write_its_members_one_by_one(
    given_product, edit, queries
) -> None:
    given_product("ROOT")
    for parent, variations in (("F", 2), ("M", 20)):
        given_product(parent)
        for number in range(variations):
            given_product(f"{parent}{number:02}", variation_of=parent)

    counts = []
    for sku in ("F", "M"):
        with queries() as sent:
            edit(sku, variation_of="ROOT")
        counts.append(len(sent))

    assert counts[0] == counts[1]


def test_a_key_that_is_mistyped_reaches_no_database(client, key, queries) -> None:
    headers = {"ApiKey": key[:-1] + ("a" if key[-1] != "a" else "b")}

    with queries() as sent:
        reply = client.post("/pim/manage/products", json={"action": "getList"}, headers=headers)

    assert (reply.status_code, sent) == (401, [])
