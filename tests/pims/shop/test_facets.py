"""Category filters: which there are, what they count, when they are counted anew."""

import json
from functools import partial

import pytest
from click.testing import CliRunner

from pims_api.__main__ import main
from pims_api.clock import now_us
from pims_api.services.dimensions import add_locale
from pims_api.services.lists import facets as facet_service
from pims_api.storage.catalogue_index.facets import counts as facet_counts
from pims_api.storage.history.changes import Actor
from pims_api.storage.unit_of_work import unit_of_work
from tests.pims.hiding_shop import CANARY, fill_hiding_shop

MINUTE_US = 60_000_000


@pytest.fixture(params=[0, 300], ids=["index", "documents"])
def small(request, monkeypatch):
    """Sets of more products than this are counted from the index."""
    monkeypatch.setattr(facet_counts, "SMALL", request.param)


@pytest.fixture
def tools(given_category):
    return given_category("Tools")


@pytest.fixture
def given_tool(given_product):
    return partial(given_product, categories=["Tools"])


class TestKinds:
    @pytest.fixture(autouse=True)
    def anyhow(self, small):
        """Each of these holds for both ways of counting."""

    @pytest.mark.parametrize(
        ("definition", "values", "told"),
        [
            ({"type": "string"}, ["b", "a", "b", None], {"a": 1, "b": 2}),
            ({"type": "string", "collection": "y"}, [["a", "b"], ["a"]], {"a": 2, "b": 1}),
            ({"type": "string", "collection": "y"}, [["a", "a"]], {"a": 1}),
            ({"type": "boolean"}, [True, False, "Y", None], {True: 2, False: 1}),
            ({"type": "number"}, ["9", "10.50", "-0.0", None], ("0", "10.5")),
            ({"type": "number"}, ["-7", "-007.25"], ("-7.25", "-7")),
            ({"type": "number"}, ["1.000001", "1.0000009"], ("1.0000009", "1.000001")),
            ({"type": "number"}, ["9" * 40, "-" + "9" * 40], ("-" + "9" * 40, "9" * 40)),
            ({"type": "number", "collection": "y"}, [["5", "10"], ["7.5"]], ("5", "10")),
            ({"type": "date"}, ["2024-02-29", "1999-12-31"], ("1999-12-31", "2024-02-29")),
            ({"type": "string"}, ["x" * 200, "x" * 200 + "y"], {"x" * 200: 1, "x" * 200 + "y": 1}),
        ],
    )
    def test_values_are_counted_and_numbers_have_ends(
        self, facets, given_attribute, given_tool, tools, definition, values, told
    ):
        given_attribute("x", isFilterable="y", **definition)
        for number, value in enumerate(values):
            given_tool(f"T{number}", x=value)
        found = facets(tools)["x"]
        assert found == told
        assert list(found) == list(told)  # their order too

    def test_dropdowns_come_in_the_order_of_the_dictionary_with_their_labels(
        self, shop, pims, given_attribute, given_tool, tools
    ):
        rows = {"columns": ["value", "en-us"], "data": [["xl", "Large"], ["s", "Small"], ["m"]]}
        given_attribute("size", "dropdown", isFilterable="y", dictionary=rows)
        for sku, size in (("A", "m"), ("B", "xl"), ("C", "s"), ("D", "m")):
            given_tool(sku, size=size)
        (filters,) = self.dropdowns(shop, tools)
        assert filters == {
            "attribute": "size",
            "label": {"en-us": "size"},
            "values": [
                {"value": "xl", "count": 1, "label": {"en-us": "Large"}},
                {"value": "s", "count": 1, "label": {"en-us": "Small"}},
                {"value": "m", "count": 2},
            ],
        }

    def dropdowns(self, shop, number):
        return shop(f"/v/c/{number}")["currentCategory"][0]["cat_filters"]["filter_dropdown"]

    def test_options_that_left_the_dictionary_are_told_where_products_have_them(
        self, facets, manage, given_attribute, given_tool, tools
    ):
        given_attribute("size", "dropdown", isFilterable="y", dictionary={"data": ["s", "m"]})
        given_tool("A", size="s")
        given_tool("B", size="m")
        definition = {"label": {"en-us": "size"}, "dictionary": {"data": ["m", "l"]}}
        manage("editAttribute", name="size", definition=definition, status=200)
        assert list(facets(tools)["size"].items()) == [("m", 1), ("s", 1)]

    @pytest.mark.parametrize(
        ("name", "definition"),
        [
            ("plain", {"type": "string"}),
            ("link", {"type": "url", "isFilterable": "y"}),
            ("related", {"type": "relation", "isFilterable": "y"}),
            ("done", {"type": "completeness", "isFilterable": "y"}),
        ],
    )
    def test_other_attributes_are_no_filters(
        self, facets, given_attribute, given_tool, tools, name, definition
    ):
        given_attribute(name, **definition)
        given_tool("A")
        given_tool("B", **({name: "A"} if name != "done" else {}))
        assert facets(tools) == {}

    def test_a_string_with_too_many_values_is_no_filter(
        self, facets, given_attribute, given_tool, tools, monkeypatch
    ):
        monkeypatch.setattr(facet_service, "TEXTS_MAX", 2)
        given_attribute("x", isFilterable="y")
        given_attribute("size", "dropdown", isFilterable="y", dictionaryIsStatic="n")
        for sku, value in (("A", "a"), ("B", "b"), ("BB", "b")):
            given_tool(sku, x=value, size=value)
        assert facets(tools) == {"x": {"a": 1, "b": 2}, "size": {"a": 1, "b": 2}}
        given_tool("C", x="c", size="c")
        assert set(facets(tools)) == {"size"}

    def test_only_what_the_shop_lists_is_counted(
        self, facets, given_attribute, given_tool, given_category, given_product, tools
    ):
        given_attribute("x", isFilterable="y")
        given_category("Tools > Saws")
        given_tool("A", x="a")
        given_tool("OFF", x="off", status="inactive")
        given_tool("GONE", x="gone", status="deleted")
        given_tool("A-1", x="variation", variation_of="A")
        given_product("S", x="below", categories=["Tools > Saws"])
        given_product("O", x="elsewhere")
        assert facets(tools)["x"] == {"a": 1}
        assert facets(tools, includeVariants="true")["x"] == {"a": 1, "variation": 1}
        assert facets(tools, includeChildren="true")["x"] == {"a": 1, "below": 1}

    def test_localized_values_are_those_that_the_locale_shows(
        self, facets, pims, run_locale, given_attribute, given_tool, tools
    ):
        given_attribute("x", isFilterable="y", isLocalizable="y")
        given_attribute("n", "number", isFilterable="y", isLocalizable="y")
        given_tool("A", x="red", n="1")
        given_tool("B", x="red", n="2")
        values = {"x": "rot", "n": "30"}
        pims("editProduct", sku="A", data={"attributes": values}, locale="de-de", status=200)
        assert facets(tools) == {"x": {"red": 2}, "n": ("1", "2")}
        assert facets(tools, locale="de-de") == {"x": {"red": 1, "rot": 1}, "n": ("2", "30")}

    @pytest.fixture
    def run_locale(self, database):
        with unit_of_work(database, 1, Actor("tests")) as work:
            add_locale(work, "de-de")


