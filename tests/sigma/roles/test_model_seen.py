"""What a View or a role hides of records is not there in the model either."""

import pytest

LIST = {
    "id": "ol-brand", "alias": "brands", "name": "Brands",
    "values": [{"id": "val-acme", "alias": "acme", "label": "Acme"}],
}  # fmt: skip


@pytest.fixture
def model(sigma, given_attribute, given_schema) -> str:
    """A schema with a color, a price (where there is a brand) and a brand of some list."""
    sigma("POST", "/option-lists", LIST, status=201)
    sigma("POST", "/option-lists", LIST | {"id": "ol-spare", "alias": "spare"}, status=201)
    brand = given_attribute("brand", "option", optionListId="ol-brand")
    color = given_attribute(
        "color", guards=[{"attributeId": "attr-brand", "operator": "isNotEmpty"}]
    )
    return str(given_schema("toys", given_attribute("price", "number"), brand, color))


@pytest.fixture
def narrow(pims, make_key, model):
    """Keys whose View shows title, status and color: `narrow("pim_user")`."""
    shown = {"attributes": {"title": {}, "status": {}, "color": {"transform": "Colour"}}}
    pims("addPimView", path="/pim/manage/views", name="narrow", **shown, status=200)
    return lambda *groups: make_key(*groups, views=("narrow",), default_view="narrow")


def test_a_key_finds_only_the_attributes_of_its_view(sigma, narrow, model) -> None:
    key = narrow("pim_user")
    listed = sigma("GET", "/attributes", status=200, key=key)
    assert [one["id"] for one in listed] == ["attr-sku", "attr-title", "attr-status", "attr-color"]
    assert listed[-1] == sigma("GET", "/attributes/attr-color", status=200, key=key)
    assert listed[-1]["guards"] == []
    for path in ("/attributes/attr-price", "/option-lists/ol-brand", "/option-lists/ol-spare"):
        told = sigma("GET", path, status=404, key=key)
        assert told["error"] == "NOT_FOUND"
    missing = sigma("GET", "/attributes/attr-nothing", status=404, key=key)
    assert missing["message"] == "Attribute 'attr-nothing' does not exist!"
    assert sigma("GET", "/option-lists", status=200, key=key) == []
    schema = sigma("GET", f"/schemas/{model}", status=200, key=key)
    assert [one["attributeIds"] for one in schema["attributeGroups"]] == [["attr-color"]]
    assert schema in sigma("GET", "/schemas", status=200, key=key)
    held = sigma("GET", f"/schemas/{model}/attributes", status=200, key=key)
    assert [one["id"] for one in held] == ["attr-color"]


def test_who_manages_the_model_sees_all_of_it(sigma, narrow, model) -> None:
    key = narrow("pim_user", "pim_manager")
    for path in ("/attributes", "/attributes/attr-price", "/option-lists", f"/schemas/{model}"):
        assert sigma("GET", path, status=200, key=key) == sigma("GET", path, status=200)
    body = {"alias": "price", "name": "Cost", "type": "number"}
    sigma("PUT", "/attributes/attr-price", body, status=200, key=key)


def test_states_of_workflows_name_no_attribute_that_is_hidden(sigma, narrow, model) -> None:
    sets = {"hidden": ["attr-price"], "required": ["attr-color", "attr-brand"], "readOnly": []}
    flow = {
        "id": "wf", "alias": "wf", "name": "Review", "defaultStateId": "new", "transitions": [],
        "states": [{"id": "new", "alias": "new", "name": "New"} | sets],
    }  # fmt: skip
    made = sigma("POST", "/workflows", flow, status=201)
    shown = sigma("GET", "/workflows/wf", status=200, key=narrow("pim_user"))
    assert shown["states"][0] | {"hidden": [], "required": ["attr-color"]} == shown["states"][0]
    assert sigma("GET", "/workflows", status=200, key=narrow("pim_user")) == [shown]
    manager = narrow("pim_user", "pim_manager")
    assert sigma("GET", "/workflows/wf", status=200, key=manager) == made


def test_categories_are_there_where_the_records_in_them_are(sigma, narrow, pims, make_key) -> None:
    body = {"id": "cat-hats", "alias": "hats", "name": "Hats"}
    sigma("POST", "/catalogs/cat-default/categories", body, status=201)
    key = narrow("pim_user")
    for path in (
        "/categories/cat-hats",
        "/categories/cat-hats/entities",
        "/catalogs/cat-default",
        "/catalogs/cat-default/tree",
    ):
        sigma("GET", path, status=404, key=key)
        sigma("GET", path, status=200, key=make_key("pim_user"))
    assert sigma("GET", "/catalogs", status=200, key=key) == []


def test_what_a_role_hides_is_not_in_its_schema(sigma, model, given_role, as_role) -> None:
    levels = {"attr-price": "hidden", "attr-brand": "hidden"}
    limits = [
        {"schemaId": one, "attributePermissions": levels} for one in (model, "schema-default")
    ]
    half = as_role(given_role("half", schemaPermissions=limits[:1]))
    for path in (f"/schemas/{model}", f"/schemas/{model}/attributes"):
        assert "attr-price" not in str(half("GET", path, status=200))
        assert "attr-color" in str(half("GET", path, status=200))
    half("GET", "/attributes/attr-price", status=200)  # other schemas show it
    blind = as_role(given_role("blind", schemaPermissions=limits))
    blind("GET", "/attributes/attr-price", status=404)
    blind("GET", "/option-lists/ol-brand", status=404)
    blind("GET", "/option-lists/ol-spare", status=200)
    manager = as_role(given_role("boss", canManageSchemas=True, schemaPermissions=limits))
    assert "attr-price" in str(manager("GET", f"/schemas/{model}", status=200))
