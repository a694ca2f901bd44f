"""product_type, created and updated: shown on demand, asked for like attributes."""

import pytest

ATTRIBUTES = "/pim/manage/attributes"
SHOWN = {"system": True, "definition": False, "attributes": ["sku"]}


@pytest.fixture
def bulbs(pims, given_attribute, given_product, filled):
    """A, a bulb, and B to D of the default type; C was changed last."""
    filled(lambda: fill_bulbs(pims, given_attribute, given_product))


def fill_bulbs(pims, given_attribute, given_product):
    given_attribute("watts", "number")
    pims("addProductType", path=ATTRIBUTES, name="bulb", attributes=["watts"], status=200)
    pims("createProduct", sku="A", product_type="bulb", status=200)
    for sku in "BCD":
        given_product(sku)
    pims("editProduct", sku="C", data={"attributes": {"title": "T"}}, status=200)


@pytest.fixture
def listed(pims):
    """The products of a list with their system fields, by SKU in order."""

    def find(**params):
        reply = pims("getList", params=SHOWN | params, status=200)
        return {one["sku"]: one for one in reply["products"]}

    return find


def test_system_shows_them_beside_the_version(bulbs, pims, listed) -> None:
    row = listed()["A"]
    assert list(row) == ["sku", "version", "product_type", "created", "updated", "data"]
    assert row["product_type"] == "bulb"
    one = pims("listProduct", sku="A", params=SHOWN, status=200)
    assert {name: one[name] for name in row} == row
    [asked] = pims("listProductsBySku", skus=["A"], params=SHOWN, status=200)["products"]
    assert asked == row
    assert "product_type" not in pims("listProduct", sku="A", params={}, status=200)


def test_moments_are_told_to_the_microsecond_in_utc(bulbs, listed) -> None:
    rows = listed()
    for row in rows.values():
        assert len(row["created"]) == len("2024-02-13T13:42:17.000500Z")
        assert row["created"].endswith("Z")
    assert rows["B"]["created"] == rows["B"]["updated"] < rows["C"]["updated"]


def test_what_was_shown_finds_the_product_again(bulbs, listed) -> None:
    rows = listed()
    moment = rows["C"]["updated"]
    assert list(listed(condition_query=f"[[updated]] = '{moment}'")) == ["C"]
    assert list(listed(condition_query=f"[[updated]] >= '{moment}'")) == ["C"]
    assert list(listed(condition_query=f"[[updated]] > '{moment}'")) == []
    assert list(listed(condition_query=f"[[updated]] < '{moment}'")) == ["A", "B", "D"]
    assert list(listed(condition_query=f"[[created]] IN ('{rows['B']['created']}')")) == ["B"]
    assert list(listed(filter_values={"updated": moment})) == ["C"]
    between = {"created": f"{rows['B']['created']};;{rows['C']['created']}"}
    assert list(listed(filter_values=between)) == ["B", "C"]
    assert list(listed(condition_query="[[updated]] > '2020-01-01' AND [[created]] IS NOT NULL"))
    assert listed(condition_query="[[updated]] IS NULL") == {}


def test_offsets_and_dates_are_points_in_time(bulbs, listed) -> None:
    for early in ("2020-01-01", "2020-01-01T00:00+05:00", "0001-01-01"):
        assert len(listed(condition_query=f"[[created]] > '{early}'")) == 4, early
        assert listed(condition_query=f"[[created]] <= '{early}'") == {}, early


def test_lists_can_be_ordered_by_them(bulbs, listed) -> None:
    by = lambda name, direction: list(listed(order=[{"attribute": name, "direction": direction}]))  # noqa: E731
    assert by("created", "ASC") == ["A", "B", "C", "D"]
    assert by("created", "DESC") == ["D", "C", "B", "A"]
    assert by("updated", "DESC")[0] == "C"
    assert by("product_type", "ASC") == ["A", "B", "C", "D"]
    assert by("product_type", "DESC") == ["B", "C", "D", "A"]


