"""Option lists: values with labels, colours and parents, used by any number of attributes."""

import pytest

from tests.databases.fresh import on_one_engine
from tests.sigma.conftest import everywhere

COLORS = {
    "id": "ol-colors",
    "alias": "colors",
    "name": "Colors",
    "hierarchical": True,
    "values": [
        {"id": "val-navy", "alias": "navy", "label": "Navy", "sortOrder": 2, "parentId": "val-blue",
         "color": "#000080"},
        {"id": "val-blue", "alias": "blue", "label": "Blue", "sortOrder": 1},
    ],
}  # fmt: skip


@pytest.fixture
def colors(sigma) -> dict:
    return sigma("POST", "/option-lists", COLORS, status=201)


def test_a_list_comes_back_with_its_values_in_their_order(sigma, colors) -> None:
    assert colors == COLORS | {"values": COLORS["values"][::-1]}
    assert sigma("GET", "/option-lists/ol-colors", status=200) == colors
    assert sigma("GET", "/option-lists", status=200) == [colors]


def test_values_are_added_replaced_and_taken_away(sigma, colors) -> None:
    sky = {"id": "val-sky", "alias": "sky", "label": "Sky", "sortOrder": 3, "parentId": "val-blue"}
    assert sigma("POST", "/option-lists/ol-colors/values", sky, status=201) == sky

    azure = sky | {"alias": "azure", "label": "Azure"}
    address = "/option-lists/ol-colors/values/val-sky"
    assert sigma("PUT", address, azure, status=200) == azure

    told = sigma("DELETE", "/option-lists/ol-colors/values/val-blue", status=409)
    assert told["message"] == "There are options below blue: remove them first!"
    sigma("DELETE", address, status=204)
    sigma("DELETE", address, status=404)
    assert sigma("GET", "/option-lists/ol-colors", status=200) == colors


def test_records_take_ids_and_aliases_and_show_ids(
    sigma, pims, colors, given_attribute, given_schema
) -> None:
    color = given_attribute("color", "option", optionListId="ol-colors")
    trim = given_attribute("trim", "option", optionListId="ol-colors", multiple=True)
    schema = given_schema("coats", color, trim)
    values = {"color": everywhere("val-navy"), "trim": everywhere(["blue", "val-navy"])}

    record = sigma("POST", "/records", {"schemaId": schema, "values": values}, status=201)

    assert record["values"] == {
        "color": everywhere("val-navy"),
        "trim": everywhere(["val-blue", "val-navy"]),
    }
    sigma(
        "PUT",
        "/option-lists/ol-colors/values/val-navy",
        {"alias": "marine", "label": "Marine"},
        status=200,
    )
    told = pims("listProduct", sku=record["id"], params={"definition": False}, status=200)
    assert told["data"]["attributes"]["color"] == "marine"
    assert told["data"]["attributes"]["trim"] == ["blue", "marine"]
    told = pims(
        "getList",
        params={"filter_values": {"color": "marine"}, "definition": False, "attributes": ["color"]},
        status=200,
    )
    assert told["sku_count"] == 1
    sigma("DELETE", "/option-lists/ol-colors", status=409)


def test_a_dictionary_of_pims_is_a_list_here(sigma, pims) -> None:
    definition = {
        "type": "dropdown",
        "label": {"en-us": "Size"},
        "dictionary": {"columns": ["value"], "data": ["S", "M"]},
    }
    pims(
        "addAttribute",
        path="/pim/manage/attributes",
        name="size",
        definition=definition,
        status=200,
    )
    assert sigma("GET", "/option-lists", status=200) == [
        {
            "id": "ol-size",
            "alias": "size",
            "name": "size",
            "hierarchical": False,
            "values": [
                {"id": "val-S", "alias": "S", "label": "S", "sortOrder": 0},
                {"id": "val-M", "alias": "M", "label": "M", "sortOrder": 1},
            ],
        }
    ]


@on_one_engine
@pytest.mark.parametrize(
    ("value", "status", "message"),
    [
        ({"alias": "navy"}, 409, "There is an option navy already!"),
        ({"id": "val-navy", "alias": "x"}, 409, "There is an option val-navy already!"),
        ({"alias": ""}, 400, "alias cannot be empty!"),
        ({"alias": "x", "color": "blue"}, 400, "A color is written #rrggbb!"),
        ({"alias": "x", "parentId": "val-none"}, 400, "The parent must be another option of"),
        ({"alias": "x", "sortOrder": "1"}, 400, "sortOrder must be a whole number from"),
    ],
)
def test_what_is_no_value_is_refused(sigma, colors, value, status, message) -> None:
    told = sigma("POST", "/option-lists/ol-colors/values", value, status=status)
    assert told["message"].startswith(message)
    assert sigma("GET", "/option-lists", status=200) == [colors]
    parent = {"alias": "blue", "parentId": "val-navy"}
    told = sigma("PUT", "/option-lists/ol-colors/values/val-blue", parent, status=400)
    assert told["message"].startswith("The parent must be another option")
