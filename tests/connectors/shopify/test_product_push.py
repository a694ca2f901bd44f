"""Products that are written to a shop: what is there afterwards, and what stays."""

from typing import Any

import pytest

from pims_api.connectors.shopify.client import ShopClient, ShopRefused
from pims_api.connectors.shopify.product_form import (
    Attribute,
    BadItem,
    Item,
    Leaf,
    product_form,
)
from pims_api.connectors.shopify.product_input import Known, ProductInput
from pims_api.connectors.shopify.product_push import ProductPush
from pims_api.connectors.shopify.remote_product import find_by_record, read_pages, read_product
from tests.connectors.shopify.conftest import (
    ATTRIBUTES,
    LARGE,
    SMALL,
    again,
    jacket,
    leaf,
    mappings,
)
from tests.connectors.shopify.server import Server
from tests.connectors.shopify.shop import Root

# Forms


def test_variants_differ_in_what_they_override() -> None:
    form = jacket(SMALL, LARGE)
    assert form.options == {"Size": ["S", "L"]}
    assert [(one.id, one.choice) for one in form.variants] == [
        ("var-1", (("Size", "S"),)),
        ("var-2", (("Size", "L"),)),
    ]
    assert [one.fields["price"] for one in form.variants] == ["89.90", "99"]
    assert form.skus == ["J-S", "J-L"]


def test_mapped_options_and_those_that_the_record_names_go_before() -> None:
    leaves = (leaf("v1", size="S", colour="red"), leaf("v2", size="L", colour="red"))
    named = Item("ent-1", {"title": "J"}, leaves, ("colour", "size"))
    assert list(product_form(named, mappings(), ATTRIBUTES).options) == ["Colour", "Size"]
    mapped = mappings(("title", "title", None), ("size", "options[0]", None))
    assert list(product_form(named, mapped, ATTRIBUTES).options) == ["Size"]


@pytest.mark.parametrize(
    ("leaves", "message"),
    [
        ((leaf("v1"), leaf("v2")), "Nothing tells its variants apart"),
        ((leaf("v1", size="S"), leaf("v2")), "variant v2 has no Size"),
        (
            (leaf("v1", size="S"), leaf("v2", size="L"), leaf("v3", size="S ")),
            "v1 and v3 are alike",
        ),
    ],
)
def test_variants_that_nothing_tells_apart_are_refused(
    leaves: tuple[Leaf, ...], message: str
) -> None:
    with pytest.raises(BadItem, match=message):
        jacket(*leaves)


def test_a_record_without_a_title_is_refused() -> None:
    with pytest.raises(BadItem, match="no title"):
        jacket(title=None)


def test_the_checksum_speaks_of_what_is_sent() -> None:
    assert jacket(SMALL).checksum == jacket(SMALL).checksum
    assert len(jacket().checksum) == 64
    different = [jacket(), jacket(SMALL), jacket(SMALL, LARGE), jacket(title="Coat")]
    assert len({one.checksum for one in different}) == 4
    assert jacket(unmapped="x").checksum == jacket().checksum


# Creating


def test_a_product_is_created_with_what_is_mapped(server: Server, push: ProductPush) -> None:
    pushed = push.create(jacket(SMALL, LARGE, care="Wash", pictures=["https://a.example/1.jpg"]))
    (product,) = server.shop.products.values()
    assert (product.title, product.descriptionHtml, product.status) == (
        "Jacket", "<p>Warm</p>", "DRAFT",
    )  # fmt: skip
    assert product.tags == ["A", "b"]
    assert [(m.namespace, m.key, m.type, m.value) for m in product.held] == [
        ("pims", "product_id", "id", "ent-1"),
        ("custom", "care", "multi_line_text_field", "Wash"),
    ]
    assert [(one.sku, one.price) for one in product.all_variants] == [
        ("J-S", "89.90"), ("J-L", "99.00"),
    ]  # fmt: skip
    assert pushed.known.variants == {
        "var-1": product.all_variants[0].id, "var-2": product.all_variants[1].id,
    }  # fmt: skip
    assert pushed.known.media == {"https://a.example/1.jpg": product.all_media[0].id}


def test_a_lost_answer_makes_no_second_product(server: Server, push: ProductPush) -> None:
    server.faults.append("lost")
    push.create(jacket(SMALL))
    assert len(server.shop.products) == 1


def test_a_record_without_variants_has_one_default_variant(
    server: Server, push: ProductPush
) -> None:
    pushed = push.create(jacket(sku="J", weight="1.10"))
    (product,) = server.shop.products.values()
    assert [(one.sku, one.chosen) for one in product.all_variants] == [
        ("J", (("Title", "Default Title"),))
    ]
    assert product.all_variants[0].inventoryItem.weight == {"unit": "GRAMS", "value": 1.1}
    assert pushed.remote.has_only_default


