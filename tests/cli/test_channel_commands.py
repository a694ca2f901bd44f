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
    plan = ChannelPlan("shop", "shopify", {"shopUrl": "acme", "apiKey": "shpat_***"})
    with serving(Shop()) as server:
        monkeypatch.setenv("PIMS_SHOPIFY_BASE_URL", server.url)
        with unit_of_work(database, 1, Actor("tests")) as work:
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
    assert told.startswith("create: ent-1\n  title = Fleece\n")
    assert told.endswith("1 would be written. Nothing was.\n")
    assert shop.shop.mutations == []
    assert "success: 1 pushed, 0 pulled, 0 skipped, 0 failed" in run("channel", "push", "shop")
    shop.shop.edit(shop.shop.one(title="Fleece"), title="Parka")
    told = run("channel", "pull", "shop", "--dry-run")
    assert told.startswith("update: ent-1 gid://shopify/Product/")
    assert "title: Fleece\n" in run("product", "show", "F-1")
    assert "success: 0 pushed, 1 pulled, 0 skipped, 0 failed" in run("channel", "sync", "shop")
    assert "title: Parka\n" in run("product", "show", "F-1")


def test_a_run_that_fails_ends_with_what_to_mend(run, shop, add):
    add("F-1", "Fleece")
    shop.tokens.clear()
    assert "access token" in run("channel", "push", "shop", status=1)
