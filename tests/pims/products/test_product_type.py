"""The product type of a product can be changed; what it does not have then is told, and stays."""

import pytest

ATTRIBUTES = "/pim/manage/attributes"
STAYS = "is not an attribute of the product type bulb: its value stays, and can only be unset."


@pytest.fixture
def rod(pims, given_attribute, given_product):
    """A product of the default type with a color and watts, and the type bulb without a color."""
    given_attribute("color", isFilterable="y")
    given_attribute("watts", "number")
    given_attribute("complete", "completeness", isFilterable="y")
    pims(
        "addProductType", path=ATTRIBUTES, name="bulb", attributes=["watts"],
        required=["title", "watts"], status=200,
    )  # fmt: skip
    return given_product("ROD", color="red", watts="5")


def type_of(pims, sku="ROD"):
    return pims("listProduct", sku=sku, params={"system": True}, status=200)["product_type"]


def test_an_edit_changes_it(rod, pims, shown) -> None:
    reply = pims("editProduct", sku="ROD", product_type="bulb", status=200)
    assert (reply["version"], type_of(pims)) == (2, "bulb")
    assert [(one["attribute"], one["message"]) for one in reply["warnings"]] == [
        ("color", f"color {STAYS}")
    ]
    assert shown("ROD")["color"] == "red"
    assert shown("ROD")["complete"] == 50
    back = pims("editProduct", sku="ROD", product_type="default", status=200)
    assert (back["version"], type_of(pims), "warnings" in back) == (3, "default", False)


def test_filters_follow(rod, pims) -> None:
    pims("editProduct", sku="ROD", product_type="bulb", status=200)
    for condition in ("[[product_type]] = 'bulb'", "[[complete]] = 50", "[[color]] = 'red'"):
        params = {"condition_query": condition}
        assert pims("getList", params=params, status=200)["sku_count"] == 1, condition
    params = {"condition_query": "[[product_type]] = 'default'"}
    assert pims("getList", params=params, status=200)["sku_count"] == 0


def test_a_dry_run_tells_what_it_would_leave_outside(rod, pims, unchanged) -> None:
    with unchanged():
        reply = pims("editProduct", sku="ROD", product_type="bulb", dry_run=True, status=200)
    assert reply["changes"] == {"old": {"product_type": "default"}, "new": {"product_type": "bulb"}}
    assert [one["attribute"] for one in reply["warnings"]] == ["color"]


def test_the_values_of_the_same_write_go_by_the_new_type(rod, pims, shown) -> None:
    values = {"attributes": {"color": "blue", "watts": "7"}}
    reply = pims("editProduct", sku="ROD", product_type="bulb", data=values, status=200)
    assert (shown("ROD")["color"], shown("ROD")["watts"]) == ("red", "7")
    messages = [one["message"] for one in reply["warnings"]]
    assert messages == [
        "color is not an attribute of the product type bulb: the value was ignored.",
        f"color {STAYS}",
    ]


def test_what_was_left_outside_can_be_unset(rod, pims, shown) -> None:
    values = {"attributes": {"color": None}}
    reply = pims("editProduct", sku="ROD", product_type="bulb", data=values, status=200)
    assert ("warnings" in reply, shown("ROD")["color"]) == (False, None)
    pims("editProduct", sku="ROD", product_type="default", data={"attributes": {"color": "red"}})
    pims("editProduct", sku="ROD", product_type="bulb", status=200)
    pims("editProduct", sku="ROD", data=values, status=200)
    assert shown("ROD")["color"] is None


def test_an_unknown_type_is_refused_with_the_nearest(rod, pims, unchanged) -> None:
    with unchanged():
        for action in ("editProduct", "saveProduct"):
            reply = pims(action, sku="ROD", product_type="blub", status=400)
            [error] = reply["errors"]
            assert (error["pointer"], error["nearest"]) == ("/product_type", "bulb")


def test_save_and_batch_change_it_too(rod, pims) -> None:
    pims("saveProduct", sku="ROD", product_type="bulb", status=200)
    assert type_of(pims) == "bulb"
    row = {"action": "editProduct", "sku": "ROD", "product_type": "default"}
    reply = pims("batch", actions=[row, row], status=200)
    assert [one["status"] for one in reply["rows"]] == ["updated", "unchanged"]
    assert type_of(pims) == "default"


def test_a_view_hears_only_of_what_it_shows(rod, pims, make_key) -> None:
    pims(
        "addPimView", path="/pim/manage/views", name="shop",
        attributes={"watts": {"transform": "Power"}}, status=200,
    )  # fmt: skip
    key = make_key("pim_editor", views=("shop",))
    reply = pims("editProduct", key=key, sku="ROD", product_type="bulb", status=200)
    assert "color" not in str(reply)


def test_history_tells_another_type(rod, pims, history) -> None:
    pims("editProduct", sku="ROD", product_type="bulb", status=200)
    assert history("ROD")[1:] == [({"product_type": "default"}, {"product_type": "bulb"})]
