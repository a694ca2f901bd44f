"""pagination of getList."""

import pytest

from tests.pims.tool_shop import WITH_VARIATIONS, WITHOUT_VARIATIONS


def page(tool_shop, pagination, **params):
    reply = tool_shop("getList", params={"pagination": pagination} | params, status=200)
    assert reply["sku_count"] >= len(reply["products"])
    return [one["sku"] for one in reply["products"]], reply["sku_count"]


@pytest.mark.parametrize(
    ("case", "pagination", "skus"),
    [
        ("nothing said", {}, WITHOUT_VARIATIONS),
        ("first page", {"pageSize": 3}, WITHOUT_VARIATIONS[:3]),
        ("second page", {"pageSize": 3, "pageNum": 2}, WITHOUT_VARIATIONS[3:6]),
        ("last, shorter page", {"pageSize": 3, "pageNum": 3}, WITHOUT_VARIATIONS[6:]),
        ("past the end", {"pageSize": 3, "pageNum": 4}, []),
        ("far past the end", {"pageNum": 1_000_000}, []),
        ("largest page", {"pageSize": 500}, WITHOUT_VARIATIONS),
        ("smallest page", {"pageSize": 1, "pageNum": 7}, WITHOUT_VARIATIONS[-1:]),
        ("page_size, page_num", {"page_size": 2, "page_num": 2}, WITHOUT_VARIATIONS[2:4]),
        ("limit, page", {"limit": 2, "page": 2}, WITHOUT_VARIATIONS[2:4]),
        ("size", {"size": 2, "page": 3}, WITHOUT_VARIATIONS[4:6]),
        ("our name before another", {"pageSize": 1, "limit": 3}, WITHOUT_VARIATIONS[:1]),
    ],
)
def test_shows_the_page(tool_shop, case, pagination, skus) -> None:
    assert page(tool_shop, pagination) == (skus, 7)


@pytest.mark.parametrize(
    ("case", "params"),
    [
        ("default order", {}),
        ("ties", {"order": [{"attribute": "color"}]}),
        ("ties downwards", {"order": [{"attribute": "title", "direction": "DESC"}]}),
        ("search", {"search": "saw"}),
        ("filter", {"filter_values": {"color": "red|green|blue"}}),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 4])
def test_pages_neither_overlap_nor_leave_gaps(tool_shop, case, params, size) -> None:
    params = params | {"includeVariants": True}
    whole, count = page(tool_shop, {"pageSize": 500}, **params)
    assert len(whole) == count

    numbers = range(1, count // size + 2)
    pages = [page(tool_shop, {"pageSize": size, "pageNum": n}, **params) for n in numbers]

    assert [sku for skus, _ in pages for sku in skus] == whole
    assert {total for _, total in pages} == {count}


def test_a_page_has_24_products_when_nothing_is_said(pims, given_product) -> None:
    for number in range(26):
        given_product(f"P{number:02}")

    reply = pims("getList", status=200)

    assert [one["sku"] for one in reply["products"]] == [f"P{number:02}" for number in range(24)]
    assert reply["sku_count"] == 26


def test_counts_variations_when_they_are_asked_for(tool_shop) -> None:
    assert page(tool_shop, {"pageSize": 1}, includeVariants=True) == (["G1"], len(WITH_VARIATIONS))


@pytest.mark.parametrize("name", ["pageSize", "pageNum"])
@pytest.mark.parametrize("wrong", [0, -1, 1.5, "ten", "", True, [], {}])
def test_refuses_what_is_no_whole_number_in_range(tool_shop, name, wrong) -> None:
    reply = tool_shop("getList", params={"pagination": {name: wrong}}, status=400)

    [error] = reply["errors"]
    assert error["pointer"] == f"/params/pagination/{name}"
    assert "1 to" in error["message"]


def test_names_the_range_of_the_page_size(tool_shop) -> None:
    reply = tool_shop("getList", params={"pagination": {"pageSize": 501}}, status=400)

    assert [error["code"] for error in reply["errors"]] == ["range"]
    assert "1 to 500" in reply["status_message"]


def test_tells_every_fault_of_a_page(tool_shop) -> None:
    wrong = {"pagination": {"pageSize": 501, "pageNum": 0}}

    reply = tool_shop("getList", params=wrong, status=400)

    assert {error["pointer"] for error in reply["errors"]} == {
        "/params/pagination/pageSize",
        "/params/pagination/pageNum",
    }


@pytest.mark.parametrize("wrong", [[], "2", 5])
def test_refuses_a_pagination_that_is_no_object(tool_shop, wrong) -> None:
    reply = tool_shop("getList", params={"pagination": wrong}, status=400)

    assert [error["code"] for error in reply["errors"]] == ["type"]