# Writing again


def test_variants_keep_their_ids_when_their_values_change(
    server: Server, push: ProductPush
) -> None:
    pushed = push.create(jacket(SMALL, LARGE))
    ids = dict(pushed.known.variants)
    changed = leaf("var-1", size="Small", sku="J-S2")
    assert again(push, pushed, jacket(changed, LARGE)).known.variants == ids
    (product,) = server.shop.products.values()
    assert [(one.sku, one.chosen) for one in product.all_variants] == [
        ("J-S2", (("Size", "Small"),)), ("J-L", (("Size", "L"),)),
    ]  # fmt: skip


def test_a_variant_that_is_gone_here_is_removed_and_a_foreign_one_stays(
    server: Server, push: ProductPush
) -> None:
    pushed = push.create(jacket(SMALL, LARGE))
    (product,) = server.shop.products.values()
    choices = [{"optionValues": [{"optionName": "Size", "name": "XL"}], "sku": "FOREIGN"}]
    held = [
        {"id": one.id, "optionValues": [{"optionName": "Size", "name": one.chosen[0][1]}]}
        for one in product.all_variants
    ]
    sizes = [{"name": name} for name in ("S", "L", "XL")]
    server.shop.change(product, productOptions=[{"name": "Size", "values": sizes}],
                       variants=held + choices)  # fmt: skip
    again(push, pushed, jacket(SMALL))
    assert [one.sku for one in product.all_variants] == ["J-S", "FOREIGN"]


def test_an_option_keeps_its_id_whatever_it_is_named(server: Server, push: ProductPush) -> None:
    pushed = push.create(jacket(SMALL, LARGE))
    (product,) = server.shop.products.values()
    ids = [one.id for one in product.all_options]
    renamed = [Attribute("size", "Measure", "option")]
    item = Item("ent-1", {"title": "Jacket"}, (SMALL, LARGE))
    again(push, pushed, product_form(item, mappings(), renamed))
    assert [(one.id, one.name) for one in product.all_options] == [(ids[0], "Measure")]


def theirs(server: Server, option: str) -> str:
    """Add a product that others made, with one of our SKUs; its id."""
    chosen = [{"optionName": option, "name": one} for one in ("S", "XL")]
    variants = [{"optionValues": [one], "sku": f"J-{one['name']}"} for one in chosen]
    options = [{"name": option, "values": [{"name": one["name"]} for one in chosen]}]
    return server.shop.add(title="Old", productOptions=options, variants=variants).id


def test_variants_of_others_stay_in_whatever_case_their_option_is_written(
    server: Server, push: ProductPush
) -> None:
    remote = read_product(push.client, theirs(server, "size"), push.mappings)
    assert remote is not None
    push.update(jacket(SMALL, LARGE), remote, Known(remote.id))
    (product,) = server.shop.products.values()
    assert [one.sku for one in product.all_variants] == ["J-S", "J-L", "J-XL"]


def test_a_product_is_not_written_where_variants_of_others_would_be_lost(
    server: Server, push: ProductPush
) -> None:
    remote = read_product(push.client, theirs(server, "Length"), push.mappings)
    assert remote is not None
    with pytest.raises(ShopRefused, match="differ in Length, not in Size: they would be lost"):
        push.update(jacket(SMALL, LARGE), remote, Known(remote.id))
    (product,) = server.shop.products.values()
    assert [one.sku for one in product.all_variants] == ["J-S", "J-XL"]


def test_what_others_added_stays(server: Server, push: ProductPush) -> None:
    pushed = push.create(jacket(SMALL, pictures=["https://a.example/1.jpg"]))
    (product,) = server.shop.products.values()
    server.shop.change(
        product,
        tags=[*product.tags, "sale"],
        files=[{"id": product.all_media[0].id}, {"originalSource": "https://m.example/x.jpg"}],
        metafields=[
            {"namespace": m.namespace, "key": m.key, "type": m.type, "value": m.value}
            for m in product.held
        ] + [{"namespace": "other", "key": "app", "type": "json", "value": "{}"}],
    )  # fmt: skip
    product.vendor = "Merchant"
    again(
        push, pushed, jacket(SMALL, tags=["b"], care="Wash", pictures=["https://a.example/1.jpg"])
    )
    assert product.tags == ["b", "sale"]
    assert product.vendor == "Merchant"
    assert [one.source for one in product.all_media] == [
        "https://a.example/1.jpg", "https://m.example/x.jpg",
    ]  # fmt: skip
    assert {(m.namespace, m.key, m.value) for m in product.held} == {
        ("pims", "product_id", "ent-1"), ("other", "app", "{}"), ("custom", "care", "Wash"),
    }  # fmt: skip
    assert server.shop.uploads.count("https://a.example/1.jpg") == 1


