"""What tells the variants of a product apart."""

from collections.abc import Callable
from typing import Any

from tests.connectors.shopify.shop import Shop
from tests.databases.fresh import on_one_engine
from tests.sigma.channels.conftest import body, counts
from tests.sigma.channels.test_push import variant
from tests.sigma.conftest import Json, Sigma, everywhere

Run = Callable[[str], Json]
Jacket = Callable[..., str]
TITLES = {"sourceAttribute": "product-name", "targetField": "title"}


@on_one_engine
def test_options_are_those_mapped_in_their_order_and_named_as_attributes(
    run: Run,
    jacket: Jacket,
    shop: Shop,
    sigma: Sigma,
    channel: str,
    given_attribute: Sigma,
    given_schema: Sigma,
) -> None:
    fabric = given_attribute("fabric", name="Made of")
    kept = [f"attr-{alias}" for alias in ("product-name", "size", "description", "sku")]
    given_schema("mapped", *kept, fabric)
    options = [
        {"sourceAttribute": "fabric", "targetField": "options[0]"},
        {"sourceAttribute": "size", "targetField": "options[1]"},
    ]
    sent = body(fieldMappings=[TITLES, *options], schemaId="schema-mapped")
    sigma("PUT", channel, sent, status=200)
    record = {"schemaId": "schema-mapped", "values": {"product-name": everywhere("Fleece")}}
    number = sigma("POST", "/records", record, status=201)["id"]
    for size, fabric in (("S", "wool"), ("M", "wool"), ("M", "silk")):
        variant(sigma, number, size=size, fabric=fabric, description=f"{size} {fabric}")
    assert counts(run("push")) == ("success", 1, 0, 0, 0)
    product = shop.one(title="Fleece")
    assert [one.name for one in product.all_options] == ["Made of", "Size"]
    assert [[value for _, value in one.chosen] for one in product.all_variants] == [
        ["wool", "S"],
        ["wool", "M"],
        ["silk", "M"],
    ]
    bare = variant(sigma, number, size="L")
    log = run("push")
    assert counts(log) == ("failed", 0, 0, 0, 1)
    message = f"Its variant {bare} has no Made of, which tells variants apart."
    assert log["errors"] == [
        {"entityId": number, "externalId": product.id, "message": message}
    ]  # fmt: skip
    assert len(product.all_variants) == 3


@on_one_engine
def test_options_are_those_by_which_the_record_says_it_varies(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, pims: Any
) -> None:
    record = jacket("Fleece", sku="F-1")
    for size in ("S", "M"):
        variant(sigma, record, size=size, description=f"as {size}")
    data = {"attributes": {"variation_attributes": ["description"]}}
    pims("editProduct", sku="F-1", data=data, status=200)
    assert counts(run("push")) == ("success", 1, 0, 0, 0)
    product = shop.one(title="Fleece")
    assert [one.name for one in product.all_options] == ["Description"]


@on_one_engine
def test_four_attributes_that_differ_are_too_many(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, channel: str
) -> None:
    sigma("PUT", channel, body(fieldMappings=[TITLES]), status=200)
    record = jacket("Fleece")
    for size in ("S", "M"):
        variant(sigma, record, size=size, description=size, tags=size, weight=len(size) + ord(size))
    log = run("push")
    assert counts(log) == ("failed", 0, 0, 0, 1)
    assert "more than 3 attributes" in log["errors"][0]["message"]
    assert shop.products == {}
