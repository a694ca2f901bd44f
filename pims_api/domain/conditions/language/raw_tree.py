"""The raw tree of a condition: its names and values as written, not looked up yet."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pims_api.domain.conditions.condition import And, Condition, Literal, Operand, Or

if TYPE_CHECKING:
    from lark import Token

Make = Callable[[Operand, tuple[Literal, ...]], Condition]


@dataclass(frozen=True, slots=True)
class RawPredicate:
    """One comparison as written. make: builds it once its name and values are known."""

    name: "Token"
    make: Make
    literals: tuple["Token", ...] = ()
    is_like: bool = False

    @property
    def is_null(self) -> bool:
        """Whether it asks if there is a value at all."""
        return not self.literals


@dataclass(frozen=True, slots=True)
class RawNot:
    """A negation."""

    part: "RawTree"


@dataclass(frozen=True, slots=True)
class RawGroup:
    """Parts joined by AND or by OR."""

    join: type[And] | type[Or]
    parts: tuple["RawTree", ...]


RawTree = RawPredicate | RawNot | RawGroup


def parsed(text: str) -> RawTree:
    """Return the raw tree of a text. Raises BadInput as `raw_tree` of `syntax.py` does.

    Lark is imported when there is a first text to parse: most commands never have one.
    """
    from pims_api.domain.conditions.language.syntax import raw_tree

    return raw_tree(text)
