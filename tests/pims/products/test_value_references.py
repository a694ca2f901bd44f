"""Values that point somewhere: to a dictionary, other products, categories, or to nobody else."""

import pytest

from tests.pims.one_value import refused, stored


@pytest.fixture(autouse=True)
def product(given_product):
    given_product("A")


class TestDropdown:
    @pytest.mark.parametrize("static", ["y", None])
    def test_takes_only_what_is_in_the_dictionary(
        self, pims, given_attribute, unchanged, static
    ) -> None:
        growth = {} if static is None else {"dictionaryIsStatic": static}
        given_attribute("a", "dropdown", dictionary={"data": ["red", "green"]}, **growth)

        assert stored(pims, "red") == "red"
        for value in ("blue", "Red", " red", "re"):
            assert refused(pims, unchanged, value) == "dictionary"

    def test_names_the_nearest_and_the_allowed_values(self, pims, given_attribute) -> None:
        given_attribute("a", "dropdown", dictionary={"data": ["red", "green"]})

        reply = pims("editProduct", sku="A", data={"attributes": {"a": "gren"}}, status=400)

        [error] = reply["errors"]
        assert (error["value"], error["nearest"]) == ("gren", "green")
        assert error["allowed"] == ["red", "green"]

    def test_compares_the_first_column(self, pims, given_attribute, unchanged) -> None:
        rows = {"columns": ["value", "code"], "data": [["red", "R"], ["green", "G"]]}
        given_attribute("a", "dropdown", dictionaryIsStatic="y", dictionary=rows)

        assert stored(pims, "green") == "green"
        assert refused(pims, unchanged, "G") == "dictionary"

    @pytest.mark.parametrize(
        ("case", "growth", "missing", "grows"),
        [
            ("not static", {"dictionaryIsStatic": "n"}, [], True),
            ("not static, told", {"dictionaryIsStatic": "n"}, ["dictionary"], True),
            ("nothing said, told", {}, ["dictionary"], True),
            ("nothing said", {}, [], False),
            ("static, told", {"dictionaryIsStatic": "y"}, ["dictionary"], False),
            ("told of something else", {}, ["categories"], False),
        ],
    )
    def test_grows(self, pims, given_attribute, unchanged, case, growth, missing, grows) -> None:
        given_attribute("a", "dropdown", dictionary={"data": ["red"]}, **growth)
        body = {"sku": "A", "data": {"attributes": {"a": "blue"}}, "createMissing": missing}

        if not grows:
            with unchanged():
                pims("editProduct", **body, status=400)
            return
        reply = pims("editProduct", **body, status=200)

        assert reply["data"]["attributes"]["a"] == "blue"
        assert reply["data"]["definition"]["a"]["dictionary"]["data"] == ["red", "blue"]
        assert pims("listProduct")["data"]["definition"] == reply["data"]["definition"]

    def test_many_of_them(self, pims, given_attribute, unchanged) -> None:
        rows = {"data": ["red", "green", "blue"]}
        given_attribute("a", "dropdown", collection="y", dictionary=rows)

        assert stored(pims, ["green", "red"]) == ["green", "red"]
        assert refused(pims, unchanged, ["green", "pink"]) == "dictionary"


class TestUnique:
    @pytest.mark.parametrize(
        ("kind", "first", "second", "clash"),
        [
            ("string", "EAN-1", "EAN-1", True),
            ("string", "EAN-1", "EAN-2", False),
            ("number", "1.0", "1.00", True),
            ("number", "1", "-1", False),
            ("date", "2024-01-01", "2024-01-01", True),
            ("url", "https://a/", "https://a/", True),
            ("string", "x" * 10_000, "x" * 10_000, True),
            ("string", "x" * 10_000, "x" * 9_999, False),
        ],
    )
    def test_no_two_products_share_a_value(
        self, pims, given_attribute, given_product, unchanged, kind, first, second, clash
    ) -> None:
        given_attribute("a", kind, isUnique="y")
        given_product("B", a=first)

        if clash:
            assert refused(pims, unchanged, second, status=409) == "not_unique"
        else:
            assert stored(pims, second) == second

    def test_a_product_may_keep_its_own_value(self, pims, given_attribute) -> None:
        given_attribute("a", isUnique="y")

        for value in ("1", "1", "2", "1"):
            assert stored(pims, value) == value

    def test_any_number_may_have_none(self, given_attribute, given_product) -> None:
        given_attribute("a", isUnique="y")

        for sku in ("B", "C"):
            given_product(sku, a=None)

    def test_a_value_that_was_let_go_is_free(self, pims, given_attribute, given_product) -> None:
        given_attribute("a", isUnique="y")
        given_product("B", a="1")

        pims("editProduct", sku="B", data={"attributes": {"a": None}}, status=200)

        assert stored(pims, "1") == "1"

    def test_elements_of_a_collection(
        self, pims, given_attribute, given_product, unchanged
    ) -> None:
        given_attribute("a", collection="y", isUnique="y")
        given_product("B", a=["1", "2"])

        assert refused(pims, unchanged, ["3", "2"], status=409) == "not_unique"
        assert stored(pims, ["3", "4"]) == ["3", "4"]

    def test_a_creation(self, pims, given_attribute, given_product, unchanged) -> None:
        given_attribute("a", isUnique="y")
        given_product("B", a="1")

        with unchanged():
            reply = pims("createProduct", sku="C", data={"attributes": {"a": "1"}}, status=409)

        assert [error["code"] for error in reply["errors"]] == ["not_unique"]


