"""Media, bulk jobs and events of the tenant face beside PIMS: same values, version and history."""

from typing import Any

import pytest

from pims_api.jobs.worker import run_pending_jobs
from tests.faces.test_parity_of_tenant import (
    ATTRIBUTES,
    app,
    client,
    database,
    given_product,
    history,
    ids,
    key,
    make_key,
    pims,
    send,
    shared_app,
    shown,
    sigma,
    sound,
    tenant,
    values_of,
    version,
)

__all__ = [
    "app", "client", "database", "given_product", "history", "ids", "key", "make_key", "pims",
    "send", "shared_app", "shown", "sigma", "sound", "tenant", "version",
]  # fmt: skip

URL = "https://example.com/{}.jpg"


@pytest.fixture
def do(tenant, database) -> Any:
    """`do("BULK_UPDATE", […])`: ask for a bulk job and have it done."""

    def ask(kind: str, payload: list[Any], **sent: Any) -> Any:
        tenant("POST", "/bulk-jobs", {"job_type": kind, "payload": payload}, **sent)
        run_pending_jobs(database)
        return tenant("GET", f"/bulk-jobs?type={kind}")[0]

    return ask


def product_named(tenant, sku: str) -> Any:
    found = (tenant("GET", f"/products/{one['id']}") for one in tenant("GET", "/products"))
    return next(one for one in found if one["sku"] == sku)


def test_the_first_media_is_the_thumbnail_everywhere(
    tenant, given_product, shown, history, version, sigma
) -> None:
    given_product("ROD", title="Rod")
    product = product_named(tenant, "ROD")["id"]
    for name, order in (("b", 1), ("a", 0), ("c", 2)):
        body = {"url": URL.format(name), "product_id": product, "sort_order": order}
        tenant("POST", "/media", body, ApiUser="Ann")
    assert shown("ROD")["thumbnail"] == URL.format("a")
    assert version("ROD") == 3
    assert history("ROD")[1:] == [
        ({"thumbnail": None}, {"thumbnail": URL.format("b")}),
        ({"thumbnail": URL.format("b")}, {"thumbnail": URL.format("a")}),
    ]
    [record] = sigma("GET", "/records", status=200)["items"]
    assert values_of(record)["thumbnail"] == URL.format("a")


def test_a_thumbnail_of_pims_is_no_media_and_an_image_all_the_same(
    tenant, given_product, shown
) -> None:
    given_product("ROD", title="Rod", thumbnail="rod.jpg")
    assert tenant("GET", "/media") == []
    assert "MISSING_IMAGE" not in [one["issue_type"] for one in tenant("GET", "/validation")]


def test_a_bulk_import_makes_products_of_pims(do, pims, shown, history, version) -> None:
    entry = {"sku": "ROD", "title": "Rod", "brand": "Acme", "price": "9.90", "status": "DRAFT"}
    do("BULK_IMPORT", [entry], ApiUser="Ann")
    values = shown("ROD")
    assert [values[name] for name in ("title", "brand", "price", "status", "categories")] == [
        "Rod", "Acme", "9.90", "inactive", ["Uncategorized"],
    ]  # fmt: skip
    do("BULK_UPDATE", [{"sku": "ROD", "price": "10"}, {"sku": "ROD", "price": "10"}])
    assert version("ROD") == 2
    assert history("ROD")[1] == ({"price": "9.90"}, {"price": "10"})
    [brand] = [one for one in pims("listAttributes", path=ATTRIBUTES, status=200)["data"]
               if one["name"] == "brand"]  # fmt: skip
    assert brand["definition"]["dictionary"]["data"] == ["Acme"]


def test_a_bulk_deletion_can_be_undone_in_pims(do, tenant, given_product, pims, shown) -> None:
    given_product("ROD", title="Rod")
    given_product("ROD-1", variation_of="ROD")
    product = product_named(tenant, "ROD")
    do("BULK_DELETE", [product["id"]])
    assert tenant("GET", "/products") == []
    assert [shown(sku)["status"] for sku in ("ROD", "ROD-1")] == ["deleted", "deleted"]
    for sku in ("ROD", "ROD-1"):
        pims("editProduct", sku=sku, data={"attributes": {"status": "active"}}, status=200)
    assert product_named(tenant, "ROD")["id"] == product["id"]
    assert tenant("GET", "/stats")["totalVariants"] == 1


def test_each_entry_of_history_is_an_event(do, tenant, given_product, pims) -> None:
    given_product("ROD", title="Rod")
    pims("editProduct", sku="ROD", data={"attributes": {"title": "Bar"}}, user="Bob", status=200)
    do("BULK_UPDATE", [{"sku": "ROD", "title": "Axe"}], ApiUser="Ann")
    events = tenant("GET", "/audit")
    entries = pims("historyProduct", sku="ROD", status=200)["history"]
    assert [one["actor_email"] for one in events] == [one["user"] for one in reversed(entries)]
    assert [one["details"]["new"]["title"] for one in events] == ["Axe", "Bar", "Rod"]
