"""What Views keep as text, conditions and defaults, follows the categories that it names."""

from dataclasses import replace

import pytest

from pims_api.services.maintenance.check import CHECKS
from pims_api.storage.history.changes import Actor
from pims_api.storage.snapshot import snapshot
from pims_api.storage.unit_of_work import unit_of_work

VIEWS = "/pim/manage/views"
CATEGORIES = "/pim/manage/categories"


@pytest.fixture
def given_view(pims):
    """`given_view("partner", "NOT [[categories]] = 'Internal'")`: there is such a View."""

    def given(name, condition_query="", **attributes):
        body = {"name": name, "attributes": attributes, "condition_query": condition_query}
        return pims("addPimView", path=VIEWS, **body, status=200)

    return given


@pytest.fixture
def condition_of(pims):
    """`condition_of("partner")`: the condition of the View, as it is listed."""

    def condition(name):
        found = pims("listPimViews", path=VIEWS, status=200)["data"]
        return next(one["condition_query"] for one in found if one["name"] == name)

    return condition


@pytest.fixture
def seen_by(pims):
    """`seen_by("partner")`: the SKUs that the View lets through."""

    def skus(name):
        reply = pims("getList", view=name, params={"includeVariants": True}, status=200)
        return [one["sku"] for one in reply["products"]]

    return skus


@pytest.fixture
def edit_category(pims):
    """`edit_category(7, name="Secret")`: the category is changed."""

    def edit(number, status=200, **changes):
        return pims("editCategory", path=CATEGORIES, id=number, **changes, status=status)

    return edit


@pytest.fixture
def delete_category(pims):
    def delete(number, status=200, **body):
        return pims("deleteCategory", path=CATEGORIES, id=number, **body, status=status)

    return delete


@pytest.fixture
def tree(given_category, given_product):
    """Products A in Internal, B in Lamps > Desk, C in Lamps > Desk > Small, D in Other."""
    paths = {"A": "Internal", "B": "Lamps > Desk", "C": "Lamps > Desk > Small", "D": "Other"}
    numbers = {path: given_category(path) for path in ("Lamps", *paths.values())}
    for sku, path in paths.items():
        given_product(sku, title=sku, categories=[path])
    return numbers


FOLLOWED = [
    ("[[categories]] = 'Internal'", "[[categories]] = 'Secret'"),
    ("NOT [[categories]] = 'Internal'", "NOT [[categories]] = 'Secret'"),
    ("[[categories]] <> 'Internal'", "[[categories]] <> 'Secret'"),
    ("[[categories]] != ' Internal '", "[[categories]] != 'Secret'"),
    ("[[categories]] IN ('Other', 'Internal')", "[[categories]] IN ('Other', 'Secret')"),
    ("[[categories]] NOT IN ('Internal','Other')", "[[categories]] NOT IN ('Secret','Other')"),
    (
        "[[title]] = 'Internal' OR ([[sku]] LIKE 'A%' AND NOT [[categories]]='Internal')",
        "[[title]] = 'Internal' OR ([[sku]] LIKE 'A%' AND NOT [[categories]]='Secret')",
    ),
    ("[[categories]] IS NULL", "[[categories]] IS NULL"),
    ("[[categories]] LIKE '%Desk%'", "[[categories]] LIKE '%Desk%'"),
    ("[[categories]] = 'Internals'", "[[categories]] = 'Internals'"),
]


@pytest.mark.parametrize(("before", "after"), FOLLOWED)
def test_a_condition_follows_the_category_that_it_names(
    given_view, tree, edit_category, condition_of, seen_by, before, after
):
    given_view("partner", before)
    seen = seen_by("partner")
    edit_category(tree["Internal"], name="Secret")
    assert condition_of("partner") == after
    assert seen_by("partner") == seen


def test_a_name_with_a_quote_is_written_with_two(
    given_view, tree, edit_category, condition_of, seen_by
):
    given_view("partner", "[[categories]] = 'Internal'")
    edit_category(tree["Internal"], name="Men's")
    assert condition_of("partner") == "[[categories]] = 'Men''s'"
    assert seen_by("partner") == ["A"]
    edit_category(tree["Internal"], name="Internal")
    assert condition_of("partner") == "[[categories]] = 'Internal'"


