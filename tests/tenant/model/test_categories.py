"""Categories: a tree with slugs, the same that PIMS shows as paths."""

import pytest

from tests.tenant.conftest import STRANGE


def test_a_category_is_answered_whole(tenant, ids) -> None:
    body = {"name": " Wool Hats ", "slug": "wool", "description": "Of wool."}
    made = tenant("POST", "/categories", body)
    below = tenant("POST", "/categories", {"name": "Red", "slug": "red", "parentId": made["id"]})
    assert made == {
        "id": made["id"],
        "org_id": ids.org,
        "tenant_id": ids.uuid,
        "parent_id": None,
        "name": "Wool Hats",
        "slug": "wool",
        "description": "Of wool.",
        "created_at": made["created_at"],
        "updated_at": made["created_at"],
    }
    assert (below["parent_id"], below["description"]) == (made["id"], None)
    assert tenant("GET", "/categories") == [below, made]


def test_parent_id_may_be_written_as_it_is_read(tenant, given_slug) -> None:
    above = given_slug("a")["id"]
    made = tenant("POST", "/categories", {"name": "B", "slug": "b", "parent_id": above.upper()})
    assert made["parent_id"] == above


def test_categories_of_pims_have_slugs_of_their_names(tenant, given_category) -> None:
    for path in ("Wool Hats", "A > Wool hats", "B > WOOL  Hats!", "Café > 帽子"):
        given_category(path)
    slugs = {one["name"]: one["slug"] for one in tenant("GET", "/categories")}
    assert slugs == {
        "Wool Hats": "wool-hats",
        "A": "a",
        "Wool hats": "wool-hats-2",
        "B": "b",
        "WOOL  Hats!": "wool-hats-3",
        "Café": "cafe",
        "帽子": slugs["帽子"],
    }
    assert slugs["帽子"].startswith("category-")


def test_slugs_stay_when_others_come_and_go(tenant, given_category, pims) -> None:
    numbers = [given_category(path) for path in ("Hats", "A > Hats", "B > Hats")]

    def slugs():
        return {one["id"]: one["slug"] for one in tenant("GET", "/categories")}

    def manage(action, **body):
        pims(action, path="/pim/manage/categories", status=200, **body)

    before = slugs()
    assert set(before.values()) == {"hats", "a", "hats-2", "b", "hats-3"}
    manage("editCategory", id=numbers[1], name="Caps")
    assert slugs() == before
    manage("deleteCategory", id=numbers[0])
    after = slugs()
    assert after == {uuid: slug for uuid, slug in before.items() if slug != "hats"}
    given_category("C > Hats")
    assert {uuid: slug for uuid, slug in slugs().items() if uuid in after} == after
    assert set(slugs().values()) == {"hats", "a", "hats-2", "b", "hats-3", "c"}
    tenant("POST", "/categories", {"name": "Caps", "slug": "caps"})


def test_uncategorized_is_not_listed(tenant, given_category) -> None:
    assert tenant("GET", "/categories") == []
    given_category("Uncategorized > Below")
    (below,) = tenant("GET", "/categories")
    assert (below["name"], below["parent_id"]) == ("Below", None)


def test_names_are_in_the_order_of_code_points(tenant, given_slug) -> None:
    for place, name in enumerate(("b", "B", "é", "Z", "a")):
        given_slug(f"s{place}", name=name)
    assert [one["name"] for one in tenant("GET", "/categories")] == ["B", "Z", "a", "b", "é"]


RULE = "slug has 1 to 128 lower-case letters, digits, dashes and underscores!"


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({"slug": "x"}, 400, "name is required!"),
        ({"name": "X"}, 400, "slug is required!"),
        ({"name": "", "slug": "x"}, 400, "name cannot be empty!"),
        ({"name": " ", "slug": "x"}, 400, "name cannot be empty!"),
        ({"name": 1, "slug": "x"}, 400, "name must be text!"),
        ({"name": "A > B", "slug": "x"}, 400,
         "name cannot hold >: send parentId to say where it belongs!"),
        ({"name": "x" * 256, "slug": "x"}, 400,
         "name has at most 255 characters!"),
        ({"name": "X", "slug": ""}, 400, RULE),
        ({"name": "X", "slug": "Wool"}, 400, RULE),
        ({"name": "X", "slug": "a b"}, 400, RULE),
        ({"name": "X", "slug": "a\n"}, 400, RULE),
        ({"name": "X", "slug": "x" * 129}, 400, RULE),
        ({"name": "X", "slug": "x", "parentId": "7"}, 400, "parentId must be a UUID!"),
        ({"name": "X", "slug": "x", "parentId": STRANGE}, 400, "parentId names no category!"),
        ({"name": "X", "slug": "hats"}, 409, "There is a category with the slug hats already!"),
        ({"name": "Hats", "slug": "x"}, 409, "There is a category Hats already!"),
        ({"name": "Uncategorized", "slug": "x"}, 409, "There is a category Uncategorized already!"),
    ],
)  # fmt: skip
def test_bad_input_is_told_and_stores_nothing(
    refused, given_category, unchanged, body, status, told
) -> None:
    given_category("Hats")
    with unchanged():
        assert refused(status, "POST", "/categories", body) == told


def test_the_same_name_may_be_below_another_parent(tenant, given_slug) -> None:
    above = given_slug("hats")["id"]
    made = tenant("POST", "/categories", {"name": "Hats", "slug": "more", "parentId": above})
    assert made["name"] == "Hats"


def test_what_is_changed_in_pims_has_another_updated_at(tenant, given_slug, database, pims) -> None:
    made = given_slug("hats")
    with database.writing() as connection:
        connection.exec_driver_sql('UPDATE "transaction" SET at = at - 5000000')
        connection.commit()
    (before,) = tenant("GET", "/categories")
    number = next(
        one["id"]
        for one in pims("listCategories", path="/pim/manage/categories", status=200)["categories"]
        if one["cat_path"] == "Hats"
    )
    pims("editCategory", path="/pim/manage/categories", id=number, name="Caps", status=200)
    (after,) = tenant("GET", "/categories")
    assert (after["id"], after["created_at"]) == (made["id"], before["created_at"])
    assert after["updated_at"] > before["updated_at"]
