"""The values that the text of a condition names, and the text with other values in their place.

What is stored as text, such as the condition of a View, names categories and options by what they
are called. When they are renamed, the text is to name them anew, and where it cannot, because a
pattern tells the old name from the new one, the renaming is to be refused.

Source: docs/core.md, Conditions.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from pims_api.domain.attributes.attribute import Attribute
from pims_api.domain.conditions.condition import (
    Comparison,
    In,
    IsNull,
    Operand,
    Predicate,
)
from pims_api.domain.conditions.language.parser import raw_value, unquoted
from pims_api.domain.conditions.language.raw_tree import (
    RawNot,
    RawPredicate,
    RawTree,
    parsed,
)
from pims_api.domain.conditions.truth import value_test
from pims_api.domain.values.value import read_literal
from pims_api.errors import BadInput

if TYPE_CHECKING:
    from lark import Token

Names = Mapping[str, str]
"""What values were called → what they are called now."""

Named = Mapping[str, Attribute]
"""Attributes whose values have names, by internal name: categories, and those of type option."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A predicate on an attribute whose values have names, and the tokens of its literals."""

    predicate: Predicate
    tokens: tuple["Token", ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The values that the predicate names in full; none for a pattern or a range."""
        match self.predicate:
            case Comparison(_, "=", literal):
                return (str(literal),)
            case In(_, literals):
                return tuple(map(str, literals))
        return ()

    def test(self) -> Callable[[str], bool]:
        """Return the predicate as a test of the name of a value."""
        one = self.predicate
        return (lambda _: False) if isinstance(one, IsNull) else value_test(one)


def renamed(text: str, attributes: Named, names: Names) -> str:
    """Return the condition with new names of values of these attributes in place of the old ones.

    >>> from pims_api.domain.attributes.attribute import ValueType
    >>> color = Attribute(100, "color", "color", ValueType.OPTION)
    >>> renamed("NOT [[color]] = 'Gray'", {"color": color}, {"Gray": "Grey"})
    "NOT [[color]] = 'Grey'"
    """
    pieces, done = [], 0
    for one in _written(text, attributes):
        for token, name in zip(one.tokens, one.names, strict=True) if one.names else ():
            if name in names:
                pieces += [text[done : token.start_pos], _quoted(names[name])]
                done = token.end_pos or 0
    return "".join([*pieces, text[done:]])


def names_value(text: str, attributes: Named, names: Collection[str]) -> bool:
    """Return whether the condition names one of these values in full."""
    return any(name in names for one in _written(text, attributes) for name in one.names)


def values_named(text: str, attributes: Named) -> list[tuple[Attribute, str]]:
    """Return the values that the condition names in full, each with its attribute, in order."""
    return [
        (one.predicate.operand.attribute, name)
        for one in _written(text, attributes)
        for name in one.names
    ]


def fits_value(text: str, attributes: Named, names: Collection[str]) -> bool:
    """Return whether some comparison of the condition is true of one of these values."""
    return any(any(map(one.test(), names)) for one in _written(text, attributes))


def told_apart(
    before: str, after: str, attributes: Named, names: Names, *, merged: bool
) -> tuple[str, str] | None:
    """Return the first old and new name between which a condition and the `renamed` one differ.

    merged: the new names are those of values that were there before, so a comparison that names
    such a value in full is meant to hold for both from now on.
    """
    pairs = zip(_written(before, attributes), _written(after, attributes), strict=True)
    for one, other in pairs:
        if not (merged and one.names):
            held, holds = one.test(), other.test()
            for old, new in names.items():
                if held(old) != holds(new):
                    return old, new
    return None


def _written(text: str, attributes: Named) -> Iterator[_Written]:
    """Yield the predicates on these attributes, from left to right; none of a text with a fault."""
    try:
        tree = parsed(text)
    except BadInput:
        return
    for raw in _predicates(tree):
        attribute = attributes.get(raw.name[2:-2])
        predicate = None if attribute is None else _bound(raw, attribute)
        if predicate is not None:
            yield _Written(predicate, raw.literals)


def _predicates(tree: RawTree) -> Iterator[RawPredicate]:
    if isinstance(tree, RawPredicate):
        yield tree
    elif isinstance(tree, RawNot):
        yield from _predicates(tree.part)
    else:
        for part in tree.parts:
            yield from _predicates(part)


def _bound(raw: RawPredicate, attribute: Attribute) -> Predicate | None:
    """Return the predicate, or None when a literal does not fit the attribute."""
    try:
        literals = tuple(
            unquoted(one) if raw.is_like else read_literal(attribute, raw_value(one))
            for one in raw.literals
        )
    except ValueError:
        return None
    return cast(Predicate, raw.make(Operand(attribute), literals))


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"
