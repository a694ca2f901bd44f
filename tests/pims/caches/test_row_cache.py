"""Rows of lists that a process keeps say what is so now, whoever changed it."""

import pytest

from tests.environment import settings_of
from tests.pims.conftest import ATTRIBUTES, CATEGORIES, talk
from views.app import create_app
from views.row_cache import RowCache


@pytest.fixture
def listed(pims):
    """`listed()`: what getList shows of every product, by SKU; asked twice, for the same rows."""

    def ask(**params):
        asked = {"includeVariants": True, "includeDeleted": True} | params
        first, again = (pims("getList", params=asked, status=200) for _ in range(2))
        assert first == again
        return {one["sku"]: one for one in again["products"]}

    return ask


@pytest.fixture
def other(app, key):
    """`other("editProduct", …)`: the same from another process over the same database."""
    url = app.extensions["pims_database"].settings.database_url
    second = create_app(settings_of(url))
    yield talk(second.test_client(), key)
    second.extensions["pims_database"].close()


@pytest.fixture
def rods(given_attribute, given_product):
    """Rods A and B, of which A has the variation A-1."""
    given_attribute("length", "number", isFilterable="y")
    given_product("A", title="Rod A", length="1")
    given_product("B", title="Rod B")
    given_product("A-1", title="Rod A-1", variation_of="A")


@pytest.mark.usefixtures("rods")
def test_rows_are_those_of_each_product_alone(listed, shown):
    rows = listed()
    assert list(rows) == ["A", "A-1", "B"]
    assert {sku: row["data"]["attributes"] for sku, row in rows.items()} == {
        sku: shown(sku) for sku in rows
    }


@pytest.mark.usefixtures("rods")
def test_what_another_process_writes_is_shown_at_once(listed, other):
    before = listed()
    other("editProduct", sku="A", data={"attributes": {"title": "New"}}, status=200)
    other("editProduct", sku="B", data={"attributes": {"status": "deleted"}}, status=200)
    after = listed()
    assert after["A"]["data"]["attributes"]["title"] == "New"
    assert after["A"]["version"] == before["A"]["version"] + 1
    assert after["B"]["data"]["attributes"]["status"] == "deleted"
    assert after["A-1"] == before["A-1"]


@pytest.mark.usefixtures("rods")
def test_a_row_shows_variations_that_came_and_went(listed, other):
    assert listed()["A"]["data"]["attributes"]["variation_skus"] == ["A-1"]
    data = {"attributes": {"variation_of": "A"}}
    other("createProduct", sku="A-2", data=data, status=200)
    assert listed()["A"]["data"]["attributes"]["variation_skus"] == ["A-1", "A-2"]
    other("editProduct", sku="A-1", data={"attributes": {"variation_of": "B"}}, status=200)
    rows = listed()
    assert rows["A"]["data"]["attributes"]["variation_skus"] == ["A-2"]
    assert rows["B"]["data"]["attributes"]["variation_skus"] == ["A-1"]


@pytest.mark.usefixtures("rods")
def test_a_row_shows_what_was_defined_since(pims, listed, other, given_category, edit):
    number = given_category("Rods")
    edit("A", categories=["Rods"])
    assert listed()["A"]["data"]["attributes"]["categories"] == ["Rods"]
    other("editCategory", path=CATEGORIES, id=number, name="Poles", status=200)
    assert listed()["A"]["data"]["attributes"]["categories"] == ["Poles"]
    definition = {"type": "string", "label": {"en-us": "hue"}}
    other("addAttribute", path=ATTRIBUTES, name="hue", definition=definition, status=200)
    assert listed()["A"]["data"]["attributes"]["hue"] is None


@pytest.mark.usefixtures("rods")
def test_rows_are_kept_for_what_each_caller_sees(listed, pims):
    whole = listed()
    narrow = listed(attributes=["length"])
    assert narrow["A"]["data"]["attributes"] == {"sku": "A", "length": "1"}
    unset = listed(omitEmpty=True)
    assert "length" not in unset["B"]["data"]["attributes"]
    assert listed() == whole


@pytest.mark.usefixtures("rods")
def test_what_was_refused_or_undone_leaves_rows_as_they_were(listed, pims):
    before = listed()
    pims("editProduct", sku="A", data={"attributes": {"title": "X"}}, dry_run=True, status=200)
    pims("editProduct", sku="A", data={"attributes": {"length": "much"}}, status=400)
    assert listed() == before


@pytest.mark.usefixtures("rods")
def test_what_is_known_is_not_read_again(pims, queries):
    def documents_read() -> int:
        with queries() as sent:
            pims("getList", params={}, status=200)
        return sum("document" in one for one in sent)

    pims("getList", params={"pagination": {"pageSize": 1}}, status=200)
    assert [documents_read() for _ in range(3)] == [1, 0, 0]


def test_rows_are_known_at_their_sequence_to_their_owner_alone():
    kept, mine, others = RowCache(weight_max=2**20), object(), object()
    kept.put(mine, 7, {1: b"a", 2: b"b"})
    assert kept.get(mine, 7, [2, 1, 3]) == {2: b"b", 1: b"a"}
    assert kept.get(mine, 8, [1]) == kept.get(mine, 6, [1]) == kept.get(others, 7, [1]) == {}


def test_what_an_older_snapshot_saw_replaces_nothing():
    kept, mine = RowCache(weight_max=2**20), object()
    kept.put(mine, 7, {1: b"a"})
    kept.put(mine, 6, {1: b"old"})
    assert kept.get(mine, 7, [1]) == {1: b"a"}
    kept.put(mine, 8, {1: b"new"})
    assert kept.get(mine, 8, [1]) == {1: b"new"}


def test_with_too_many_those_go_that_were_not_asked_for_longest():
    kept, mine = RowCache(weight_max=600), object()
    kept.put(mine, 7, {1: b"a", 2: b"b"})
    kept.get(mine, 7, [1])
    kept.put(mine, 7, {3: b"c"})
    assert kept.get(mine, 7, [1, 2, 3]) == {1: b"a", 3: b"c"}
    kept.put(mine, 7, {4: b"d" * 600})
    assert kept.get(mine, 7, [1, 2, 3, 4]) == {1: b"a", 3: b"c"}
