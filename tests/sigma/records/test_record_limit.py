"""How many products a tenant may have, whichever face, batch or import creates them."""

from dataclasses import replace

import pytest

from tests.sigma.conftest import everywhere

FULL = "There are 3 records, as many as may be: delete some first!"
LIMIT = {"error": "LIMIT_EXCEEDED", "message": FULL}


@pytest.fixture
def at_most_three(database, sigma, given_attribute, given_schema):
    """A tenant that may have three products; its schema."""
    schema = given_schema("things", given_attribute("sku"), given_attribute("weight", "number"))
    database.settings = replace(database.settings, products_max=3)
    return schema


def body_of(schema, **values):
    return {"schemaId": schema, "values": {one: everywhere(v) for one, v in values.items()}}


def test_records_and_variants_count_and_deleted_ones_do_not(at_most_three, sigma) -> None:
    record = sigma("POST", "/records", body_of(at_most_three), status=201)["id"]
    variants = f"/records/{record}/variants"
    first = sigma("POST", variants, {"values": {}}, status=201)["id"]
    sigma("POST", "/records", body_of(at_most_three), status=201)
    assert sigma("POST", "/records", body_of(at_most_three), status=422) == LIMIT
    assert sigma("POST", variants, {"values": {}}, status=422) == LIMIT
    sigma("PUT", f"/records/{record}", {"values": {"weight": everywhere(1)}}, status=200)
    sigma("DELETE", f"{variants}/{first}", status=204)
    sigma("POST", variants, {"values": {}}, status=201)
    assert sigma("POST", "/records", body_of(at_most_three), status=422) == LIMIT
    sigma("DELETE", f"/records/{record}", status=204)
    for _ in range(2):
        sigma("POST", "/records", body_of(at_most_three), status=201)
    assert sigma("POST", "/records", body_of(at_most_three), status=422) == LIMIT
    assert sigma("GET", "/records", status=200)["total"] == 3


def test_a_sku_that_is_taken_is_told_first(at_most_three, sigma) -> None:
    for sku in ("A", "B", "C"):
        sigma("POST", "/records", body_of(at_most_three, sku=sku), status=201)
    answer = sigma("POST", "/records", body_of(at_most_three, sku="A"), status=409)
    assert answer["error"] == "CONFLICT"


def test_rows_beyond_it_are_refused(at_most_three, sigma, pims) -> None:
    rows = [{"SKU": one} for one in "ABCDE"]
    body = {"schemaId": at_most_three, "columnMapping": {"SKU": "sku"}, "rows": rows}
    told = sigma("POST", "/import/execute", body, status=200)
    assert told == {
        "created": 3, "updated": 0, "failed": 2,
        "errors": [{"row": 4, "message": FULL}, {"row": 5, "message": FULL}],
    }  # fmt: skip
    actions = [{"action": "createProduct", "sku": one} for one in ("A", "F")]
    rows = pims("batch", actions=actions)["rows"]
    assert [row["errors"][0]["code"] for row in rows] == ["exists", "limit"]


def test_pims_says_so_in_its_words(at_most_three, pims) -> None:
    for sku in "ABC":
        pims("createProduct", sku=sku, status=200)
    reply = pims("createProduct", sku="D", status=400)
    assert reply["errors"] == [{"code": "limit", "message": FULL.replace("records", "products")}]
    assert pims("saveProduct", sku="D", status=400)["errors"][0]["code"] == "limit"
    pims("editProduct", sku="A", data={"attributes": {"status": "deleted"}}, status=200)
    pims("createProduct", sku="D", status=200)
    pims("createProduct", sku="E", status=400)
    pims("editProduct", sku="A", data={"attributes": {"status": "active"}}, status=200)


def test_without_the_setting_nothing_is_counted(sigma, pims, queries) -> None:
    pims("createProduct", sku="A", status=200)
    with queries() as sent:
        pims("createProduct", sku="B", status=200)
    assert not any("count(" in one for one in sent)
