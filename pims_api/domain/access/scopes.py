"""The scopes in which the value of an attribute is looked up, and the one that a write goes to.

With k dimensions up to 2^k scopes serve a wanted one, and a condition, an order or a search has to
name all of them beforehand. So an attribute keeps which sets of dimensions its values name
(`scoped_by`), and only scopes that name one of these are looked into. The sets are kept, not the
scopes: there are at most 2^k - 1 of them however many segments there are, so nearly no write
brings a new one, and a change of a default segment makes none of them wrong. A set that is kept
in vain costs a look-up; one that is missing would hide values, so it is recorded by the write that
brings it.

The global scope and a locale alone are always looked into and never recorded. The default locale of
an attribute whose only dimension is language is the global value, unless somebody wrote a value for
that very locale: then the attribute records the set of language alone, that value is looked for
first, and a write for the default locale replaces it. Other locales look for it last, where there
is no global value.

Source: docs/core.md, Scopes.
"""

from collections.abc import Iterator, Sequence
from itertools import product

from pims_api.domain.attributes.attribute import Attribute
from pims_api.domain.definition import LANGUAGE_ID, Definition
from pims_api.domain.values.scope import (
    GLOBAL,
    Dimension,
    Scope,
    parse_scope,
    ranked,
    scope_text,
)

_LOCALE = (LANGUAGE_ID,)


def locale_scope(definition: Definition, locale: str) -> Scope:
    """Return the scope of a locale: without a segment for the default one, which is global."""
    segment = definition.language.segment(locale)
    if segment is None or segment.id == definition.language.default_segment_id:
        return Scope()
    return Scope({LANGUAGE_ID: segment.id})


def own_scope(definition: Definition, attribute: Attribute, wanted: Scope) -> str:
    """Return the scope to which a write for a wanted scope goes."""
    if not (wanted and attribute.dimensions):
        return GLOBAL
    default = definition.language.default_segment_id
    if attribute.dimensions == _LOCALE and wanted.get(LANGUAGE_ID) == default:
        return GLOBAL
    return wanted.within(attribute.dimensions).text


def searched_scopes(definition: Definition, attribute: Attribute, wanted: Scope) -> tuple[str, ...]:
    """Return the scopes that may hold the value of a wanted scope, the best first.

    Source: docs/core.md, Scopes.
    """
    own = own_scope(definition, attribute, wanted)
    if attribute.dimensions in ((), _LOCALE):
        default = default_locale_scope(definition, attribute)
        searched = (own, GLOBAL, default) if own else (default, GLOBAL)
        return tuple(one for one in searched if one is not None)
    known = definition.dimensions
    dimensions = [known[one] for one in attribute.dimensions if one in known]
    looked_into = dict.fromkeys((own, GLOBAL))
    for segments in (wanted, Scope()):
        looked_into |= dict.fromkeys(_in_use(attribute, dimensions, segments))
    return ranked(wanted, dimensions, list(looked_into))


def default_locale_scope(definition: Definition, attribute: Attribute) -> str | None:
    """Return the scope of the default locale, if values were written for that very locale."""
    if _LOCALE not in attribute.scoped_by:
        return None
    return scope_text({LANGUAGE_ID: definition.language.default_segment_id})


def possible_scopes(definition: Definition, attribute: Attribute) -> list[str]:
    """Return every scope in which products may have values of the attribute."""
    named = {_LOCALE} if LANGUAGE_ID in attribute.dimensions else set()
    found = [GLOBAL]
    for numbers in named | set(attribute.scoped_by):
        segments = [[one.id for one in definition.dimensions[n].segments] for n in numbers]
        found += [scope_text(dict(zip(numbers, one, strict=True))) for one in product(*segments)]
    return found


def new_set(definition: Definition, attribute: Attribute, scope: str) -> tuple[int, ...] | None:
    """Return the set of dimensions that a scope names, if the attribute does not record it yet."""
    parsed = parse_scope(scope)
    named = tuple(parsed)
    if named == () or named in attribute.scoped_by:
        return None
    is_default = parsed.get(LANGUAGE_ID) == definition.language.default_segment_id
    return None if named == _LOCALE and not is_default else named


def _in_use(attribute: Attribute, dimensions: Sequence[Dimension], wanted: Scope) -> Iterator[str]:
    """Yield what a scope, its gaps filled with default segments, is in each set in use."""
    full = {one.id: wanted.get(one.id, one.default_segment_id) for one in dimensions}
    for named in {_LOCALE, *attribute.scoped_by}:
        if full.keys() >= set(named):
            yield scope_text({one: full[one] for one in named})
