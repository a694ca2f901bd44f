"""Complex values are JSON here, digit for digit, and read-only text in PIMS."""

from tests.sigma.conftest import everywhere


def test_a_complex_value_is_text_in_pims_that_nobody_writes(
    sigma, pims, given_attribute, given_schema
) -> None:
    schema = given_schema("sets", given_attribute("parts", "complex"))
    record = sigma(
        "POST",
        "/records",
        {"schemaId": schema, "values": {"parts": everywhere({"a": [1.5, None]})}},
        status=201,
    )
    assert record["values"] == {"parts": everywhere({"a": [1.5, None]})}

    params = {"definition": False, "attributes": ["parts"]}
    told = pims("listProduct", sku=record["id"], params=params, status=200)
    assert told["data"]["attributes"]["parts"] == '{"a":[1.5,null]}'
    told = pims("editProduct", sku=record["id"], data={"attributes": {"parts": "{"}}, status=200)
    assert [one["code"] for one in told["warnings"]] == ["read_only"]
    assert sigma("GET", f"/records/{record['id']}", status=200) == record