@pytest.mark.parametrize("name", ["updated", "created", "product_type"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_pages_and_cursors_take_every_product_once(bulbs, pims, name, direction) -> None:
    order = [{"attribute": name, "direction": direction}]
    whole = pims("getList", params=SHOWN | {"order": order}, status=200)["products"]
    numbered, followed, after = [], [], ""
    for number in range(1, 5):
        page = {"pagination": {"pageSize": 1, "pageNum": number}}
        numbered += pims("getList", params=SHOWN | {"order": order} | page, status=200)["products"]
        params = SHOWN | {"order": order, "after": after, "pagination": {"pageSize": 1}}
        reply = pims("getList", params=params, status=200)
        followed += reply["products"]
        after = reply.get("next")
    assert numbered == followed == whole
    assert after is None


def test_a_cursor_that_was_tampered_with_is_refused(bulbs, pims) -> None:
    import base64
    import json

    order = [{"attribute": "updated"}]
    params = {"order": order, "after": "", "pagination": {"pageSize": 1}}
    text = pims("getList", params=params, status=200)["next"]
    mark, sku, _ = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    for value in ("yesterday", "", "2024-13-01", 5, None, True, "2024-02-29T25:00:00"):
        raw = json.dumps([mark, sku, value], separators=(",", ":")).encode()
        forged = base64.urlsafe_b64encode(raw).decode().rstrip("=")
        status = 200 if value is None else 400
        pims("getList", params=params | {"after": forged}, status=status)


def test_an_edit_moves_a_product_in_the_order_at_once(bulbs, pims, listed) -> None:
    order = {"order": [{"attribute": "updated", "direction": "DESC"}]}
    for sku in ("B", "A", "D"):
        pims("editProduct", sku=sku, data={"attributes": {"title": sku}}, status=200)
        assert next(iter(listed(**order))) == sku


def test_an_attribute_of_that_name_comes_first(bulbs, pims, given_attribute, listed) -> None:
    given_attribute("created", "number", isFilterable="y")
    pims("editProduct", sku="B", data={"attributes": {"created": "5"}}, status=200)
    assert list(listed(filter_values={"created": "5"})) == ["B"]
    assert next(iter(listed(order=[{"attribute": "created"}]))) == "B"


def test_a_view_name_comes_first_and_other_views_keep_the_field(bulbs, pims, make_key) -> None:
    pims("editAttribute", path=ATTRIBUTES, name="watts", definition={"isFilterable": "y"})
    for name, outward in (("one", "updated"), ("two", "Watts")):
        shown = {"watts": {"transform": outward}}
        pims("addPimView", path="/pim/manage/views", name=name, attributes=shown, status=200)
    pims("editProduct", sku="A", data={"attributes": {"watts": "60"}}, status=200)
    for view, value in (("one", "60"), ("two", "2020-01-01;;")):
        params = {"filter_values": {"updated": value}}
        reply = pims("getList", key=make_key("pim_user", views=(view,)), params=params, status=200)
        assert reply["sku_count"] == (1 if view == "one" else 4)


def test_conditions_know_the_product_type(bulbs, listed) -> None:
    assert list(listed(condition_query="[[product_type]] = 'bulb'")) == ["A"]
    assert list(listed(condition_query="[[product_type]] <> 'bulb'")) == ["B", "C", "D"]
    assert list(listed(condition_query="[[product_type]] LIKE 'de%'")) == ["B", "C", "D"]
    assert list(listed(filter_values={"product_type": "bulb|default"})) == ["A", "B", "C", "D"]


def test_what_is_no_moment_is_refused(bulbs, pims) -> None:
    for params in (
        {"condition_query": "[[updated]] > 'yesterday'"},
        {"condition_query": "[[updated]] LIKE '2026%'"},
        {"filter_values": {"created": "1"}},
    ):
        assert pims("getList", params=params, status=400)["errors"][0]["code"] == "type"


def test_a_slip_is_told_the_name(bulbs, pims) -> None:
    reply = pims("getList", params={"condition_query": "[[update]] > '2020-01-01'"}, status=400)
    assert reply["errors"][0]["nearest"] == "updated"
    reply = pims("getList", params={"order": [{"attribute": "creatde"}]}, status=400)
    assert reply["errors"][0]["nearest"] == "created"


def test_the_rows_of_a_view_do_not_depend_on_when(bulbs, pims) -> None:
    reply = pims(
        "addPimView", path="/pim/manage/views", name="new", attributes={"title": {}},
        condition_query="[[updated]] > '2020-01-01'", status=400,
    )  # fmt: skip
    assert "A View cannot ask for updated" in reply["status_message"]


def test_explanations_name_them(bulbs, pims) -> None:
    params = {"condition_query": "[[updated]] > '2020-01-01'", "explain": True, "explain_sku": "A"}
    reply = pims("getList", params=params, status=200)
    assert "updated" in str(reply["explain"]["condition"])
    assert reply["explain_sku"]["included"] is True


def test_they_are_no_attributes_of_writes(bulbs, pims) -> None:
    reply = pims("editProduct", sku="A", data={"attributes": {"updated": "2020-01-01"}}, status=200)
    assert reply["warnings"][0]["code"] == "unknown_attribute"


def test_missing_names_what_completeness_counts(bulbs, pims, given_attribute, make_key) -> None:
    given_attribute("complete", "completeness")
    given_attribute("story", "text")
    edit = {"attributes": ["watts", "story"], "required": ["title", "watts", "story"]}
    pims("editProductType", path=ATTRIBUTES, name="bulb", **edit, status=200)
    ask = {"missing": True, "definition": False}
    pims("editProduct", sku="A", data={"attributes": {"watts": "5"}}, status=200)
    reply = pims("listProduct", sku="A", params=ask, status=200)
    assert reply["missing"] == ["title", "story"]
    assert reply["data"]["attributes"]["complete"] == 33
    assert list(reply) == ["status", "sku", "version", "missing", "data"]
    rows = pims("getList", params=ask, status=200)["products"]
    assert [one["missing"] for one in rows] == [["title", "story"], [], [], []]
    [row] = pims("listProductsBySku", skus=["A"], params=ask, status=200)["products"]
    assert row["missing"] == ["title", "story"]
    shown = {"story": {"transform": "Text"}, "complete": {}}
    pims("addPimView", path="/pim/manage/views", name="shop", attributes=shown, status=200)
    key = make_key("pim_user", views=("shop",))
    assert pims("listProduct", key=key, sku="A", params=ask, status=200)["missing"] == ["Text"]
    pims("editProduct", sku="A", data={"attributes": {"story": "s", "title": "T"}}, status=200)
    assert pims("listProduct", sku="A", params=ask, status=200)["missing"] == []


def test_a_save_shows_them_too(bulbs, pims) -> None:
    reply = pims("editProduct", sku="A", params={"system": True, "missing": "y"}, status=200)
    assert (reply["product_type"], reply["missing"]) == ("bulb", [])


def test_history_knows_no_such_params(bulbs, pims) -> None:
    reply = pims("historyProduct", sku="A", params={"system": True}, status=200)
    assert reply["warnings"][0]["pointer"] == "/params/system"
