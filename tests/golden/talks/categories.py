"""A tree of categories, three levels deep; some are deleted in endings.py."""

from tests.golden.talk import Talk

PATH = "/pim/manage/categories"


def talk(talk: Talk) -> None:
    talk.about("categories")
    _add(talk)
    _refuse_additions(talk)
    _edit(talk)
    act = talk.at(PATH)
    act("listCategories", "listCategories")
    act(
        "listCategories: for a viewer in German",
        "listCategories",
        key="viewer",
        address=f"/api/de-de{PATH}",
    )
    act("listCategories: without a permission for it", "listCategories", key="security")
    act("unknown action", "addCategories")


def _add(talk: Talk) -> None:
    act = talk.at(PATH)
    act(
        "addCategory: with ancestors",
        "addCategory",
        path="Lamps > Indoor > Desk",
        cat_label={"de-de": "Schreibtisch"},
        cat_order=2,
    )
    act("addCategory: below one", "addCategory", name="Floor", cat_parent_id=3, cat_order=1)
    act(
        "addCategory: several",
        "addCategory",
        items=[
            {"path": "Bulbs", "cat_data": {"cat_image": "bulbs.png", "shelf": 4}},
            {"path": "Stock room", "cat_data": {"cat_status": "inactive"}},
            {"path": "Stock room>Cellar"},
            {"name": "Clearance", "cat_parent_id": 0},
        ],
    )
    act("addCategory: dry run", "addCategory", path="Lamps > Outdoor", dry_run=True)


def _refuse_additions(talk: Talk) -> None:
    act = talk.at(PATH)
    act("addCategory: taken", "addCategory", name="Desk", cat_parent_id=3)
    act("addCategory: nothing sent", "addCategory")
    act("addCategory: unknown parent", "addCategory", name="Wall", cat_parent_id=99)
    act("addCategory: path with a hole", "addCategory", path="Lamps >  > Wall")
    act(
        "addCategory: several rows refused",
        "addCategory",
        items=[
            {"path": "Lamps > Indoor > Wall"},
            {"path": "Bulbs"},
            {"name": "a > b"},
            {"path": "Lamps > Wall", "cat_order": "first", "cat_data": []},
            {},
        ],
    )
    act("addCategory: without pim_manager", "addCategory", key="editor", path="Lamps > Wall")


def _edit(talk: Talk) -> None:
    act = talk.at(PATH)
    act(
        "editCategory: rename and describe",
        "editCategory",
        id=9,
        name="Last chance",
        cat_data={"season": "all"},
        cat_label={"de-de": "Letzte Chance"},
    )
    act("editCategory: move by path", "editCategory", id=9, path="Lamps > Last chance")
    act("editCategory: dry run", "editCategory", id=2, name="Lights", dry_run=True)
    act("editCategory: nothing changes", "editCategory", id=2)
    act("editCategory: below itself", "editCategory", id=2, cat_parent_id=4)
    act("editCategory: taken", "editCategory", id=4, name="Floor")
    act("editCategory: unknown", "editCategory", id=99, name="Lights")
    act("editCategory: wrong types", "editCategory", id="two", cat_order=[], cat_label="Lights")
    act("editCategory: without pim_manager", "editCategory", key="viewer", id=2, name="Lights")
    act("deleteCategory: dry run", "deleteCategory", id=9, dry_run=True)
    act("deleteCategory: has children", "deleteCategory", id=2)
    act("deleteCategory: unknown", "deleteCategory", id=99)
    act("deleteCategory: the one for all others", "deleteCategory", id=1, force=True)
    act("deleteCategory: no id", "deleteCategory")
    act("deleteCategory: without pim_manager", "deleteCategory", key="editor", id=9)
