"""Changes of a product by the language that they hold in.

Source: docs/core.md, Taking back.
"""

from collections import defaultdict
from collections.abc import Iterator

from pims_api.domain.definition import LANGUAGE_ID, Definition
from pims_api.domain.product import Values, differences
from pims_api.domain.values.scope import GLOBAL, parse_scope, split_slot


def locale_of(definition: Definition, scope: str) -> str | None:
    """Return the code of the locale that a scope names, if it names one that there is."""
    segments = parse_scope(scope)
    if LANGUAGE_ID not in segments:
        return None
    found = (one for one in definition.language.segments if one.id == segments[LANGUAGE_ID])
    return next((one.code for one in found), None)


def by_locale(
    definition: Definition, before: Values, after: Values
) -> Iterator[tuple[str | None, tuple[Values, Values]]]:
    """Yield the old and the new values that differ by scope, global ones first, with its locale.

    As if each scope was the global one, so that they show whatever locale was asked for.
    """
    found: defaultdict[str, tuple[Values, Values]] = defaultdict(lambda: ({}, {}))
    found[GLOBAL] = ({}, {})
    old, new = differences(before, after)
    for slot in new:
        key, scope = split_slot(slot)
        found[scope][0][key], found[scope][1][key] = old[slot], new[slot]
    for scope, sides in found.items():
        yield locale_of(definition, scope), sides
