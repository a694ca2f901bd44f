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


def test_a_complex_value_is_locked_by_a_state_like_any_other(
    sigma, given_attribute, given_schema
) -> None:
    parts = given_attribute("parts", "complex")
    states = [{"id": "open"}, {"id": "closed", "readOnly": [parts]}]
    ways = [{"fromStateId": "open", "toStateId": "closed"}]
    body = {"id": "wf-sets", "alias": "sets", "name": "Sets", "states": states}
    sigma("POST", "/workflows", body | {"transitions": ways}, status=201)
    schema = given_schema("sets", parts, workflowId="wf-sets")
    values = {"parts": everywhere({"a": [1.5, None]})}
    record = sigma("POST", "/records", {"schemaId": schema, "values": values}, status=201)["id"]
    sigma("PUT", f"/records/{record}", {"values": {}}, status=200)
    sigma("PUT", f"/records/{record}", {"values": values}, status=200)

    sigma("POST", f"/records/{record}/transition", {"toStateId": "closed"}, status=200)
    assert sigma("PUT", f"/records/{record}", {"values": values}, status=200)["values"] == values
    assert sigma("PUT", f"/records/{record}", {"values": {}}, status=200)["values"] == values
    told = sigma("PUT", f"/records/{record}", {"values": {"parts": everywhere({})}}, status=400)
    assert told["message"] == "parts cannot be written in the state closed!"
