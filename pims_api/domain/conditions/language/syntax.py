"""The syntax of conditions: from text to a raw tree of unresolved names and values."""

from contextlib import suppress
from functools import lru_cache
from importlib.resources import files
from typing import Any, cast

from lark import (
    Lark,
    Token,
    Transformer,
    UnexpectedCharacters,
    UnexpectedInput,
    UnexpectedToken,
    v_args,
)

from pims_api.domain.conditions.condition import (
    And,
    Between,
    Comparison,
    Condition,
    In,
    IsNull,
    Like,
    Literal,
    Operand,
    Or,
)
from pims_api.domain.conditions.language.limits import check_limits
from pims_api.domain.conditions.language.raw_tree import (
    Make,
    RawGroup,
    RawNot,
    RawPredicate,
    RawTree,
)
from pims_api.errors import BadInput, Fault

RAW_TREES_MAX = 512  # texts whose trees are cached
FOUND_LENGTH_MAX = 20  # characters of the text that a message repeats

_EXPECTED = {
    "NAME": "[[attribute]]",
    "OPERATOR": "= <> < <= > >=",
    "STRING": "'text'",
    "NUMBER": "a number",
    "TRUE": "TRUE",
    "FALSE": "FALSE",
    "NOT": "NOT",
    "_LIKE": "LIKE",
    "_IN": "IN",
    "_BETWEEN": "BETWEEN",
    "_IS": "IS",
    "_NULL": "NULL",
    "_AND": "AND",
    "_OR": "OR",
    "LPAR": "(",
    "RPAR": ")",
    "COMMA": ",",
    "$END": "the end",
}
_FLAWS = {
    "'": "this text has no closing ' (a quote inside a text is written twice)",
    "[": "this name has no closing ]] (a name is written [[name]])",
    **dict.fromkeys(
        "0123456789.+-",
        "this is no number, which has digits, at most one point, no exponent, "
        "and a space before the next word",
    ),
}
"""What is wrong with a piece that cannot be read, by its first character."""


@lru_cache(maxsize=RAW_TREES_MAX)
def raw_tree(text: str) -> RawTree:
    """Return the raw tree of a condition.

    Raises BadInput: `limit` before any work when it is too large, `syntax` with the position
    and what was expected there.
    """
    check_limits(text)
    if not text.strip():
        raise BadInput(
            faults=[Fault("syntax", "The condition is empty! Write one such as [[sku]] LIKE 'A%'.")]
        )
    try:
        return cast(RawTree, _language().parse(text))
    except (UnexpectedToken, UnexpectedCharacters) as error:
        raise BadInput(faults=[_syntax_fault(text, error)]) from None


def _negated(negative: object, part: RawPredicate) -> RawTree:
    return RawNot(part) if negative else part


@v_args(inline=True)
class _Builder(Transformer[Token, RawTree]):
    """One method per named rule of the grammar."""

    def any(self, *parts: RawTree) -> RawTree:
        return RawGroup(Or, parts)

    def all(self, *parts: RawTree) -> RawTree:
        return RawGroup(And, parts)

    def negated(self, _: Token, part: RawTree) -> RawTree:
        return RawNot(part)

    def comparison(self, name: Token, operator: Token, literal: Token) -> RawTree:
        negative = operator in {"<>", "!="}
        sign = "=" if negative else str(operator)
        return _negated(negative, RawPredicate(name, _comparison(sign), (literal,)))

    def like(self, name: Token, negative: Token | None, pattern: Token) -> RawTree:
        return _negated(negative, RawPredicate(name, _like, (pattern,), is_like=True))

    def one_of(self, name: Token, negative: Token | None, *literals: Token) -> RawTree:
        return _negated(negative, RawPredicate(name, In, literals))

    def between(self, name: Token, negative: Token | None, low: Token, high: Token) -> RawTree:
        return _negated(negative, RawPredicate(name, _between, (low, high)))

    def is_null(self, name: Token, negative: Token | None) -> RawTree:
        return _negated(negative, RawPredicate(name, _is_null))


def _comparison(sign: str) -> Make:
    return lambda operand, literals: Comparison(operand, sign, literals[0])


def _like(operand: Operand, literals: tuple[Literal, ...]) -> Condition:
    return Like(operand, str(literals[0]))


def _between(operand: Operand, literals: tuple[Literal, ...]) -> Condition:
    return Between(operand, *literals)


def _is_null(operand: Operand, _: tuple[Literal, ...]) -> Condition:
    return IsNull(operand)


@lru_cache(maxsize=1)
def _language() -> Lark:
    grammar = files(__package__).joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(
        grammar, parser="lalr", lexer="contextual", transformer=_Builder(), maybe_placeholders=True
    )


def _syntax_fault(text: str, error: UnexpectedToken | UnexpectedCharacters) -> Fault:
    """Return the fault with its position, which may be the end of the text."""
    at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    place = len(text) if at_end else cast(int, error.pos_in_stream)
    unreadable = isinstance(error, UnexpectedCharacters)
    flaw = _FLAWS.get(text[place : place + 1]) if unreadable else None
    if flaw:
        message = f"The condition is wrong at character {place + 1}: {flaw}!"
    else:
        rest = text[place:].split(maxsplit=1)
        found = rest[0][:FOUND_LENGTH_MAX] if rest else "the end"
        message = (
            f"The condition is wrong at character {place + 1}: "
            f"expected {_expected_at(text, place)}, found {found}!"
        )
    return Fault("syntax", message + _hint(text[place:]))


def _hint(rest: str) -> str:
    if rest.startswith('"'):
        return " Texts stand in single quotes: 'text'."
    if rest[:4].upper() == "NULL":
        return " Write IS NULL or IS NOT NULL to look for unset values."
    return ""


def _expected_at(text: str, place: int) -> str:
    """Return, in words, the tokens that the grammar allows at that place, counted from 0.

    The parser is asked again up to there, because a refused token has already moved it on.
    """
    parser: Any = _language().parse_interactive(text)
    with suppress(UnexpectedInput):
        for token in parser.lexer_thread.lex(parser.parser_state):
            if token.start_pos >= place:
                break
            parser.feed_token(token)
    accepted = parser.accepts()
    *others, last = [words for name, words in _EXPECTED.items() if name in accepted]
    return f"{', '.join(others)} or {last}" if others else last
