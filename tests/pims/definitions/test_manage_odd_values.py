"""Whatever comes in, managing actions answer with a refusal or do it: the server never fails."""

import pytest

from tests.pims.conftest import ATTRIBUTES, CATEGORIES

ODD = [
    *(None, "", 0, -1, 1.5, True, [], {}, [None], [[]], [{}], {"a": 1}, "x" * 70_000, "\u2028"),
    *({"en-us": None}, {"en-us": {"x": 1}}, "[", "[{}]", "(", "é", "a\x7f", [1, "a", None]),
    *({"data": [None]}, {"data": {}}, {"columns": [None]}, {"visible": [[1]]}, "9" * 20),
]
SETTINGS = (
    "type label comment group collection isUnique isSearchable isIndexable isFilterable"
    " isLocalizable isSimpleType validation min max maxLength value dictionaryIsStatic dictionary"
)


@pytest.fixture
def dry_run(client, key, unchanged):
    """`dry_run(address, bodies)`: none of them fails and none changes anything."""

    def send(address, bodies):
        with unchanged():
            for body in bodies:
                sent = {"dry_run": True} | body
                reply = client.post(address, json=sent, headers={"ApiKey": key})
                assert reply.status_code < 500, (body, reply.text)

    return send


@pytest.mark.parametrize("setting", SETTINGS.split())
def test_settings_of_attributes(dry_run, given_product, setting):
    given_product("A", title="Rod")
    dry_run(
        ATTRIBUTES,
        [
            {"action": action, "name": name, "definition": {"label": "x"} | kind | {setting: odd}}
            for action, name, kind in (
                ("addAttribute", "size", {"type": "number"}),
                ("addAttribute", "size", {"type": "dropdown"}),
                ("editAttribute", "title", {}),
                ("editAttribute", "status", {}),
            )
            for odd in ODD
        ],
    )


@pytest.mark.parametrize("key_of_body", ["name", "definition", "items"])
def test_frames_of_attribute_actions(dry_run, key_of_body):
    frame = {"name": "title", "definition": {}}
    actions = ("addAttribute", "editAttribute", "deleteAttribute", "listAttributes")
    bodies = [frame | {"action": one, key_of_body: odd} for one in actions for odd in ODD]
    dry_run(ATTRIBUTES, [*bodies, *({"action": "addAttribute", "items": [odd]} for odd in ODD)])


@pytest.mark.parametrize(
    "key_of_body",
    ["id", "name", "path", "cat_parent_id", "cat_order", "cat_data", "cat_label", "items", "force"],
)
def test_category_actions(dry_run, key_of_body):
    frame = {"id": 1, "name": "Tools"}
    actions = ("addCategory", "editCategory", "deleteCategory", "listCategories")
    bodies = [frame | {"action": one, key_of_body: odd} for one in actions for odd in ODD]
    dry_run(CATEGORIES, [*bodies, *({"action": "addCategory", "items": [odd]} for odd in ODD)])
