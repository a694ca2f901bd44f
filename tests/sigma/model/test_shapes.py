"""What an attribute says of its links and of its complex values."""

import pytest

from tests.databases.fresh import on_one_engine
from tests.sigma.conftest import everywhere

FIELDS = [{"name": "width", "type": "number", "max": 1.50}, {"name": "unit", "type": "text"}]


@pytest.fixture
def shoes(given_attribute, given_schema) -> str:
    return str(given_schema("shoes", given_attribute("label")))


def record(sigma, schema: str, status: int = 201, **values):
    sent = {alias: everywhere(value) for alias, value in values.items()}
    return sigma("POST", "/records", {"schemaId": schema, "values": sent}, status=status)


def test_fields_of_complex_values_are_kept(sigma, given_attribute, pims) -> None:
    size = given_attribute("size", "complex", fields=FIELDS)
    shown = sigma("GET", f"/attributes/{size}", status=200)
    assert shown["fields"] == FIELDS
    sent = {"name": "size", "definition": {"label": {"en-us": "Measure"}}}
    pims("editAttribute", path="/pim/manage/attributes", **sent, status=200)
    shown |= {"name": "Measure"}
    assert sigma("GET", f"/attributes/{size}", status=200) == shown
    left = {name: value for name, value in shown.items() if name != "fields"}
    assert sigma("PUT", f"/attributes/{size}", left, status=200) == left
    again = sigma("PUT", f"/attributes/{size}", left | {"fields": {"a": {}}}, status=200)
    assert again["fields"] == {"a": {}}


def test_links_lead_to_the_target_schema(sigma, given_attribute, given_schema, shoes) -> None:
    twin = given_attribute("twin", "relation", targetSchemaId=shoes, multiple=True)
    assert sigma("GET", f"/attributes/{twin}", status=200)["targetSchemaId"] == shoes
    hats = given_schema("hats", twin)
    shoe, hat = record(sigma, shoes, label="A")["id"], record(sigma, hats)["id"]
    record(sigma, hats, twin=[shoe])
    told = record(sigma, hats, twin=[shoe, hat], status=400)
    assert told == {
        "error": "VALIDATION_ERROR",
        "message": "twin must be a record of the schema shoes!",
    }
    body = {"scopedValues": everywhere([hat])}
    sigma("PATCH", f"/records/{hat}/values/twin", body, status=400)  # to itself, too
    sigma("PATCH", f"/records/{hat}/values/twin", {"scopedValues": everywhere([shoe])}, status=200)


def test_a_target_schema_that_is_gone_holds_nobody_to_it(
    sigma, given_attribute, given_schema, shoes
) -> None:
    twin = given_attribute("twin", "relation", targetSchemaId=shoes)
    sigma("DELETE", f"/schemas/{shoes}", status=204)
    assert "targetSchemaId" not in sigma("GET", f"/attributes/{twin}", status=200)
    hats = given_schema("hats", twin)
    record(sigma, hats, twin=record(sigma, hats)["id"])


@on_one_engine
@pytest.mark.parametrize("value", [{"url": 5}, {"url": None}, {"url": ["https://x.example"]}, 5])
def test_a_media_object_has_a_url_that_is_text(sigma, given_attribute, given_schema, value) -> None:
    hats = given_schema("hats", given_attribute("image", "media"))
    told = record(sigma, hats, image=value, status=400)
    assert "it must be a URL, or an object with a url!" in told["message"]
    assert sigma("GET", "/records", status=200)["total"] == 0


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            {"type": "relation", "targetSchemaId": "schema-x"},
            "There is no schema 'schema-x'!",
        ),
        (
            {"type": "text", "targetSchemaId": "schema-default"},
            "Only a relation has a targetSchemaId!",
        ),
        (
            {"type": "text", "fields": FIELDS},
            "Only complex has fields, which are a list or an object!",
        ),
        (
            {"type": "complex", "fields": "width"},
            "Only complex has fields, which are a list or an object!",
        ),
    ],
)
def test_what_does_not_fit_is_refused(sigma, more, message) -> None:
    body = {"id": "attr-a", "alias": "a", "name": "A"} | more
    assert sigma("POST", "/attributes", body, status=400) == {
        "error": "VALIDATION_ERROR",
        "message": message,
    }
    sigma("GET", "/attributes/attr-a", status=404)


@on_one_engine
def test_a_schema_has_each_attribute_once(sigma, given_attribute, given_schema) -> None:
    """Whether it is in one group or in two."""
    price, size = given_attribute("price", "number"), given_attribute("size")
    given_schema("apparel", price)

    def refused(method: str, path: str, *groups: list[str]) -> str:
        sent = [{"id": str(n), "name": "G", "attributeIds": ids} for n, ids in enumerate(groups)]
        body = {"alias": "apparel", "name": "A", "variantEnabled": True, "attributeGroups": sent}
        told = sigma(method, path, body, status=400)
        assert told["error"] == "VALIDATION_ERROR"
        assert "details" not in told
        return told["message"]

    told = refused("POST", "/schemas", [price, size, price])
    assert (
        told == "/attributeGroups/0/attributeIds/2 names 'attr-price' again: a schema has it once!"
    )
    told = refused("PUT", "/schemas/schema-apparel", [price], [size, price])
    assert (
        told == "/attributeGroups/1/attributeIds/1 names 'attr-price' again: a schema has it once!"
    )
    (group,) = sigma("GET", "/schemas/schema-apparel", status=200)["attributeGroups"]
    assert group["attributeIds"] == [price]