def test_paths_below_a_renamed_category_follow(
    given_view, tree, edit_category, condition_of, seen_by
):
    given_view("partner", "[[categories]] IN ('Lamps>Desk', 'Lamps > Desk > Small')")
    edit_category(tree["Lamps"], name="Lights")
    assert condition_of("partner") == "[[categories]] IN ('Lights > Desk', 'Lights > Desk > Small')"
    assert seen_by("partner") == ["B", "C"]


def test_a_moved_category_is_followed(given_view, tree, edit_category, condition_of, seen_by):
    given_view("partner", "[[categories]] = 'Lamps > Desk'")
    edit_category(tree["Lamps > Desk"], cat_parent_id=tree["Other"])
    assert condition_of("partner") == "[[categories]] = 'Other > Desk'"
    assert seen_by("partner") == ["B"]


def test_a_new_category_of_the_old_path_stays_outside(
    given_view, tree, edit_category, given_category, given_product, seen_by
):
    given_view("partner", "[[categories]] = 'Lamps > Desk'")
    edit_category(tree["Lamps > Desk"], name="Table")
    given_category("Lamps > Desk")
    given_product("E", title="E", categories=["Lamps > Desk"])
    assert seen_by("partner") == ["B"]


def test_two_categories_that_change_names_are_told_apart(
    given_view, tree, edit_category, condition_of, seen_by
):
    given_view("partner", "[[categories]] = 'Internal'")
    given_view("others", "[[categories]] = 'Other'")
    for path, name in (("Internal", "Waiting"), ("Other", "Internal")):
        edit_category(tree[path], name=name)
    edit_category(tree["Internal"], name="Other")
    assert (condition_of("partner"), seen_by("partner")) == ("[[categories]] = 'Other'", ["A"])
    assert (condition_of("others"), seen_by("others")) == ("[[categories]] = 'Internal'", ["D"])


def test_several_views_follow_and_their_history_folds(
    given_view, tree, edit_category, condition_of, database
):
    given_view("one", "[[categories]] = 'Internal'")
    given_view("two", "NOT [[categories]] = 'Internal'")
    edit_category(tree["Internal"], name="Secret")
    assert condition_of("one") == "[[categories]] = 'Secret'"
    assert condition_of("two") == "NOT [[categories]] = 'Secret'"
    with snapshot(database, 1) as seen:
        assert [line for one in CHECKS for line in one.find(seen)] == []


def test_a_dry_run_changes_no_view(given_view, tree, edit_category, unchanged):
    given_view("partner", "[[categories]] = 'Internal'")
    with unchanged():
        edit_category(tree["Internal"], name="Secret", dry_run=True)


TOLD_APART = [
    "[[categories]] LIKE 'Int%'",
    "NOT [[categories]] LIKE '%nal'",
    "[[categories]] NOT LIKE 'Internal'",
    "[[categories]] < 'J'",
    "[[categories]] BETWEEN 'I' AND 'J'",
    "[[categories]] = 'Secret'",
    "NOT [[categories]] IN ('Secret')",
]


@pytest.mark.parametrize("condition", TOLD_APART)
def test_a_rename_that_would_change_what_a_view_shows_is_refused(
    given_view, tree, edit_category, unchanged, condition
):
    given_view("partner", condition)
    given_view("other", "[[sku]] = 'A'")
    with unchanged():
        reply = edit_category(tree["Internal"], name="Secret", status=409)
    assert reply["errors"] == [
        {
            "code": "exists",
            "message": "Internal cannot become Secret: the condition of the View partner would "
            "choose other products! Change it there first.",
            "pointer": "/name",
        }
    ]


def test_a_pattern_that_holds_before_and_after_stays(given_view, tree, edit_category, seen_by):
    given_view("partner", "[[categories]] LIKE 'Lamps > %'")
    edit_category(tree["Lamps > Desk"], name="Table")
    assert seen_by("partner") == ["B", "C"]


def test_a_condition_that_grows_too_long_refuses_the_rename(
    given_view, tree, edit_category, unchanged
):
    given_view("partner", f"[[categories]] IN ({', '.join([repr('Internal')] * 600)})")
    with unchanged():
        reply = edit_category(tree["Internal"], name="x" * 200, status=409)
    assert reply["errors"][0]["message"] == (
        "The condition of the View partner would become too long: at most 8192 bytes! Shorten it "
        "there first."
    )


DELETED = [
    "[[categories]] = 'Lamps > Desk'",
    "NOT [[categories]] = 'Lamps > Desk > Small'",
    "[[categories]] IN ('Internal', 'Lamps')",
    "[[categories]] LIKE 'Lamps%'",
]


