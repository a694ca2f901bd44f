"""Records that a channel sends to a shop."""

from collections.abc import Callable

import pytest

from pims_api.connectors.shopify.client import ATTEMPTS
from pims_api.jobs.channels import reach
from tests.connectors.shopify.server import Server
from tests.connectors.shopify.shop import Shop
from tests.sigma.channels.conftest import counts
from tests.sigma.conftest import Json, Sigma, everywhere

Run = Callable[[str], Json]
Jacket = Callable[..., str]


def variant(sigma: Sigma, record: str, **values: Json) -> str:
    sent = {"values": {alias: everywhere(value) for alias, value in values.items()}}
    return str(sigma("POST", f"/records/{record}/variants", sent, status=201)["id"])


def test_a_record_becomes_a_product_once(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, channel: str
) -> None:
    record = jacket("Fleece", sku="F-1", price=129.90, tags="b, a", description="<p>Warm</p>")
    log = run("push")
    assert counts(log) == ("success", 1, 0, 0, 0)
    assert log["errors"] == []
    assert log["completedAt"] is not None
    product = shop.one(title="Fleece")
    assert (product.status, product.all_variants[0].price) == ("DRAFT", "129.90")
    assert product.all_variants[0].sku == "F-1"
    (mapping,) = sigma("GET", f"{channel}/sync-mappings", status=200)
    assert mapping["entityId"] == record
    assert mapping["externalId"] == product.id
    assert mapping["externalVariantIds"] == [product.all_variants[0].id]
    assert len(mapping["checksum"]) == 64
    assert mapping["lastPushedAt"] is not None
    assert mapping["lastPulledAt"] is None
    before = list(shop.mutations)
    assert counts(run("push")) == ("success", 0, 0, 1, 0)
    assert shop.mutations == before


def test_what_changed_is_sent_and_nothing_else(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma
) -> None:
    one, _ = jacket("Fleece", sku="F-1"), jacket("Parka", sku="P-1")
    run("push")
    before = len(shop.mutations)
    sent = {"scopedValues": everywhere("Fleece 2")}
    sigma("PATCH", f"/records/{one}/values/product-name", sent, status=200)
    assert counts(run("push")) == ("success", 1, 0, 1, 0)
    assert shop.mutations[before:] == ["productSet"]
    assert sorted(product.title for product in shop.products.values()) == ["Fleece 2", "Parka"]


def test_variants_are_sent_with_the_option_that_tells_them_apart(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma
) -> None:
    record = jacket("Fleece", price=10)
    small = variant(sigma, record, size="S", sku="F-S")
    variant(sigma, record, size="M", sku="F-M", price=12.5)
    assert counts(run("push")) == ("success", 1, 0, 0, 0)
    product = shop.one(title="Fleece")
    told = [(one.sku, one.chosen, one.price) for one in product.all_variants]
    assert told == [("F-S", (("Size", "S"),), "10.00"), ("F-M", (("Size", "M"),), "12.50")]
    kept = product.all_variants[0].id
    sigma("PATCH", f"/records/{record}/variants/{small}/values/size",
          {"scopedValues": everywhere("XS")}, status=200)  # fmt: skip
    assert counts(run("push")) == ("success", 1, 0, 0, 0)
    assert product.all_variants[0].id == kept
    assert product.all_variants[0].chosen == (("Size", "XS"),)


def test_a_record_without_a_title_fails_and_the_others_go_on(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma
) -> None:
    jacket("Fleece")
    bare = sigma("POST", "/records", {"schemaId": "schema-apparel", "values": {}}, status=201)["id"]
    log = run("push")
    assert counts(log) == ("partial", 1, 0, 0, 1)
    message = "It has no title: a product needs one."
    assert log["errors"] == [{"entityId": bare, "message": message}]


def test_a_product_with_the_sku_is_linked_and_what_others_put_there_stays(
    run: Run, jacket: Jacket, shop: Shop
) -> None:
    there = shop.add(title="Old", vendor="Acme", variants=[
        {"optionValues": [{"optionName": "Title", "name": "Default Title"}], "sku": "F-1"}],
        productOptions=[{"name": "Title", "values": [{"name": "Default Title"}]}])  # fmt: skip
    record = jacket("Fleece", sku="F-1")
    assert counts(run("push")) == ("success", 1, 0, 0, 0)
    assert len(shop.products) == 1
    assert (there.title, there.vendor) == ("Fleece", "Acme")
    assert [m.value for m in there.held if m.key == "product_id"] == [record]


