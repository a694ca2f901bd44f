"""What a change of an attribute would take from products and Views is counted before."""

import pytest

VIEWS = "/pim/manage/views"


@pytest.fixture(params=["filterable", "not indexed"])
def colors(request, given_attribute, given_product):
    """A dropdown of Gray, Grey and Red; a product of each, two of Gray, one of them deleted."""
    is_filterable = "y" if request.param == "filterable" else "n"
    dictionary = {"columns": ["value"], "data": ["Gray", "Grey", "Red"]}
    given_attribute(
        "color", "dropdown", dictionary=dictionary, isFilterable=is_filterable, isSearchable="y"
    )
    for sku, color in {"A": "Gray", "B": "Grey", "C": "Red", "D": "Gray"}.items():
        status = "deleted" if sku == "D" else "active"
        given_product(sku, title=f"Title {sku}", color=color, status=status)
    return request.param


@pytest.fixture
def given_view(pims):
    def given(name, condition_query="", **attributes):
        body = {"name": name, "attributes": attributes, "condition_query": condition_query}
        return pims("addPimView", path=VIEWS, **body, status=200)

    return given


class TestReplacingTheDictionary:
    def test_values_in_use_that_are_left_out_are_warned_of(self, manage, colors, shown):
        dictionary = {"data": ["Grey", "Redd"]}
        reply = manage(
            "editAttribute", name="color", definition={"dictionary": dictionary}, status=200
        )
        kept = (
            "color loses the value {}, which stays on {} although it leaves the dictionary! To "
            "carry them along, rename the value or merge it into another one."
        )
        assert [
            (one["message"], one["value"], one.get("nearest")) for one in reply["warnings"]
        ] == [
            (kept.format("Gray", "2 products"), "Gray", None),
            (kept.format("Red", "1 product"), "Red", "Redd"),
        ]
        assert {one["code"] for one in reply["warnings"]} == {"dictionary"}
        assert shown("A")["color"] == "Gray"

    def test_a_dry_run_warns_too(self, manage, colors, unchanged):
        dictionary = {"data": ["Grey", "Red"]}
        with unchanged():
            reply = manage(
                "editAttribute",
                name="color",
                definition={"dictionary": dictionary},
                dry_run=True,
                status=200,
            )
        assert [one["value"] for one in reply["warnings"]] == ["Gray"]

    def test_values_that_nobody_has_go_without_a_word(self, manage, given_attribute):
        dictionary = {"columns": ["value"], "data": ["a", "b"]}
        given_attribute("size", "dropdown", dictionary=dictionary, isFilterable="y")
        definition = {"dictionary": {"data": ["b", "c"]}}
        reply = manage("editAttribute", name="size", definition=definition, status=200)
        assert "warnings" not in reply

    def test_a_view_that_names_the_value_is_told(self, manage, given_attribute, given_view):
        dictionary = {"columns": ["value"], "data": ["a", "b"]}
        given_attribute("size", "dropdown", dictionary=dictionary, isFilterable="y")
        given_view("partner", "[[size]] = 'a'")
        definition = {"dictionary": {"data": ["b"]}}
        reply = manage("editAttribute", name="size", definition=definition, status=200)
        assert "which stays in the Views partner although" in reply["warnings"][0]["message"]

    def test_many_values_are_summed_up(self, manage, given_attribute, given_product):
        names = [f"v{number:02}" for number in range(30)]
        dictionary = {"columns": ["value"], "data": names}
        given_attribute("size", "dropdown", dictionary=dictionary, isFilterable="y")
        for name in names:
            given_product(name, title=name, size=name)
        definition = {"dictionary": {"data": []}}
        reply = manage("editAttribute", name="size", definition=definition, status=200)
        assert len(reply["warnings"]) == 21
        assert reply["warnings"][20]["message"] == (
            "size loses 10 more values that are in use, by 10 products, likewise!"
        )


class TestDeletingAnAttribute:
    def test_a_dry_run_counts_products_and_views(self, manage, colors, given_view, unchanged):
        given_view("partner", title={}, color={})
        given_view("other", title={})
        with unchanged():
            reply = manage("deleteAttribute", name="color", dry_run=True, status=200)
        assert (reply["products"], reply["views"]) == (4, ["partner"])

    @pytest.mark.parametrize("kind", ["text", "html", "media", "string", "boolean", "url"])
    def test_values_of_every_type_are_counted(
        self, pims, manage, given_attribute, given_product, german, kind
    ):
        given_attribute("note", kind, isLocalizable="y")
        value = "true" if kind == "boolean" else "http://a.example/x"
        given_product("A", title="A", note=value)
        given_product("B", title="B")
        given_product("C", title='"note":1')
        pims("editProduct", sku="B", data={"attributes": {"note": value}}, locale="de-de")
        reply = manage("deleteAttribute", name="note", dry_run=True, status=200)
        assert reply["products"] == 2

    @pytest.mark.parametrize("kind", ["number", "date", "string"])
    def test_indexed_values_are_counted_from_the_index(
        self, manage, given_attribute, given_product, queries, kind
    ):
        given_attribute("size", kind, isFilterable="y")
        value = "2024-02-13" if kind == "date" else "1.123456"
        for number in range(5):
            given_product(f"P{number}", title="P", size=value)
        given_product("Q", title="Q")
        with queries() as sent:
            reply = manage("deleteAttribute", name="size", dry_run=True, status=200)
        assert reply["products"] == 5
        assert len(sent) < 25
