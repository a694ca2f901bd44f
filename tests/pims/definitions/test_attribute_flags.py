"""What switching the flags of an attribute does to products that are there already."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from pims_api.services.dimensions import add_locale
from pims_api.services.maintenance.check import CHECKS
from pims_api.services.product_types import ProductTypeWrite, add_type
from pims_api.storage.history.changes import Actor
from pims_api.storage.snapshot import snapshot
from pims_api.storage.tables import posting
from pims_api.storage.unit_of_work import unit_of_work
from tests.pims.conftest import ATTRIBUTES


@pytest.fixture
def flags(pims):
    """`flags("color", isFilterable="y")`: the flags of an attribute are set."""

    def switch(name, *, status=200, **definition):
        return pims(
            "editAttribute", path=ATTRIBUTES, name=name, definition=definition, status=status
        )

    return switch


@pytest.fixture
def shop(given_attribute, given_product):
    """Three products with a brand and a note; A and B share the brand."""
    given_attribute("brand")
    given_attribute("note", "text")
    given_product("A", brand="Bosch", note="forged steel")
    given_product("B", brand="Bosch", note="soft rubber")
    given_product("C", brand="Makita")


@pytest.fixture
def found(pims):
    """`found(search="steel")`: the SKUs that getList answers with."""

    def skus(**params):
        reply = pims("getList", params=params, status=200)
        return [one["sku"] for one in reply["products"]]

    return skus


@pytest.fixture
def is_clean(database):
    """`is_clean()`: whether everything derived from documents is as they say."""

    def check():
        with snapshot(database, 1) as seen:
            return [told for check in CHECKS for told in check.find(seen)] == []

    return check


@pytest.fixture
def work(database):
    """`with work() as one:` a transaction of the command line."""
    return lambda: unit_of_work(database, 1, Actor("tests"))


@pytest.fixture
def german(work):
    """The locale de-de is there."""
    with work() as one:
        add_locale(one, "de-de")


@pytest.fixture
def postings(database):
    """`postings("brand")`: how many rows of the index are about the values of the attribute."""

    def count(name):
        with snapshot(database, 1) as seen:
            number = seen.definition.by_name[name].id
            mine = select(func.count()).where(
                posting.c.attribute_id == number, posting.c.term != "*"
            )
            return seen.connection.scalar(mine)

    return count


@pytest.fixture
def large(database):
    """Two products count as many."""
    database.settings = replace(database.settings, reindex_inline_max=2)


def test_filterable_covers_products_that_are_there(shop, flags, found, pims, is_clean):
    wanted = {"filter_values": {"brand": "Bosch"}}
    pims("getList", params=wanted, status=400)
    flags("brand", isFilterable="y")
    assert found(**wanted) == ["A", "B"]
    assert is_clean()
    flags("brand", isFilterable="n")
    pims("getList", params=wanted, status=400)
    assert is_clean()


@pytest.mark.usefixtures("all_entered")
def test_what_is_not_asked_for_leaves_the_index(shop, flags, postings):
    flags("brand", isFilterable="y", isIndexable="y")
    built = postings("brand")
    flags("brand", isFilterable="n")
    assert postings("brand") == built > 0
    flags("brand", isIndexable="n")
    assert postings("brand") == 0


def test_indexable_orders_products_that_are_there(shop, flags, found, is_clean):
    flags("brand", isIndexable="y")
    order = [{"attribute": "brand", "direction": "DESC"}]
    assert found(order=order) == ["C", "A", "B"]
    flags("brand", isFilterable="y")
    flags("brand", isIndexable="n")
    assert found(order=order) == ["C", "A", "B"]
    assert is_clean()


def test_searchable_finds_products_that_are_there(shop, flags, found, is_clean):
    assert found(search="steel") == []
    flags("note", isSearchable="y")
    assert found(search="steel") == ["A"]
    assert is_clean()
    flags("note", isSearchable="n")
    assert found(search="steel") == []
    assert is_clean()


def test_completeness_counts_products_that_are_there(shop, given_attribute, found, is_clean):
    given_attribute("done", "completeness", isFilterable="y")
    assert found(filter_values={"done": "100"}) == ["A", "B", "C"]
    assert is_clean()


def test_unique_over_clashing_values_changes_nothing(shop, flags, unchanged):
    with unchanged():
        reply = flags("brand", isUnique="y", group="Looks", status=409)
    assert reply["errors"] == [
        {
            "code": "not_unique",
            "message": "brand cannot be unique: A, B share the value Bosch!",
            "attribute": "brand",
            "pointer": "/definition/isUnique",
            "value": "Bosch",
        }
    ]


def test_clashes_of_a_dropdown_are_told_by_their_words(given_attribute, given_product, flags):
    given_attribute("color", "dropdown", dictionary={"data": ["red"]})
    given_product("A", color="red")
    given_product("B", color="red")
    reply = flags("color", isUnique="y", status=409)
    assert reply["errors"][0]["value"] == "red"


def test_unique_holds_from_then_on_and_can_be_taken_back(shop, flags, edit, pims, is_clean):
    edit("B", brand="Hilti")
    flags("brand", isUnique="y")
    refused = {"attributes": {"brand": "Hilti"}}
    assert (
        pims("editProduct", sku="C", data=refused, status=409)["errors"][0]["code"] == "not_unique"
    )
    assert is_clean()
    flags("brand", isUnique="n")
    edit("C", brand="Hilti")
    assert is_clean()


def test_values_of_deleted_products_clash_too(shop, flags, edit):
    edit("B", status="deleted")
    reply = flags("brand", isUnique="y", status=409)
    assert reply["errors"][0]["message"] == "brand cannot be unique: A, B share the value Bosch!"


def test_many_products_wait_for_the_command(shop, flags, found, pims, large, unchanged):
    reply = flags("brand", isFilterable="y", isSearchable="y")
    assert reply["definition"]["isFilterable"] == "y"
    assert [one["message"] for one in reply["warnings"]] == [
        "brand will be filterable and searchable once its values are indexed. Run: pims reindex"
    ]
    wanted = {"filter_values": {"brand": "Bosch"}}
    pims("getList", params=wanted, status=400)
    assert found(search="bosch") == []
    assert "warnings" not in flags("brand", group="Looks")


def test_a_waiting_flag_can_be_taken_back(shop, flags, database, large):
    flags("brand", isFilterable="y")
    flags("brand", isFilterable="n")
    with snapshot(database, 1) as seen:
        assert seen.definition.by_name["brand"].pending == frozenset()


def test_unique_is_checked_over_many_products_too(shop, flags, large):
    flags("brand", isUnique="y", status=409)


def test_taking_search_from_many_products_names_the_command(shop, flags, found, database):
    flags("note", isSearchable="y")
    database.settings = replace(database.settings, reindex_inline_max=2)
    reply = flags("note", isSearchable="n")
    assert "pims reindex" in reply["warnings"][0]["message"]
    assert found(search="steel") == []


def test_localizable_stays_while_other_locales_have_values(
    shop, flags, pims, edit, shown, unchanged, german
):
    flags("brand", isLocalizable="y")
    body = {"sku": "A", "data": {"attributes": {"brand": "Bosch GmbH"}}}
    pims("editProduct", locale="de-de", status=200, **body)
    assert shown("A")["brand"] == "Bosch"
    with unchanged():
        reply = flags("brand", isLocalizable="n", status=409)
    assert reply["errors"][0]["pointer"] == "/definition/isLocalizable"
    body["data"]["attributes"]["brand"] = None
    pims("editProduct", locale="de-de", status=200, **body)
    assert flags("brand", isLocalizable="n")["definition"].get("isLocalizable") is None


def test_a_value_that_looks_like_a_slot_is_none(shop, flags, edit, german):
    flags("brand", isLocalizable="y")
    edit("A", note="brand@home", title='"brand":')
    flags("brand", isLocalizable="n")


def test_deleting_an_attribute_takes_it_out_of_every_index(shop, flags, edit, pims, is_clean):
    edit("B", brand="Hilti")
    flags("brand", isFilterable="y", isSearchable="y", isUnique="y")
    pims("deleteAttribute", path=ATTRIBUTES, name="brand", status=200)
    assert is_clean()


def test_completeness_follows_when_a_required_attribute_goes(
    given_attribute, pims, found, is_clean, work
):
    given_attribute("brand")
    given_attribute("code")
    given_attribute("done", "completeness", isFilterable="y")
    with work() as one:
        add_type(one, "tool", ProductTypeWrite(["brand", "code", "done"], ["brand", "code"]))
    body = {"sku": "A", "product_type": "tool", "data": {"attributes": {"brand": "Bosch"}}}
    pims("createProduct", status=200, **body)
    assert found(filter_values={"done": "50"}) == ["A"]
    pims("deleteAttribute", path=ATTRIBUTES, name="code", status=200)
    assert found(filter_values={"done": "100"}) == ["A"]
    assert is_clean()
