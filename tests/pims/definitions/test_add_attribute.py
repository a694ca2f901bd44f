"""Attributes: added."""

import pytest

from tests.databases.fresh import on_one_engine
from tests.pims.attribute_examples import COLOR, codes

NO_OBJECT = "definition must be an object!"


def test_addition_answers_with_the_whole_definition(manage):
    reply = manage(
        "addAttribute",
        name="rod_diameter",
        definition={
            "type": "number",
            "label": {"en-us": "Diameter"},
            "comment": "In mm.",
            "group": " Sizes ",
            "isFilterable": "y",
            "isIndexable": True,
            "validation": "[0-9.]+",
            "value": "10",
            "min": "1",
            "max": 99.5,
        },
        status=200,
    )
    assert reply.pop("transaction") > 0
    assert reply == {
        "status": "OK",
        "name": "rod_diameter",
        "definition": {
            "type": "number",
            "collection": "n",
            "isUnique": "n",
            "isSearchable": "n",
            "isIndexable": "y",
            "isFilterable": "y",
            "group": "Sizes",
            "label": {"en-us": "Diameter"},
            "comment": {"en-us": "In mm."},
            "validation": "[0-9.]+",
            "value": "10",
            "isSimpleType": "y",
            "dictionaryIsStatic": "n",
            "min": "1",
            "max": "99.5",
        },
    }


def test_products_have_a_new_attribute_at_once(manage, given_product, shown):
    given_product("A")
    manage("addAttribute", name="note", definition={"type": "string", "label": "N"}, status=200)
    assert shown("A")["note"] is None


def test_default_value_fills_new_products_only(manage, given_product, shown):
    given_product("A")
    definition = {"type": "dropdown", "label": "Colour", "value": "red"}
    definition["dictionary"] = {"data": ["red", "blue"]}
    manage("addAttribute", name="color", definition=definition, status=200)
    given_product("B")
    assert (shown("A")["color"], shown("B")["color"]) == (None, "red")


def test_dictionary_keeps_its_columns_and_pads_short_rows(manage, given_product, shown):
    reply = manage("addAttribute", name="color", definition=COLOR, status=200)
    dictionary = reply["definition"]["dictionary"]
    assert dictionary["columns"] == ["value", "rgb"]
    assert dictionary["data"] == [["red", "f00"], ["blue", ""]]
    given_product("A", color="blue")
    assert shown("A")["color"] == "blue"


def test_dictionary_of_plain_strings_comes_back_as_such(manage):
    definition = COLOR | {"dictionary": {"data": ["red", "blue"]}}
    reply = manage("addAttribute", name="color", definition=definition, status=200)
    assert reply["definition"]["dictionary"] == {
        "columns": ["value"],
        "data": ["red", "blue"],
        "visible": [1],
        "sorting": [],
        "sortingMethod": "manual",
        "unique": [1],
        "validation": [""],
    }


def test_how_to_show_a_dictionary_is_kept_until_it_is_said_again(manage):
    layout = {
        "visible": [1, 0],
        "sorting": ["rgb"],
        "sortingMethod": "asc",
        "validation": ["", "."],
    }
    definition = COLOR | {"dictionary": COLOR["dictionary"] | layout}
    reply = manage("addAttribute", name="color", definition=definition, status=200)
    assert layout.items() <= reply["definition"]["dictionary"].items()
    dictionary = {"data": ["red"], "sortingMethod": "manual"}
    reply = manage("editAttribute", name="color", definition={"dictionary": dictionary}, status=200)
    kept = layout | {"sortingMethod": "manual", "data": [["red", ""]]}
    assert kept.items() <= reply["definition"]["dictionary"].items()


@pytest.mark.parametrize(
    ("sent", "told"), [("y", "y"), ("n", "n"), ("", ""), (None, ""), (False, "n")]
)
def test_dictionary_is_static_growing_or_neither(manage, sent, told):
    definition = COLOR | {"dictionaryIsStatic": sent}
    reply = manage("addAttribute", name="color", definition=definition, status=200)
    assert reply["definition"]["dictionaryIsStatic"] == told


def test_items_are_added_together(manage, listed):
    items = [{"name": f"a{n}", "definition": {"type": "string", "label": "x"}} for n in range(3)]
    reply = manage("addAttribute", items=items, status=200)
    assert [one["name"] for one in reply["data"]] == ["a0", "a1", "a2"]
    assert {"a0", "a1", "a2"} <= listed().keys()


def test_one_bad_item_keeps_all_out_and_every_fault_is_told(manage, unchanged):
    items = [
        {"name": "good", "definition": {"type": "string", "label": "x"}},
        {"name": "good", "definition": {"type": "string", "label": "x"}},
        {"name": "bad", "definition": {"type": "text", "label": "x", "isFilterable": "y"}},
        "nothing",
    ]
    with unchanged():
        reply = manage("addAttribute", items=items, status=400)
    assert [(one["row"], one["code"], one["pointer"]) for one in reply["errors"]] == [
        (1, "exists", "/items/1/name"),
        (2, "type", "/items/2/definition/isFilterable"),
        (3, "type", "/items/3"),
    ]


