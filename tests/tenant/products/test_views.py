"""A key with a View: what it hides reads null and cannot be written; renamings do not show."""

import pytest

from pims_api.jobs.worker import run_pending_jobs


@pytest.fixture
def full(tenant, given_slug):
    given_slug("hats")
    acme = tenant("POST", "/brands", {"name": "Acme"})
    body = {"title": "Hat", "description": "Warm.", "category": "hats"}
    made = tenant("POST", "/products", body)
    return tenant("PUT", f"/products/{made['id']}", {"brand_id": acme["id"]})


def test_hidden_fields_are_null(tenant, full, given_view) -> None:
    key = given_view(["title"])
    hidden = dict.fromkeys(
        ("description", "status", "category", "category_id", "brand", "brand_id")
    )
    assert tenant("GET", f"/products/{full['id']}", key=key) == full | hidden
    (row,) = tenant("GET", "/products", key=key)
    assert (row["title"], row["category"], row["status"]) == ("Hat", None, None)
    assert tenant("GET", "/products")[0]["category"] == "hats"


def test_writing_a_hidden_field_is_forbidden(refused, full, given_view, unchanged) -> None:
    key = given_view(["title"])
    path = f"/products/{full['id']}"
    for body, field in (
        ({"title": "X", "description": "Thin."}, "description"),
        ({"category": "hats"}, "category"),
        ({"category": "unknown"}, "category"),
        ({"category_id": full["category_id"]}, "category"),
        ({"brand_id": full["brand_id"]}, "brand"),
    ):
        with unchanged():
            told = refused(403, "PUT", path, body, key=key)
        assert told == f"Access denied! You may not write {field}."
    with unchanged():
        refused(403, "DELETE", path, key=key)
        refused(403, "POST", "/products", {"title": "A", "description": "B"}, key=key)
        refused(403, "POST", f"{path}/variants", {"price": 1}, key=key)


def test_so_is_writing_one_that_is_read_only(tenant, refused, full, given_view, unchanged) -> None:
    key = given_view(["title"], description={"readonly": "y"}, status={})
    path = f"/products/{full['id']}"
    with unchanged():
        refused(403, "PUT", path, {"description": "Thin."}, key=key)
    assert tenant("GET", path, key=key)["description"] == "Warm."
    assert tenant("PUT", path, {"title": "Cap"}, key=key)["title"] == "Cap"
    tenant("DELETE", path, key=key, status=204)


def test_renamings_do_not_show(tenant, full, given_view) -> None:
    key = given_view([], title={"transform": "titre"}, description={"transform": "title"})
    found = tenant("GET", f"/products/{full['id']}", key=key)
    assert (found["title"], found["description"]) == ("Hat", "Warm.")
    after = tenant("PUT", f"/products/{full['id']}", {"title": "Chapeau"}, key=key)
    assert (after["title"], after["description"]) == ("Chapeau", "Warm.")


def test_products_outside_its_rows_are_not_there(
    tenant, refused, full, given_view, unchanged
) -> None:
    key = given_view(["title", "status"], "[[title]] = 'Cap'")
    cap = tenant("POST", "/products", {"title": "Cap"})
    assert [one["id"] for one in tenant("GET", "/products", key=key)] == [cap["id"]]
    path = f"/products/{full['id']}"
    with unchanged():
        for method, body in (("GET", None), ("PUT", {"title": "Cap"}), ("DELETE", None)):
            assert refused(404, method, path, body, key=key) == "There is no such product!"
        refused(404, "POST", f"{path}/variants", {}, key=key)
        refused(403, "PUT", f"/products/{cap['id']}", {"title": "Hat"}, key=key)
        refused(403, "POST", "/products", {"title": "Hat"}, key=key)


def test_a_deletion_leaves_the_variants_that_it_hides(tenant, full, given_view, shown, edit):
    path = f"/products/{full['id']}"
    for sku in ("SEEN", "HIDDEN"):
        tenant("POST", f"{path}/variants", {"sku": sku})
    edit("HIDDEN", title="Secret")
    key = given_view(["title", "status"], "[[title]] IS NULL OR [[title]] <> 'Secret'")
    tenant("DELETE", path, key=key, status=204)
    states = [shown(sku)["status"] for sku in (full["id"], "SEEN", "HIDDEN")]
    assert states == ["deleted", "deleted", "active"]


def test_its_lists_of_definitions_hold_what_it_shows(tenant, full, given_view) -> None:
    for slug in ("color", "size"):
        tenant("POST", "/attributes", {"name": slug.title(), "slug": slug})
    key = given_view(["title", "color"])
    assert [one["slug"] for one in tenant("GET", "/attributes", key=key)] == ["color"]
    assert tenant("GET", "/categories", key=key) == []
    assert tenant("GET", "/brands", key=key) == []


def test_a_variant_whose_product_it_hides_is_no_product(
    tenant, refused, full, given_view, unchanged, edit, database
) -> None:
    cap = tenant("POST", "/products", {"title": "Cap"})
    body = {"sku": "HAT RED", "price": 1}
    variant = tenant("POST", f"/products/{full['id']}/variants", body)
    edit("HAT RED", title="Red")
    names = ["title", "status", "categories", "thumbnail", "price"]
    key = given_view(names, "[[title]] IN ('Red', 'Cap')")
    assert [one["id"] for one in tenant("GET", "/products", key=key)] == [cap["id"]]
    path = f"/products/{variant['id']}"
    media = {"url": "https://example.com/a.png"}
    with unchanged():
        for method, sent in (("GET", None), ("PUT", {"title": "Cap"}), ("DELETE", None)):
            assert refused(404, method, path, sent, key=key) == "There is no such product!"
        refused(404, "POST", f"{path}/variants", {}, key=key)
        for whose in ("product_id", "variant_id"):
            refused(400, "POST", "/media", media | {whose: variant["id"]}, key=key)
    counted = tenant("GET", "/stats", key=key)
    assert (counted["totalProducts"], counted["totalVariants"]) == (1, 0)
    assert {one["product_id"] for one in tenant("GET", "/validation", key=key)} == {cap["id"]}
    entries = [{"id": variant["id"], "title": "Other"}, {"sku": "HAT RED", "title": "Other"}]
    for kind, payload in (("BULK_UPDATE", entries), ("BULK_DELETE", [variant["id"]])):
        tenant("POST", "/bulk-jobs", {"job_type": kind, "payload": payload}, key=key)
        run_pending_jobs(database)
        (job,) = tenant("GET", f"/bulk-jobs?type={kind}", key=key)
        assert {one["error"] for one in job["errors"]} == {
            "There is no such product or variant!"
        }, kind
        assert job["failed_items"] == len(payload)


def test_a_variant_of_a_deleted_product_is_no_product(tenant, refused, full, edit) -> None:
    variant = tenant("POST", f"/products/{full['id']}/variants", {"sku": "RED"})
    edit(full["id"], status="deleted")
    assert tenant("GET", "/products") == []
    refused(404, "GET", f"/products/{variant['id']}")
    counted = tenant("GET", "/stats")
    assert (counted["totalProducts"], counted["totalVariants"]) == (0, 0)
