"""Reads as of a moment: what products were, under the names, Views and paths of today."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.pims.conftest import ATTRIBUTES, CATEGORIES
from tests.pims.past.conftest import Json, Pims, category, create, define, edit


def skus(pims: Pims, as_of: Any, **params: Any) -> list[str]:
    listed = pims("getList", status=200, params={"as_of": as_of, **params})
    return [one["sku"] for one in listed["products"]]


def shown(pims: Pims, sku: str, as_of: Any, **more: Any) -> Json:
    reply = pims("listProduct", status=200, sku=sku, params={"as_of": as_of}, **more)
    found: Json = reply["data"]["attributes"]
    return found


def test_a_product_is_shown_as_it_was(shop: Pims, last: Callable[[], int]) -> None:
    create(shop, "A", price="10", tags=["new"])
    first = last()
    edit(shop, "A", price="12", tags=["old"], note="Hello")
    second = last()
    reply = shop("listProduct", sku="A", params={"as_of": first})
    assert (reply["version"], reply["as_of"]["transaction"]) == (1, first)
    assert (
        reply["data"]["attributes"] | {"price": "10", "tags": ["new"], "note": None}
        == (reply["data"]["attributes"])
    )
    assert shown(shop, "A", second) == shown(shop, "A", last())
    assert shown(shop, "A", second)["price"] == "12"


def test_a_product_that_was_not_there_yet_is_absent(shop: Pims, last: Callable[[], int]) -> None:
    before = last()
    create(shop, "A")
    reply = shop("listProduct", status=404, sku="A", params={"as_of": before})
    assert reply["status_message"] == "Product does not exist!"
    found = shop("listProductsBySku", status=200, skus=["A"], params={"as_of": before})
    assert (found["products"], found["sku_count"]) == ([], 0)
    assert skus(shop, before, includeVariants=True, includeDeleted=True) == []


def test_before_the_first_transaction_there_is_nothing(shop: Pims) -> None:
    create(shop, "A")
    for moment in (0, "1999-01-01", "1999-01-01T00:00:00+01:00"):
        reply = shop("getList", status=200, params={"as_of": moment})
        assert reply["as_of"] == {"transaction": 0, "date": None}
        assert reply["sku_count"] == 0


def test_lists_speak_of_the_values_of_then(shop: Pims, last: Callable[[], int]) -> None:
    create(shop, "A", price="1", brand="Bosch", color="red", tags=["x"])
    create(shop, "B", price="2", brand="Makita", color="green", tags=["y"])
    create(shop, "C", price="3", brand="Bosch", color="red")
    then = last()
    edit(shop, "A", price="9", brand="Metabo", color="blue", tags=["y"])
    edit(shop, "B", price="0.5", brand="Bosch", color=None)
    create(shop, "D", price="1", brand="Bosch", color="red", tags=["x"])
    for params, found in (
        ({"filter_values": {"brand": "Bosch"}}, ["A", "C"]),
        ({"filter_values": {"price": "1;;2"}}, ["A", "B"]),
        ({"filter_values": {"color": "red"}}, ["A", "C"]),
        ({"filter_values": {"tags": "x"}}, ["A"]),
        ({"condition_query": "[[color]] IS NULL"}, []),
        ({"condition_query": "NOT [[price]] > 1"}, ["A"]),
        ({"condition_query": "[[brand]] LIKE 'M%'"}, ["B"]),
        ({"condition_query": "[[brand]] LIKE '%osc%'"}, ["A", "C"]),
        ({"condition_query": "NOT [[brand]] LIKE '%etab%'"}, ["A", "B", "C"]),
        ({"condition_query": "[[note]] IS NULL AND [[sku]] > 'A'"}, ["B", "C"]),
        ({"search": "bosch"}, ["A", "C"]),
        ({"search": "metabo"}, []),
        ({"order": [{"attribute": "price", "direction": "DESC"}]}, ["C", "B", "A"]),
        ({"order": [{"attribute": "brand"}, {"attribute": "price"}]}, ["A", "C", "B"]),
    ):
        assert skus(shop, then, **params) == found, params
        assert shop("getList", params={"as_of": then, **params})["sku_count"] == len(found)


def test_variations_and_the_matrix_are_those_of_then(shop: Pims, last: Callable[[], int]) -> None:
    create(shop, "P", variation_attributes=["color"], color="red")
    create(shop, "Q")
    create(shop, "P-1", variation_of="P", color="green")
    create(shop, "P-2", variation_of="P", color="blue")
    then = last()
    recorded = shop("getList", params={"includeVariants": True})["products"]
    edit(shop, "P-1", variation_of="Q", color="red")
    edit(shop, "P-2", status="deleted")
    edit(shop, "P", variation_attributes=[])
    create(shop, "P-3", variation_of="P")
    assert skus(shop, then, includeVariants=True) == ["P", "P-1", "P-2", "Q"]
    assert shop("getList", params={"as_of": then, "includeVariants": True})["products"] == recorded
    assert skus(shop, then) == ["P", "Q"]
    assert shown(shop, "P", then)["variation_skus"] == ["P-1", "P-2"]
    assert shown(shop, "P", last())["variation_skus"] == ["P-3"]
    assert shown(shop, "Q", then)["variation_skus"] == []


def test_paths_of_then_order_a_list_whatever_moved(shop: Pims, last: Callable[[], int]) -> None:
    for sku in ("A", "B", "C"):
        create(shop, sku)
        create(shop, f"{sku}1", variation_of=sku)
        create(shop, f"{sku}2", variation_of=f"{sku}1")
    then = last()
    edit(shop, "A1", variation_of="C")
    edit(shop, "C1", variation_of=None)
    edit(shop, "B", variation_of="A")
    wanted = ["A", "A1", "A2", "B", "B1", "B2", "C", "C1", "C2"]
    assert skus(shop, then, includeVariants=True) == wanted
    for size in (1, 2, 4, 5):
        paged = [
            skus(shop, then, includeVariants=True, pagination={"pageSize": size, "pageNum": page})
            for page in range(1, 11)
        ]
        assert [sku for page in paged for sku in page] == wanted
        assert walked(shop, then, size) == wanted
    assert skus(shop, last(), includeVariants=True) == [
        "A", "B", "B1", "B2", "C", "A1", "A2", "C1", "C2"
    ]  # fmt: skip


def walked(pims: Pims, as_of: Any, size: int, **params: Any) -> list[str]:
    """All pages of a list by its cursors."""
    found, after = [], ""
    while after is not None:
        params |= {"as_of": as_of, "after": after, "pagination": {"pageSize": size}}
        reply = pims("getList", status=200, params={"includeVariants": True, **params})
        found += [one["sku"] for one in reply["products"]]
        after = reply.get("next")
    return found


def test_a_cursor_stays_at_the_moment_of_its_first_page(shop: Pims, last: Callable) -> None:
    for sku in ("A", "B", "C", "D"):
        create(shop, sku, price="1")
    for order in ([], [{"attribute": "price"}], [{"attribute": "sku", "direction": "DESC"}]):
        params = {"order": order, "pagination": {"pageSize": 2}, "as_of": "2999-01-01"}
        first = shop("getList", status=200, params={**params, "after": ""})
        rest = {"A", "B", "C", "D"} - {one["sku"] for one in first["products"]}
        create(shop, f"B{len(order)}{bool(order and 'direction' in order[0])}", price="1")
        for one in sorted(rest):
            edit(shop, one, status="deleted" if one == "D" else "inactive", price=str(last()))
        for as_of in ({"as_of": "2999-01-01"}, {"as_of": first["as_of"]["transaction"]}, {}):
            again = {name: value for name, value in params.items() if name != "as_of"} | as_of
            second = shop("getList", status=200, params={**again, "after": first["next"]})
            assert {one["sku"] for one in second["products"]} == rest
            assert second["as_of"] == first["as_of"]
            assert "next" not in second
        for one in sorted(rest):
            edit(shop, one, status="active", price="1")
        for one in skus(shop, last()):
            if len(one) > 1:
                edit(shop, one, status="deleted")


def test_cursors_of_another_moment_are_refused(shop: Pims, last: Callable[[], int]) -> None:
    for sku in ("A", "B"):
        create(shop, sku)
    moment = last()
    page = {"pagination": {"pageSize": 1}}
    now = shop("getList", params={"after": "", **page})["next"]
    then = shop("getList", params={"after": "", "as_of": moment, **page})["next"]
    create(shop, "C")
    for after, as_of in (
        (now, moment),
        (then, moment - 1),
        (then, moment + 1),
        (then, "2001-01-01"),
    ):
        reply = shop("getList", status=400, params={"after": after, "as_of": as_of, **page})
        assert reply["errors"][0]["code"] == "range"
        assert reply["errors"][0]["pointer"] == "/params/after"


@pytest.mark.parametrize(
    "moment",
    [-1, 10**6, 10**39, 1.5, "12", "", "yesterday", "2024-02-30", "2024-02-13T10:00:00", True,
     [], {}, [1], "2024-13-01T00:00:00Z", "0000-01-01", "99999-01-01", "2024-02-13T25:00:00Z",
     "\uff11"],
)  # fmt: skip
@pytest.mark.parametrize("action", ["listProduct", "listProductsBySku", "getList"])
def test_what_is_no_moment_is_refused(pims: Pims, action: str, moment: Any) -> None:
    body = {"skus": ["A"]} if action == "listProductsBySku" else {}
    reply = pims(action, status=400, params={"as_of": moment}, **body)
    assert [(one["code"], one["pointer"]) for one in reply["errors"]] == [
        ("range", "/params/as_of")
    ]


@pytest.mark.parametrize(
    "moment", ["0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
)
def test_times_at_the_ends_of_the_calendar_are_taken(pims: Pims, moment: str) -> None:
    reply = pims("getList", status=200, params={"as_of": moment})
    assert (reply["as_of"]["transaction"] == 0) == moment.startswith("0001")


def test_a_time_means_the_last_transaction_not_later(
    shop: Pims, last: Callable[[], int], database: Any
) -> None:
    from sqlalchemy import select, update

    from pims_api.storage.tables import transaction

    for sku in ("A", "B", "C", "D"):
        create(shop, sku)
    number = last()
    day = 1_700_006_400_000_000  # 2023-11-15T00:00:00Z
    with database.writing() as connection:
        at = {number - 3: day - 1, number - 2: day, number - 1: day, number: day + 500_000}
        connection.execute(
            update(transaction).where(transaction.c.sequence <= number - 4).values(at=1)
        )
        for sequence, moment in at.items():
            mine = transaction.c.sequence == sequence
            connection.execute(update(transaction).where(mine).values(at=moment))
        connection.commit()
        assert connection.scalar(select(transaction.c.at).where(transaction.c.sequence == number))
    for moment, wanted in (
        ("2023-11-15", number),
        ("2023-11-14T23:59:58Z", number - 4),
        ("2023-11-14T23:59:59Z", number - 3),
        ("2023-11-14T23:59:59.0Z", number - 3),
        ("2023-11-14T23:59:59.999998Z", number - 4),
        ("2023-11-14T23:59:59.999999Z", number - 3),
        ("2023-11-15T00:00:00.4Z", number - 1),
        ("2023-11-15T00:00:00.49Z", number - 1),
        ("2023-11-15T00:00:00.5Z", number),
        ("2023-11-15T00:00:00.000001Z", number - 1),
        ("2023-11-15T01:00:00+01:00", number),
        ("2023-11-15T00:00+01:00", number - 4),
        ("2030-01-01", number),
    ):
        assert shop("listProduct", params={"as_of": moment})["as_of"]["transaction"] == wanted


def test_categories_are_those_of_then_under_the_paths_of_today(
    shop: Pims, last: Callable[[], int]
) -> None:
    tools, garden = category(shop, "Tools"), category(shop, "Garden")
    create(shop, "A", categories=["Tools"])
    create(shop, "B", categories=["Garden", "Tools"])
    then = last()
    edit(shop, "A", categories=["Garden"])
    shop("editCategory", path=CATEGORIES, status=200, id=tools, name="Machines")
    assert shown(shop, "A", then)["categories"] == ["Machines"]
    assert skus(shop, then, cat_id=tools) == ["A", "B"]
    assert skus(shop, then, cat_id=garden) == ["B"]
    assert skus(shop, then, filter_values={"categories": "Machines"}) == ["A", "B"]
    shop("deleteCategory", path=CATEGORIES, status=200, id=tools, force=True)
    assert shown(shop, "A", then)["categories"] == ["Machines"]
    shop("getList", status=404, params={"as_of": then, "cat_id": tools})
    shop("addCategory", path=CATEGORIES, status=200, name="Machines")
    assert skus(shop, then, cat_id=category(shop, "Machines")) == []


def test_what_a_view_hides_now_is_hidden_then_too(
    shop: Pims, last: Callable[[], int], make_key: Callable[..., str]
) -> None:
    create(shop, "A", color="red", price="1")
    create(shop, "B", color="green", price="2", variation_of="A")
    then = last()
    edit(shop, "A", color="green", price="3")
    edit(shop, "B", color="red", price="4", variation_of=None)
    shop(
        "addPimView",
        path="/pim/manage/views",
        status=200,
        name="reds",
        condition_query="[[color]] = 'red'",
        attributes={"price": {"transform": "cost"}, "variation_of": {}, "variation_skus": {}},
    )
    key = make_key("pim_user", views=("reds",), default_view="reds")
    listed = shop("getList", status=200, key=key, params={"as_of": then, "includeVariants": True})[
        "products"
    ]
    assert [(one["sku"], one["data"]["attributes"]) for one in listed] == [
        ("B", {"sku": "B", "cost": "2", "variation_of": None, "variation_skus": []})
    ]
    shop("listProduct", status=404, key=key, sku="A", params={"as_of": then})
    assert shown(shop, "B", then, key=key)["cost"] == "2"
    found = shop("listProductsBySku", key=key, skus=["A", "B"], params={"as_of": then})
    assert [one["sku"] for one in found["products"]] == ["B"]


def test_deleted_and_new_attributes(shop: Pims, last: Callable[[], int]) -> None:
    create(shop, "A", note="old", brand="Bosch")
    then = last()
    shop("deleteAttribute", path=ATTRIBUTES, status=200, name="note")
    assert "note" not in shown(shop, "A", then)
    define(shop, "note", type="string", isFilterable="y")
    edit(shop, "A", note="new")
    assert shown(shop, "A", then)["note"] is None
    assert skus(shop, then, filter_values={"note": "new"}) == []
    assert skus(shop, then, condition_query="[[note]] IS NULL") == ["A"]


def test_values_of_an_attribute_that_got_another_type(shop: Pims, last: Callable[[], int]) -> None:
    create(shop, "A", note="about 5")
    create(shop, "B", note="7")
    then = last()
    edit(shop, "A", note="5")
    define(shop, "note", "editAttribute", type="number", isFilterable="y")
    assert shown(shop, "A", then)["note"] is None
    assert shown(shop, "B", then)["note"] == "7"
    assert skus(shop, then, condition_query="[[note]] > 1") == ["B"]
    assert skus(shop, then, order=[{"attribute": "note"}]) == ["B", "A"]
    assert skus(shop, last(), condition_query="[[note]] > 1") == ["A", "B"]


def test_deleted_products_are_what_they_were(shop: Pims, last: Callable[[], int]) -> None:
    create(shop, "A")
    create(shop, "B", status="deleted")
    then = last()
    edit(shop, "A", status="deleted")
    edit(shop, "B", status="active")
    assert skus(shop, then) == ["A"]
    assert skus(shop, then, includeDeleted=True) == ["A", "B"]
    found = shop("listProductsBySku", skus=["A", "B"], params={"as_of": then})["products"]
    assert [one["sku"] for one in found] == ["A"]


def test_system_fields_and_completeness(shop: Pims, last: Callable[[], int]) -> None:
    define(shop, "done", type="completeness", isFilterable="y")
    shop("editProductType", path=ATTRIBUTES, status=200, name="default", required=["note", "brand"])
    create(shop, "A", note="x")
    then = last()
    at = shop("listProduct", sku="A", params={"system": True})["updated"]
    edit(shop, "A", brand="Bosch")
    assert shown(shop, "A", then)["done"] == 50
    assert skus(shop, then, condition_query="[[done]] = 50") == ["A"]
    assert skus(shop, then, condition_query="[[done]] = 100") == []
    reply = shop("listProduct", sku="A", params={"as_of": then, "system": True, "missing": True})
    assert (reply["updated"], reply["missing"]) == (at, ["brand"])
    assert skus(shop, then, condition_query=f"[[updated]] = '{at}'") == ["A"]
    assert skus(shop, last(), condition_query=f"[[updated]] = '{at}'") == []
    shop("editProductType", path=ATTRIBUTES, status=200, name="default", required=["price"])
    assert shown(shop, "A", then)["done"] == 0


def test_a_list_explains_itself_as_of_then(shop: Pims, last: Callable[[], int]) -> None:
    create(shop, "A", price="1")
    then = last()
    edit(shop, "A", price="9")
    params = {"as_of": then, "condition_query": "[[price]] < 5", "explain": True}
    reply = shop("getList", status=200, params=params | {"explain_sku": "A"})
    assert reply["sku_count"] == 1
    assert reply["explain_sku"]


def test_inherited_values_come_from_the_parents_of_then(
    shop: Pims, last: Callable[[], int]
) -> None:
    held = ["title", "note", "status", "categories", "variation_of"]
    shop("addProductType", path=ATTRIBUTES, status=200, name="rod", inherit=True, attributes=held)
    create(shop, "P", note="of P")
    create(shop, "Q", note="of Q")
    for sku, parent in (("P-1", "P"), ("P-1-1", "P-1")):
        attributes = {"variation_of": parent}
        shop("createProduct", status=200, sku=sku, product_type="rod",
             data={"attributes": attributes})  # fmt: skip
    then = last()
    edit(shop, "P-1", variation_of="Q")
    edit(shop, "P", note="later", variation_of="Q")
    for sku in ("P-1", "P-1-1"):
        params = {"as_of": then, "resolved": True}
        reply = shop("listProduct", status=200, sku=sku, params=params)
        assert reply["data"]["attributes"]["note"] == "of P"
        assert reply["inherited"] == ["note"]
    create(shop, "Z", note="of Z")
    later = last()
    edit(shop, "Q", variation_of="Z", note=None)
    reply = shop("listProduct", sku="P-1-1", params={"as_of": later, "resolved": True})
    assert reply["data"]["attributes"]["note"] == "of Q"
