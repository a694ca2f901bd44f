"""Attributes of every type are made, listed and changed; some are deleted in endings.py."""

from typing import Any

from tests.golden.talk import Talk

PATH = "/pim/manage/attributes"
_FOUND = {"isFilterable": "y", "isIndexable": "y"}
_COLORS = {
    "columns": ["value", "en-us", "de-de"],
    "data": [["red", "Red", "Rot"], ["black", "Black", "Schwarz"], ["brass", "Brass", "Messing"]],
}


def _made(name: str, kind: str, **more: Any) -> dict[str, Any]:
    label = {"en-us": name.replace("_", " ").capitalize()}
    return {"name": name, "definition": {"type": kind, "label": label} | more}


_NUMBERS_AND_FLAGS = [
    _made("price", "number", group="Sales", min="0", comment={"en-us": "In euros."}, **_FOUND),
    _made("cost", "number", isFilterable="y"),
    _made("dimmable", "boolean", isFilterable="y"),
    _made("launched", "date", **_FOUND),
    _made("seen_at", "datetime", isFilterable="y"),
    _made("complete", "completeness", isFilterable="y"),
]
_CHOICES = [
    _made("color", "dropdown", dictionary=_COLORS, dictionaryIsStatic="y", isSearchable="y",
          **_FOUND),
    _made("material", "dropdown", collection="y", isFilterable="y", dictionaryIsStatic="n",
          dictionary={"columns": ["value"], "data": ["steel", "glass"]}),
    _made("finish", "dropdown", isFilterable="y", dictionaryIsStatic="",
          dictionary={"columns": ["value"], "data": ["matt", "gloss"]}),
]  # fmt: skip
_TEXTS = [
    _made("ean", "string", isUnique="y", isFilterable="y", validation="[0-9]{13}"),
    _made("tagline", "string", isLocalizable="y", isSearchable="y", maxLength="40", **_FOUND),
    _made("notes", "text", isLocalizable="y", isSearchable="y"),
    _made("story", "html", isSearchable="y"),
    _made("tags", "string", collection="y", isFilterable="y", isSearchable="y"),
    _made("manual", "media"),
    _made("homepage", "url", isFilterable="y"),
    _made("bulb", "relation", isFilterable="y"),
    _made("goes_with", "relation", collection="y"),
    _made("origin", "string", value="EU", isFilterable="y"),
]


def talk(talk: Talk) -> None:
    talk.command("locale", "add", "de-de")
    talk.about("attributes")
    _add(talk)
    _refuse_additions(talk)
    _edit(talk)
    _list(talk)


def _add(talk: Talk) -> None:
    act = talk.at(PATH)
    act("addAttribute: one", "addAttribute", **_made("weight", "number", isFilterable="y"))
    act("addAttribute: numbers and flags", "addAttribute", items=_NUMBERS_AND_FLAGS)
    act("addAttribute: dropdowns", "addAttribute", items=_CHOICES)
    act("addAttribute: texts and links", "addAttribute", items=_TEXTS)
    act("addAttribute: dry run", "addAttribute", dry_run=True, **_made("depth", "number"))


def _refuse_additions(talk: Talk) -> None:
    act = talk.at(PATH)
    act("addAttribute: taken", "addAttribute", **_made("price", "number"))
    act(
        "addAttribute: forbidden by the rules",
        "addAttribute",
        name="memo",
        definition={"type": "text", "isFilterable": "y", "isUnique": "perhaps"},
    )
    act(
        "addAttribute: several rows refused",
        "addAttribute",
        items=[
            _made("depth", "number"),
            _made("price", "number"),
            {"name": "2nd", "definition": {"type": "money", "label": {"en-us": "Second"}}},
            {
                "name": "mask",
                "definition": {"type": "string", "label": {"en-us": "Mask"}, "validation": "[0-9"},
            },
            "no object",
        ],
    )
    act("addAttribute: nothing sent", "addAttribute")
    act("addAttribute: wrong types", "addAttribute", name=7, definition=[])
    act(
        "addAttribute: label in a locale that is none",
        "addAttribute",
        name="girth",
        definition={"type": "number", "label": {"xx-xx": "Depth"}},
    )
    act(
        "addAttribute: default that does not fit",
        "addAttribute",
        **_made("depth", "number", value="deep", min="5", max="1"),
    )
    act(
        "addAttribute: dictionary that does not fit",
        "addAttribute",
        **_made(
            "size",
            "dropdown",
            dictionary={"columns": ["value", "value"], "data": [["S", "x"], ["S", "y"], ["M"]]},
        ),
    )
    act("addAttribute: without pim_manager", "addAttribute", key="editor",
        **_made("depth", "number"))  # fmt: skip


def _edit(talk: Talk) -> None:
    def edit(name: str, attribute: str, definition: Any, **more: Any) -> None:
        talk.at(PATH)(f"editAttribute: {name}", "editAttribute",
                      name=attribute, definition=definition, **more)  # fmt: skip

    edit("comment and group", "weight", {"comment": {"en-us": "In grams."}, "group": "Technical"})
    edit("a label more", "weight", {"label": {"de-de": "Gewicht"}, "max": "5000"})
    edit("dictionary", "finish", {"dictionary": {"data": ["matt", "gloss", "satin"]}})
    edit("dry run", "weight", {"group": "Other"}, dry_run=True)
    edit("nothing changes", "weight", {"group": "Technical"})
    edit("type", "title", {"type": "text"})
    edit("dictionary value twice", "finish", {"dictionary": {"data": ["matt", "matt"]}})
    edit("unknown", "wieght", {"group": "Other"})
    edit("unknown key and flag", "weight", {"isFilterabel": "y", "isIndexable": "maybe"})
    edit("system attribute", "status", {"dictionary": {"data": ["on", "off"]}})
    edit("label of a system attribute", "title", {"label": {"de-de": "Titel"}})
    edit("no definition", "weight", None)
    edit("without pim_manager", "weight", {"group": "Other"}, key="viewer")


def _list(talk: Talk) -> None:
    act = talk.at(PATH)
    act("listAttributes", "listAttributes")
    act(
        "listAttributes: for an editor in German",
        "listAttributes",
        key="editor",
        address=f"/api/de-de{PATH}",
    )
    act("listAttributes: for a viewer", "listAttributes", key="viewer")
    act("listAttributeGroups", "listAttributeGroups")
    act("listAttributeGroups: for an editor", "listAttributeGroups", key="editor")
    act("unknown action", "listAttribute")
    act("deleteAttribute: dry run", "deleteAttribute", name="origin", dry_run=True)
    act("deleteAttribute: unknown", "deleteAttribute", name="orgin")
    act("deleteAttribute: system attribute", "deleteAttribute", name="title")
    act("deleteAttribute: no name", "deleteAttribute")
    act("deleteAttribute: without pim_manager", "deleteAttribute", key="editor", name="origin")
