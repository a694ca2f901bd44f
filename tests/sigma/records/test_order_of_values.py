"""Scoped values come back in the order in which they were sent."""

from itertools import permutations

import pytest

from tests.sigma.conftest import everywhere, in_segment
from tests.sigma.routes.shop import LANGUAGE

ENTRIES = [*everywhere("A"), in_segment("seg-en", "B"), in_segment("seg-da", "C")]


@pytest.fixture
def record(sigma, given_attribute, given_schema) -> str:
    """The id of a record with one value of `name`, in Danish."""
    sigma("POST", "/dimensions", LANGUAGE, status=201)
    schema = given_schema("rod", given_attribute("name", dimensionIds=["dim-language"]))
    body = {"schemaId": schema, "values": {"name": [in_segment("seg-da", "Z")]}}
    return str(sigma("POST", "/records", body, status=201)["id"])


def test_in_every_order(sigma, record) -> None:
    address = f"/records/{record}"
    for entries in map(list, permutations(ENTRIES)):
        told = sigma("PATCH", f"{address}/values/name", {"scopedValues": entries}, status=200)
        assert told["values"]["name"] == entries
        assert sigma("GET", address, status=200)["values"]["name"] == entries
        (listed,) = sigma("GET", "/records", status=200)["items"]
        assert listed["values"]["name"] == entries


def test_also_of_a_variant_and_of_a_whole_record(sigma, record) -> None:
    body = {"values": {"name": ENTRIES}}
    made = sigma("POST", f"/records/{record}/variants", body, status=201)["id"]
    for address in (f"/records/{record}", f"/records/{record}/variants/{made}"):
        for entries in (ENTRIES[::-1], ENTRIES[1:], [ENTRIES[2], ENTRIES[0]]):
            told = sigma("PUT", address, {"values": {"name": entries}}, status=200)
            assert (
                told["values"] == {"name": entries} == sigma("GET", address, status=200)["values"]
            )


def test_another_order_alone_is_no_change(sigma, pims, record) -> None:
    address = f"/records/{record}/values/name"
    sigma("PATCH", address, {"scopedValues": ENTRIES}, status=200)
    before = sigma("GET", f"/records/{record}/audit", status=200)
    sigma("PATCH", address, {"scopedValues": ENTRIES[::-1]}, status=200)
    assert sigma("GET", f"/records/{record}/audit", status=200) == before
    told = pims("listProduct", sku=record, locale="da", status=200)
    assert (told["data"]["attributes"]["name"], told["version"]) == ("C", 2)
    changed = {"attributes": {"name": "D"}}
    pims("editProduct", sku=record, data=changed, locale="da", status=200)
    shown = sigma("GET", f"/records/{record}", status=200)["values"]["name"]
    assert [one["value"] for one in shown] == ["D", "B", "A"]
