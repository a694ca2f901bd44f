"""Aliases of request keys. The first name is ours; the others are accepted silently.

Source: docs/api/pims.md, Request keys.
"""

from collections.abc import Mapping
from typing import Any

from pims_api.domain.suggestion import NAME_LENGTH_MAX, Suggestions
from pims_api.errors import Fault, pointer_to

Aliases = Mapping[str, tuple[str, ...]]

PARAMS: Aliases = {
    "search": ("searchWord", "search_word", "search_phrase"),
    "includeDeleted": ("include_deleted", "showDeleted", "show_deleted"),
    "includeVariants": ("include_variants",),
    "includeChildren": ("include_children", "includeSubcategories"),
}
PAGINATION: Aliases = {
    "pageSize": ("page_size", "limit", "size"),
    "pageNum": ("page_num", "page", "num"),
}
ORDER: Aliases = {
    "attribute": ("name", "field"),
    "direction": ("dir", "order"),
}


def renamed(sent: Mapping[str, Any], aliases: Aliases) -> dict[str, Any]:
    """Return the object under our names; where several spellings are there, the first one counts.

    >>> renamed({"limit": 5, "page": 2}, PAGINATION)
    {'pageSize': 5, 'pageNum': 2}
    """
    ours = {other: name for name, others in aliases.items() for other in others}
    if ours.keys().isdisjoint(sent):
        return dict(sent)
    result = {name: value for name, value in sent.items() if name not in ours}
    for name, others in aliases.items():
        for other in others:
            if name not in result and other in sent:
                result[name] = sent[other]
    order = {ours.get(name, name): None for name in sent}
    return {name: result[name] for name in order}


def unknown_params(
    sent: Mapping[str, Any], known: Mapping[str, Any], suggestions: Suggestions
) -> list[Fault]:
    """Return a warning for every unknown key inside params.

    known: the keys of the action.
    """
    if sent.keys() <= known.keys():
        return []
    names = list(known)
    spelled = {other for others in PARAMS.values() for other in others}
    return [
        Fault(
            "unknown_attribute",
            f"params.{name[:NAME_LENGTH_MAX]} is not known and was ignored.",
            pointer=pointer_to("params", name),
            nearest=suggestions.word(name, names),
        )
        for name in sent
        if name not in names and name not in spelled
    ]
