"""Products of a shop that may be a record's, and all products of a shop, however many."""

import pytest

from pims_api.connectors.shopify import remote_product
from pims_api.connectors.shopify.client import ShopClient, ShopRefused
from pims_api.connectors.shopify.matching import find_candidates
from pims_api.connectors.shopify.product_form import ProductForm, VariantForm
from pims_api.connectors.shopify.product_push import ProductPush
from pims_api.connectors.shopify.remote_product import read_ids, read_pages
from tests.connectors.shopify import shop, things
from tests.connectors.shopify.conftest import jacket, mappings
from tests.connectors.shopify.server import Bucket, Server


def candidates(client: ShopClient, *skus: str, handle: str | None = None) -> list[list[str]]:
    """Return what may be the product of a record with these SKUs."""
    variants = tuple(VariantForm(one, (), {"sku": one}) for one in skus)
    return list(find_candidates(client, ProductForm("ent-1", {"handle": handle}, {}, variants)))


def one_of(server: Server, title: str, *skus: str) -> str:
    names = [{"name": one} for one in skus]
    variants = [
        {"sku": one, "optionValues": [{"optionName": "Title", "name": one}]} for one in skus
    ]
    options = [{"name": "Title", "values": names}]
    return server.shop.add(title=title, productOptions=options, variants=variants).id


def test_products_are_found_by_record_exact_sku_and_handle_in_one_request(
    server: Server, push: ProductPush
) -> None:
    mine = push.create(jacket(sku="J")).known.product_id
    one, other = one_of(server, "One", "A 1", "C"), one_of(server, "Two", "D")
    asked = len(server.requests)
    assert candidates(push.client, "A 1", "C", "D", "B", handle="one") == [
        [mine], [one, other], [one],
    ]  # fmt: skip
    assert len(server.requests) == asked + 1
    assert candidates(push.client, "a 1", 'B"\\', handle="three") == [[mine], [], []]


def test_a_shop_that_does_not_know_the_metafield_has_no_product_with_it(
    server: Server, client: ShopClient
) -> None:
    one = one_of(server, "One", "A")
    server.shop.knows_keys = False
    assert candidates(client, "A", handle="one") == [[one], [one]]


def test_many_skus_are_looked_up_many_at_a_time_and_fewer_where_that_costs_too_much(
    server: Server, client: ShopClient
) -> None:
    skus = [f"S-{number}" for number in range(100)]
    one = one_of(server, "One", *skus[60:])
    server.bucket.rate = 1e9
    assert candidates(client, *skus)[1] == [one]
    assert len(server.requests) == 3
    server.bucket = Bucket(size=20.0, rate=1e9)
    assert candidates(client, *skus)[1] == [one]
    assert len(server.requests) == 3 + 2 + 11


def test_more_products_with_one_sku_than_a_page_has_are_all_found(
    server: Server, client: ShopClient
) -> None:
    made = [one_of(server, f"P{number}", "SAME") for number in range(7)]
    assert candidates(client, "SAME")[1] == made


def test_a_shop_with_more_products_than_it_pages_through_is_read_whole(
    server: Server, client: ShopClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(things, "DEPTH_MAX", 7)
    monkeypatch.setattr(remote_product, "WINDOW", 4)
    monkeypatch.setattr(remote_product, "_IDS_AT_ONCE", 2)
    monkeypatch.setattr(remote_product, "PAGE", 2)
    made = [server.shop.add(title=f"P{number}").id for number in range(12)]
    assert list(read_ids(client)) == made
    assert [one.id for page in read_pages(client, mappings()) for one in page] == made


def test_a_shop_that_cannot_page_behind_an_id_is_not_read_in_part(
    server: Server, client: ShopClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_product, "WINDOW", 2)
    monkeypatch.setattr(remote_product, "_IDS_AT_ONCE", 2)
    monkeypatch.setattr(shop, "searched", lambda found, query: found)
    for number in range(6):
        server.shop.add(title=f"P{number}")
    with pytest.raises(ShopRefused, match="not all of them can be read"):
        list(read_ids(client))