class TestWhenTheyAreCounted:
    @pytest.fixture(autouse=True)
    def one_tool(self, small, given_attribute, given_tool, tools):
        given_attribute("color", isFilterable="y")
        given_tool("A", color="red")

    @pytest.fixture
    def paint(self, pims):
        """`paint("A", "blue", pause=True)`: one edit."""

        def edit(sku, color, pause=False):
            more = {"pauseReIndexing": "Y"} if pause else {}
            pims("editProduct", sku=sku, data={"attributes": {"color": color}}, status=200, **more)

        return edit

    @pytest.fixture
    def minutes(self, monkeypatch):
        """`minutes(14)`: so many minutes pass."""
        passed = [0]
        monkeypatch.setattr(facet_service, "now_us", lambda: now_us() + passed[0])

        def wait(count):
            passed[0] += count * MINUTE_US

        return wait

    def test_a_write_is_counted_at_once(self, facets, tools, paint, given_tool):
        assert facets(tools) == {"color": {"red": 1}}
        paint("A", "blue")
        given_tool("B", color="red")
        assert facets(tools) == {"color": {"blue": 1, "red": 1}}

    def test_a_paused_write_waits_for_the_next_one(self, shop, facets, tools, paint, given_tool):
        assert facets(tools) == {"color": {"red": 1}}
        paint("A", "blue", pause=True)
        assert facets(tools) == {"color": {"red": 1}}
        given_tool("B", color="red")
        assert facets(tools) == {"color": {"blue": 1, "red": 1}}

    def test_a_pause_holds_back_filters_alone(self, shop, pims, facets, tools, paint):
        facets(tools)
        body = {"data": {"attributes": {"color": "blue", "categories": ["Tools"]}}}
        pims("createProduct", sku="B", pauseReIndexing="Y", status=200, **body)
        reply = shop(f"/v/cpc/{tools}", color="blue")
        assert [one["sku"] for one in reply["products"]] == ["B"]
        assert reply["currentCategory"][0]["product_count"] == 2
        assert facets(tools) == {"color": {"red": 1}}

    def test_after_a_quarter_of_an_hour_they_are_counted_anyway(
        self, facets, tools, paint, minutes
    ):
        facets(tools)
        paint("A", "blue", pause=True)
        minutes(14)
        assert facets(tools) == {"color": {"red": 1}}
        minutes(1)
        assert facets(tools) == {"color": {"blue": 1}}

    def test_a_reindexing_counts_them(self, facets, tools, paint, reindexed):
        facets(tools)
        paint("A", "blue", pause=True)
        reindexed()
        assert facets(tools) == {"color": {"blue": 1}}

    @pytest.fixture
    def reindexed(self, database):
        def run():
            url = database.url.render_as_string(hide_password=False)
            done = CliRunner().invoke(main, ["reindex"], env={"PIMS_DATABASE_URL": url})
            assert done.exit_code == 0, done.output

        return run

    def test_a_write_that_changes_nothing_counts_nothing(self, facets, tools, paint):
        facets(tools)
        paint("A", "blue", pause=True)
        paint("A", "blue")
        assert facets(tools) == {"color": {"red": 1}}

    def test_moving_and_closing_categories_shows_at_once(
        self, facets, shop, tools, given_category, given_product, set_category, close_category
    ):
        saws = given_category("Saws")
        given_product("S", color="blue", categories=["Saws"])
        assert facets(tools, includeChildren="true") == {"color": {"red": 1}}
        set_category(saws, cat_parent_id=tools)
        assert facets(tools, includeChildren="true") == {"color": {"blue": 1, "red": 1}}
        close_category(saws)
        assert facets(tools, includeChildren="true") == {"color": {"red": 1}}

    def test_a_change_of_an_attribute_shows_at_once(self, facets, tools, manage):
        assert facets(tools) == {"color": {"red": 1}}
        manage("editAttribute", name="color", definition={"isFilterable": "n"}, status=200)
        assert facets(tools) == {}