class TestRelation:
    @pytest.mark.parametrize("sku", ["NONE", "b", ""])
    def test_links_to_what_is_there(
        self, pims, given_attribute, given_product, unchanged, sku
    ) -> None:
        given_attribute("a", "relation", collection="y")
        given_product("B")

        assert stored(pims, ["B"]) == ["B"]
        code = "not_found" if sku else "type"
        assert refused(pims, unchanged, ["B", sku]) == code

    def test_a_link_to_a_deleted_product_stays(
        self, pims, given_attribute, given_product, edit, shown
    ) -> None:
        given_attribute("a", "relation")
        given_product("B")
        stored(pims, "B")

        edit("B", status="deleted")

        assert shown("A")["a"] == "B"


class TestStatus:
    @pytest.mark.parametrize(
        ("sent", "code"),
        [
            (None, "required"),
            ("", "required"),
            ("gone", "dictionary"),
            ("Active", "dictionary"),
            (["active"], "type"),
            (1, "type"),
            (True, "type"),
        ],
    )
    def test_refuses(self, pims, unchanged, sent, code) -> None:
        with unchanged():
            reply = pims("editProduct", sku="A", data={"attributes": {"status": sent}}, status=400)

        assert [(e["code"], e["attribute"]) for e in reply["errors"]] == [(code, "status")]

    def test_never_grows(self, pims, unchanged) -> None:
        values = {"attributes": {"status": "archived"}}

        with unchanged():
            pims("editProduct", sku="A", data=values, createMissing=["dictionary"], status=400)


class TestCategories:
    @pytest.fixture(autouse=True)
    def tree(self, given_category):
        for path in ("Tools > Hammers", "Tools > Saws", "Garden"):
            given_category(path)

    @pytest.mark.parametrize(
        ("case", "sent", "expected"),
        [
            ("a list", ["Garden"], ["Garden"]),
            ("a bare path", "Tools > Saws", ["Tools > Saws"]),
            ("no spaces", ["Tools>Saws"], ["Tools > Saws"]),
            ("more spaces", ["  Tools  >   Saws "], ["Tools > Saws"]),
            ("the order sent", ["Tools > Saws", "Garden", "Tools"],
             ["Tools > Saws", "Garden", "Tools"]),
            ("another order", ["Tools", "Garden"], ["Tools", "Garden"]),
            ("unset by null", None, ["Uncategorized"]),
            ("unset by empty text", "", ["Uncategorized"]),
            ("unset by an empty list", [], ["Uncategorized"]),
            ("Uncategorized", ["Uncategorized"], ["Uncategorized"]),
        ],
    )  # fmt: skip
    def test_takes(self, edit, shown, case, sent, expected) -> None:
        edit("A", categories=["Tools > Hammers"])

        edit("A", categories=sent)

        assert shown("A")["categories"] == expected

    @pytest.mark.parametrize(
        ("case", "sent", "nearest"),
        [
            ("typing error", ["Tools > Hamers"], "Tools > Hammers"),
            ("other case", ["tools > hammers"], "Tools > Hammers"),
            ("one of several", ["Garden", "Tools > Saw"], "Tools > Saws"),
        ],
    )
    def test_refuses_an_unknown_path_naming_the_nearest(
        self, pims, unchanged, case, sent, nearest
    ) -> None:
        with unchanged():
            values = {"attributes": {"categories": sent}}
            reply = pims("editProduct", sku="A", data=values, status=400)

        [error] = reply["errors"]
        assert (error["code"], error["nearest"]) == ("unknown_category", nearest)

    @pytest.mark.parametrize("sent", [["Hammers"], ["Tools > Hammers > Big"], ["Tools >"], [">"]])
    def test_refuses_paths_that_lead_nowhere(self, pims, unchanged, sent) -> None:
        with unchanged():
            values = {"attributes": {"categories": sent}}
            reply = pims("editProduct", sku="A", data=values, status=400)

        assert {error["attribute"] for error in reply["errors"]} == {"categories"}

    @pytest.mark.parametrize("sent", [5, True, {}, [5], [["Garden"]], [None]])
    def test_refuses_what_is_no_path(self, pims, unchanged, sent) -> None:
        with unchanged():
            values = {"attributes": {"categories": sent}}
            reply = pims("editProduct", sku="A", data=values, status=400)

        assert [error["code"] for error in reply["errors"]] == ["type"]

    def test_another_order_is_a_change(self, edit, history) -> None:
        edit("A", categories=["Garden", "Tools"])
        edit("A", categories=["Tools", "Garden"])

        assert history("A")[-1] == (
            {"categories": ["Garden", "Tools"]},
            {"categories": ["Tools", "Garden"]},
        )