def test_a_metafield_that_is_there_keeps_its_type(server: Server, push: ProductPush) -> None:
    pushed = push.create(jacket(SMALL, care="Wash"))
    (product,) = server.shop.products.values()
    product.held[1].type = "single_line_text_field"
    again(push, pushed, jacket(SMALL, care="Dry"))
    assert [(m.type, m.value) for m in product.held if m.key == "care"] == [
        ("single_line_text_field", "Dry")
    ]


def test_what_cannot_be_cleared_is_told(push: ProductPush) -> None:
    pushed = push.create(jacket(SMALL, care="Wash"))
    assert again(push, pushed, jacket(SMALL, note=None)).notes == (
        "metafields.custom.care could not be cleared, for a shop has no empty metafields.",
    )
    fitting = push.create(jacket(leaf("var-1", size="S", fit="1")))
    (note,) = again(push, fitting, jacket(SMALL)).notes
    assert note.startswith("variants[].metafields.custom.fit could not be cleared")


def test_a_product_that_others_made_is_written_without_losing_its_variants(
    server: Server, push: ProductPush
) -> None:
    sizes = [{"name": "S"}, {"name": "M"}]
    product = server.shop.add(
        title="Old",
        productOptions=[{"name": "Size", "values": sizes}],
        variants=[
            {"sku": f"X-{one['name']}", "optionValues": [{"optionName": "Size"} | one]}
            for one in sizes
        ],
    )
    remote = read_product(push.client, product.id, push.mappings)
    assert remote is not None
    pushed = push.update(jacket(sku="X-M"), remote, Known(product.id))
    assert [(one.sku, one.price) for one in product.all_variants] == [
        ("X-S", "0.00"), ("X-M", "89.90"),
    ]  # fmt: skip
    assert pushed.known.variants == {"ent-1": product.all_variants[1].id}
    assert find_by_record(push.client, "ent-1") == product.id


def test_an_echo_is_no_change(push: ProductPush) -> None:
    pushed = push.create(jacket(SMALL, LARGE, care="Wash"))
    remote = read_product(push.client, pushed.known.product_id, push.mappings)
    assert remote is not None
    assert remote.checksum(push.mappings) == pushed.remote.checksum(push.mappings)
    assert remote.fields(push.mappings)["descriptionHtml"] == "<p>Warm</p>"


def test_a_refusal_of_the_shop_is_told_in_its_words(server: Server, push: ProductPush) -> None:
    server.shop.add(title="Taken", handle="taken")
    named = ProductPush(
        push.client,
        ProductInput(mappings(("title", "title", None), ("handle", "handle", None)), {}),
    )
    form = product_form(
        Item("ent-1", {"title": "J", "handle": "taken"}), named.mappings, ATTRIBUTES
    )
    with pytest.raises(ShopRefused, match="Handle 'taken' already in use"):
        named.create(form)
    assert len(server.shop.products) == 1


def test_a_product_is_archived_and_keeps_all_else(server: Server, push: ProductPush) -> None:
    pushed = push.create(jacket(SMALL))
    push.archive(pushed.known.product_id)
    (product,) = server.shop.products.values()
    assert (product.status, product.title) == ("ARCHIVED", "Jacket")


# Finding and reading


def test_a_product_is_read_whole_however_many_variants_it_has(
    server: Server, client: ShopClient
) -> None:
    names = [f"S{number}" for number in range(620)]
    server.shop.add(
        title="Many",
        productOptions=[{"name": "Size", "values": [{"name": one} for one in names]}],
        variants=[
            {"sku": one, "optionValues": [{"optionName": "Size", "name": one}]} for one in names
        ],
    )
    server.bucket.rate = 1e9
    (page,) = list(read_pages(client, mappings()))
    assert [one.sku for one in page[0].variants] == names


def test_a_product_that_is_deleted_while_it_is_read_is_gone_and_the_others_are_read(
    server: Server, push: ProductPush, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = [leaf(f"var-{number}", size=str(number)) for number in range(11)]
    large = push.create(jacket(*sizes))
    server.shop.add(title="Coat")
    found, asked = Root.product, []

    def product(self: Root, info: Any, id: str) -> Any:
        asked.append(id)
        return None if len(asked) > 1 else found(self, info, id)

    push.client.nested = 5
    monkeypatch.setattr(Root, "product", product)
    assert read_product(push.client, large.remote.id, push.mappings) is None
    pages = list(read_pages(push.client, push.mappings))
    assert [one.node["title"] for page in pages for one in page] == ["Coat"]
    assert len(asked) == 3
