"""pims locale, pims product-type and pims view."""

import pytest


class TestLocale:
    def test_added_ones_are_listed_after_the_default(self, run, run_json):
        assert "de-de" in run("locale", "add", "DE-DE", "--name", "German")
        assert run_json("locale", "list") == [
            {"code": "en-us", "name": "", "default": True},
            {"code": "de-de", "name": "German", "default": False},
        ]
        assert run("locale", "list") == "en-us  default\nde-de  German\n"

    @pytest.mark.parametrize("code", ["", "d", "deutsch", "de_de", "de-d", "d3-de", "en-us"])
    def test_one_that_cannot_be_is_refused(self, run, run_json, code):
        run("locale", "add", code, status=1)
        assert len(run_json("locale", "list")) == 1


class TestProductType:
    @pytest.fixture
    def size(self, run):
        run("attribute", "add", "size", "--type", "string", "--label", "Size")

    def test_the_default_type_has_every_attribute(self, run, run_json):
        every = {"name": "default", "attributes": None, "required": [], "inherit": "n"}
        assert run_json("product-type", "list") == [every]
        assert run("product-type", "list") == "default: every attribute\n"

    def test_added_and_edited_ones_are_listed(self, run, run_json, size):
        words = ("--attributes", "size, title", "--required", "size", "--inherit", "y")
        run("product-type", "add", "shoe", *words)
        run("product-type", "edit", "shoe", "--required", "")
        assert run_json("product-type", "list")[1] == {
            "name": "shoe",
            "attributes": ["title", "size"],
            "required": [],
            "inherit": "y",
        }
        assert run("product-type", "list").splitlines()[1] == "shoe: title, size; inherits"

    def test_a_deleted_one_is_gone_and_its_name_free(self, run, run_json, size):
        run("product-type", "add", "shoe", "--attributes", "size")
        run("product-type", "delete", "shoe")
        run("product-type", "add", "shoe", "--attributes", "title")
        assert run_json("product-type", "list")[1]["attributes"] == ["title"]

    @pytest.mark.parametrize(
        ("case", "words", "said"),
        [
            ("taken", ("add", "default"), "There is a product type default already!"),
            ("space", ("add", "a b"), "A product type's name has 1 to 64"),
            ("unknown", ("add", "x", "--attributes", "sze"), "Did you mean size?"),
            ("unknown required", ("add", "x", "--required", "nobody"), "no attribute 'nobody'"),
            ("not its own", ("add", "x", "--required", "size"), "size is required but not among"),
            ("not there", ("edit", "x"), "There is no product type 'x'! Known ones: default."),
            ("not there to go", ("delete", "x"), "There is no product type 'x'!"),
            ("default goes", ("delete", "default"), "it stays!"),
            ("default narrowed", ("edit", "default", "--attributes", "size"), "every attribute"),
            ("default inherits", ("edit", "default", "--inherit", "y"), "does not inherit"),
        ],
    )
    def test_refusals_change_nothing(self, run, run_json, size, case, words, said):
        before = run_json("product-type", "list")
        assert said in run("product-type", *words, status=1)
        assert run_json("product-type", "list") == before

    def test_completeness_follows_what_is_required(self, run, run_json, demo):
        assert run_json("product", "show", "KP-LANTERN")["attributes"]["filled"] == 40
        run("product-type", "edit", "default", "--required", "title,price")
        assert run_json("product", "show", "KP-LANTERN")["attributes"]["filled"] == 100
        assert run_json("check")["ok"]

    def test_a_large_catalogue_waits_for_the_index(self, run, run_json, demo, monkeypatch):
        monkeypatch.setenv("PIMS_REINDEX_INLINE_MAX", "5")
        run("product-type", "edit", "default", "--required", "title,price")
        run("reindex", "--attribute", "filled")
        assert run_json("check")["ok"]


class TestView:
    def test_an_added_view_shows_what_it_names(self, run, run_json):
        words = ("--attribute", "title=Name", "--attribute", "status", "--readonly", "status")
        rows = ("--condition", "[[status]] = 'active'", "--comment", "For the shop")
        run("view", "add", "shop", *words, *rows)
        assert run_json("view", "list") == [
            {
                "name": "shop",
                "comment": "For the shop",
                "attributes": {"title": "Name", "status": "status"},
                "condition_query": "[[status]] = 'active'",
            }
        ]
        assert run("view", "list") == "shop: Name, status where [[status]] = 'active'\n"

    def test_a_deleted_view_is_gone(self, run, run_json):
        run("view", "add", "shop", "--attribute", "title")
        run("view", "delete", "shop")
        assert run_json("view", "list") == []

    @pytest.mark.parametrize(
        ("case", "words"),
        [
            ("unknown attribute", ("--attribute", "nobody")),
            ("sku renamed", ("--attribute", "sku=Code")),
            ("unknown in condition", ("--condition", "[[nobody]] = 1")),
            ("default of wrong kind", ("--attribute", "status", "--default", "status", "new")),
        ],
    )
    def test_a_view_that_cannot_be_is_refused(self, run, run_json, case, words):
        run("view", "add", "shop", *words, status=1)
        assert run_json("view", "list") == []

    def test_a_setting_for_what_is_not_in_it_is_wrong_usage(self, run):
        assert "title is not in the View" in run(
            "view", "add", "x", "--readonly", "title", status=2
        )

    def test_the_view_of_a_key_stays(self, run):
        run("view", "add", "shop", "--attribute", "title")
        run("key", "create", "--name", "web", "--permissions", "pim_user", "--view", "shop")
        assert "assigned to 1 keys" in run("view", "delete", "shop", status=1)