def test_two_products_with_the_sku_are_left_alone(run: Run, jacket: Jacket, shop: Shop) -> None:
    options = [{"name": "Title", "values": [{"name": "Default Title"}]}]
    chosen = [{"optionName": "Title", "name": "Default Title"}]
    made = [
        shop.add(title=name, productOptions=options,
                 variants=[{"optionValues": chosen, "sku": "F-1"}])
        for name in ("One", "Two")
    ]  # fmt: skip
    record = jacket("Fleece", sku="F-1")
    log = run("push")
    assert counts(log) == ("failed", 0, 0, 0, 1)
    assert log["errors"][0]["entityId"] == record
    assert all(one.id in log["errors"][0]["message"] for one in made)
    assert sorted(one.title for one in shop.products.values()) == ["One", "Two"]


def test_a_product_that_is_gone_is_made_anew(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma, channel: str
) -> None:
    jacket("Fleece", sku="F-1")
    run("push")
    shop.remove(shop.one(title="Fleece"))
    assert counts(run("push")) == ("success", 1, 0, 0, 0)
    (mapping,) = sigma("GET", f"{channel}/sync-mappings", status=200)
    assert mapping["externalId"] == shop.one(title="Fleece").id


def test_the_product_of_a_deleted_record_is_archived_once(
    run: Run, jacket: Jacket, shop: Shop, sigma: Sigma
) -> None:
    record = jacket("Fleece", sku="F-1")
    run("push")
    sigma("DELETE", f"/records/{record}", status=204)
    assert counts(run("push")) == ("success", 1, 0, 0, 0)
    assert shop.one(title="Fleece").status == "ARCHIVED"
    before = list(shop.mutations)
    assert counts(run("push")) == ("success", 0, 0, 0, 0)
    assert shop.mutations == before


def test_a_lost_answer_makes_no_second_product(
    run: Run, jacket: Jacket, shop: Shop, server: Server
) -> None:
    jacket("Fleece", sku="F-1")
    server.faults.extend(["", "", "", "lost", "429", "500", "throttled"])
    assert counts(run("push")) == ("success", 1, 0, 0, 0)
    assert len(shop.products) == 1


@pytest.mark.parametrize("answer", ["break", "500"])
def test_failures_in_a_row_end_no_run_and_those_that_follow_are_sent(
    run: Run, jacket: Jacket, shop: Shop, server: Server, answer: str
) -> None:
    records = [jacket(f"Fleece {number}") for number in range(8)]
    server.faults.extend([answer] * ATTEMPTS * 5)
    log = run("push")
    assert counts(log) == ("partial", 3, 0, 0, 5)
    assert [one["entityId"] for one in log["errors"]] == records[:5]
    titles = sorted(one.title for one in shop.products.values())
    assert titles == ["Fleece 5", "Fleece 6", "Fleece 7"]
    assert counts(run("push")) == ("success", 5, 0, 3, 0)


def test_a_shop_that_is_down_holds_no_run(
    run: Run, jacket: Jacket, shop: Shop, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "_PAUSE", 1e9)
    records = [jacket(f"Fleece {number}") for number in range(9)]
    server.faults.extend(["break"] * 1_000)
    log = run("push")
    assert counts(log) == ("failed", 0, 0, 0, 9)
    assert [one["entityId"] for one in log["errors"]] == records
    assert "was not tried" in log["errors"][-1]["message"]
    asked = 1_000 - len(server.faults)
    assert asked == (reach.UNREACHED_MAX + 1) * ATTEMPTS  # and once whether it is there again
    server.faults.clear()
    assert counts(run("push")) == ("success", 9, 0, 0, 0)


def test_products_of_deleted_records_wait_for_a_shop_that_is_down(
    run: Run,
    jacket: Jacket,
    shop: Shop,
    server: Server,
    sigma: Sigma,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reach, "_PAUSE", 1e9)
    records = [jacket(f"Fleece {number}") for number in range(8)]
    run("push")
    for record in records:
        sigma("DELETE", f"/records/{record}", status=204)
    server.faults.extend(["", *["break"] * 1_000])
    assert counts(run("push")) == ("failed", 0, 0, 0, 8)
    assert 1_000 - len(server.faults) == (reach.UNREACHED_MAX + 1) * ATTEMPTS
    server.faults.clear()
    assert counts(run("push")) == ("success", 8, 0, 0, 0)
    assert {one.status for one in shop.products.values()} == {"ARCHIVED"}


def test_a_refused_token_ends_the_run_and_says_what_to_mend(
    run: Run, jacket: Jacket, server: Server
) -> None:
    jacket("Fleece", sku="F-1")
    server.tokens.clear()
    log = run("push")
    assert counts(log) == ("failed", 0, 0, 0, 0)
    assert "access token" in log["errors"][0]["message"]
