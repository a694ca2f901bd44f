"""The Saleor and the UnoPim catalogues through the tenant face: bulk imports and variants."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.catalogues.shop import OpenShop, Shop
from tests.catalogues.sources import saleor, unopim
from tests.catalogues.tenant_client import TenantClient
from tests.databases.fresh import ENGINES

Json = dict[str, Any]


@pytest.fixture(params=ENGINES)
def shop(request: pytest.FixtureRequest, fresh_shop: OpenShop) -> Iterator[Shop]:
    with fresh_shop(request.param) as made:
        yield made


@pytest.fixture
def client(shop: Shop) -> Iterator[TenantClient]:
    made = TenantClient(shop.database_url)
    yield made
    made.close()


def make_categories(client: TenantClient, rows: list[tuple[str, str, str | None]]) -> None:
    """Make categories from slug, name and the slug of the one above, which comes before."""
    ids: dict[str, str] = {}
    for slug, name, above in rows:
        body = {"name": name, "slug": slug} | ({"parentId": ids[above]} if above else {})
        ids[slug] = client.ask("POST", "/categories", body)["id"]


def check(
    shop: Shop, client: TenantClient, entries: list[Json], variants: dict[str, list[Json]]
) -> None:
    """Compare all that is there with what was sent, on this face and on that of PIMS."""
    found = {row["SKU"]: row for row in exported(client) if row["SKU"]}
    stats = client.ask("GET", "/stats")
    assert stats["totalProducts"] == len(entries)
    assert stats["totalVariants"] == sum(map(len, variants.values()))
    for entry in entries:
        shown = shop.client.act("listProduct", sku=entry["sku"])["data"]["attributes"]
        for name in ("title", "description", "brand", "price", "barcode"):
            assert shown.get(name) == (entry.get(name) or None), (entry["sku"], name)
        for one in variants[entry["sku"]] or [entry]:
            if one["sku"] is not None:
                row = found[one["sku"]]
                assert row["Product Title"] == entry["title"]
                assert row["Category"] == entry["category"]
                assert row["Brand"] == (entry.get("brand") or "")
                assert row["Retail Price"] == (one.get("price") or "")
    shop.run_pims("check")


def exported(client: TenantClient) -> list[Json]:
    return list(csv.DictReader(io.StringIO(client.text_of_export(), newline="")))


def add_variants(client: TenantClient, variants: dict[str, list[Json]]) -> None:
    """Add the variants of each product, found by its title and SKU in no list of this face."""
    by_sku = {}
    for row in client.ask("GET", "/products"):
        product = client.ask("GET", f"/products/{row['id']}")
        by_sku[product["sku"]] = product["id"]
    for sku, bodies in variants.items():
        for body in bodies:
            client.ask("POST", f"/products/{by_sku[sku]}/variants", body)


def test_saleor_comes_in_whole(
    shop: Shop, client: TenantClient, catalogue_folder: Callable[[str], Path]
) -> None:
    source = saleor.read(catalogue_folder("saleor"))
    tree = source.all("product.category")
    rows = sorted(tree.values(), key=lambda one: one["level"])
    above = {one["slug"]: tree[one["parent"]]["slug"] for one in rows if one["parent"]}
    make_categories(client, [(one["slug"], one["name"], above.get(one["slug"])) for one in rows])
    entries = [
        {
            "sku": one["slug"],
            "title": one["name"],
            "description": saleor.text_of(one["description"]),
            "category": tree[one["category"]]["slug"],
            "brand": brand_of(source, key),
        }
        for key, one in source.products.items()
    ]
    job = client.bring(entries)
    assert (job["status"], job["errors"]) == ("COMPLETED", [])
    assert job["processed_items"] == job["total_items"] == len(source.products) == 32
    known = source.all("product.productvariant")
    taken = {one["sku"] for one in entries}
    variants = {
        one["slug"]: [
            {"sku": sku if (sku := known[number]["sku"]) not in taken else None,
             "price": source.prices(number).get("USD"), "currency": "USD"}
            for number in source.variants[key]
        ]
        for key, one in source.products.items()
    }  # fmt: skip
    add_variants(client, variants)
    assert client.ask("GET", "/stats")["totalVariants"] == 73
    assert client.ask("GET", "/stats")["totalCategories"] == len(tree)
    assert {one["name"] for one in client.ask("GET", "/brands")} == {
        one["title"] for one in source.brands.values()
    }
    check(shop, client, entries, variants)


def brand_of(source: saleor.SaleorSource, product: int) -> str | None:
    values = (source.values[one] for one in source.own_values(product).values())
    pages = (source.brands.get(one.get("reference_page_id") or 0) for one in values)
    return next((page["title"] for page in pages if page), None)


def test_unopim_comes_in_whole(
    shop: Shop, client: TenantClient, catalogue_folder: Callable[[str], Path]
) -> None:
    source = unopim.read(catalogue_folder("unopim-demo"))
    make_categories(client, [
        (one["code"], one["names"]["en_US"], None if one["parent"] == "root" else one["parent"])
        for one in source.categories
    ])  # fmt: skip
    entries = [
        {
            "sku": one["sku"],
            "title": one["locales"]["en_US"]["name"],
            "description": one["locales"]["en_US"].get("description"),
            "category": one["categories"][0],
            "brand": one["common"].get("brand"),
            "barcode": one["common"].get("ean"),
            "price": str(one["prices"]["USD"]) if one.get("prices") else None,
            "currency": "USD" if one.get("prices") else None,
        }
        for one in source.products
    ]
    job = client.bring(entries)
    assert (job["status"], job["errors"], job["processed_items"]) == ("COMPLETED", [], 102)
    again = client.bring(entries)
    assert (again["status"], again["failed_items"]) == ("COMPLETED", 0)
    listed = client.ask("GET", "/products")
    assert len(listed) == 100
    variants: dict[str, list[Json]] = {
        one["sku"]: [{"sku": unopim.variant_sku(one, each)} for each in one.get("variants", [])]
        for one in source.products
    }
    ids = {client.ask("GET", f"/products/{one['id']}")["sku"]: one["id"] for one in listed}
    sent = {sku: bodies for sku, bodies in variants.items() if bodies and sku in ids}
    add_variants(client, sent)
    check(shop, client, entries, variants | {sku: [] for sku in variants if sku not in sent})
    assert {one["name"] for one in client.ask("GET", "/brands")} == {
        one["brand"] for one in entries if one["brand"]
    }
