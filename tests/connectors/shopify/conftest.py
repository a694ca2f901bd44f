"""A shop, a client of it, and a jacket that is pushed to it."""

from collections.abc import Iterator
from typing import Any

import pytest

from pims_api.connectors.shopify.client import Shop, ShopClient
from pims_api.connectors.shopify.fields.mapping import (
    FieldMapping,
    effective_mappings,
    read_mapping,
)
from pims_api.connectors.shopify.product_form import (
    Attribute,
    Item,
    Leaf,
    ProductForm,
    product_form,
)
from pims_api.connectors.shopify.product_input import ProductInput
from pims_api.connectors.shopify.product_push import ProductPush, Pushed
from pims_api.connectors.shopify.remote_product import read_product
from tests.connectors.shopify.server import TOKEN, VERSION, Server, serving
from tests.connectors.shopify.shop import Shop as FakeShop

ATTRIBUTES = [
    Attribute("title", "Title", "text"),
    Attribute("size", "Size", "option"),
    Attribute("colour", "Colour", "text"),
    Attribute("price", "Price", "number"),
    Attribute("note", "Note", "text"),
]
MAPPED = [
    ("title", "title", None),
    ("note", "descriptionHtml", None),
    ("tags", "tags", None),
    ("pictures", "media", None),
    ("care", "metafields.custom.care", None),
    ("price", "variants[].price", None),
    ("weight", "variants[].inventoryItem.measurement.weight", None),
    ("fit", "variants[].metafields.custom.fit", None),
]


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(FakeShop()) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[ShopClient]:
    made = ShopClient(Shop("acme", server.url, VERSION, 5.0, token=TOKEN), wait=lambda _: None)
    yield made
    made.close()


def mappings(*mapped: tuple[str, str, str | None]) -> tuple[FieldMapping, ...]:
    return effective_mappings([read_mapping(*one) for one in mapped or MAPPED], [])


@pytest.fixture
def push(client: ShopClient) -> ProductPush:
    made = ProductPush(client, ProductInput(mappings(), {"care": "text", "fit": "number"}))
    made.define_id()
    return made


def leaf(name: str, **values: Any) -> Leaf:
    return Leaf(name, {"title": "Jacket", "price": "89.90", **values}, frozenset(values))


def jacket(*leaves: Leaf, **values: Any) -> ProductForm:
    given = {"title": "Jacket", "note": "<P>Warm</P> ", "tags": ["b", "A"], "price": "89.90"}
    return product_form(Item("ent-1", given | values, leaves), mappings(), ATTRIBUTES)


SMALL, LARGE = leaf("var-1", size="S", sku="J-S"), leaf("var-2", size="L", sku="J-L", price="99")


def again(push: ProductPush, pushed: Pushed, form: ProductForm) -> Pushed:
    remote = read_product(push.client, pushed.known.product_id, push.mappings)
    assert remote is not None
    return push.update(form, remote, pushed.known)