def test_adding_many_sends_no_statement_per_attribute(manage, queries):
    counts = []
    for name, number in (("a", 1), ("b", 1), ("c", 50)):
        items = [{"name": f"{name}{place}", "definition": COLOR} for place in range(number)]
        with queries() as sent:
            manage("addAttribute", items=items, status=200)
        counts.append(len(sent))
    assert counts[1] == counts[2]


BAD_DEFINITIONS = [
    ("no type", {"type": None}, [("required", "type")]),
    ("unknown type", {"type": "strings"}, [("type", "type")]),
    ("type that is no text", {"type": 5}, [("type", "type")]),
    ("no label", {"label": None}, [("required", "label")]),
    ("empty label", {"label": ""}, [("required", "label")]),
    ("label of another shape", {"label": ["x"]}, [("type", "label")]),
    ("label of no locale", {"label": {"in English": "x"}}, [("type", "label")]),
    ("long label", {"label": "x" * 256}, [("limit", "label")]),
        ("line break in a label", {"label": "a\nb"}, [("limit", "label")]),
        ("long comment", {"comment": "x" * 4_001}, [("limit", "comment")]),
        ("control in a comment", {"comment": {"de-de": "a\x07"}}, [("limit", "comment")]),
        ("many locales", {"label": {f"de-a{n}": "x" for n in range(101)}}, [("limit", "label")]),
        ("data true", {"type": "dropdown", "dictionary": {"data": True}},
         [("type", "dictionary/data")]),
        ("data a number", {"type": "dropdown", "dictionary": {"data": 5}},
         [("type", "dictionary/data")]),
        ("long dictionary validation",
         {"type": "dropdown", "dictionary": {"data": ["a"], "validation": ["x" * 1_001]}},
         [("limit", "dictionary/validation")]),
        ("control in dictionary sorting",
         {"type": "dropdown", "dictionary": {"data": ["a"], "sorting": ["a\tb"]}},
         [("limit", "dictionary/sorting")]),
    ("long group", {"group": "x" * 101}, [("range", "group")]),
    ("flag of another shape", {"isUnique": "perhaps"}, [("type", "isUnique")]),
    ("filterable text", {"type": "text", "isFilterable": "y"}, [("type", "isFilterable")]),
    ("sortable html", {"type": "html", "isIndexable": "y"}, [("type", "isIndexable")]),
    ("filterable media", {"type": "media", "isFilterable": "y"}, [("type", "isFilterable")]),
    ("unique boolean", {"type": "boolean", "isUnique": "y"}, [("type", "isUnique")]),
    ("unique text", {"type": "text", "isUnique": "y"}, [("type", "isUnique")]),
    ("sortable collection", {"collection": "y", "isIndexable": "y"}, [("type", "isIndexable")]),
    (
        "completeness with flags",
        {"type": "completeness", "collection": "y", "isSearchable": "y"},
        [("type", "isSearchable"), ("type", "collection")],
    ),
    ("bad mask", {"validation": "(?=a)b"}, [("mask", "validation")]),
    ("mask on a date", {"type": "date", "validation": "a"}, [("type", "validation")]),
    ("min on a text", {"min": "1"}, [("type", "min")]),
    ("min above max", {"type": "number", "min": "2", "max": "1"}, [("range", "min")]),
    ("min that is no number", {"type": "number", "min": "low"}, [("type", "min")]),
    ("length of a number", {"type": "number", "maxLength": 3}, [("type", "maxLength")]),
    ("length 0", {"maxLength": 0}, [("range", "maxLength")]),
    ("length that is no number", {"maxLength": "1.5"}, [("type", "maxLength")]),
    ("default of another type", {"type": "number", "value": "x"}, [("type", "value")]),
    ("default above max", {"type": "number", "max": "1", "value": "2"}, [("range", "value")]),
    ("default off the mask", {"validation": "[a-c]+", "value": "d"}, [("mask", "value")]),
    ("unique with a default", {"isUnique": "y", "value": "x"}, [("type", "value")]),
    ("dictionary of a string", {"dictionary": {"data": ["a"]}}, [("type", "dictionary/data")]),
    ("static string", {"dictionaryIsStatic": "y"}, [("type", "dictionary/data")]),
]  # fmt: skip


@on_one_engine
@pytest.mark.parametrize(("case", "definition", "expected"), BAD_DEFINITIONS)
def test_refuses_a_definition_that_cannot_be(manage, unchanged, case, definition, expected):
    body = {"type": "string", "label": {"en-us": "Label"}} | definition
    with unchanged():
        reply = manage("addAttribute", name="thing", definition=body, status=400)
    assert codes(reply) == [(code, f"/definition/{place}") for code, place in expected]
    assert all(one["attribute"] == "thing" for one in reply["errors"])


