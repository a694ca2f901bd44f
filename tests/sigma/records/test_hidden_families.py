"""What is below a record or variant that a View leaves out is not there either."""

import pytest

from tests.sigma.conftest import everywhere


@pytest.fixture
def family(sigma, apparel) -> dict[str, str]:
    """The ids of a record TOP, its variants MID and SIDE, and LOW below MID; and of LONE."""
    made: dict[str, str] = {}
    for sku, parent in (("TOP", ""), ("MID", "TOP"), ("LOW", "MID"), ("SIDE", "TOP"), ("LONE", "")):
        body = {"values": {"sku": everywhere(sku), "product-name": everywhere(f"A {sku}")}}
        path = f"/records/{made['TOP']}/variants" if parent else "/records"
        body |= {"parentId": made[parent]} if parent else {"schemaId": apparel}
        made[sku] = sigma("POST", path, body, status=201)["id"]
    return made


@pytest.fixture
def seen_without(sigma, pims, make_key, family):
    """`seen_without("MID")`: `sigma` for a key whose View leaves out the product of that SKU."""

    def of(sku: str):
        view = {"name": sku, "condition_query": f"[[sku]] <> '{sku}'"}
        view["attributes"] = {"sku": {}, "product-name": {}}
        pims("addPimView", path="/pim/manage/views", status=200, **view)
        key = make_key("pim_user", "pim_editor", views=(sku,))
        return lambda *asked, status: sigma(*asked, status=status, key=key)

    return of


def skus_in(page) -> list[str]:
    found = page["items"] if isinstance(page, dict) else page
    return [one["values"]["sku"][0]["value"] for one in found]


def test_a_variant_of_a_hidden_record_is_in_no_list(sigma, seen_without, family) -> None:
    sigma("POST", "/catalogs/cat-default/categories", {"id": "cat-a", "name": "A"}, status=201)
    sigma("POST", "/categories/cat-a/assign", {"entityIds": list(family.values())}, status=200)
    ask = seen_without("TOP")
    for path in ("/records", "/search/text?q=a", "/export"):
        told = ask("GET", path, status=200)
        assert skus_in(told) == ["LONE"], path
    assert skus_in(ask("POST", "/search", {}, status=200)) == ["LONE"]
    assert ask("GET", "/variants", status=200)["total"] == 0
    entities = ask("GET", "/audit?limit=500", status=200)["items"]
    assert {one["entityId"] for one in entities} == {family["LONE"]}
    address = f"/records/{family['TOP']}/variants"
    for path in (address, f"{address}/{family['MID']}", f"{address}/{family['LOW']}/resolved"):
        assert ask("GET", path, status=404)["error"] == "NOT_FOUND"


def test_a_variant_of_a_deleted_record_is_in_no_list(sigma, pims, family) -> None:
    sigma("POST", "/catalogs/cat-default/categories", {"id": "cat-a", "name": "A"}, status=201)
    sigma("POST", "/categories/cat-a/assign", {"entityIds": list(family.values())}, status=200)
    entities = "/categories/cat-a/entities?includeVariants=true"
    for sku, left in (("MID", ["LONE", "TOP", "SIDE"]), ("TOP", ["LONE"])):
        deleted = {"attributes": {"status": "deleted"}}
        pims("editProduct", sku=sku, data=deleted, status=200)
        assert skus_in(sigma("GET", entities, status=200)) == left
        page = sigma("GET", "/variants", status=200)
        assert skus_in(page) == left[2:]
        assert page["total"] == len(left[2:])
        assert all(one["entityId"] == family["TOP"] for one in page["items"])
    one = {"entityIds": [family["SIDE"]]}
    for end in ("assign", "unassign"):
        sigma("POST", f"/categories/cat-a/{end}", one, status=404)


def test_what_is_below_a_hidden_variant_is_not_there(seen_without, family) -> None:
    ask = seen_without("MID")
    address = f"/records/{family['TOP']}/variants"
    assert skus_in(ask("GET", address, status=200)) == ["SIDE"]
    assert skus_in(ask("GET", "/variants", status=200)) == ["SIDE"]
    for end in ("", "/resolved"):
        told = ask("GET", f"{address}/{family['LOW']}{end}", status=404)
        assert told["message"] == f"Variant '{family['LOW']}' does not exist!"
    assert ask("GET", f"{address}/{family['SIDE']}/resolved", status=200)["level"] == 1