class TestViews:
    @pytest.fixture
    def seen(self, facets, pims, make_key):
        """`seen(1)`: the filters that a key of the View of hiding_shop.py sees."""
        fill_hiding_shop(pims)
        return partial(facets, key=make_key("pim_user", views=("shop",)))

    def test_hidden_attributes_values_and_rows_never_show(self, seen, shop, make_key, small):
        key = make_key("pim_user", views=("shop",))
        for path in ("/v/c/1", "/v/cpc/1", "/v/pc", "/v/p/INSIDE", "/v/pl", "/sv//rod", "/v/ctn"):
            query = {"skus": "INSIDE,CANARY-OUTSIDE,INSIDE-M"} if path == "/v/pl" else {}
            reply = shop(path, key=key, **query)
            assert CANARY not in json.dumps(reply).lower(), path
        assert shop("/v/cpc/1", key=key, includeVariants="1")["count"] == 3
        shop("/v/p/CANARY-OUTSIDE", key=key, status=404)

    def test_filters_have_the_names_of_the_view_and_count_its_rows(self, seen, small):
        assert seen(1) == {"Price": ("6", "6")}
        assert seen(1, includeVariants="true") == {"ean": {"2": 1}, "Price": ("6", "6")}

    def test_each_view_has_counts_of_its_own(self, seen, facets, small):
        assert set(facets(1)) > {"canary_region", "canary_price"}
        assert seen(1) == {"Price": ("6", "6")}
        assert facets(1)["canary_region"] == {"canarynorth": 1, "canarysouth": 1}

    @pytest.mark.parametrize("query", ["canary_cost=1", "order-by=canary_cost|asc"])
    def test_hidden_attributes_are_told_like_unknown_ones(self, seen, shop, make_key, query):
        key = make_key("pim_user", views=("shop",))
        hidden = shop(f"/v/pc?{query}", key=key, status=400)
        unknown = shop(f"/v/pc?{query.replace('canary', 'nobody')}", key=key, status=400)
        assert json.dumps(hidden).replace("canary", "nobody") == json.dumps(unknown)

    def test_a_view_without_categories_knows_none(
        self, shop, pims, make_key, tools, given_tool, small
    ):
        given_tool("A")
        fields = {"name": "bare", "attributes": {"title": {}}}
        pims("addPimView", path="/pim/manage/views", **fields, status=200)
        key = make_key("pim_user", views=("bare",))
        assert shop("/v/ct", key=key)["categoriesTree"] == []
        assert shop("/v/ctn", key=key)["categoriesTree"] == []
        assert shop("/v/ct/tools", key=key) == {"status": "OK"}
        assert shop("/v/p/A", key=key)["categories"] == []
        shop(f"/v/c/{tools}", key=key, status=404)
        shop(f"/v/pc/{tools}", key=key, status=404)


@pytest.mark.usefixtures("all_entered")
class TestStatements:
    @pytest.fixture
    def count(self, shop, queries):
        """`count("/v/cpc/2")`: how many statements an address sends."""

        def statements(path, **query):
            with queries() as sent:
                shop(path, **query)
            return len(sent)

        return statements

    def test_as_many_for_many_products_as_for_few(
        self, shop, count, small, given_attribute, given_tool, tools
    ):
        for name, kind in (("x", "string"), ("n", "number"), ("b", "boolean")):
            given_attribute(name, kind, isFilterable="y")
        counts = []
        for number in range(24):
            given_tool(f"T{number:02}", title="tool", x=f"v{number}", n=f"{number}", b="y")
            if number in (2, 23):
                paths = (f"/v/cpc/{tools}", f"/v/c/{tools}", "/sv//tool", "/v/pc", "/v/ctn")
                counts.append([count(path) for path in paths])
        assert counts[0] == counts[1]
        assert max(counts[0]) <= 20

    def test_a_category_that_was_counted_is_not_counted_again(
        self, count, small, given_attribute, given_tool, tools
    ):
        given_attribute("x", isFilterable="y")
        given_tool("A", x="a")
        first = count(f"/v/c/{tools}")
        again = count(f"/v/c/{tools}")
        assert again < first
        assert again <= 4
