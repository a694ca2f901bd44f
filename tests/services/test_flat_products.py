"""Flat products are written by their fields, brands by their names."""

from collections.abc import Iterator

import pytest

from pims_api.domain.attributes.attribute import ValueType
from pims_api.domain.flat.flat_product import BRAND, CURRENCY, TITLE, Lifecycle, reader_of
from pims_api.errors import BadInput, Conflict
from pims_api.services.access import full_access, sight_of
from pims_api.services.attributes.requests import AttributeWrite, OptionListWrite
from pims_api.services.attributes.write import add_attributes
from pims_api.services.flat_products.fields import FlatWrite
from pims_api.services.flat_products.write import add_variant, create_flat, delete_flat, edit_flat
from pims_api.services.product_types import ProductTypeWrite, add_type
from pims_api.services.products.write import ProductWrite, edit_product
from pims_api.storage.database import Database
from tests.environment import settings_of
from tests.storage.shop import Shop, new_shop


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    database = Database(settings_of(database_url))
    yield new_shop(database)
    database.close()


def see(definition):
    return sight_of(full_access(definition, definition.default_locale))


def dropdown(name: str, static: bool | None, *rows: str) -> AttributeWrite:
    options = OptionListWrite(static=static, rows=[(row,) for row in rows])
    labels = {"en-us": name}
    return AttributeWrite(name, {"type": ValueType.OPTION}, labels=labels, options=options)


def brand_of(work, product) -> str | None:
    return reader_of(see(work.definition).overall).text(BRAND, product.values)


@pytest.mark.parametrize("static", [False, None])
def test_a_new_brand_joins_a_list_that_is_not_closed(shop: Shop, static) -> None:
    with shop.work() as work:
        add_attributes(work, [dropdown(BRAND, static, "Acme")], 0)
        made = create_flat(work, see, FlatWrite({TITLE: "Hat", BRAND: "Zeta"}))
        assert brand_of(work, made) == "Zeta"
        after = edit_flat(work, see, made, FlatWrite({BRAND: "Acme"}))
        assert brand_of(work, after) == "Acme"


def test_a_closed_list_takes_no_new_brand(shop: Shop) -> None:
    with shop.work() as work:
        add_attributes(work, [dropdown(BRAND, True, "Acme")], 0)
        assert brand_of(work, create_flat(work, see, FlatWrite({BRAND: "Acme"}))) == "Acme"
        with pytest.raises(Conflict):
            create_flat(work, see, FlatWrite({BRAND: "Zeta"}))


def test_other_lists_grow_only_where_they_always_do(shop: Shop) -> None:
    with shop.work() as work:
        add_attributes(work, [dropdown(CURRENCY, None, "EUR")], 0)
        create_flat(work, see, FlatWrite({CURRENCY: "EUR"}))
        with pytest.raises(Conflict):
            create_flat(work, see, FlatWrite({CURRENCY: "USD"}))


def test_a_product_may_begin_as_a_draft(shop: Shop) -> None:
    with shop.work() as work:
        made = create_flat(work, see, FlatWrite({TITLE: "Hat"}, lifecycle=Lifecycle.ARCHIVED))
        reader = reader_of(see(work.definition).overall)
        assert reader.lifecycle(made.values) is Lifecycle.ARCHIVED
        after = edit_flat(work, see, made, FlatWrite(lifecycle=Lifecycle.DRAFT))
        assert reader.lifecycle(after.values) is Lifecycle.DRAFT


def test_one_variant_is_changed_and_deleted_alone(shop: Shop) -> None:
    with shop.work() as work:
        parent = create_flat(work, see, FlatWrite({TITLE: "Hat"}))
        one, other = (add_variant(work, see, parent, FlatWrite(sku=sku)) for sku in ("A", "B"))
        edit_flat(work, see, one, FlatWrite({"price": "1.50"}), root=parent)
        delete_flat(work, see(work.definition), one, root=parent)
        states = [work.find_product(p.sku).values["status"] for p in (parent, one, other)]
        assert states == ["active", "deleted", "active"]


def test_what_a_type_does_not_have_is_refused(shop: Shop) -> None:
    with shop.work() as work:
        made = create_flat(work, see, FlatWrite({TITLE: "Hat"}))
        add_type(work, "bare", ProductTypeWrite())
        kept = ProductWrite(made.sku, product_type="bare")
        made = edit_product(work, see(work.definition).overall, kept).product
        with pytest.raises(BadInput, match="description is not an attribute of the product type"):
            edit_flat(work, see, made, FlatWrite({"description": "Warm."}))