BAD_DICTIONARIES = [
    ("no object", ["red"], [("type", "dictionary")]),
    ("value twice", {"data": ["red", "red"]}, [("dictionary", "dictionary/data/1")]),
    ("empty value", {"data": ["red", ""]}, [("dictionary", "dictionary/data/1")]),
    ("empty row", {"data": [[]]}, [("dictionary", "dictionary/data/0")]),
    ("long value", {"data": ["x" * 256]}, [("dictionary", "dictionary/data/0")]),
    ("line break", {"data": ["a\nb"]}, [("dictionary", "dictionary/data/0")]),
    ("too many cells", {"data": [["a", "b"]]}, [("dictionary", "dictionary/data/0")]),
    ("number as a cell", {"data": [7]}, [("type", "dictionary/data/0")]),
    ("rows that are no list", {"data": "red"}, [("type", "dictionary/data")]),
    ("columns that are no list", {"columns": "value"}, [("type", "dictionary/columns")]),
    ("no columns", {"columns": []}, [("type", "dictionary/columns")]),
    (
        "column twice",
        {"columns": ["a", "a"]},
        [("dictionary", "dictionary/columns")],
    ),
    ("visible of texts", {"visible": ["yes"]}, [("type", "dictionary/visible")]),
]  # fmt: skip


@on_one_engine
@pytest.mark.parametrize(("case", "dictionary", "expected"), BAD_DICTIONARIES)
def test_refuses_a_dictionary_that_cannot_be(manage, unchanged, case, dictionary, expected):
    definition = {"type": "dropdown", "label": "Colour", "dictionary": dictionary}
    with unchanged():
        reply = manage("addAttribute", name="color", definition=definition, status=400)
    assert codes(reply) == [(code, f"/definition/{place}") for code, place in expected]


def test_tells_all_faults_of_a_definition_at_once(manage):
    definition = {"type": "text", "isFilterable": "y", "min": "1", "validation": "(", "group": 5}
    reply = manage("addAttribute", name="2nd", definition=definition, status=400)
    assert codes(reply) == [
        ("type", "/name"),
        ("type", "/definition/group"),
        ("type", "/definition/isFilterable"),
        ("type", "/definition/min"),
        ("mask", "/definition/validation"),
        ("required", "/definition/label"),
    ]


@pytest.mark.parametrize(
    ("case", "body", "status", "message"),
    [
        ("no name", {}, 400, "Attribute name cannot be empty!"),
        ("name null", {"name": None}, 400, "Attribute name cannot be empty!"),
        ("name of another shape", {"name": 5}, 400, "name must be text!"),
        ("space in the name", {"name": "a b"}, 400, None),
        ("long name", {"name": "a" * 65}, 400, None),
        ("taken", {"name": "title"}, 409, "Attribute with such name exists."),
        ("reserved", {"name": "product_type"}, 409, None),
        ("no definition", {"name": "a", "definition": None}, 400, NO_OBJECT),
        ("definition a list", {"name": "a", "definition": []}, 400, NO_OBJECT),
        ("items no list", {"items": "a"}, 400, "items must be a list of objects!"),
    ],
)  # fmt: skip
def test_refuses_an_addition(manage, unchanged, case, body, status, message):
    sent = {"definition": {"type": "string", "label": "x"}} | body
    with unchanged():
        reply = manage("addAttribute", status=status, **sent)
    assert message in (None, reply["status_message"])


def test_unknown_keys_are_ignored_with_a_warning(manage):
    definition = {"type": "string", "label": "x", "isFiltrable": "y"}
    reply = manage("addAttribute", name="a", definition=definition, status=200)
    assert [(one["pointer"], one["nearest"]) for one in reply["warnings"]] == [
        ("/definition/isFiltrable", "isFilterable")
    ]


def test_a_comment_may_have_several_lines(manage, listed):
    definition = {"type": "string", "label": "x", "comment": "In mm.\r\n\tWithout thread."}
    manage("addAttribute", name="a", definition=definition, status=200)
    assert listed()["a"]["comment"] == {"en-us": "In mm.\r\n\tWithout thread."}


def test_unknown_keys_of_a_request_get_a_suggestion(manage):
    definition = {"type": "string", "label": "x", "isFiltrable": "y", "a/b~c": 1, "k" * 100: 1}
    items = [{"name": f"a{n}", "definition": definition} for n in range(3)]
    warnings = manage("addAttribute", items=items, status=200)["warnings"]
    assert [(one["pointer"], one.get("nearest")) for one in warnings] == [
        ("/items/0/definition/a~1b~0c", None),
        ("/items/0/definition/isFiltrable", "isFilterable"),
        ("/items/0/definition/" + "k" * 64, None),
        ("/items/1/definition/a~1b~0c", None),
        ("/items/1/definition/isFiltrable", "isFilterable"),
        ("/items/1/definition/" + "k" * 64, None),
        ("/items/2/definition/a~1b~0c", None),
        ("/items/2/definition/isFiltrable", "isFilterable"),
        ("/items/2/definition/" + "k" * 64, None),
    ]