@pytest.mark.parametrize("condition", DELETED)
@pytest.mark.parametrize("dry_run", [False, True])
def test_a_category_that_a_view_names_is_not_deleted(
    given_view, tree, delete_category, unchanged, condition, dry_run
):
    given_view("partner", condition)
    given_view("second", condition)
    given_view("other", "[[categories]] = 'Other'")
    with unchanged():
        reply = delete_category(tree["Lamps"], force=True, status=409, dry_run=dry_run)
    told = "Lamps cannot be deleted: the View {} chooses its products by it!"
    assert [one["message"] for one in reply["errors"]] == [
        told.format("partner"),
        told.format("second"),
    ]
    assert {one["code"] for one in reply["errors"]} == {"exists"}


def test_an_empty_category_that_a_view_names_is_not_deleted(
    given_view, given_category, delete_category
):
    number = given_category("Empty")
    given_view("partner", "NOT [[categories]] = 'Empty'")
    reply = delete_category(number, status=409)
    assert reply["status_message"] == (
        "Empty cannot be deleted: the View partner chooses its products by it!"
    )


def test_an_empty_category_that_only_a_pattern_fits_is_deleted(
    given_view, given_category, delete_category
):
    number = given_category("Empty")
    given_view("partner", "NOT [[categories]] LIKE 'E%'")
    delete_category(number)


def test_a_category_that_no_view_names_is_deleted(given_view, tree, delete_category, seen_by):
    given_view("partner", "NOT [[categories]] = 'Internal'")
    delete_category(tree["Lamps"], force=True)
    assert seen_by("partner") == ["B", "C", "D"]


def test_the_default_of_a_view_follows_its_category(pims, given_view, tree, edit_category, shown):
    given_view("partner", title={}, categories={"default": ["Lamps>Desk", "Other"]})
    edit_category(tree["Lamps"], name="Lights")
    field = pims("listPimViews", path=VIEWS)["data"][0]["attributes"]["categories"]
    assert field["default"] == ["Lights > Desk", "Other"]
    pims("createProduct", sku="E", data={"attributes": {"title": "E"}}, view="partner", status=200)
    assert shown("E")["categories"] == ["Lights > Desk", "Other"]


def test_a_category_that_is_the_default_of_a_view_is_not_deleted(
    given_view, tree, delete_category, unchanged
):
    given_view("partner", title={}, categories={"default": ["Lamps > Desk"]})
    with unchanged():
        reply = delete_category(tree["Lamps"], force=True, status=409)
    assert reply["status_message"] == (
        "Lamps cannot be deleted: the View partner gives it to new products by default!"
    )


def test_a_view_whose_condition_does_not_hold_any_more_stops_nobody(
    given_view, tree, edit_category, condition_of, database
):
    given_view("broken", "[[categories]] = 'Internal'")
    with unit_of_work(database, 1, Actor("tests")) as work:
        view = work.definition.views["broken"]
        work.define(replace(view, condition_query="[[gone]] ="))
    edit_category(tree["Internal"], name="Secret")
    assert condition_of("broken") == "[[gone]] ="


def test_a_condition_that_names_what_is_not_there_is_told_of(pims, given_attribute, given_category):
    given_category("Internal")
    given_attribute("color", "dropdown", dictionary={"columns": ["value"], "data": ["Red"]},
                    isFilterable="y")  # fmt: skip
    condition = (
        "NOT [[categories]] IN ('Internl', 'Internal') AND [[color]] != 'Rad' "
        "AND NOT [[categories]] LIKE 'Sec%'"
    )
    for action, more in [
        ("addPimView", {"dry_run": True}), ("addPimView", {}), ("editPimView", {}),
    ]:  # fmt: skip
        reply = pims(action, path=VIEWS, name="shop", attributes={"color": {}}, status=200,
                     condition_query=condition, **more)  # fmt: skip
        assert reply["warnings"] == [
            {
                "code": "unknown_category", "pointer": "/condition_query", "value": "Internl",
                "message": "There is no category 'Internl' yet, which the condition names.",
                "nearest": "Internal",
            },
            {
                "code": "dictionary", "pointer": "/condition_query", "value": "Rad",
                "message": "color has no value 'Rad' yet, which the condition names.",
                "nearest": "Red",
            },
        ]  # fmt: skip
    sound = pims("editPimView", path=VIEWS, name="shop", comment="x", status=200)
    assert "warnings" not in sound
