"""pims channel: what it lists, tests, sends and receives."""

import pytest

from pims_api.connectors.shopify import client
from pims_api.domain.outlets.outlet import Outlet, OutletKind
from pims_api.services.access import full_access
from pims_api.services.channels.channel import ChannelPlan
from pims_api.services.outlets.outlets import add_outlet
from pims_api.services.products.value_rules import Assignment
from pims_api.services.products.write import ProductWrite, create_product
from pims_api.storage.history.changes import Actor
from pims_api.storage.identity.secret import make_secret_file
from pims_api.storage.outlets.outlets import Outlets
from pims_api.storage.unit_of_work import unit_of_work
from tests.connectors.shopify.server import TOKEN, serving
from tests.connectors.shopify.shop import Shop


@pytest.fixture
def shop(monkeypatch, database, run):
    """A shop, and the channel `shop` to it."""
    monkeypatch.setenv("PIMS_SECRET_KEY", "A" * 43)
    object.__setattr__(database.settings, "secret_key", "A" * 43)
    monkeypatch.setattr(client, "_BACKOFF_S", 0.001)
    make_secret_file(database.url)
    shown = {"shopUrl": "acme", "apiKey": "shpat_***"}
    with serving(Shop()) as server:
        monkeypatch.setenv("PIMS_SHOPIFY_BASE_URL", server.url)
        with unit_of_work(database, 1, Actor("tests")) as work:
            kind = next(iter(work.definition.types.values()))
            plan = ChannelPlan("shop", "shopify", shown, type_id=kind.id)
            one = Outlet(1, 0, OutletKind.CHANNEL, "Shop", plan.to_settings(), {"apiKey": TOKEN})
            add_outlet(work, Outlets(database), one)
        yield server


def test_channels_are_listed_and_tested(run, run_json, shop):
    assert run("channel", "list") == "shop  shopify  Shop\n"
    assert run_json("channel", "list")[0]["alias"] == "shop"
    assert run("channel", "test", "shop") == "Acme (Basic) answers. It has 0 products.\n"
    shop.tokens.clear()
    assert "access token" in run("channel", "test", "shop", status=1)
    assert "There is no channel 'none'. Known ones: shop." in run(
        "channel", "test", "none", status=1
    )


@pytest.fixture
def add(database):
    """`add("F-1", "Fleece")`: there is such a product."""

    def made(sku, title):
        with unit_of_work(database, 1, Actor("tests")) as work:
            access = full_access(work.definition, work.definition.default_locale)
            column = access.of("title")
            wanted = ProductWrite(sku, [Assignment(column, title, "", column.slot)])
            create_product(work, access, wanted)

    return made


def test_a_dry_run_tells_what_would_be_done_and_does_nothing(run, shop, add):
    add("F-1", "Fleece")
    told = run("channel", "push", "shop", "--dry-run")
    assert told == (
        "create: ent-1\n"
        "  title: Fleece\n"
        "  variants[].sku ent-1: F-1\n"
        "1 would be written. Nothing was.\n"
    )
    assert shop.shop.mutations == []
    assert "success: 1 pushed, 0 pulled, 0 skipped, 0 failed" in run("channel", "push", "shop")
    product = shop.shop.one(title="Fleece")
    shop.shop.edit(product, title="Parka")
    assert run("channel", "pull", "shop", "--dry-run") == (
        f"update: ent-1 {product.id}\n  title: Fleece -> Parka\n1 would be written. Nothing was.\n"
    )
    assert "title: Fleece\n" in run("product", "show", "F-1")
    assert "success: 0 pushed, 1 pulled, 0 skipped, 0 failed" in run("channel", "sync", "shop")
    assert "title: Parka\n" in run("product", "show", "F-1")


def test_a_dry_run_tells_each_deed_and_the_first_differences(run, shop, add):
    add("F-1", "Fleece")
    add("P-1", "Parka")
    run("channel", "push", "shop")
    before = list(shop.shop.mutations)
    run("product", "edit", "F-1", "--set", "title", "Fleece 2")
    run("product", "edit", "P-1", "--set", "status", "deleted")
    fleece, parka = shop.shop.one(title="Fleece"), shop.shop.one(title="Parka")
    assert run("channel", "push", "shop", "--dry-run") == (
        f"update: ent-1 {fleece.id}\n  title: Fleece -> Fleece 2\n"
        f"archive: ent-2 {parka.id}\n2 would be written. Nothing was.\n"
    )
    made = shop.shop.add(title="Theirs " + "long " * 40)
    told = run("channel", "pull", "shop", "--dry-run")
    assert told.startswith(f"create: {made.id}\n  title: Theirs long long")
    assert told.endswith("…\n1 would be written. Nothing was.\n")
    assert shop.shop.mutations == before


def test_a_dry_run_that_gets_no_answer_says_so(run, shop, add):
    for number in range(6):
        add(f"F-{number}", "Fleece")
    shop.faults.extend(["break"] * 100)
    assert "no answer" in run("channel", "push", "shop", "--dry-run", status=1)


def test_a_run_that_fails_ends_with_what_to_mend(run, shop, add):
    add("F-1", "Fleece")
    shop.tokens.clear()
    assert "access token" in run("channel", "push", "shop", status=1)
