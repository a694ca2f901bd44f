"""Inheritance: a variant's own values, else those of its nearest ancestor that has some."""

from collections.abc import Iterable, Sequence

from pims_api.domain.attributes.attribute import THUMBNAIL, TITLE, Attribute
from pims_api.domain.product import Values
from pims_api.domain.values.scope import split_slot


def effective(chain: Sequence[Values], attributes: Iterable[Attribute]) -> Values:
    """Return the effective values of the last of a chain of products, the root first.

    An attribute that is set anywhere on a variant, in whatever scope, replaces all the values that
    its ancestors have for it. What is not inheritable is shown by its owner only.
    """
    inheritable = {one.key for one in attributes if one.inheritable and _may_pass_on(one)}
    shown: Values = {}
    for values in chain[:-1]:
        passed_on = {s: v for s, v in values.items() if split_slot(s)[0] in inheritable}
        shown = _laid_over(shown, passed_on)
    return _laid_over(shown, chain[-1]) if chain else {}


def _may_pass_on(one: Attribute) -> bool:
    """Return whether the attribute describes a product; the other system ones place or name it."""
    return not one.system or one.name in (TITLE, THUMBNAIL)


def inherited(own: Values, shown: Values) -> set[str]:
    """Return the keys of the attributes whose values come from an ancestor."""
    return {split_slot(place)[0] for place in shown} - {split_slot(place)[0] for place in own}


def _laid_over(below: Values, above: Values) -> Values:
    replaced = {split_slot(place)[0] for place in above}
    kept = {s: v for s, v in below.items() if split_slot(s)[0] not in replaced}
    return kept | above
