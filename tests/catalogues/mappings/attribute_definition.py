"""Attribute definitions as `addAttribute` takes them, written shortly."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Json = dict[str, Any]

FLAGS = {
    "collection": "collection",
    "unique": "isUnique",
    "searchable": "isSearchable",
    "indexable": "isIndexable",
    "filterable": "isFilterable",
    "localizable": "isLocalizable",
}


def attribute(
    name: str, kind: str, label: str | Mapping[str, str], flags: str = "", **more: Any
) -> Json:
    """Return an item for `addAttribute`. flags: the words of FLAGS that are on, spaces between.

    >>> attribute("year", "number", "Year", "filterable")["definition"]["isFilterable"]
    'y'
    """
    chosen = flags.split()
    labels = {"en-us": label} if isinstance(label, str) else dict(label)
    definition: Json = {"type": kind, "label": labels}
    definition |= {key: "y" if word in chosen else "n" for word, key in FLAGS.items()}
    return {"name": name, "definition": definition | more}


def dictionary(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Json:
    """Return the keys of a dropdown whose list is closed; the first column is the value."""
    data = [list(row) for row in rows]
    return {"dictionaryIsStatic": "y", "dictionary": {"columns": list(columns), "data": data}}
